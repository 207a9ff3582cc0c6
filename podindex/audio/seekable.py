"""Sound that a browser can start anywhere. I/O: av, the file, a cache under index/.

An mp3 or ADTS file does not say where its seconds are. Browsers take the share of the bytes for the share of the time,
which is right while the bit rate is constant and wrong by minutes where it is not, without a word: they believe the
position they show. Such a file is repacked, frame by frame and without loss, into MP4, whose index says where every
frame is.
"""

from functools import lru_cache
from pathlib import Path

import av

from podindex.atomic import store_error
from podindex.audio.derived import derived_path, remove_leftovers, remove_older, unfinished_file
from podindex.audio.seeking import is_seek_safe
from podindex.audio.source import damaged, open_source, unreadable
from podindex.errors import AudioError, StoreError


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
    if copy_path.is_file():
        return copy_path
    try:
        status = audio_path.stat()
    except OSError as error:
        raise unreadable(audio_path, error) from error
    if not _is_misleading(audio_path, status.st_size, status.st_mtime_ns):
        return audio_path
    try:
        copy_path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(copy_path.parent)
        _repack(audio_path, copy_path)
    except OSError as error:
        raise store_error(error, copy_path) from error
    except av.FFmpegError as error:
        raise damaged(audio_path) from error
    remove_older(copy_path)
    return copy_path


@lru_cache(maxsize=4096)
def _is_misleading(audio_path: Path, size_bytes: int, mtime_ns: int) -> bool:  # noqa: ARG001  a changed file is another
    """Tell whether a share of the bytes is not that share of the time."""
    return not is_seek_safe(audio_path)


def _repack(audio_path: Path, copy_path: Path) -> None:
    with (
        unfinished_file(copy_path) as temporary,
        open_source(audio_path) as (source, stream),
        # The index first, so that a browser has it with its first request.
        av.open(f"file:{temporary}", "w", format="mp4", options={"movflags": "faststart"}) as target,
    ):
        repacked = target.add_stream_from_template(stream)
        # What lies before the declared start, such as an encoder's delay, gets times before 0 and is not played.
        start = stream.start_time or 0
        for packet in source.demux(stream):
            if packet.dts is not None and packet.pts is not None:
                packet.pts -= start
                packet.dts -= start
                packet.stream = repacked
                target.mux(packet)
