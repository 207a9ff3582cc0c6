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
from podindex.audio.derived import derived_path, make_folders, remove_older
from podindex.errors import StoreError
from podindex.models import SAMPLE_RATE_HZ

KEPT_PIXELS_PER_SECOND = 25
"""How fine peaks are kept: 180 kB an hour. 16 kHz divides by it, so a pixel's time is exact."""

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


def build_peaks(path: Path, pixels_per_second: int) -> Peaks:
    """Decode an audio file and measure its outline, streaming.

    Args:
        path: the audio.
        pixels_per_second: how fine; 10 to 60 are of use for drawing.

    Raises:
        AudioError: the file cannot be read as audio.
    """
    samples_per_pixel = SAMPLE_RATE_HZ // pixels_per_second
    with Decoder(path) as decoder:
        pairs = list(_iter_pairs(decoder, samples_per_pixel))
    return Peaks(SAMPLE_RATE_HZ, samples_per_pixel, np.concatenate(pairs))


def cached_peaks(peaks_dir: Path, episode_id: str, audio_path: Path) -> Peaks:
    """Return an episode's peaks, from the cache or else by decoding its audio once.

    Args:
        peaks_dir: the cache. One that cannot be written is done without.
        episode_id: whose peaks.
        audio_path: the audio; other peaks are made when it is replaced.

    Raises:
        AudioError: the file cannot be read as audio.
    """
    cache_path = derived_path(peaks_dir, episode_id, audio_path, ".dat")
    if (peaks := load_peaks(cache_path)) is not None:
        return peaks
    peaks = build_peaks(audio_path, KEPT_PIXELS_PER_SECOND)
    with suppress(StoreError):
        save_peaks(cache_path, peaks)
        remove_older(cache_path)
    return peaks


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
    """Read a `.dat` file; None where there is none or it is not whole, for then it is to be built again."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if len(content) < _HEADER.size:
        return None
    version, flags, sample_rate_hz, samples_per_pixel, pixels, channels = _HEADER.unpack_from(content)
    data = np.frombuffer(content, np.int8, offset=_HEADER.size)
    if (version, flags, channels, len(data)) != (_VERSION, _FLAG_8_BIT, 1, 2 * pixels):
        return None
    return Peaks(sample_rate_hz, samples_per_pixel, data)


def _iter_pairs(blocks: Iterable[NDArray[np.int16]], samples_per_pixel: int) -> Iterator[NDArray[np.int8]]:
    """Yield pairs of min and max for whole pixels, and one pixel for what is left at the end."""
    rest = np.zeros(0, np.int16)
    for block in blocks:
        samples = np.concatenate([rest, block])
        whole = len(samples) // samples_per_pixel * samples_per_pixel
        yield _pairs(samples[:whole].reshape(-1, samples_per_pixel))
        rest = samples[whole:]
    if len(rest):
        yield _pairs(rest.reshape(1, -1))


def _pairs(pixels: NDArray[np.int16]) -> NDArray[np.int8]:
    return (np.stack([pixels.min(axis=1), pixels.max(axis=1)], axis=1) >> 8).astype(np.int8).reshape(-1)
