"""From transcripts to a segment's arrays. Pure but for `SegmentBuilder.write`.

Runs in as many processes as there are cores, so ids are those of the builder's own vocabulary at first; the one that
commits knows the lexicon and exchanges them.
"""

import re
import unicodedata
from array import array
from pathlib import Path

import numpy as np

from podindex.models import Episode, Passage, Transcript, Word
from podindex.passages import build_passages, timed_words
from podindex.search.index.lexicon import Entry
from podindex.search.index.segment import IndexedEpisode, Speakers, save_segment_texts
from podindex.search.index.wordstream import StreamArrays, save_raw
from podindex.search.words import analysis
from podindex.search.words.said import said_words

RAW_NAME = "raw.arrays"

# What is said at the edge of a word, besides letters and digits: signs, and the ends of C++ and C#.
_SAID = frozenset(analysis.SIGNS + "+#")

# Letters with dots between them: the last dot belongs to them as well, unlike that behind 2.7.
_DOTTED = re.compile(r"(?:[Pp]h|[^\W\d])\.(?:[^\W\d]\.)*[^\W\d]")

_MAX_CHAR_LENGTH = np.iinfo(np.uint16).max

# Words remembered with their tokens; real languages have fewer, damaged transcripts do not.
_MAX_REMEMBERED = 1 << 20

WordTokens = tuple[tuple[int, ...], int, int]
"""Ids of a word's tokens, and the half-open range of its characters that is said."""


class _Words(dict[str, WordTokens]):
    """The words of one language as they are written, with their tokens, each worked out once."""

    def __init__(self, language: str, ids: dict[Entry, int]) -> None:
        super().__init__()
        self._language = language
        self._ids = ids

    def __missing__(self, text: str) -> WordTokens:
        if len(self) > _MAX_REMEMBERED:
            self.clear()
        ids = self._ids
        found = tuple(ids.setdefault((self._language, token), len(ids)) for token in analysis.tokens(text))
        self[text] = word = (found, *_spoken(text))
        return word


class SegmentBuilder:
    """Collects episodes for a segment."""

    def __init__(self) -> None:
        self._ids: dict[Entry, int] = {}
        self._words: dict[str, _Words] = {}
        self._tokens, self._start_ms, self._length_ms = array("I"), array("I"), array("I")
        self._char_start, self._char_length = array("I"), array("I")
        self._speakers = Speakers()
        self._texts: list[str] = []
        self._passage_speakers: list[int] = []
        self._passage_tokens: list[int] = [0]
        self._episodes: list[IndexedEpisode] = []
        self._episode_tokens: list[int] = [0]
        self._episode_passages: list[int] = [0]

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def episode_ids(self) -> list[str]:
        """The episodes so far."""
        return [episode.id for episode in self._episodes]

    def vocabulary(self) -> list[Entry]:
        """Return every entry that occurs, in the order of its id here."""
        return list(self._ids)

    def frequencies(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """Count how often each of them occurs, int64 [vocabulary]."""
        return np.bincount(np.array(self._tokens, np.uint32), minlength=len(self._ids)).astype(np.int64)

    def add(self, episode: Episode, transcript: Transcript) -> None:
        """Add an episode with its words."""
        language = analysis.base_language(transcript.language or episode.language)
        if not language.isalnum():
            language = ""  # no code of any language
        known = self._words.setdefault(language, _Words(language, self._ids))
        words = timed_words(transcript.segments)
        for passage in build_passages(transcript):
            self._add_passage(passage, words[passage.first_word : passage.last_word + 1], known)
        self._episodes.append(IndexedEpisode(episode.id, episode.show, episode.title, episode.published, language))
        self._episode_tokens.append(len(self._tokens))
        self._episode_passages.append(len(self._texts))

    def _add_passage(self, passage: Passage, words: tuple[Word, ...], known: _Words) -> None:
        add_token, add_start, add_length = self._tokens.append, self._start_ms.append, self._length_ms.append
        add_char, add_char_length = self._char_start.append, self._char_length.append
        for (text, start_ms, end_ms, _), place in said_words(passage.text, words):
            tokens, first, last = known[text]
            for token in tokens:
                add_token(token)
                add_start(start_ms)
                add_length(end_ms - start_ms)
                add_char(place + first)
                add_char_length(last - first)
        self._texts.append(passage.text)
        self._passage_speakers.append(self._speakers.number(passage.speaker))
        self._passage_tokens.append(len(self._tokens))

    def write(self, folder: Path) -> None:
        """Write the segment into a new folder, with a raw stream."""
        folder.mkdir()
        save_segment_texts(folder, self._episodes, self._speakers, self._texts)
        lengths = np.minimum(np.array(self._char_length, np.uint32), _MAX_CHAR_LENGTH)
        save_raw(
            folder / RAW_NAME,
            StreamArrays(
                tokens=np.array(self._tokens, np.uint32),
                start_ms=np.array(self._start_ms, np.uint32),
                length_ms=np.array(self._length_ms, np.uint32),
                char_start=np.array(self._char_start, np.uint32),
                char_length=lengths.astype(np.uint16),
                passages=np.array(self._passage_tokens, np.uint32),
                passage_speakers=np.array(self._passage_speakers, np.uint32),
                episodes=np.array(self._episode_tokens, np.uint32),
                episode_passages=np.array(self._episode_passages, np.uint32),
            ),
        )


def _spoken(text: str) -> tuple[int, int]:
    """Return the range of a word that is said: no comma, no quotation mark."""
    if text.isalnum():
        return 0, len(text)
    spoken = [i for i, character in enumerate(text) if _is_said(character)]
    if not spoken:
        return 0, len(text)
    first, end = spoken[0], spoken[-1] + 1
    is_acronym = text[end : end + 1] == "." and _DOTTED.fullmatch(text, first, end)
    return first, end + 1 if is_acronym else end


def _is_said(character: str) -> bool:
    return character.isalnum() or character in _SAID or unicodedata.category(character).startswith("M")
