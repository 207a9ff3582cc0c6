"""Reading the frames of a sound stream, past everything that cannot be read. I/O: av, the file."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from podindex.audio.lost import LostSound
from podindex.audio.mp3 import id3_bytes
from podindex.audio.ogg import find_link
from podindex.audio.seeking import written_ms
from podindex.audio.source import open_source
from podindex.errors import AudioError
from podindex.files import unreadable
from podindex.models import SAMPLE_RATE_HZ, SAMPLES_PER_MS

# Errors of the demuxer in a row, without a packet between them, before the rest of the file is given up.
_MAX_READ_ERRORS = 1_000
_MAX_LINKS = 1_000

_SAMPLES_PER_MICROSECOND = SAMPLE_RATE_HZ / 1_000_000

# Frames lean on those before them (Opus by 80 ms, mp3 by its bit reservoir), so decoding starts a little earlier.
_PREROLL_US = 200_000


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """A decoded frame and its place in the episode, in samples at `SAMPLE_RATE_HZ`."""

    frame: AudioFrame
    packet: "Packet[AudioStream]"
    """What it was decoded from."""
    start: float | None
    length: float
    lost: float
    """Sound lost just before it that the timestamps do not show."""
    follows_bad: bool
    """Whether the packet before it could not be decoded."""


class FrameReader:
    """Iterates over the frames that can be decoded, and counts the packets that cannot.

    Raises:
        AudioError: while iterating, the disk cannot be read.
    """

    def __init__(self, path: Path, container: InputContainer, stream: AudioStream) -> None:
        self.bad_packets = 0
        self.bad_end: float | None = None
        """Where the bad packets end by their timestamps, while no good one has followed them."""
        self.header_end: float | None = None
        """Where what is being read ends by its header; None where no header says it."""
        self.path = path
        self._file_bytes = container.size
        self._end = 0.0
        self._read_bytes = 0
        self._next_link: int | None = None
        self._enter(container, stream)
        # ADTS has the same weakness, but the byte offsets that av gives there leave out what is no frame.
        self._lost_sound = LostSound(self._file_bytes, self.header_end) if container.format.name == "mp3" else None

    def __iter__(self) -> Iterator[TimedFrame]:
        """Yield the frames in the file's order."""
        yield from self._frames()
        for _ in range(_MAX_LINKS):
            if self._next_link is None:
                return
            with ExitStack() as stack:
                try:
                    opened = stack.enter_context(open_source(self.path, skip_bytes=self._next_link))
                except AudioError as error:
                    if error.code == "audio-unreadable":
                        raise
                    # How long it would have been, by its share of the bytes.
                    self.bad_end = self.header_end = self._end * self._file_bytes / self._next_link
                    return
                self._enter(*opened)
                yield from self._frames()

    def _enter(self, container: InputContainer, stream: AudioStream) -> None:
        """Go on with a container, whose time 0 is the end of what was read before."""
        self._container = container
        self._stream = stream
        self._samples_per_tick = float((stream.time_base or 0) * SAMPLE_RATE_HZ)
        self._origin = (container.start_time or 0) * _SAMPLES_PER_MICROSECOND - self._end
        length_ms = written_ms(self.path, container, stream)
        self.header_end = None if length_ms is None else self._end + length_ms * SAMPLES_PER_MS
        self._read_bytes, self._next_link = self._next_link or 0, None

    def _frames(self) -> Iterator[TimedFrame]:
        decode = self._stream.codec_context.decode
        for packet in self._packets():
            try:
                frames = decode(packet)
            except av.FFmpegError:
                self._skip(packet)
                continue
            lost = self._lost_before(packet) if frames else 0.0
            for frame in frames:
                yield self._timed(frame, packet, lost)
                lost = 0.0

    def seek(self, position: float) -> None:
        """Go to a packet at or before a position, where the container can find one; else start from the beginning."""
        microseconds = round((position + self._origin) / _SAMPLES_PER_MICROSECOND)
        with suppress(av.FFmpegError):
            self._container.seek(max(0, microseconds - _PREROLL_US))

    def to_ticks(self, samples: float) -> int:
        """Return a length in the unit of the packets' timestamps."""
        return round(samples / self._samples_per_tick)

    def _packets(self) -> Iterator["Packet[AudioStream]"]:
        """Yield all packets up to the next link; an error between packets is passed over as long as more follow."""
        errors = 0
        while errors < _MAX_READ_ERRORS:
            try:
                for packet in self._container.demux(self._stream):
                    errors = 0
                    self._read_bytes = packet.pos or self._read_bytes
                    yield packet
            except OSError as error:
                raise unreadable(self.path, error) from error
            except av.FFmpegError:
                self._next_link = None if errors else self._find_link()
                if self._next_link is not None:
                    return
                self.bad_packets += errors == 0
                errors += 1
            else:
                self._next_link = self._find_link()
                return

    def _find_link(self) -> int | None:
        """Return where an Ogg file goes on with sound of another kind, if that is where the demuxer stopped."""
        if self._container.format.name != "ogg":
            return None
        try:
            with self.path.open("rb") as file:
                return find_link(file, self._read_bytes)
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _skip(self, packet: "Packet[AudioStream]") -> None:
        self.bad_packets += 1
        if packet.pts is not None:
            self.bad_end = self._position(packet.pts + (packet.duration or 0))
        if self._lost_sound is not None:
            self._lost_sound.pass_over(id3_bytes(bytes(packet)))

    def _lost_before(self, packet: "Packet[AudioStream]") -> float:
        if self._lost_sound is None or packet.pts is None or packet.pos is None:
            return 0.0
        length = (packet.duration or 0) * self._samples_per_tick
        return self._lost_sound.take(packet.pos, packet.size, self._position(packet.pts), length)

    def _timed(self, frame: AudioFrame, packet: "Packet[AudioStream]", lost: float) -> TimedFrame:
        start = None if frame.pts is None else self._position(frame.pts)
        follows_bad, self.bad_end = self.bad_end is not None, None
        length = frame.samples * SAMPLE_RATE_HZ / frame.sample_rate
        self._end = (self._end if start is None else start) + length
        return TimedFrame(frame, packet, start, length, lost, follows_bad)

    def _position(self, ticks: int) -> float:
        return ticks * self._samples_per_tick - self._origin
