"""MP4 files that claim far more samples than they hold are refused before libavformat makes gigabytes of it."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from audio_files import FORMATS, beeps, write_audio

from podindex.audio.mp4 import count_samples
from podindex.audio.probe import probe
from podindex.errors import AudioError

RATE_HZ = 44_100
MOVIE_HZ = 1000
FRAME_TICKS = 1024
MANY = 3_000_000
"""More than a file of some kilobytes may claim; libavformat opens it in a moment yet."""


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def long_box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content


def endless_box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 0, kind) + content


def lying_box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 2**31, kind) + content


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values) + 1}I", 0, *values)


def table(samples: int, *, ticks: int = FRAME_TICKS, chunk_samples: int = 1, chunks: int = 1) -> bytes:
    """Make the tables of samples of one byte, each of which lasts so many ticks."""
    return (
        box(b"stts", numbers(1, samples, ticks))
        + box(b"stsc", numbers(1, 1, chunk_samples, 1))
        + box(b"stsz", numbers(1, samples))
        + box(b"stco", numbers(chunks, *[0] * chunks))
    )


def edits(count: int, start_s: float, length_s: float) -> bytes:
    edit = struct.pack(">IiI", round(length_s * MOVIE_HZ), round(start_s * RATE_HZ), 2**16)
    return box(b"edts", box(b"elst", numbers(count) + edit * count))


def fragment(samples: int) -> bytes:
    return box(b"moof", box(b"traf", box(b"tfhd", numbers(1)) + box(b"trun", numbers(samples))))


def movie(
    tables: bytes, *, edits: bytes = b"", fragments: bytes = b"", outer: Callable[[bytes, bytes], bytes] = box
) -> bytes:
    entry = box(b"mp4a", struct.pack(">6xH8xHH4xI", 1, 1, 16, RATE_HZ << 16))
    media = (
        box(b"mdhd", numbers(0, 0, RATE_HZ, 0, 0))
        + box(b"hdlr", numbers(0) + b"soun" + bytes(13))
        + box(b"minf", box(b"stbl", box(b"stsd", numbers(1) + entry) + tables))
    )
    track = box(b"tkhd", numbers(0, 0, 1) + bytes(68)) + edits + outer(b"mdia", media)
    extends = box(b"mvex", box(b"trex", numbers(1, 1, FRAME_TICKS, 1, 0))) if fragments else b""
    header = box(b"mvhd", numbers(0, 0, MOVIE_HZ, 0) + bytes(80))
    content = header + extends + outer(b"trak", track)
    return box(b"ftyp", b"M4A \0\0\0\0isom") + outer(b"moov", content) + fragments


FEW = 20_000
FEW_S = FEW * FRAME_TICKS / RATE_HZ

HOSTILE = {
    "samples": movie(table(MANY, chunk_samples=MANY)),
    "samples behind 64 bits": movie(table(MANY, chunk_samples=MANY), outer=long_box),
    "samples to the end": movie(table(MANY, chunk_samples=MANY), outer=endless_box),
    "samples in boxes that end later": movie(table(MANY, chunk_samples=MANY), outer=lying_box),
    "chunks of PCM": movie(table(1, ticks=1, chunk_samples=MANY, chunks=1000)),
    "edits of all": movie(table(FEW, chunk_samples=FEW), edits=edits(MANY // FEW, 0, FEW_S)),
    "edits of nothing": movie(table(FEW, chunk_samples=FEW), edits=edits(MANY * FRAME_TICKS // RATE_HZ, 2, 0)),
    "fragments": movie(table(0), fragments=fragment(MANY // 2) + fragment(MANY // 2)),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_claims_far_more_than_it_has_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "episode.m4a"
    path.write_bytes(content)
    with av.open(str(path)) as container:
        made = len(container.streams[0].index_entries)
    assert made > len(content)
    assert made <= count_samples(path) <= 1.1 * made
    with pytest.raises(AudioError, match="more pieces of sound than it has bytes") as caught:
        probe(path)
    assert caught.value.code == "audio-overfull"


FRAGMENTED = {"movflags": "empty_moov", "frag_duration": "500000"}
LEGAL: dict[str, tuple[str, str, dict[str, str], tuple[float, float]]] = {
    "at the end": ("m4a", "aac", {}, (0, 0)),
    "at the beginning": ("m4a", "aac", {"movflags": "faststart"}, (0, 0)),
    "delayed": ("m4a", "aac", {}, (0, 5)),
    "with a gap": ("m4a", "aac", {}, (2, 5)),
    "fragmented": ("m4a", "aac", FRAGMENTED, (0, 0)),
    "opus": ("mp4", "libopus", {}, (0, 0)),
    "PCM": ("mov", "pcm_u8", {}, (0, 0)),
    "fragmented PCM": ("mov", "pcm_u8", FRAGMENTED, (0, 0)),
    "IMA4": ("mov", "adpcm_ima_qt", {}, (0, 0)),
}


@pytest.mark.parametrize(("kind", "codec", "options", "shift"), LEGAL.values(), ids=LEGAL)
def test_what_is_there_is_counted_as_libavformat_does(
    kind: str,
    codec: str,
    options: dict[str, str],
    shift: tuple[float, float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(FORMATS, "mov", ("mov", "pcm_s16le"))
    path = tmp_path / f"episode.{kind}"
    write_audio(path, beeps(6, [1]), codec=codec, container_options=options, shift=shift)
    with av.open(str(path)) as container:
        made = len(container.streams[0].index_entries)
    assert made <= count_samples(path) <= made + 2
    assert (probe(path).duration_ms or 0) >= 6_000


def test_other_files_claim_nothing(tmp_path: Path) -> None:
    for kind in ("mp3", "wav", "opus", "mka", "flac", "aac"):
        assert count_samples(write_audio(tmp_path / f"episode.{kind}", beeps(1, [0]))) == 0
