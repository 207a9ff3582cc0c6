"""The index frame of an mp3 file: how long it is, and whether its bit rate is constant. I/O: the file it is given.

An mp3 file has no header. Encoders put a frame of silence first and hide a table in it: `Xing` in files of variable bit
rate, `Info` in those of constant bit rate (LAME), `VBRI` (Fraunhofer, variable). Where there is none, only reading
everything tells the length.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Literal

_ID3_HEADER_BYTES = 10
_SYNC_SEARCH_BYTES = 4096
_BLOCK_BYTES = 2**20
_XING_HAS_FRAMES = 1
_VBRI_OFFSET = 4 + 32

# ISO 11172-3, 2.4.2.3, and 13818-3 for the lower rates; 0 and 15 mean no known rate.
_BIT_RATES_KBPS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_SAMPLE_RATES_HZ = (44_100, 48_000, 32_000, 0)
_PADDED = 0x02
_ID3V1_BYTES = 128
_FRAME_HEADER_BYTES = 4
_HEAD_BYTES = 3
"""As much of a frame's header as says how long it is."""


@dataclass(frozen=True, slots=True)
class Mp3Index:
    """What the index frame says."""

    kind: Literal["Xing", "Info", "VBRI"]
    frames: int | None


def id3_bytes(head: bytes) -> int:
    """Return the length of the ID3v2 tag that begins like this, 0 where there is none.

    Source: ID3v2.4 structure, section 3.1; four bytes of seven bits, a footer where flag 4 is set.
    """
    if len(head) < _ID3_HEADER_BYTES or head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER_BYTES + size + (_ID3_HEADER_BYTES if head[5] & 0x10 else 0)


def find_index(head: bytes) -> Mp3Index | None:
    """Find the index in the first frame.

    Args:
        head: the beginning of the file after its ID3v2 tag, some kilobytes.
    """
    for offset in range(min(_SYNC_SEARCH_BYTES, len(head) - 4)):
        if head[offset] == 0xFF and head[offset + 1] & 0xE6 == 0xE2:  # eleven bits of sync, layer III
            return _index_in_frame(head[offset:])
    return None


def count_constant(file: BinaryIO) -> int:
    """Count the frames behind the first, where a whole mp3 file is plainly one row of frames of the same bit rate.

    That is most files, and is seen ten times faster than by a demuxer. 0 only means: look more closely.

    Raises:
        OSError: it cannot be read.
    """
    at, end = _between_tags(file)
    at += _frame_bytes(_read_at(file, at, _HEAD_BYTES))  # the first may be an index, at another bit rate
    head = _read_at(file, at, min(end - at, _HEAD_BYTES))
    if not _frame_bytes(head):
        return 0
    plain, padded = bytes((*head[:2], head[2] & ~_PADDED)), bytes((*head[:2], head[2] | _PADDED))
    # A loop over the frames of three hours takes 90 ms, for which somebody waits who clicked on a hit; this, 30.
    either = b"|".join(re.escape(each) + b".{%d}" % (_frame_bytes(each) - _HEAD_BYTES) for each in (plain, padded))
    row = re.compile(b"(?:%b)*+" % either, re.DOTALL)
    row_bytes = paddings = 0
    while block := _read_at(file, at + row_bytes, min(end - at - row_bytes, _BLOCK_BYTES)):
        match = row.match(block)
        if not match or not match[0]:
            break
        row_bytes += len(match[0])
        paddings += len(re.findall(re.escape(padded), match[0]))
    if block and block[:_HEAD_BYTES] not in {plain, padded}:  # not a frame whose end is cut off
        return 0
    # Sound may look like the head of a padded frame: a frame or two of a day.
    return round((row_bytes - paddings) / _frame_bytes(plain)) + bool(block)


def is_unbroken(file: BinaryIO) -> bool:
    """Tell whether a whole mp3 file is plainly one row of frames, of whatever bit rates, with nothing between them.

    Raises:
        OSError: it cannot be read.
    """
    return all(map(_frame_bytes, _iter_heads(file)))


def is_frame(packet: bytes) -> bool:
    """Tell whether a packet is one whole frame, with nothing before or behind it."""
    return 0 < len(packet) == _frame_bytes(packet[:_HEAD_BYTES])


def silent_frame(frame: bytes) -> bytes:
    """Return a frame of the same length and bit rate that holds silence: by its side information no sound follows.

    Args:
        frame: a whole frame.
    """
    without_checksum = frame[1] | 0x01
    return bytes((frame[0], without_checksum, *frame[2:_FRAME_HEADER_BYTES])) + bytes(len(frame) - _FRAME_HEADER_BYTES)


def _iter_heads(file: BinaryIO) -> Iterator[bytes]:
    """Yield the first three bytes of each frame; where none follows on the one before, of what does, and no more."""
    at, end = _between_tags(file)
    block, begin, size = b"", 0, 1
    while size and at < end:
        if at + _HEAD_BYTES > begin + len(block):
            block, begin = _read_at(file, at, _BLOCK_BYTES), at
        head = block[at - begin : at - begin + _HEAD_BYTES]
        yield head
        size = _frame_bytes(head)
        at += size


def _read_at(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(max(size, 0))


def _between_tags(file: BinaryIO) -> tuple[int, int]:
    """Return where the frames begin and end."""
    begin = id3_bytes(file.read(_ID3_HEADER_BYTES))
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _ID3V1_BYTES))
    return begin, end - _ID3V1_BYTES if file.read(3) == b"TAG" else end


@lru_cache(maxsize=256)
def _frame_bytes(head: bytes) -> int:
    """Return the length of the frame whose first three bytes these are; 0 where they are none of layer III."""
    if len(head) < _HEAD_BYTES or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return 0
    version = 1 if head[1] & 0x18 == 0x18 else 2
    halved = 1 if version == 1 else 4 if head[1] & 0x18 == 0 else 2
    bit_rate, sample_rate = _BIT_RATES_KBPS[version][head[2] >> 4] * 1000, _SAMPLE_RATES_HZ[head[2] >> 2 & 3] // halved
    if not bit_rate or not sample_rate:
        return 0
    return (144 if version == 1 else 72) * bit_rate // sample_rate + (head[2] >> 1 & 1)


def _index_in_frame(frame: bytes) -> Mp3Index | None:
    if frame[_VBRI_OFFSET : _VBRI_OFFSET + 4] == b"VBRI":
        return Mp3Index("VBRI", int.from_bytes(frame[_VBRI_OFFSET + 14 : _VBRI_OFFSET + 18]))
    # Behind the side information, whose length depends on version and channels (ISO 11172-3, 2.4.1.7).
    version_1, mono = frame[1] & 0x08 != 0, frame[3] >> 6 == 3
    at = 4 + ((17 if mono else 32) if version_1 else (9 if mono else 17))
    if frame[1] & 0x01 == 0:
        at += 2  # a checksum follows the header
    tag = frame[at : at + 4]
    if tag not in {b"Xing", b"Info"}:
        return None
    has_frames = int.from_bytes(frame[at + 4 : at + 8]) & _XING_HAS_FRAMES
    frames = int.from_bytes(frame[at + 8 : at + 12]) if has_frames else None
    return Mp3Index("Xing" if tag == b"Xing" else "Info", frames)
