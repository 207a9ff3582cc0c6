"""A segment: some episodes of the library, indexed together, written once and never changed.

I/O: the folder of one segment: word stream, Whoosh documents, `episodes.json`. An index is a list of segments
(manifest.py); an episode that changes or goes is struck out there, and disappears when segments are merged.
"""

import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.search.index.documents import Documents, DocumentWriter
from podindex.search.index.wordstream import StreamArrays, WordStream, load_stream, save_stream
from podindex.search.words import analysis

STREAM_NAME = "stream.arrays"
_DOCUMENTS = "documents"
_EPISODES = "episodes.json"


class IndexedEpisode(NamedTuple):
    """What a segment knows of an episode besides its words."""

    id: str
    show: str
    title: str
    published: datetime | None
    language: str
    """ISO 639-1, or "" for unknown."""


class _Columns(NamedTuple):
    """The episodes of a segment as they are stored, and everyone who speaks in it."""

    ids: list[str]
    shows: list[str]
    titles: list[str]
    published_s: list[float | None]
    languages: list[str]
    speakers: list[str | None]


class EpisodeTable:
    """The episodes of a segment, column by column: most of them are only counted, filtered and sorted.

    Raises:
        OSError, ValueError, TypeError: the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        columns = _Columns(**json.loads(path.read_bytes()))
        self.ids = columns.ids
        self.shows = columns.shows
        self.titles = columns.titles
        self.languages = columns.languages
        self.speakers = columns.speakers
        self.published_s = np.array(columns.published_s, np.float64)
        """Seconds since 1970, NaN where unknown."""

    def __len__(self) -> int:
        return len(self.ids)

    def episode(self, number: int) -> IndexedEpisode:
        """Return one episode."""
        return IndexedEpisode(
            self.ids[number], self.shows[number], self.titles[number], self.published(number), self.languages[number]
        )

    def published(self, number: int) -> datetime | None:
        """Return when an episode was published, where that is known."""
        published_s = float(self.published_s[number])
        return None if math.isnan(published_s) else datetime.fromtimestamp(published_s, UTC)


class Segment:
    """A segment on disk, open for reading.

    Raises:
        OSError, ValueError, TypeError, KeyError: files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.stream = WordStream(folder / STREAM_NAME)
        self.episodes = EpisodeTable(folder / _EPISODES)
        self.documents = Documents(folder / _DOCUMENTS, passages=len(self.stream.passages) - 1)
        if len(self.stream.episodes) != len(self.episodes) + 1:
            raise ValueError(f"{folder.name}: its parts do not belong together")

    def speaker(self, passage: int) -> str | None:
        """Return who says a passage, where that is known."""
        return self.episodes.speakers[int(self.stream.passage_speakers[passage])]

    def close(self) -> None:
        """Close the files; what is mapped goes with the last array."""
        self.documents.close()


class Speakers:
    """Numbers the names of those who speak in a segment."""

    def __init__(self) -> None:
        self._numbers: dict[str | None, int] = {}

    def number(self, name: str | None) -> int:
        """Return the number of a name, or of nobody known."""
        return self._numbers.setdefault(name, len(self._numbers))

    def names(self) -> list[str | None]:
        """Return all names in the order of their numbers."""
        return list(self._numbers)


def save_segment_texts(
    folder: Path, episodes: Iterable[IndexedEpisode], speakers: Speakers, passages: Iterable[str]
) -> None:
    """Write all of a segment but its stream into its folder."""
    episodes = list(episodes)
    writer = DocumentWriter(folder / _DOCUMENTS)
    for text in passages:
        writer.add_passage(text)
    for episode in episodes:
        tokens = analysis.tokens(episode.title)
        stems = (analysis.stem(token, episode.language) for token in tokens)
        writer.add_episode(dict.fromkeys([*stems, *map(_as_written, tokens)]))
    writer.commit()
    columns = _Columns(
        ids=[episode.id for episode in episodes],
        shows=[episode.show for episode in episodes],
        titles=[episode.title for episode in episodes],
        published_s=[_whole_s(episode.published) if episode.published else None for episode in episodes],
        languages=[episode.language for episode in episodes],
        speakers=speakers.names(),
    )
    (folder / _EPISODES).write_text(json.dumps(columns._asdict(), separators=(",", ":")), encoding="utf-8")


def _whole_s(moment: datetime) -> float:
    """Return a moment in whole seconds since 1970: a float would round the microseconds of year 9999 up to no year."""
    return moment.replace(microsecond=0).timestamp()


def title_keys(text: str, languages: Iterable[str]) -> Iterator[set[str]]:
    """Yield, for each word of a query, what it is found by in the titles of episodes in these languages."""
    languages = tuple(languages)
    return ({analysis.stem(token, language) for language in languages} for token in analysis.tokens(text))


def written_title_keys(text: str) -> list[set[str]]:
    """Return, for each word, what it is found by in titles that have the word itself."""
    return [{_as_written(token)} for token in analysis.tokens(text)]


def _as_written(token: str) -> str:
    # No token begins so, and no stem.
    return f"={analysis.fold(token)}"


_PER_TOKEN = ("tokens", "start_ms", "length_ms", "char_start", "char_length")


def merge_segments(folder: Path, parts: Iterable[tuple[Path, set[str]]]) -> int:
    """Write one new segment of several, without the episodes that are struck out.

    Args:
        folder: the new segment.
        parts: folders of segments with the ids of the episodes to leave out of each.

    Returns:
        How many tokens it has.
    """
    folder.mkdir()
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in _PER_TOKEN}
    speakers, texts, episodes = Speakers(), list[str](), list[IndexedEpisode]()
    passage_speakers, passage_tokens, episode_tokens, episode_passages = list[int](), [0], [0], [0]
    for part, dead in parts:
        segment, arrays = Segment(part), load_stream(part / STREAM_NAME)
        for number, episode_id in enumerate(segment.episodes.ids):
            if episode_id in dead:
                continue
            tokens = slice(*segment.stream.episodes[number : number + 2].tolist())
            passages = range(*segment.stream.episode_passages[number : number + 2].tolist())
            for name in _PER_TOKEN:
                columns[name].append(getattr(arrays, name)[tokens])
            shift = episode_tokens[-1] - tokens.start
            passage_tokens += (segment.stream.passages[passages.start + 1 : passages.stop + 1] + shift).tolist()
            passage_speakers += [speakers.number(segment.speaker(passage)) for passage in passages]
            texts += [segment.documents.text(passage) for passage in passages]
            episodes.append(segment.episodes.episode(number))
            episode_tokens.append(episode_tokens[-1] + tokens.stop - tokens.start)
            episode_passages.append(len(texts))
        segment.close()
    merged: dict[str, Any] = {name: np.concatenate(columns[name]) for name in _PER_TOKEN}
    save_stream(
        folder / STREAM_NAME,
        StreamArrays(
            **merged,
            passages=np.array(passage_tokens, np.uint32),
            passage_speakers=np.array(passage_speakers, np.uint32),
            episodes=np.array(episode_tokens, np.uint32),
            episode_passages=np.array(episode_passages, np.uint32),
        ),
    )
    save_segment_texts(folder, episodes, speakers, texts)
    return episode_tokens[-1]
