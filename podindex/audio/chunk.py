"""Cutting an episode into chunks, at pauses. Pure.

A chunk is a few of Whisper's 30 s windows: enough that one can tell the next what was said, few enough that little is
lost when the power fails. What is held is one look ahead, however long the episode is.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from podindex.audio.silence import find_pause, find_quietest
from podindex.models import SAMPLES_PER_MS, Chunk

AIM_MS = 220_000
"""Some eight windows."""
MIN_MS = 150_000
MAX_MS = 300_000
"""No chunk but an end is longer, whatever the pauses."""

_LOOKAHEAD_MS = 2 * AIM_MS
"""What must be there before a cut is decided: the next two chunks, so that the end can be split evenly."""
_SHORTEST_SPLIT_MS = (60_000, 120_000, 80_000)
"""An end longer than this is cut in half, and its second half again, twice, where workers would be idle: even a short
episode keeps two of them busy, and they end nearly together."""

OVERLAP_MS = 2_000
"""How far chunks overlap where there was no pause: longer than any word."""
_QUIETEST_MS = 10_000
"""How far around the wanted place the least bad cut is looked for."""


def iter_chunks(blocks: Iterable[NDArray[np.int16]], *, cut_end: bool = True) -> Iterator[Chunk]:
    """Cut a stream of samples into chunks that cover it without gaps.

    The cuts depend on the sound and on `cut_end`, not on how it is divided into blocks.

    Args:
        blocks: int16 arrays [n], mono at `SAMPLE_RATE_HZ`, any lengths.
        cut_end: whether to cut an end of up to `2 * AIM_MS` into several chunks, for several workers.

    Yields:
        Chunks in order. Each begins where the one before ends, or `overlap_ms` before that where no pause was found.
    """
    cutter = _Cutter()
    for block in blocks:
        yield from cutter.feed(block)
    yield from cutter.finish(cut_end=cut_end)


class _Cutter:
    """Holds what has not been cut yet."""

    def __init__(self) -> None:
        self._waiting: list[NDArray[np.int16]] = []
        self._length = 0
        self._index = 0
        self._offset_ms = 0
        self._overlap_ms = 0

    def feed(self, block: NDArray[np.int16]) -> Iterator[Chunk]:
        self._waiting.append(block)
        self._length += len(block)
        while self._length >= _LOOKAHEAD_MS * SAMPLES_PER_MS:
            yield self._cut(self._join(), MIN_MS, AIM_MS, MAX_MS)

    def finish(self, *, cut_end: bool) -> Iterator[Chunk]:
        samples = self._join()
        for shortest_ms in _SHORTEST_SPLIT_MS if cut_end else ():
            half_ms = len(samples) // SAMPLES_PER_MS // 2
            if half_ms * 2 > shortest_ms:
                yield self._cut(samples, half_ms * 2 // 3, half_ms, half_ms * 4 // 3)
                samples = self._join()
        if len(samples):
            yield self._chunk(samples)

    def _join(self) -> NDArray[np.int16]:
        samples = np.concatenate([np.zeros(0, np.int16), *self._waiting])
        self._waiting = [samples]
        return samples

    def _cut(self, samples: NDArray[np.int16], earliest_ms: int, wanted_ms: int, latest_ms: int) -> Chunk:
        """Take a chunk off the front."""
        ahead = samples[: _LOOKAHEAD_MS * SAMPLES_PER_MS]
        cut_ms = find_pause(ahead, earliest_ms=earliest_ms, wanted_ms=wanted_ms, latest_ms=latest_ms)
        overlap_ms = 0
        if cut_ms is None:
            cut_ms = find_quietest(ahead, earliest_ms=wanted_ms - _QUIETEST_MS, latest_ms=wanted_ms + _QUIETEST_MS)
            overlap_ms = OVERLAP_MS
        chunk = self._chunk(samples[: cut_ms * SAMPLES_PER_MS].copy())
        self._offset_ms += cut_ms - overlap_ms
        self._overlap_ms = overlap_ms
        rest = samples[(cut_ms - overlap_ms) * SAMPLES_PER_MS :].copy()
        self._waiting, self._length = [rest], len(rest)
        return chunk

    def _chunk(self, samples: NDArray[np.int16]) -> Chunk:
        chunk = Chunk(self._index, self._offset_ms, len(samples) // SAMPLES_PER_MS, samples, self._overlap_ms)
        self._index += 1
        return chunk
