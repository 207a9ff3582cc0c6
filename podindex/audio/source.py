"""Opening an audio file safely, and saying exactly why one cannot be opened. I/O: av, the file.

A file is opened by path, with a list of the containers we support and no protocol but `file`, so that a playlist, an
SDP description or an ffconcat script under an audio name opens nothing else, and a file called `http:…` or `-` is
nothing but a file.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer

from podindex.audio.limits import MOST_OPENING_CPU_S, in_bounded_time
from podindex.audio.mp4 import count_samples
from podindex.audio.sniff import foreign_kind, has_audio_signature
from podindex.errors import AudioError
from podindex.files import open_audio, shown, unreadable
from podindex.timecode import MAX_MS, MS_PER_HOUR

# Names of libavformat's demuxers: mp3, m4a/m4b/mp4, ogg/opus, wav, flac, ADTS, mka/mkv/webm.
_OPEN_OPTIONS = {"format_whitelist": "mp3,mov,ogg,wav,flac,aac,matroska", "protocol_whitelist": "file"}
_SUPPORTED = "podindex reads mp3, m4a, m4b, aac, ogg, opus, flac, wav, mka, webm and the sound of mp4 and mkv"
_SNIFF_BYTES = 4096
_BLOCK_BYTES = 2**20

_FEW_SAMPLES = 1_000_000
"""An MP4 may claim as many: hours of sound, 100 MB of memory. Its end may be missing, or edits repeat what it has.
Where there are more, each must take a byte of the file, if only in a table."""

_OF_THE_SYSTEM = {errno.EMFILE, errno.ENFILE, errno.ESTALE}
"""What only it says, and perhaps not a moment later; demuxers have other errors for files."""

_LEAST_HZ = 2_000
_MOST_HZ = 768_000
"""Nobody records speech at other rates; a damaged header that says 1 Hz makes days of seconds."""
_CLOCKED_BY_RATE = frozenset({"wav", "flac"})
"""Where time is counted in samples of the rate that the header says, whatever the frames say."""

# Sample entries of encrypted MP4 sound: FairPlay (drms), Common Encryption (enca), Audible (aavd).
_PROTECTED_TAGS = frozenset({"drms", "enca", "aavd"})


@contextmanager
def open_source(path: Path, *, skip_bytes: int = 0) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open a file and pick the stream that holds its sound.

    Args:
        path: the file.
        skip_bytes: where in it to begin, as if there were nothing before.

    Raises:
        AudioError: there is no such file, it cannot be read, or it holds no sound that can be decoded.
    """
    head = _read_head(path)
    try:
        container = _open(path, skip_bytes)
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            if error.errno in _OF_THE_SYSTEM:
                raise unreadable(path, error) from error
            _read_through(path)  # demuxers call the end of a file that is cut off an input/output error
        raise damaged(path) if has_audio_signature(head) else _not_audio(path) from error
    with container:
        stream = _pick_stream(path, container)
        _check_rate(path, container, stream)
        yield container, stream


def _open(path: Path, skip_bytes: int) -> InputContainer:
    # An absolute path behind "file:" is never taken for an option or another protocol, whatever the name is.
    url = f"file:{os.path.abspath(path)}"  # noqa: PTH100  keeps links
    options = {**_OPEN_OPTIONS, "skip_initial_bytes": str(skip_bytes)}

    def open_checked() -> InputContainer:
        _check_samples(path)
        return av.open(url, options=options, metadata_errors="surrogateescape")

    return in_bounded_time(path, open_checked, most_cpu_s=MOST_OPENING_CPU_S)


def _check_samples(path: Path) -> None:
    try:
        is_overfull = count_samples(path) > max(_FEW_SAMPLES, path.stat().st_size)
    except OSError as error:
        raise unreadable(path, error) from error
    if is_overfull:
        what = f"{shown(path)} is damaged: it claims to hold more pieces of sound than it has bytes"
        raise AudioError("audio-overfull", what, "download or copy it again")


def damaged(path: Path) -> AudioError:
    """Build the error for a file of a known kind of which nothing can be decoded."""
    return AudioError(
        "audio-damaged",
        f"nothing in {shown(path)} can be decoded: it is damaged or cut off",
        "download or copy it again",
    )


def endless(path: Path) -> AudioError:
    """Build the error for a file with more sound than any time in podindex can say."""
    what = f"{shown(path)} is damaged: it holds more than {MAX_MS // MS_PER_HOUR:,} hours of sound"
    return AudioError("audio-damaged", what, "download or copy it again")


def _read_head(path: Path) -> bytes:
    """Read a file's beginning, or raise what can be said without looking for sound."""
    with open_audio(path) as file:
        head = file.read(_SNIFF_BYTES)
    if not head:
        raise AudioError("audio-empty", f"{shown(path)} is empty", "download or copy it again")
    if kind := foreign_kind(head):
        raise AudioError("audio-not-audio", f"{shown(path)} is {kind}, not audio", _SUPPORTED)
    return head


def _read_through(path: Path) -> None:
    """Raise what the system says of reading the file: it knows whether the disk is to blame."""
    with open_audio(path) as file:
        while file.read(_BLOCK_BYTES):
            pass


def _not_audio(path: Path) -> AudioError:
    return AudioError("audio-not-audio", f"{shown(path)} is not audio of a known kind", _SUPPORTED)


def _pick_stream(path: Path, container: InputContainer) -> AudioStream:
    stream = container.streams.best("audio")
    if not isinstance(stream, AudioStream):
        if container.streams.audio:  # the mp3 demuxer takes any bytes
            raise _not_audio(path)
        raise AudioError("audio-no-sound", f"{shown(path)} has no audio stream", "give a file with sound")
    context = cast("AudioCodecContext | None", stream.codec_context)  # None where av has no decoder
    tag = _codec_tag(context) if context else None
    if tag is None:
        codec_hint = "convert it to mp3, m4a or opus"
        raise AudioError("audio-codec-unknown", f"the sound of {shown(path)} is of an unknown codec", codec_hint)
    if tag in _PROTECTED_TAGS:
        hint = "copy-protected files cannot be transcribed: get a copy without DRM"
        raise AudioError("audio-protected", f"{shown(path)} is copy-protected (DRM)", hint)
    return stream


def _check_rate(path: Path, container: InputContainer, stream: AudioStream) -> None:
    rates_hz = [stream.codec_context.sample_rate]
    if container.format.name in _CLOCKED_BY_RATE and stream.time_base:
        rates_hz.append(round(1 / stream.time_base))
    for rate_hz in rates_hz:
        if rate_hz and not _LEAST_HZ <= rate_hz <= _MOST_HZ:  # 0: only the frames will tell
            what = f"{shown(path)} is damaged: its header says {rate_hz:,} Hz, which no recording of speech has"
            raise AudioError("audio-damaged", what, "download or copy it again")


def _codec_tag(context: AudioCodecContext) -> str | None:
    """Return the container's name of the codec; None for a number that is no text.

    Such numbers stand in WAV files: of codecs that av decodes badly there (AAC, G.729), or by damage to the header.
    """
    try:
        return context.codec_tag
    except UnicodeDecodeError:
        return None
