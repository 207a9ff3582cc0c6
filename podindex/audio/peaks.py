"""How loud an episode is along its time: the picture of its sound. I/O: decodes audio, caches under `index/peaks`.

Peaks are what audiowaveform calls so: the lowest and the highest sample of every stretch, as 8 bits. They lie on the
same clock as the words, because the same decoder makes them, so a mark on the picture is where the word is heard.
"""

import hashlib
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from podindex.atomic import write_atomically
from podindex.audio.decode import Decoder
from podindex.errors import StoreError
from podindex.models import SAMPLE_RATE_HZ, Peaks

SAMPLES_PER_POINT = 640
"""25 points a second, 180 kB an hour: audiowaveform's usual range is 10 to 60 a second."""

# The header of audiowaveform's binary format, version 2: version, flags (1: 8 bits), rate, samples a point, points,
# channels. https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
_HEADER = struct.Struct("<iIiiIi")
_VERSION, _EIGHT_BITS, _MONO = 2, 1, 1


def load_peaks(peaks_dir: Path, episode_id: str, audio_path: Path) -> Peaks:
    """Return an episode's peaks, from the cache or else by decoding its audio once.

    Args:
        peaks_dir: the cache; made where it is missing. A cache that cannot be written is done without.
        episode_id: whose peaks; its parts become a folder and a file name.
        audio_path: the audio; one that was replaced since has other peaks.

    Raises:
        AudioError: the audio cannot be read.
    """
    show, _, slug = episode_id.partition("/")
    cache_path = peaks_dir / show / f"{slug}.{_stamp(audio_path)}.dat"
    with suppress(OSError, ValueError):
        return parse_peaks(cache_path.read_bytes())
    peaks = compute_peaks(audio_path)
    with suppress(OSError, StoreError):
        cache_path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(cache_path, format_peaks(peaks))
        for path in cache_path.parent.glob(f"{slug}.*.dat"):
            if path != cache_path:
                path.unlink()
    return peaks


def compute_peaks(audio_path: Path) -> Peaks:
    """Decode a whole file and keep its peaks.

    Raises:
        AudioError: nothing of the file can be decoded.
    """
    with Decoder(audio_path) as decoder:
        return Peaks(SAMPLES_PER_POINT, _extremes(decoder).tobytes())


def zoom_out(peaks: Peaks, points: int) -> Peaks:
    """Join neighbouring points until at most so many are left."""
    factor = -(-peaks.length // max(points, 1))
    if factor <= 1:
        return peaks
    pairs = np.frombuffer(peaks.data, np.int8).reshape(-1, 2)
    firsts = np.arange(0, len(pairs), factor)
    joined = np.stack([np.minimum.reduceat(pairs[:, 0], firsts), np.maximum.reduceat(pairs[:, 1], firsts)], axis=1)
    return Peaks(peaks.samples_per_point * factor, joined.tobytes())


def format_peaks(peaks: Peaks) -> bytes:
    """Write audiowaveform's binary format."""
    header = _HEADER.pack(_VERSION, _EIGHT_BITS, SAMPLE_RATE_HZ, peaks.samples_per_point, peaks.length, _MONO)
    return header + peaks.data


def parse_peaks(content: bytes) -> Peaks:
    """Read what `format_peaks` wrote; `ValueError` for anything else, a file cut off included."""
    if len(content) < _HEADER.size:
        raise ValueError("too short for peaks")
    version, flags, rate, samples_per_point, length, channels = _HEADER.unpack_from(content)
    data = content[_HEADER.size :]
    if (version, flags, rate, channels) != (_VERSION, _EIGHT_BITS, SAMPLE_RATE_HZ, _MONO):
        raise ValueError("not peaks of ours")
    if samples_per_point < 1 or len(data) != 2 * length:
        raise ValueError("peaks that are cut off")
    return Peaks(samples_per_point, data)


def _extremes(blocks: Iterable[NDArray[np.int16]]) -> NDArray[np.int8]:
    """Return int8 [n, 2], the lowest and highest sample of every `SAMPLES_PER_POINT`; a last odd rest counts."""
    found = [np.zeros((0, 2), np.int8)]
    rest = np.zeros(0, np.int16)
    for block in blocks:
        samples = np.concatenate([rest, block])
        whole = len(samples) - len(samples) % SAMPLES_PER_POINT
        rest = samples[whole:]
        found.append(_pairs(samples[:whole].reshape(-1, SAMPLES_PER_POINT)))
    if len(rest):
        found.append(_pairs(rest.reshape(1, -1)))
    return np.concatenate(found)


def _pairs(rows: NDArray[np.int16]) -> NDArray[np.int8]:
    return np.stack([rows.min(axis=1) >> 8, rows.max(axis=1) >> 8], axis=1).astype(np.int8)


def _stamp(audio_path: Path) -> str:
    """Return a short text that changes when the file does; for one that is not there, one that fits nothing."""
    try:
        status = audio_path.stat()
    except OSError:
        return "none"
    what = f"{status.st_size} {status.st_mtime_ns} {SAMPLES_PER_POINT}"
    return hashlib.sha256(what.encode()).hexdigest()[:16]
