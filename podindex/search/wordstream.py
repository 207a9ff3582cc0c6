"""The tokens of a part of the library in order, where each of them occurs, and when it is said.

I/O: the arrays of one segment, written once and then only mapped into memory. Nothing else reads these files.

    tokens       uint32 [n]    lexicon id of every token, in order
    order        uint32 [n]    token numbers sorted by id, then by number
    term-ids     uint32 [m]    the ids that occur, ascending
    term-ends    uint32 [m]    where each id's stretch of `order` ends
    start-ms     uint32 [n]    start of the transcript word that a token belongs to
    length-ms    uint16 [n]    how long that word lasts (65 s at most)
    char-start   uint32 [n]    where the word stands in the text of its passage
    char-length  uint16 [n]
    passages     uint32 [p+1]  first token of every passage, and n
    episodes     uint32 [e+1]  first token of every episode, and n
    episode-passages uint32 [e+1]  first passage of every episode, and p
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podindex.search.intervals import Positions, ranges
from podindex.search.keytable import load_array
from podindex.search.plan import TermIds

_MAX_UINT16 = 65_535


@dataclass(frozen=True, slots=True, eq=False)
class StreamArrays:
    """What a stream is built from; see the module for shapes."""

    tokens: NDArray[np.uint32]
    start_ms: NDArray[np.uint32]
    length_ms: NDArray[np.uint16]
    char_start: NDArray[np.uint32]
    char_length: NDArray[np.uint16]
    passages: NDArray[np.uint32]
    episodes: NDArray[np.uint32]
    episode_passages: NDArray[np.uint32]


class WordStream:
    """A stream on disk.

    Raises:
        OSError, ValueError: files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.tokens = _load(folder, "tokens")
        self.passages = np.asarray(_load(folder, "passages")).astype(np.int64)
        self.episodes = np.asarray(_load(folder, "episodes")).astype(np.int64)
        self.episode_passages = np.asarray(_load(folder, "episode_passages")).astype(np.int64)
        self.start_ms = _load(folder, "start_ms")
        self.length_ms = _load(folder, "length_ms")
        self.char_start = _load(folder, "char_start")
        self.char_length = _load(folder, "char_length")
        self._order = _load(folder, "order")
        self._term_ids = _load(folder, "term_ids")
        self._term_ends = _load(folder, "term_ends")

    def __len__(self) -> int:
        return len(self.tokens)

    def count(self, ids: TermIds) -> int:
        """Count the tokens that are one of these."""
        firsts, ends = self._stretches(ids)
        return int((ends - firsts).sum())

    def positions(self, ids: TermIds) -> Positions:
        """Return the numbers of all tokens that are one of these, ascending, int64 [n]."""
        firsts, ends = self._stretches(ids)
        if len(firsts) == 1:
            return self._order[firsts[0] : ends[0]].astype(np.int64)
        found = self._order[ranges(firsts, ends)].astype(np.int64)
        found.sort()
        return found

    def _stretches(self, ids: TermIds) -> tuple[Positions, Positions]:
        """Return where in `order` the ids that occur begin and end."""
        places = np.searchsorted(self._term_ids, ids)
        known = places < len(self._term_ids)
        places, ids = places[known], ids[known]
        places = places[self._term_ids[places] == ids].astype(np.int64)
        ends = self._term_ends[places].astype(np.int64)
        firsts = np.where(places > 0, self._term_ends[places - 1], 0).astype(np.int64)
        return firsts, ends

    def is_consistent(self) -> bool:
        """Tell whether the tokens and the places where they are found say the same. Reads everything."""
        order, tokens = np.asarray(self._order).astype(np.int64), np.asarray(self.tokens)
        if not np.array_equal(np.bincount(order, minlength=len(tokens)), np.ones(len(tokens), np.int64)):
            return False
        sorted_ids = tokens[order]
        last = np.flatnonzero(np.diff(sorted_ids, append=-1)) if len(tokens) else order
        return np.array_equal(sorted_ids[last], self._term_ids) and np.array_equal(last + 1, self._term_ends)

    def end_ms(self, token: int) -> int:
        """Return when the word of a token ends."""
        return int(self.start_ms[token]) + int(self.length_ms[token])


def save_arrays(folder: Path, arrays: StreamArrays) -> None:
    """Write what a stream is built from into an empty folder."""
    for field in fields(arrays):
        np.save(_path(folder, field.name), getattr(arrays, field.name))


def load_arrays(folder: Path) -> StreamArrays:
    """Read back what `save_arrays` wrote, to build another stream of it."""
    return StreamArrays(**{field.name: _load(folder, field.name) for field in fields(StreamArrays)})


def finish_stream(folder: Path, ids: NDArray[np.uint32] | None = None) -> None:
    """Add to saved arrays where each token occurs.

    Args:
        folder: where `save_arrays` wrote to.
        ids: uint32 [vocabulary], what to replace each token's number by; None: nothing.
    """
    tokens = np.array(_load(folder, "tokens"))  # a copy: the file is replaced
    if ids is not None:
        tokens = ids[tokens]
        np.save(_path(folder, "tokens"), tokens)
    order = np.argsort(tokens, kind="stable").astype(np.uint32)
    sorted_ids = tokens[order]
    last = np.flatnonzero(np.append(sorted_ids[1:] != sorted_ids[:-1], True)) if len(order) else order
    np.save(_path(folder, "order"), order)
    np.save(_path(folder, "term_ids"), sorted_ids[last])
    np.save(_path(folder, "term_ends"), (last + 1).astype(np.uint32))


def clip_lengths(lengths: NDArray[np.integer]) -> NDArray[np.uint16]:
    """Fit lengths into the 16 bits they have."""
    clipped: NDArray[np.uint16] = np.clip(lengths, 0, _MAX_UINT16).astype(np.uint16)
    return clipped


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name.replace('_', '-')}.npy"


def _load(folder: Path, name: str) -> NDArray[Any]:
    return load_array(_path(folder, name))
