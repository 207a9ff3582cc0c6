"""Where in a chunk somebody speaks, by what a voice activity detector said of each frame. Pure.

All times are milliseconds since the first frame.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Silero's frame: 512 samples at 16 kHz.
VAD_FRAME_MS = 32
# Low, because a voice that is missed costs words, and a noise that is kept costs a little time.
_SPEECH_PROBABILITY = 0.35


class Stretch(NamedTuple):
    """A half-open interval in ms."""

    start_ms: int
    end_ms: int


class SpeechMap:
    """Answers questions about where speech is."""

    def __init__(self, probabilities: NDArray[np.float32]) -> None:
        """Take the probability of speech in each `VAD_FRAME_MS`, float32 [frames]."""
        self._speech = probabilities >= _SPEECH_PROBABILITY
        self._total = np.concatenate(([0], np.cumsum(self._speech)))

    def measure(self, start_ms: int, end_ms: int) -> int:
        """Measure the speech in an interval, in ms."""
        first, last = np.clip((start_ms // VAD_FRAME_MS, -(-end_ms // VAD_FRAME_MS)), 0, len(self._speech))
        return max(int(self._total[last] - self._total[first]), 0) * VAD_FRAME_MS

    def find_stretches(self, *, join_ms: int, pad_ms: int, end_ms: int) -> list[Stretch]:
        """Find the stretches of speech, joined over shorter pauses and padded, inside `[0, end_ms)`."""
        edges = np.flatnonzero(np.diff(self._speech, prepend=False, append=False)) * VAD_FRAME_MS
        stretches: list[Stretch] = []
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            padded = Stretch(max(0, start - pad_ms), min(end + pad_ms, end_ms))
            if stretches and padded.start_ms - stretches[-1].end_ms < join_ms:
                stretches[-1] = Stretch(stretches[-1].start_ms, padded.end_ms)
            elif padded.start_ms < padded.end_ms:
                stretches.append(padded)
        return stretches
