"""Sound that a browser can start anywhere. I/O: av, the file, a cache under index/.

An mp3 or ADTS file does not say where its seconds are. Browsers take the share of the bytes for the share of the time,
which is right while the bit rate is constant and wrong by minutes where it is not, without a word: they believe the
position they show. Such a file is repacked, frame by frame and without loss, into MP4, whose index says where every
frame is. Bytes that hold no frame are left out, and silence takes the place of what they were written over.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from podindex.atomic import is_file, store_error
from podindex.audio.derived import derived_path, make_folders, making, remove_leftovers, remove_older, unfinished_file
from podindex.audio.frames import FrameReader
from podindex.audio.limits import bounded
from podindex.audio.mp3 import is_unbroken, silent_frame
from podindex.audio.seeking import is_seek_safe
from podindex.audio.source import damaged, open_source
from podindex.audio.timeline import Timeline
from podindex.errors import AudioError, StoreError
from podindex.files import shown, unreadable


def seekable_audio(cache_dir: Path, episode_id: str, audio_path: Path) -> Path:
    """Return a file with the episode's sound that browsers seek exactly; its own where none can be made."""
    try:
        return make_seekable(cache_dir, episode_id, audio_path)
    except (AudioError, StoreError):
        return audio_path


def make_seekable(cache_dir: Path, episode_id: str, audio_path: Path) -> Path:
    """Return a file with the episode's sound that browsers seek exactly: its own, or else a repacked copy, made once.

    Raises:
        AudioError: the audio cannot be read or repacked.
        StoreError: the copy cannot be written.
    """
    copy_path = derived_path(cache_dir, episode_id, audio_path, ".m4a")
    with making(copy_path):
        return copy_path if is_file(copy_path) or _copied(audio_path, copy_path) else audio_path


def _copied(audio_path: Path, copy_path: Path) -> bool:
    """Make a copy where one is needed, and tell whether it was."""
    try:
        status = audio_path.stat()
    except OSError as error:
        raise unreadable(audio_path, error) from error
    if not _is_misleading(audio_path, status.st_size, status.st_mtime_ns):
        return False
    try:
        make_folders(copy_path)
        remove_leftovers(copy_path.parent)
        with unfinished_file(copy_path) as temporary:  # not in the thread that may be left: it goes at Ctrl-C, too
            _repack(audio_path, temporary)
    except OSError as error:
        raise store_error(error, copy_path) from error
    except av.FFmpegError as error:
        what = f"the sound of {shown(audio_path)} cannot be put into an MP4: {error.strerror}"
        raise AudioError("audio-no-copy", what, "convert it to m4a or opus and add that") from error
    remove_older(copy_path)
    return True


@lru_cache(maxsize=4096)
def _is_misleading(audio_path: Path, size_bytes: int, mtime_ns: int) -> bool:  # noqa: ARG001  a changed file is another
    """Tell whether a share of the bytes is not that share of the time."""
    return not is_seek_safe(audio_path)


@bounded
def _repack(audio_path: Path, target_path: Path) -> None:
    with (
        open_source(audio_path) as (source, stream),
        # The index first, so that a browser has it with its first request.
        av.open(f"file:{target_path}", "w", format="mp4", options={"movflags": "faststart"}) as target,
    ):
        repacked = target.add_stream_from_template(stream)
        # What lies before the declared start, such as an encoder's delay, gets times before 0 and is not played.
        start = stream.start_time or 0
        for packet in _packets(audio_path, source, stream):
            if packet.pts is not None:
                packet.pts -= start
                packet.dts = packet.pts
                packet.stream = repacked
                target.mux(packet)


def _packets(audio_path: Path, source: InputContainer, stream: AudioStream) -> "Iterator[Packet[AudioStream]]":
    """Yield a file's packets at the times that its transcript goes by."""
    if source.format.name != "mp3":
        return _decodable(audio_path, source, stream)
    if _is_unbroken(audio_path):
        return source.demux(stream)
    return _without_holes(_decodable(audio_path, source, stream))


def _is_unbroken(audio_path: Path) -> bool:
    """Tell whether nothing but frames stands in an mp3 file, so that counting them tells the time."""
    try:
        with audio_path.open("rb") as file:
            return is_unbroken(file)
    except OSError as error:
        raise unreadable(audio_path, error) from error


def _decodable(audio_path: Path, source: InputContainer, stream: AudioStream) -> "Iterator[Packet[AudioStream]]":
    """Yield the packets that can be decoded, each at the time at which the decoder puts it; here a packet is a frame.

    Raises:
        AudioError: there are none, or the disk cannot be read.
    """
    reader = FrameReader(audio_path, source, stream)
    timeline = Timeline(header_end=reader.header_end)
    for timed in reader:
        timeline.delay(timed.lost)
        end = timeline.end
        placement = timeline.place(timed.start, timed.length)
        packet = timed.packet
        if placement.drop < timed.length and packet.pts is not None and timed.start is not None:
            packet.pts += reader.to_ticks(end + placement.silence - placement.drop - timed.start)
            yield packet
    if not timeline.end:
        raise damaged(audio_path)


def _without_holes(packets: "Iterable[Packet[AudioStream]]") -> "Iterator[Packet[AudioStream]]":
    """Yield an mp3's packets, and silent ones where there is room for them: players play on through what is missing."""
    expected_pts: int | None = None
    for packet in packets:
        if packet.pts is not None and packet.duration:
            if expected_pts is not None:
                room = range(expected_pts, packet.pts - packet.duration + 1, packet.duration)
                yield from (_silence(packet, pts) for pts in room)
            expected_pts = packet.pts + packet.duration
        yield packet


def _silence(like: "Packet[AudioStream]", pts: int) -> "Packet[AudioStream]":
    packet = cast("Packet[AudioStream]", Packet(silent_frame(bytes(like))))
    packet.time_base, packet.duration, packet.pts = like.time_base, like.duration, pts
    return packet
