"""Whether a file's clock can be trusted: its length, and where players land in it. I/O: av, the file."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from podindex.audio.limits import bounded
from podindex.audio.mp3 import Mp3Index, count_constant, find_index, id3_bytes, is_frame
from podindex.audio.source import open_source
from podindex.files import unreadable
from podindex.timecode import parse_time

UNTIMED_FORMATS = frozenset({"mp3", "aac"})
"""Rows of frames without a clock: timestamps only count the frames, and without an index the length is a guess."""

_HEAD_BYTES = 8192
_MICROSECONDS_PER_MS = 1_000

_MOST_PADDING_SAMPLES = 2 * 4095
"""An encoder's delay and padding, twelve bits each in LAME's index; FFmpeg takes them off."""
_FRAME_TOLERANCE = 20
"""Half a second and more: some encoders count the index as a frame, and garbage may look like one."""

# Frames of a constant bit rate differ by a padding byte, because 44.1 kHz does not divide evenly; mp3's first may be a
# header of another size.
_PADDING_BYTES = 1
_IGNORED_FRAMES = 2


@bounded
def is_seek_safe(path: Path) -> bool:
    """Tell whether players that are sent to a time land there.

    They do not in mp3 of variable bit rate, where browsers go by a table of 100 entries or by guessing (off by up to
    14 s in an hour, without a table by minutes), nor in ADTS, which has no table at all, nor where an mp3's index is of
    more or fewer frames than there are: a file was cut off, or several were joined. Looks at every frame: what the
    header says of the bit rate may be true of the first part only, where advertisements were inserted.

    Raises:
        AudioError: the file cannot be opened or read.
    """
    with open_source(path) as (container, stream):
        if container.format.name not in UNTIMED_FORMATS:
            return True
        is_mp3 = container.format.name == "mp3"
        if is_mp3 and (frames := _count_constant(path)):
            return _is_as_indexed(path, frames)
        number = smallest = largest = 0
        for number, packet in enumerate(_iter_packets(path, container, stream)):
            if number < _IGNORED_FRAMES or packet.dts is None:
                continue
            smallest = min(smallest or packet.size, packet.size)
            largest = max(largest, packet.size)
            if largest - smallest > _PADDING_BYTES:
                return False
    return not is_mp3 or _is_as_indexed(path, number)


def _is_as_indexed(path: Path, frames: int) -> bool:
    """Tell whether an mp3's index, if it has one that says it, is of as many frames as are there."""
    index = read_index(path)
    return index is None or not index.frames or abs(index.frames - frames) <= _FRAME_TOLERANCE


def _iter_packets(path: Path, container: InputContainer, stream: AudioStream) -> "Iterator[Packet[AudioStream]]":
    """Yield the packets up to where the file is damaged; `AudioError` where the system does not let us read on."""
    try:
        yield from container.demux(stream)
    except OSError as error:
        raise unreadable(path, error) from error
    except av.FFmpegError:
        return


def _count_constant(path: Path) -> int:
    try:
        with path.open("rb") as file:  # not mapped: a file that gets shorter meanwhile would end the process
            return count_constant(file)
    except OSError:
        return 0


def written_ms(path: Path, container: InputContainer, stream: AudioStream) -> int | None:
    """Return how long the sound is by what the encoder wrote, None where only a guess from the bit rate is to be had.

    Raises:
        AudioError: the file cannot be read.
    """
    if container.duration is None or container.duration < 0 or container.format.name == "aac":
        return None
    length_ms = container.duration // _MICROSECONDS_PER_MS
    if container.format.name == "mp3":
        return _indexed_ms(path, stream, length_ms)
    own_ms = _track_end_ms(container, stream)
    return length_ms if own_ms is None else min(length_ms, own_ms)


def _track_end_ms(container: InputContainer, stream: AudioStream) -> int | None:
    """Return where the sound's own track ends, None where nothing says it: a picture may last longer, or another track.

    Matroska has no place for it but a tag that most programs write; what FFmpeg gives there is the container's length.
    """
    if "matroska" in container.format.name:
        with suppress(ValueError):
            return parse_time(stream.metadata.get("DURATION", ""))
        return None
    if stream.duration is None or stream.duration < 0 or not stream.time_base:
        return None
    end_ms = int(((stream.start_time or 0) + stream.duration) * stream.time_base * 1000)
    return end_ms - (container.start_time or 0) // _MICROSECONDS_PER_MS


def _indexed_ms(path: Path, stream: AudioStream, container_ms: int) -> int | None:
    """Return the length by an mp3's index, None where that is not of the whole file.

    FFmpeg guesses where the file is larger than the index says by a sixteenth or more: by tags, by garbage, or because
    files were joined, as advertisements are. The frames that are there tell which.
    """
    index = read_index(path)
    rate_hz = stream.codec_context.sample_rate
    if index is None or not index.frames or not rate_hz:
        return None
    indexed_ms = index.frames * stream.codec_context.frame_size * 1000 // rate_hz
    if 0 <= indexed_ms - container_ms <= _MOST_PADDING_SAMPLES * 1000 // rate_hz:
        return container_ms
    return indexed_ms if _count_frames(path) <= index.frames + _FRAME_TOLERANCE else None


def _count_frames(path: Path) -> int:
    """Count an mp3's frames, and nothing that only stands between them."""
    with open_source(path) as (container, stream):
        return sum(is_frame(bytes(packet)) for packet in _iter_packets(path, container, stream))


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


def scan_length(path: Path, container: InputContainer, stream: AudioStream) -> int:
    """Return the length in ms by all packets, without decoding them: some ten thousand times faster than real time.

    Raises:
        AudioError: the file cannot be read.
    """
    ticks = sum(packet.duration or 0 for packet in _iter_packets(path, container, stream) if packet.size)
    return int(ticks * (stream.time_base or 0) * 1000)
