"""Where to cut a chunk into sections, by its loudness and by where somebody speaks. Pure.

Samples are int16 [n], mono, at `SAMPLE_RATE_HZ`; times are milliseconds since the first of them.
"""

import numpy as np
from numpy.typing import NDArray

from podindex.models import SAMPLES_PER_MS
from podindex.transcribe.speech import SpeechMap, Stretch

# One frame is 10 ms, the hop of Whisper's own spectrogram.
FRAME_MS = 10
FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS
# Cubics over a frame, orthonormal: of 50 Hz they take 35 dB away, of 100 Hz 14, of 200 Hz, where voices are, 1.
_SLOW = np.linalg.qr(np.vander(np.linspace(-1, 1, FRAME_SAMPLES), 4))[0].astype(np.float32)
_SMOOTHING_FRAMES = 15  # longer than the closure of a plosive, shorter than a pause
# Silence that is not even looked at. Shorter ones stay: they cost nothing and tell sentences apart.
_SKIPPED_SILENCE_MS = 3_000
_PADDING_MS = 400
# Two frames of the voice activity detector: shorter than any word. In noise the model hears sentences in that.
_SHORTEST_SPEECH_MS = 65
# Later than this there is always some pause, and what its last window leaves empty costs as much as what it holds.
_EARLIEST_CUT_PERCENT = 85


def measure_loudness(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Measure the loudness of each 10 ms frame, in dB below full scale; digital silence is -100 dB.

    What a cubic can follow within a frame is left out: mains hum, and a level beside zero. They would fill every pause.

    Args:
        samples: int16 [n].

    Returns:
        float32 [n // 160].
    """
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES).astype(np.float32)
    frames -= (frames @ _SLOW) @ _SLOW.T
    power = np.einsum("ij,ij->i", frames, frames) / (FRAME_SAMPLES * 32768.0**2)
    loudness: NDArray[np.float32] = (10 * np.log10(np.maximum(power, 1e-10))).astype(np.float32)
    return loudness


def smooth(loudness: NDArray[np.float32]) -> NDArray[np.float64]:
    """Level out what is shorter than a pause: where the result is low, one can cut."""
    if not len(loudness):
        return np.zeros(0)
    return np.convolve(loudness, np.full(_SMOOTHING_FRAMES, 1 / _SMOOTHING_FRAMES), "same")[: len(loudness)]


def plan_sections(loudness: NDArray[np.float32], speech: SpeechMap, duration_ms: int, longest_ms: int) -> list[Stretch]:
    """Plan sections that hold all speech, leave long silences out and are cut where it is quietest.

    Args:
        loudness: as `measure_loudness` gives it.
        speech: of the same audio.
        duration_ms: length of that audio.
        longest_ms: length of the longest section.
    """
    stretches = speech.find_stretches(join_ms=_SKIPPED_SILENCE_MS, pad_ms=_PADDING_MS, end_ms=duration_ms)
    if not stretches:
        return []
    quiet = smooth(loudness)
    spoken = [stretch for stretch in stretches if speech.measure(*stretch) >= _SHORTEST_SPEECH_MS]
    return [section for stretch in spoken for section in _cut(stretch, quiet, longest_ms)]


def _cut(stretch: Stretch, quiet: NDArray[np.float64], longest_ms: int) -> list[Stretch]:
    """Cut into sections of nearly the longest length, each ending at the quietest place near its end."""
    sections = []
    start_ms = stretch.start_ms
    while stretch.end_ms - start_ms > longest_ms:
        earliest_ms, latest_ms = start_ms + longest_ms * _EARLIEST_CUT_PERCENT // 100, start_ms + longest_ms
        frames = quiet[earliest_ms // FRAME_MS : latest_ms // FRAME_MS]
        cut_ms = earliest_ms + int(np.argmin(frames)) * FRAME_MS
        sections.append(Stretch(start_ms, cut_ms))
        start_ms = cut_ms
    return [*sections, Stretch(start_ms, stretch.end_ms)]
