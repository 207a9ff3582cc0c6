"""Whether a file's clock can be trusted: its length, and where players land in it. I/O: av, the file."""

from contextlib import suppress
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from podindex.audio.mp3 import Mp3Index, find_index, id3_bytes, is_constant
from podindex.audio.source import open_source, unreadable

UNTIMED_FORMATS = frozenset({"mp3", "aac"})
"""Rows of frames without a clock: timestamps only count the frames, and without an index the length is a guess."""

_HEAD_BYTES = 8192
# Frames of a constant bit rate differ by a padding byte, because 44.1 kHz does not divide evenly; mp3's first may be a
# header of another size.
_PADDING_BYTES = 1
_IGNORED_FRAMES = 2


def is_seek_safe(path: Path) -> bool:
    """Tell whether players that are sent to a time land there.

    They do not in mp3 of variable bit rate, where browsers go by a table of 100 entries or by guessing (off by up to
    14 s in an hour, without a table by minutes), nor in ADTS, which has no table at all. Looks at every frame: what the
    header says of the bit rate may be true of the first part only, where advertisements were inserted.

    Raises:
        AudioError: the file cannot be opened or read.
    """
    with open_source(path) as (container, stream):
        if container.format.name not in UNTIMED_FORMATS or (container.format.name == "mp3" and _is_constant(path)):
            return True
        smallest = largest = 0
        with suppress(av.FFmpegError):
            for number, packet in enumerate(container.demux(stream)):
                if number < _IGNORED_FRAMES or packet.dts is None:
                    continue
                smallest = min(smallest or packet.size, packet.size)
                largest = max(largest, packet.size)
                if largest - smallest > _PADDING_BYTES:
                    return False
    return True


def _is_constant(path: Path) -> bool:
    try:
        with path.open("rb") as file:  # not mapped: a file that gets shorter meanwhile would end the process
            return is_constant(file)
    except OSError:
        return False


def has_length(path: Path, container: InputContainer) -> bool:
    """Tell whether the length that the container gives was written by the encoder, not guessed from the bit rate."""
    if container.format.name not in UNTIMED_FORMATS:
        return True
    index = read_index(path) if container.format.name == "mp3" else None
    return index is not None and bool(index.frames)


def read_index(path: Path) -> Mp3Index | None:
    """Read the index frame of an mp3 file, None where it has none.

    Raises:
        AudioError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(id3_bytes(file.read(_HEAD_BYTES)))
            return find_index(file.read(_HEAD_BYTES))
    except OSError as error:
        raise unreadable(path, error) from error


def scan_length(container: InputContainer, stream: AudioStream) -> int:
    """Return the length in ms by all packets, without decoding them: some ten thousand times faster than real time."""
    ticks = 0
    with suppress(av.error.InvalidDataError):
        for packet in container.demux(stream):
            if packet.size:
                ticks += packet.duration or 0
    return int(ticks * (stream.time_base or 0) * 1000)
