"""The outline of an episode's sound, for drawing a waveform. I/O: av by way of the decoder; index/peaks.

The data model and the file are audiowaveform's, version 2, 8 bits:
https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from podindex.atomic import store_error, write_atomically
from podindex.audio.decode import Decoder
from podindex.models import SAMPLE_RATE_HZ

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


def save_peaks(path: Path, peaks: Peaks) -> None:
    """Write peaks as an audiowaveform `.dat` file, and the folder for it where there is none.

    Raises:
        StoreError: the disk is full or may not be written.
    """
    header = _HEADER.pack(_VERSION, _FLAG_8_BIT, peaks.sample_rate_hz, peaks.samples_per_pixel, len(peaks.data) // 2, 1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_error(error, path.parent) from error
    write_atomically(path, header + peaks.data.tobytes())


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
