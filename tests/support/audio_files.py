"""Audio files for tests, made with av: known sounds at known times, in every container, whole and damaged."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

if TYPE_CHECKING:  # a type of av's stubs only
    from av.container.core import Chapter

RATE_HZ = 16_000
_FF_QP2LAMBDA = 118  # FFmpeg's unit of quality

# Extension → container and codec, by av's names.
FORMATS: dict[str, tuple[str, str]] = {
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("ipod", "aac"),
    "m4b": ("ipod", "aac"),
    "aac": ("adts", "aac"),
    "ogg": ("ogg", "vorbis"),
    "opus": ("ogg", "libopus"),
    "flac": ("flac", "flac"),
    "wav": ("wav", "pcm_s16le"),
    "webm": ("webm", "libopus"),
    "mka": ("matroska", "vorbis"),
    "mp4": ("mp4", "aac"),
    "mkv": ("matroska", "aac"),
}


def beeps(seconds: float, at_s: Iterable[float], *, rate_hz: int = RATE_HZ, length_s: float = 0.2) -> NDArray[np.int16]:
    """Make silence with a 1 kHz beep beginning at each of these times."""
    samples = np.zeros(round(seconds * rate_hz), np.float64)
    for start_s in at_s:
        begin, count = round(start_s * rate_hz), round(length_s * rate_hz)
        beep = np.sin(2 * np.pi * 1000 * np.arange(count) / rate_hz)
        samples[begin : begin + count] = beep[: len(samples) - begin] * 12_000
    return samples.astype(np.int16)


def noise(seconds: float, dbfs: float, *, rate_hz: int = RATE_HZ, seed: int = 0) -> NDArray[np.int16]:
    """Make white noise of this level."""
    rng = np.random.default_rng(seed)
    scaled = rng.standard_normal(round(seconds * rate_hz)) * 32768 * 10 ** (dbfs / 20)
    return np.clip(scaled, -32768, 32767).astype(np.int16)


def beep_starts_s(samples: NDArray[np.int16]) -> list[float]:
    """Find where beeps begin in mono sound at 16 kHz."""
    if not len(samples):
        return []
    loud = np.convolve(np.abs(samples.astype(np.float64)), np.ones(16) / 16, mode="same") > 2_000
    gaps = np.convolve(loud, np.ones(800), mode="full")[: len(loud)]
    starts = np.flatnonzero(loud & (np.concatenate([[0.0], gaps[:-1]]) == 0))
    return [float(start) / RATE_HZ for start in starts]


def write_audio(
    path: Path,
    samples: NDArray[np.int16],
    *,
    rate_hz: int = RATE_HZ,
    kind: str | None = None,
    codec: str | None = None,
    bit_rate: int | None = None,
    tags: Mapping[str, str] | None = None,
    chapters: Sequence[tuple[int, str]] = (),
    shift: tuple[float, float] = (0.0, 0.0),
    container_options: Mapping[str, str] | None = None,
    variable_rate: bool = False,
) -> Path:
    """Encode sound to a file.

    Args:
        path: where to.
        samples: int16 [n] or [n, channels].
        rate_hz: the samples' rate, and the file's (Opus files always have 48 kHz).
        kind: a key of `FORMATS`; by default the path's extension.
        codec: by av's name; by default the kind's.
        bit_rate: bits per second, where the codec has such a thing.
        tags: metadata of the container.
        chapters: start in milliseconds, and title.
        shift: (from when, by how much) in seconds: packets from then on have later timestamps.
        container_options: for the muxer.
        variable_rate: encode for quality, as VBR mp3 is.
    """
    container_name, usual_codec = FORMATS[kind or path.suffix[1:]]
    codec = codec or usual_codec
    columns = samples if samples.ndim == 2 else samples[:, np.newaxis]
    if codec == "vorbis" and columns.shape[1] == 1:  # FFmpeg's own encoder knows only stereo
        columns = np.repeat(columns, 2, axis=1)
    layout = {1: "mono", 2: "stereo", 8: "7.1"}[columns.shape[1]]
    target_hz = 48_000 if codec == "libopus" else rate_hz
    url = f"file:{os.fspath(path.absolute())}"
    with av.open(url, "w", container_name, options=dict(container_options or {})) as out:
        stream = cast(AudioStream, out.add_stream(codec, rate=target_hz))
        stream.codec_context.layout = layout
        if variable_rate:
            stream.codec_context.qscale = True
            stream.codec_context.global_quality = 4 * _FF_QP2LAMBDA
        if codec == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}
        if bit_rate:
            stream.bit_rate = bit_rate
        (stream if container_name == "ogg" else out).metadata.update(tags or {})
        if chapters:
            out.set_chapters(_chapters(chapters, end_ms=len(columns) * 1000 // rate_hz))
        for frame in _frames(columns, rate_hz, layout, stream):
            for packet in stream.encode(frame):
                _shift(packet, *shift)
                out.mux(packet)
    return path


def id3_tags(count: int) -> bytes:
    """Make an ID3v2 tag of so many entries, of which libavformat compares each with all others: 20,000 take seconds."""
    frames = b"".join(b"TXXX" + bytes((0, 0, 0, 9, 0, 0, 0)) + b"%06d\0v" % number for number in range(count))
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\0\0" + size + frames


def _frames(
    columns: NDArray[np.int16], rate_hz: int, layout: str, stream: AudioStream
) -> Iterator[av.AudioFrame | None]:
    stream.codec_context.open()
    size = stream.codec_context.frame_size or 1024
    resampler = av.AudioResampler(stream.codec_context.format, layout, stream.codec_context.rate, size)
    for begin in range(0, len(columns), rate_hz):
        packed = np.ascontiguousarray(columns[begin : begin + rate_hz]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        frame.sample_rate = rate_hz
        frame.pts = begin
        frame.time_base = Fraction(1, rate_hz)
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
    yield None


def _shift(packet: "av.Packet[AudioStream]", from_s: float, by_s: float) -> None:
    if by_s and packet.pts is not None and packet.time_base and packet.pts * packet.time_base >= from_s:
        ticks = round(by_s / packet.time_base)
        packet.pts += ticks
        packet.dts = packet.pts


def _chapters(chapters: Sequence[tuple[int, str]], *, end_ms: int) -> "list[Chapter]":
    ends = [*(start for start, _ in chapters[1:]), end_ms]
    return [
        {"id": number, "start": start, "end": end, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
        for number, ((start, title), end) in enumerate(zip(chapters, ends, strict=True))
    ]
