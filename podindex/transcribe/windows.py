"""Where to cut a chunk into the windows the model looks at. Pure.

Samples are int16 [n] or float32 [n], mono, at `SAMPLE_RATE_HZ`; positions are sample numbers in the chunk.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.models import SAMPLE_RATE_HZ

# One frame is 10 ms, the hop of Whisper's own spectrogram.
FRAME_SAMPLES = SAMPLE_RATE_HZ // 100
_SMOOTHING_FRAMES = 15  # longer than the closure of a plosive, shorter than a pause


class Window(NamedTuple):
    """A stretch of a chunk, half-open, in samples."""

    start: int
    end: int


def measure_loudness(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Measure the loudness of each 10 ms frame, in dB below full scale; digital silence is -100 dB.

    Args:
        samples: int16 [n].

    Returns:
        float32 [n // 160].
    """
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES).astype(np.float32)
    power = np.einsum("ij,ij->i", frames, frames) / (FRAME_SAMPLES * 32768.0**2)
    loudness: NDArray[np.float32] = (10 * np.log10(np.maximum(power, 1e-10))).astype(np.float32)
    return loudness


def cut_windows(samples: NDArray[np.int16], max_ms: int) -> list[Window]:
    """Cut into windows of at most `max_ms`, at the quietest place of the second half of each."""
    loudness = measure_loudness(samples)
    if not len(loudness):
        return []
    smooth = np.convolve(loudness, np.full(_SMOOTHING_FRAMES, 1 / _SMOOTHING_FRAMES), "same")
    longest = max_ms // 10
    cuts = [0]
    while len(smooth) - cuts[-1] > longest:
        first = cuts[-1] + longest // 2
        cuts.append(first + int(np.argmin(smooth[first : cuts[-1] + longest])))
    edges = [cut * FRAME_SAMPLES for cut in cuts] + [len(samples)]
    return [Window(start, end) for start, end in pairwise(edges)]
