"""The outline of an episode's sound, for drawing a waveform. I/O: av by way of the decoder; index/peaks.

The data model and the file are audiowaveform's, version 2, 8 bits:
https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
"""

import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from podindex.atomic import write_atomically
from podindex.audio.decode import Decoder
from podindex.audio.derived import derived_path, make_folders, making, remove_older
from podindex.audio.limits import bounded
from podindex.errors import StoreError
from podindex.models import SAMPLE_RATE_HZ

KEPT_PIXELS_PER_SECOND = 25
"""How fine peaks are kept: 180 kB an hour. 16 kHz divides by it, so a pixel's time is exact."""
_SAMPLES_PER_PIXEL = SAMPLE_RATE_HZ // KEPT_PIXELS_PER_SECOND

_VERSION = 2
_FLAG_8_BIT = 1
_HEADER = struct.Struct("<iIiiIi")  # version, flags, sample rate, samples per pixel, pixels, channels


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """The lowest and the highest sample of each pixel."""

    sample_rate_hz: int
    samples_per_pixel: int
    data: NDArray[np.int8]
    """int8 [2 × pixels]: min, max, min, max …"""


@bounded
def build_peaks(path: Path) -> Peaks:
    """Decode an audio file and measure its outline, streaming.

    Raises:
        AudioError: the file cannot be read as audio.
    """
    outline = _Outline()
    with Decoder(path) as decoder:
        for block in decoder:
            outline.add(block)
    return outline.peaks()


def peaks_path(peaks_dir: Path, episode_id: str, audio_path: Path) -> Path:
    """Return where the peaks of an episode's audio, as it is now, are kept."""
    return derived_path(peaks_dir, episode_id, audio_path, ".dat")


def cached_peaks(peaks_dir: Path, episode_id: str, audio_path: Path) -> Peaks:
    """Return an episode's peaks, from the cache or else by decoding its audio once.

    Args:
        peaks_dir: the cache. One that cannot be written is done without.
        episode_id: whose peaks.
        audio_path: the audio; other peaks are made when it is replaced.

    Raises:
        AudioError: the file cannot be read as audio.
    """
    cache_path = peaks_path(peaks_dir, episode_id, audio_path)
    with making(cache_path):
        peaks = load_peaks(cache_path)
        if peaks is None:
            peaks = build_peaks(audio_path)
            _keep(cache_path, peaks)
    return peaks


def keep_peaks(blocks: Iterable[NDArray[np.int16]], cache_path: Path) -> Iterator[NDArray[np.int16]]:
    """Pass on what is decoded for another purpose; once all has passed, its peaks are in the cache.

    Args:
        blocks: an episode's samples, mono at `SAMPLE_RATE_HZ`, from the first to the last.
        cache_path: its `peaks_path` from before its audio was opened.
    """
    outline = _Outline()
    for block in blocks:
        outline.add(block)
        yield block
    _keep(cache_path, outline.peaks())


def zoom_out(peaks: Peaks, pixels: int) -> Peaks:
    """Join neighbouring pixels until at most so many are left."""
    factor = -(-(len(peaks.data) // 2) // max(pixels, 1))
    if factor <= 1:
        return peaks
    pairs = peaks.data.reshape(-1, 2)
    firsts = np.arange(0, len(pairs), factor)
    joined = [np.minimum.reduceat(pairs[:, 0], firsts), np.maximum.reduceat(pairs[:, 1], firsts)]
    return Peaks(peaks.sample_rate_hz, peaks.samples_per_pixel * factor, np.stack(joined, axis=1).reshape(-1))


def format_peaks(peaks: Peaks) -> bytes:
    """Return peaks as the content of an audiowaveform `.dat` file."""
    header = _HEADER.pack(_VERSION, _FLAG_8_BIT, peaks.sample_rate_hz, peaks.samples_per_pixel, len(peaks.data) // 2, 1)
    return header + peaks.data.tobytes()


def save_peaks(path: Path, peaks: Peaks) -> None:
    """Write peaks as an audiowaveform `.dat` file, and the folders for it where there are none.

    Raises:
        StoreError: the disk is full or may not be written, or there is no library.
    """
    make_folders(path)
    write_atomically(path, format_peaks(peaks))


def load_peaks(path: Path) -> Peaks | None:
    """Read a `.dat` file; None where there is none or it is damaged, for then it is to be built again."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    data = np.frombuffer(content[_HEADER.size :], np.int8)
    whole = Peaks(SAMPLE_RATE_HZ, _SAMPLES_PER_PIXEL, data[: len(data) // 2 * 2])
    return whole if format_peaks(whole) == content else None  # a damaged header would move every sound


def _keep(cache_path: Path, peaks: Peaks) -> None:
    with suppress(StoreError):
        save_peaks(cache_path, peaks)
        remove_older(cache_path)


class _Outline:
    """Measures samples piece by piece; what is left at the end is one more pixel."""

    def __init__(self) -> None:
        self._pairs: list[NDArray[np.int8]] = []
        self._rest = np.zeros(0, np.int16)

    def add(self, block: NDArray[np.int16]) -> None:
        samples = np.concatenate([self._rest, block])
        whole = len(samples) // _SAMPLES_PER_PIXEL * _SAMPLES_PER_PIXEL
        self._pairs.append(_pairs(samples[:whole].reshape(-1, _SAMPLES_PER_PIXEL)))
        self._rest = samples[whole:]

    def peaks(self) -> Peaks:
        last = [_pairs(self._rest.reshape(1, -1))] if len(self._rest) else []
        return Peaks(SAMPLE_RATE_HZ, _SAMPLES_PER_PIXEL, np.concatenate([*self._pairs, *last]))


def _pairs(pixels: NDArray[np.int16]) -> NDArray[np.int8]:
    return (np.stack([pixels.min(axis=1), pixels.max(axis=1)], axis=1) >> 8).astype(np.int8).reshape(-1)
