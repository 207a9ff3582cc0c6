"""Finding the pause to cut in. Pure.

A quick look at the energy says where pauses may be; pydub then finds the pause itself, only there, because its search
of ten minutes takes most of a second.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podindex.models import SAMPLE_RATE_HZ, SAMPLES_PER_MS

_FRAME_MS = 10
_FRAME_SAMPLES = _FRAME_MS * SAMPLES_PER_MS
_FULL_SCALE_DBFS = 20 * np.log10(32768.0)

SILENT_DBFS = -70.0
"""Below this nobody hears anything: digital silence and a recorder's own noise."""

MIN_PAUSE_MS = 150
"""The shortest pause: the silence inside a word (before p, t, k) is shorter."""

_LONG_PAUSE_MS = 1_000
"""A pause longer than this is no better to cut in."""
_DISTANCE_COST = 60
"""A pause must be 1 ms longer for every so many ms that it is further from the wanted place."""
_EDGE_MS = 500
"""How far from both ends of a long silence to cut."""
_LOOK_MS = 1_500
"""How far around a likely place pydub looks."""

_MIN_RANGE_DB = 10.0
"""Where the quietest place is not this much below speech, it may be a weak syllable over music: no pause."""
_THRESHOLD_SHARE = 0.25
"""Where the threshold lies between the quietest place and speech: over a room's flutter, under quiet syllables."""
_SPEECH_PERCENTILE = 95


def frame_levels(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return the level of each 10 ms of int16 samples [n], in dBFS, float32 [n // 160], at least `SILENT_DBFS`."""
    count = len(samples) // _FRAME_SAMPLES
    frames = samples[: count * _FRAME_SAMPLES].reshape(count, _FRAME_SAMPLES).astype(np.float32)
    power = np.einsum("ij,ij->i", frames, frames) / _FRAME_SAMPLES
    levels = 10 * np.log10(np.maximum(power, 1e-9)) - _FULL_SCALE_DBFS
    return np.asarray(np.maximum(levels, SILENT_DBFS), np.float32)


def find_pause(samples: NDArray[np.int16], *, earliest_ms: int, wanted_ms: int, latest_ms: int) -> int | None:
    """Find the place to cut in a good pause: long rather than short, and near the wanted place.

    What counts as a pause depends on the material: the quietest place between the limits, be it a silent room, hiss or
    a music bed, says how quiet it gets, and the loudest sound of all says how loud speech is.

    Args:
        samples: int16 [n], mono at `SAMPLE_RATE_HZ`.
        earliest_ms: no cut before this.
        wanted_ms: where the cut would be best.
        latest_ms: no cut after this.

    Returns:
        Milliseconds from the beginning of the samples, or None where there is no pause at all.
    """
    levels = frame_levels(samples)
    speech_dbfs = float(np.percentile(levels, _SPEECH_PERCENTILE))
    candidates = levels[earliest_ms // _FRAME_MS : latest_ms // _FRAME_MS]
    floor_dbfs = float(_loudest_of_each_pause(candidates).min())
    if floor_dbfs > SILENT_DBFS and speech_dbfs - floor_dbfs < _MIN_RANGE_DB:
        return None
    threshold_dbfs = floor_dbfs + _THRESHOLD_SHARE * max(0.0, speech_dbfs - floor_dbfs)
    place_ms = earliest_ms + _best_place(candidates <= threshold_dbfs, wanted_ms - earliest_ms)
    return _middle_of_silence(samples, place_ms, threshold_dbfs)


def find_quietest(samples: NDArray[np.int16], *, earliest_ms: int, latest_ms: int) -> int:
    """Find the least loud place between two times: where to cut when there is no pause."""
    levels = frame_levels(samples[earliest_ms * SAMPLES_PER_MS : latest_ms * SAMPLES_PER_MS])
    return earliest_ms + int(np.argmin(_loudest_of_each_pause(levels))) * _FRAME_MS + MIN_PAUSE_MS // 2


def _loudest_of_each_pause(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return, for each frame, the level of the loudest in the `MIN_PAUSE_MS` that begin with it; all fit."""
    width = min(MIN_PAUSE_MS // _FRAME_MS, len(levels))
    count = len(levels) - width + 1
    loudest = levels[:count]
    for shift in range(1, width):
        loudest = np.maximum(loudest, levels[shift : shift + count])
    return loudest


def _best_place(quiet: NDArray[np.bool_], wanted_ms: int) -> int:
    """Return the best place in the best run of quiet frames, in ms from the first frame; there must be a long one."""
    edges = np.flatnonzero(np.diff(quiet, prepend=False, append=False))
    starts_ms, ends_ms = edges[::2] * _FRAME_MS, edges[1::2] * _FRAME_MS
    lengths_ms = ends_ms - starts_ms
    margins_ms = np.minimum(lengths_ms // 2, _EDGE_MS)
    places_ms = np.clip(wanted_ms, starts_ms + margins_ms, ends_ms - margins_ms)
    scores = np.minimum(lengths_ms, _LONG_PAUSE_MS) - np.abs(places_ms - wanted_ms) / _DISTANCE_COST
    scores[lengths_ms < MIN_PAUSE_MS] = -np.inf
    return int(places_ms[np.argmax(scores)])


def _middle_of_silence(samples: NDArray[np.int16], place_ms: int, threshold_dbfs: float) -> int:
    """Let pydub find the silence around a place, and return its middle."""
    start_ms = max(0, place_ms - _LOOK_MS)
    window = samples[start_ms * SAMPLES_PER_MS : (place_ms + _LOOK_MS) * SAMPLES_PER_MS]
    audio_segment, detect_silence = _pydub()
    segment = audio_segment(data=window.tobytes(), sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=1)
    silences: list[list[int]] = detect_silence(
        segment, min_silence_len=MIN_PAUSE_MS, silence_thresh=threshold_dbfs, seek_step=_FRAME_MS
    )
    for begin_ms, end_ms in silences:
        if start_ms + begin_ms <= place_ms <= start_ms + end_ms:
            return start_ms + (begin_ms + end_ms) // 2
    return place_ms


def _pydub() -> tuple[Any, Any]:
    """Import pydub, whose import warns of a missing ffmpeg program (we need none) and, before 3.13, of audioop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
        from pydub.silence import detect_silence
    return AudioSegment, detect_silence
