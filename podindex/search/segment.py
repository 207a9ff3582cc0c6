"""A segment: some episodes of the library, indexed together, written once and never changed.

I/O: the folder of one segment: word stream, Whoosh documents, `episodes.json`. An index is a list of segments
(manifest.py); an episode that changes or goes is struck out there, and disappears when segments are merged.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podindex.models import Episode, Passage, Transcript, Word
from podindex.passages import build_passages, timed_words, word_spans
from podindex.search import analysis
from podindex.search.documents import Documents, DocumentWriter
from podindex.search.lexicon import Entry
from podindex.search.wordstream import (
    StreamArrays,
    WordStream,
    clip_lengths,
    finish_stream,
    load_arrays,
    save_arrays,
)

# Signs that are said, at the edge of a word.
_SAID = frozenset("$€£¥%°&@+#")

_DOCUMENTS = "documents"
_EPISODES = "episodes.json"


@dataclass(frozen=True, slots=True)
class IndexedEpisode:
    """What a segment knows of an episode besides its words."""

    id: str
    show: str
    title: str
    published: datetime | None
    language: str
    """ISO 639-1, or "" for unknown."""
    duration_ms: int | None


class Segment:
    """A segment on disk, open for reading.

    Raises:
        Exception: files are missing or damaged; see `Documents`.
    """

    def __init__(self, folder: Path) -> None:
        self.stream = WordStream(folder)
        self.episodes = _load_episodes(folder)
        self.documents = Documents(folder / _DOCUMENTS, passages=len(self.stream.passages) - 1)
        if len(self.stream.episodes) != len(self.episodes) + 1:
            raise ValueError(f"{folder.name}: its parts do not belong together")

    def close(self) -> None:
        """Close the files; what is mapped goes with the last array."""
        self.documents.close()


class SegmentBuilder:
    """Collects episodes for a segment, with ids of a vocabulary of its own."""

    def __init__(self) -> None:
        self.vocabulary: dict[Entry, int] = {}
        """How often each entry occurs; ids are places in this order."""
        self._ids: dict[Entry, int] = {}
        self._tokens: list[NDArray[np.int64]] = []
        self._passages: list[tuple[str, str | None]] = []
        self._passage_tokens: list[int] = [0]
        self._episodes: list[IndexedEpisode] = []
        self._episode_tokens: list[int] = [0]
        self._episode_passages: list[int] = [0]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, episode: Episode, transcript: Transcript) -> None:
        """Add an episode with its words."""
        language = analysis.base_language(transcript.language or episode.language)
        words = timed_words(transcript.segments)
        for passage in build_passages(transcript):
            self._add_passage(passage, words[passage.first_word : passage.last_word + 1], language)
        self._episodes.append(
            IndexedEpisode(episode.id, episode.show, episode.title, episode.published, language, episode.duration_ms)
        )
        self._episode_tokens.append(self._count)
        self._episode_passages.append(len(self._passages))

    def _add_passage(self, passage: Passage, words: tuple[Word, ...], language: str) -> None:
        ids, vocabulary, tokens = self._ids, self.vocabulary, analysis.tokens
        rows: list[tuple[int, int, int, int, int]] = []
        for word, (start, _) in zip(words, word_spans(passage.text, words), strict=True):
            if not (found := tokens(word.text)):
                continue
            first, last = _spoken(word.text)
            for token in found:
                entry = (language, token)
                number = ids.setdefault(entry, len(ids))
                vocabulary[entry] = vocabulary.get(entry, 0) + 1
                rows.append((number, word.start_ms, word.end_ms - word.start_ms, start + first, last - first))
        self._tokens.append(np.array(rows, np.int64).reshape(-1, 5))
        self._count += len(rows)
        self._passages.append((passage.text, passage.speaker))
        self._passage_tokens.append(self._count)

    def write(self, folder: Path) -> None:
        """Write the segment into a new folder, but for where each token occurs: `finish_stream` adds that."""
        table = np.concatenate(self._tokens) if self._tokens else np.empty((0, 5), np.int64)
        arrays = StreamArrays(
            tokens=table[:, 0].astype(np.uint32),
            start_ms=table[:, 1].astype(np.uint32),
            length_ms=clip_lengths(table[:, 2]),
            char_start=table[:, 3].astype(np.uint32),
            char_length=clip_lengths(table[:, 4]),
            passages=np.array(self._passage_tokens, np.uint32),
            episodes=np.array(self._episode_tokens, np.uint32),
            episode_passages=np.array(self._episode_passages, np.uint32),
        )
        _write(folder, arrays, self._passages, self._episodes)


def merge_segments(folder: Path, parts: Iterable[tuple[Path, set[str]]]) -> None:
    """Write one new segment of several, without the episodes that are struck out.

    Args:
        folder: the new segment.
        parts: folders of segments with the ids of the episodes to leave out of each.
    """
    columns: dict[str, list[NDArray[Any]]] = {}
    names = ("tokens", "start_ms", "length_ms", "char_start", "char_length")
    passages: list[tuple[str, str | None]] = []
    episodes: list[IndexedEpisode] = []
    passage_tokens, episode_tokens, episode_passages = [0], [0], [0]
    for part, dead in parts:
        segment, arrays = Segment(part), load_arrays(part)
        for number, episode in enumerate(segment.episodes):
            if episode.id in dead:
                continue
            first, end = int(arrays.episodes[number]), int(arrays.episodes[number + 1])
            for name in names:
                columns.setdefault(name, []).append(getattr(arrays, name)[first:end])
            first_passage, end_passage = arrays.episode_passages[number : number + 2].tolist()
            shift = episode_tokens[-1] - first
            passage_tokens += (arrays.passages[first_passage + 1 : end_passage + 1].astype(np.int64) + shift).tolist()
            passages += [
                (segment.documents.text(passage), segment.documents.speaker(passage))
                for passage in range(first_passage, end_passage)
            ]
            episodes.append(episode)
            episode_tokens.append(episode_tokens[-1] + end - first)
            episode_passages.append(len(passages))
        segment.close()
    merged: dict[str, Any] = {name: np.concatenate(columns[name]) for name in names}
    arrays = StreamArrays(
        **merged,
        passages=np.array(passage_tokens, np.uint32),
        episodes=np.array(episode_tokens, np.uint32),
        episode_passages=np.array(episode_passages, np.uint32),
    )
    _write(folder, arrays, passages, episodes)
    finish_stream(folder)


def _write(
    folder: Path, arrays: StreamArrays, passages: list[tuple[str, str | None]], episodes: list[IndexedEpisode]
) -> None:
    folder.mkdir()
    save_arrays(folder, arrays)
    writer = DocumentWriter(folder / _DOCUMENTS)
    for text, speaker in passages:
        writer.add_passage(text, speaker)
    for episode in episodes:
        writer.add_episode(f"{episode.title} {episode.show}", episode.language)
    writer.commit()
    rows = [
        [
            episode.id,
            episode.show,
            episode.title,
            episode.published.timestamp() if episode.published else None,
            episode.language,
            episode.duration_ms,
        ]
        for episode in episodes
    ]
    (folder / _EPISODES).write_text(json.dumps(rows))


def _load_episodes(folder: Path) -> list[IndexedEpisode]:
    return [
        IndexedEpisode(
            episode_id,
            show,
            title,
            None if published is None else datetime.fromtimestamp(published, UTC),
            language,
            duration_ms,
        )
        for episode_id, show, title, published, language, duration_ms in json.loads((folder / _EPISODES).read_bytes())
    ]


def _spoken(text: str) -> tuple[int, int]:
    """Return the range of a word that is said: no comma, no quotation mark."""
    if text.isalnum():
        return 0, len(text)
    spoken = [i for i, character in enumerate(text) if character.isalnum() or character in _SAID]
    return (spoken[0], spoken[-1] + 1) if spoken else (0, len(text))


def iter_files(folder: Path) -> Iterator[Path]:
    """Yield every file of a segment or a lexicon."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file())
