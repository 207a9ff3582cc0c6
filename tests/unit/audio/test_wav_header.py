import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.audio.wav import declared_ms

FORMAT = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
RIFF = b"RIFF\x00\x00\x00\x00WAVE"


LARGE = 2**40
"""A file that holds whatever its header declares."""


def data(size: int) -> bytes:
    return b"data" + struct.pack("<I", size)


def test_reads_the_declared_length() -> None:
    assert declared_ms(RIFF + FORMAT + data(64_000), LARGE) == 2_000


@pytest.mark.parametrize(("codec", "written"), [(1, 8_000), (1, 0), (3, 48_000)])
def test_a_wrong_byte_rate_does_not_change_the_length(codec: int, written: int) -> None:
    form = b"fmt " + struct.pack("<IHHIIHH", 16, codec, 1, 16_000, written, 2, 16)
    assert declared_ms(RIFF + form + data(64_000), LARGE) == 2_000


def test_passes_over_other_chunks_and_their_padding() -> None:
    assert declared_ms(RIFF + b"LIST\x03\x00\x00\x00abc\x00" + FORMAT + data(32_000), LARGE) == 1_000


def test_a_streamed_file_does_not_say() -> None:
    assert declared_ms(RIFF + FORMAT + data(0), LARGE) is None


@pytest.mark.parametrize(
    "placeholder", [0x7FFFF000, 0x7FFFFFFF, 0x7FFFFFFF - 36, 0xFFFFFFFE - 44, 0xFFFFFFFF - 44, 0xFFFFFFFF]
)
def test_a_placeholder_means_as_long_as_the_file(placeholder: int) -> None:
    head = RIFF + FORMAT + data(placeholder)
    assert declared_ms(head, len(head) + 96_000) == 3_000
    assert declared_ms(head, len(head)) is None


def test_a_file_that_is_cut_off_declares_what_it_was() -> None:
    head = RIFF + FORMAT + data(0x7FFFEFFF)
    assert declared_ms(head, len(head) + 96_000) == 0x7FFFEFFF * 1000 // 32_000


def test_a_large_file_that_is_whole_declares_its_length() -> None:
    head = RIFF + FORMAT + data(0x90000000)
    assert declared_ms(head, len(head) + 0x90000000 + 500) == 0x90000000 * 1000 // 32_000


def test_other_files_do_not_say() -> None:
    assert declared_ms(b"OggS" + bytes(100), LARGE) is None
    assert declared_ms(RIFF + data(1_000), LARGE) is None


@given(st.binary(max_size=100))
def test_any_bytes_are_survived(tail: bytes) -> None:
    declared_ms(RIFF + tail, len(tail))
    declared_ms(RIFF + FORMAT + tail, len(tail))
