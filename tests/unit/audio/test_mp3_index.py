import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.audio.mp3 import Mp3Index, count_constant, find_index, id3_bytes, is_frame, is_unbroken, silent_frame


def frame(header: bytes, side_bytes: int, tag: bytes) -> bytes:
    return header + bytes(side_bytes) + tag + bytes(400)


@pytest.mark.parametrize(
    ("header", "side_bytes"),
    [
        (b"\xff\xfb\x90\x64", 32),  # MPEG 1, joint stereo
        (b"\xff\xfb\x90\xc4", 17),  # MPEG 1, mono
        (b"\xff\xf3\x80\x64", 17),  # MPEG 2, joint stereo
        (b"\xff\xf3\x80\xc4", 9),  # MPEG 2, mono
        (b"\xff\xe3\x80\xc4", 9),  # MPEG 2.5, mono
        (b"\xff\xfa\x90\xc4", 19),  # MPEG 1, mono, with checksum
    ],
)
def test_finds_the_index_behind_the_side_information(header: bytes, side_bytes: int) -> None:
    tag = b"Xing" + (1).to_bytes(4) + (1234).to_bytes(4)
    assert find_index(frame(header, side_bytes, tag)) == Mp3Index("Xing", 1234)


def test_an_index_may_leave_out_the_length() -> None:
    assert find_index(frame(b"\xff\xfb\x90\x64", 32, b"Info" + (4).to_bytes(4))) == Mp3Index("Info", None)


def test_finds_a_fraunhofer_index() -> None:
    tag = b"VBRI" + bytes(10) + (777).to_bytes(4)
    assert find_index(frame(b"\xff\xfb\x90\x64", 32, tag)) == Mp3Index("VBRI", 777)


def test_padding_before_the_first_frame_is_skipped() -> None:
    tag = b"Info" + (1).to_bytes(4) + (9).to_bytes(4)
    assert find_index(bytes(500) + frame(b"\xff\xfb\x90\x64", 32, tag)) == Mp3Index("Info", 9)


def test_an_ordinary_first_frame_has_none() -> None:
    assert find_index(frame(b"\xff\xfb\x90\x64", 32, b"")) is None


def test_measures_an_id3_tag() -> None:
    assert id3_bytes(b"ID3\x04\x00\x00\x00\x00\x02\x01rest") == 10 + 257
    assert id3_bytes(b"ID3\x04\x00\x10\x00\x00\x02\x01rest") == 20 + 257
    assert id3_bytes(b"\xff\xfb\x90\x64" * 4) == 0


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(head: bytes) -> None:
    find_index(head)
    assert id3_bytes(head) >= 0


CBR, PADDED = b"\xff\xfb\x90\x64" + bytes(413), b"\xff\xfb\x92\x64" + bytes(414)  # 128 kbit/s at 44.1 kHz
SLOWER = b"\xff\xfb\x80\x64" + bytes(361)  # 112 kbit/s
TAG = b"ID3\x04\x00\x00\x00\x00\x00\x05" + bytes(5)


@pytest.mark.parametrize(
    ("content", "frames"),
    [
        (CBR * 9, 8),
        (CBR + PADDED + CBR + PADDED, 3),
        (TAG + CBR * 9, 8),
        (SLOWER + CBR * 9, 9),  # an index frame
        (CBR * 9 + b"TAG" + bytes(125), 8),
        (CBR * 9 + CBR[:100], 9),  # the end is cut off
        ((CBR + PADDED) * 3_000 + PADDED[:3], 6_000),  # more than is read at once
        (CBR + b"".join((CBR[:9], PADDED[:3], CBR[12:])) * 9, 9),  # sound that looks like a frame
        ((b"\xff\xf3\x80\xc4" + bytes(204)) * 9, 8),  # MPEG 2: 64 kbit/s at 22.05 kHz
        ((b"\xff\xe3\x88\xc4" + bytes(572)) * 9, 8),  # MPEG 2.5: 64 kbit/s at 8 kHz
    ],
)
def test_counts_the_frames_of_a_constant_bit_rate(content: bytes, frames: int) -> None:
    assert count_constant(io.BytesIO(content)) == frames


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfb",
        b"no mp3 at all" * 99,
        CBR * 5 + SLOWER + CBR * 5,
        CBR * 5 + b"rubbish" + CBR * 5,
        CBR * 5_000 + b"rubbish" + CBR * 5_000,
        CBR * 5 + CBR[:2],
        CBR + b"\xff\xfb\xf0\x64" + bytes(413),  # no such bit rate
        CBR[:417],  # a single frame says nothing
        CBR[:400] + b"TAG" + CBR[:125],  # and half a one ends in the tag
    ],
)
def test_looks_more_closely_where_frames_differ(content: bytes) -> None:
    assert not count_constant(io.BytesIO(content))


@pytest.mark.parametrize(
    "content", [CBR * 9, TAG + CBR + SLOWER + PADDED, CBR * 3 + SLOWER[:50], SLOWER + CBR + b"TAG" + bytes(125), b""]
)
def test_sees_that_frames_follow_on_frames(content: bytes) -> None:
    assert is_unbroken(io.BytesIO(content))


@pytest.mark.parametrize("content", [CBR * 5 + bytes(9) + CBR * 5, CBR + TAG + CBR, CBR + b"APETAGEX", b"no mp3"])
def test_sees_what_stands_between_frames(content: bytes) -> None:
    assert not is_unbroken(io.BytesIO(content))


def test_tells_a_whole_frame_from_what_is_not_one() -> None:
    assert is_frame(CBR)
    assert is_frame(PADDED)
    for packet in (b"", CBR[:-1], CBR + b"\0", bytes(9) + CBR, b"TAG" + bytes(125)):
        assert not is_frame(packet)


@given(st.binary(max_size=2000))
def test_no_content_breaks_the_walk(content: bytes) -> None:
    count_constant(io.BytesIO(CBR + content))
    is_unbroken(io.BytesIO(CBR + content))


def test_a_silent_frame_is_as_long_as_another() -> None:
    assert silent_frame(b"\xff\xfb\x90\x64" + b"sound" * 50) == b"\xff\xfb\x90\x64" + bytes(250)
    assert silent_frame(b"\xff\xfa\x90\x64" + b"sound" * 50) == b"\xff\xfb\x90\x64" + bytes(250), "no checksum"
