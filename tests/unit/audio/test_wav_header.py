import struct

from hypothesis import given
from hypothesis import strategies as st

from podindex.audio.wav import declared_ms

FORMAT = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
RIFF = b"RIFF\x00\x00\x00\x00WAVE"


def data(size: int) -> bytes:
    return b"data" + struct.pack("<I", size)


def test_reads_the_declared_length() -> None:
    assert declared_ms(RIFF + FORMAT + data(64_000)) == 2_000


def test_passes_over_other_chunks_and_their_padding() -> None:
    assert declared_ms(RIFF + b"LIST\x03\x00\x00\x00abc\x00" + FORMAT + data(32_000)) == 1_000


def test_a_streamed_file_does_not_say() -> None:
    assert declared_ms(RIFF + FORMAT + data(0)) is None
    assert declared_ms(RIFF + FORMAT + data(0xFFFFFFFF)) is None


def test_other_files_do_not_say() -> None:
    assert declared_ms(b"OggS" + bytes(100)) is None
    assert declared_ms(RIFF + data(1_000)) is None


@given(st.binary(max_size=100))
def test_any_bytes_are_survived(tail: bytes) -> None:
    declared_ms(RIFF + tail)
    declared_ms(RIFF + FORMAT + tail)
