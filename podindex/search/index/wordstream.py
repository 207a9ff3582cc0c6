"""The tokens of a part of the library in order, where each of them occurs, and when it is said.

I/O: one file of arrays a segment, written once and then only mapped into memory. Nothing else reads it.

    tokens            uint32 [n]    lexicon id of every token, in order
    order             uint32 [n]    token numbers sorted by id, then by number
    term_ids          uint32 [m]    the ids that occur, ascending
    term_ends         uint32 [m]    where each id's stretch of `order` ends
    start_ms          uint32 [n]    start of the transcript word that a token belongs to
    length_ms         uint32 [n]    how long that word lasts
    char_start        uint32 [n]    where the word stands in the text of its passage
    char_length       uint16 [n]
    passages          uint32 [p+1]  first token of every passage, and n
    passage_speakers  uint32 [p]    who says it: a number in the segment's list of speakers
    episodes          uint32 [e+1]  first token of every episode, and n
    episode_passages  uint32 [e+1]  first passage of every episode, and p
"""

from bisect import bisect, bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.search.index.arrays import map_arrays, write_arrays
from podindex.search.query.plan import TermIds
from podindex.search.sets.ids import MERGE
from podindex.search.sets.intervals import Intervals, Positions, ranges

# Behind every id that occurs, so that one is always found where another would stand.
_NO_ID = np.uint32(np.iinfo(np.uint32).max)

MAX_WORD_TOKENS = 16
"""Tokens of a word that are looked at for what it says twice; only addresses have more."""

# The stretches of more ids than this are not cut out one by one.
_FEW_IDS = 100


class StreamArrays(NamedTuple):
    """What a stream is built from; see the module for shapes."""

    tokens: NDArray[np.uint32]
    start_ms: NDArray[np.uint32]
    length_ms: NDArray[np.uint32]
    char_start: NDArray[np.uint32]
    char_length: NDArray[np.uint16]
    passages: NDArray[np.uint32]
    passage_speakers: NDArray[np.uint32]
    episodes: NDArray[np.uint32]
    episode_passages: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the positions of some ids stand in a stream's `order`."""

    firsts: NDArray[np.int64]
    ends: NDArray[np.int64]
    count: int
    """Positions in all."""


class WordStream:
    """A stream on disk.

    Raises:
        OSError, ValueError, KeyError: the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        arrays = map_arrays(path)
        self.tokens: NDArray[np.uint32] = arrays["tokens"]
        self.passages: Positions = arrays["passages"].astype(np.int32)
        self.episodes: Positions = arrays["episodes"].astype(np.int32)
        self.episode_passages: NDArray[np.int32] = arrays["episode_passages"].astype(np.int32)
        self.passage_speakers: NDArray[np.uint32] = arrays["passage_speakers"]
        self.start_ms: NDArray[np.uint32] = arrays["start_ms"]
        self.length_ms: NDArray[np.uint32] = arrays["length_ms"]
        self.char_start: NDArray[np.uint32] = arrays["char_start"]
        self.char_length: NDArray[np.uint16] = arrays["char_length"]
        self._order: NDArray[np.uint32] = arrays["order"]
        self._term_ids: NDArray[np.uint32] = np.append(arrays["term_ids"], _NO_ID)
        self._term_bounds: NDArray[np.int64] = np.append(np.int64(0), arrays["term_ends"])
        # Looked at one by one, a view of the memory answers several times as fast as an array.
        self._passage_view, self._episode_view = self.passages.data, self.episodes.data
        self._start_view, self._length_view = self.start_ms.data, self.length_ms.data
        self._char_view, self._char_length_view = self.char_start.data, self.char_length.data

    def __len__(self) -> int:
        return len(self.tokens)

    def places(self, ids: TermIds) -> Places:
        """Look up where in `order` those of the ids that occur stand."""
        numbers = self._term_ids.searchsorted(ids)
        numbers = numbers[self._term_ids[numbers] == ids]
        firsts, ends = self._term_bounds[numbers], self._term_bounds[numbers + 1]
        return Places(firsts, ends, int((ends - firsts).sum()))

    def positions(self, places: Places) -> Positions:
        """Return the numbers of all tokens at these places, ascending, int32 [n]; perhaps read-only."""
        if len(places.firsts) <= _FEW_IDS:
            stretches = zip(places.firsts.tolist(), places.ends.tolist(), strict=True)
            parts = [self._order[first:end] for first, end in stretches]
            if len(parts) == 1:
                return parts[0].view(np.int32)
            found = np.concatenate(parts or [self._order[:0]])
        else:
            found = self._order[ranges(places.firsts, places.ends)]
        found.sort(kind=MERGE)
        return found.view(np.int32)

    def passage_of(self, token: int) -> int:
        """Return the passage that a token stands in."""
        return bisect(self._passage_view, token) - 1

    def episode_around(self, token: int) -> tuple[int, int]:
        """Return the first token, and the one behind the last, of the episode that a token stands in."""
        behind = bisect(self._episode_view, token)
        return self._episode_view[behind - 1], self._episode_view[behind]

    def start_ms_of(self, token: int) -> int:
        """Return when the word of a token begins."""
        return self._start_view[token]

    def end_ms_of(self, token: int) -> int:
        """Return when the word of a token ends."""
        return self._start_view[token] + self._length_view[token]

    def token_from(self, ms: int, first: int, end: int) -> int:
        """Return the first token of an episode, given by its bounds, that begins no earlier; its end if none does."""
        return bisect_left(self._start_view, ms, first, end)

    def characters_of(self, token: int) -> tuple[int, int]:
        """Return where the word of a token stands in the text of its passage."""
        start = self._char_view[token]
        return start, start + self._char_length_view[token]

    def times_ms(self, found: Intervals) -> NDArray[np.int64]:
        """Return when the first word of each interval begins and the last one ends, int64 [n, 2]."""
        starts_ms, last = self.start_ms[found.starts].astype(np.int64), found.ends - 1
        ends_ms = self.start_ms[last].astype(np.int64) + self.length_ms[last]
        return np.stack([starts_ms, np.maximum(starts_ms, ends_ms)], axis=1)

    def one_a_word(self, found: Intervals) -> Intervals:
        """Keep the first of intervals that begin in the same word and end in the same one, as in `50-50`.

        Nobody could tell them apart: times and marks are those of whole words.
        """
        starts, last = found.starts, found.ends - 1
        again = np.flatnonzero(starts[1:] - starts[:-1] < MAX_WORD_TOKENS)
        for tokens in (starts, last):
            again = again[self._in_same_word(tokens[again], tokens[again + 1])]
        if not len(again):
            return found
        kept = np.ones(len(found), np.bool_)
        kept[again + 1] = False
        return found.take(kept)

    def _in_same_word(self, tokens: Positions, others: Positions) -> NDArray[np.intp]:
        """Return the indexes of the pairs of tokens that belong to one word."""
        same = np.flatnonzero(self.char_start.take(tokens) == self.char_start.take(others))
        passage, other = (self.passages.searchsorted(each[same], side="right") for each in (tokens, others))
        kept: NDArray[np.intp] = same[passage == other]
        return kept

    def frequencies(self, episode: int, entries: int) -> NDArray[np.int64]:
        """Count how often each of so many lexicon entries occurs in an episode."""
        first, end = self.episodes[episode], self.episodes[episode + 1]
        return np.bincount(self.tokens[first:end], minlength=entries)


def save_stream(path: Path, arrays: StreamArrays) -> None:
    """Write a stream."""
    # One sort of one number each; a stable sort by id would take four times as long.
    packed = (arrays.tokens.astype(np.uint64) << np.uint64(32)) | np.arange(len(arrays.tokens), dtype=np.uint64)
    packed.sort()
    ids = (packed >> np.uint64(32)).astype(np.uint32)
    last = np.flatnonzero(np.append(ids[1:] != ids[:-1], True)) if len(ids) else np.empty(0, np.intp)
    derived = {
        "order": packed.astype(np.uint32),
        "term_ids": ids[last],
        "term_ends": (last + 1).astype(np.uint32),
    }
    write_arrays(path, arrays._asdict() | derived)


def save_raw(path: Path, arrays: StreamArrays) -> None:
    """Write a stream with token ids that are not the lexicon's yet."""
    write_arrays(path, arrays._asdict())


def finish_raw(raw_path: Path, path: Path, ids: NDArray[np.uint32]) -> None:
    """Write the stream of a raw one, which is removed: `ids[n]` takes the place of token id n."""
    raw = load_stream(raw_path)
    save_stream(path, raw._replace(tokens=ids[raw.tokens]))
    raw_path.unlink()


def load_stream(path: Path) -> StreamArrays:
    """Map back what a stream was built from, to build another of it."""
    arrays = map_arrays(path)
    return StreamArrays(**{name: arrays[name] for name in StreamArrays._fields})
