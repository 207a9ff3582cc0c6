"""Decoding an audio file to mono 16 kHz samples, streaming, whatever happens on the way. I/O: av, the file.

A packet that cannot be decoded is counted and its time kept as silence, so that later words stay where a player shows
them. Episode time 0 is the start that the file declares (`start_time`), which is where players count from: encoder
delay, edit lists and Opus pre-skip lie before it.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from podindex.audio.frames import FrameReader
from podindex.audio.limits import bounded
from podindex.audio.resample import MonoResampler
from podindex.audio.source import damaged, endless, open_source
from podindex.audio.timeline import Timeline
from podindex.models import SAMPLE_RATE_HZ, SAMPLES_PER_MS, DecodeReport
from podindex.timecode import MAX_MS

_BLOCK_SAMPLES = SAMPLE_RATE_HZ
_SILENCE_BLOCK_SAMPLES = 10 * SAMPLE_RATE_HZ

_MIN_LOST_SAMPLES = SAMPLE_RATE_HZ
"""Less lost sound is no gap in a transcript: a bad packet costs a syllable."""
_MIN_BETWEEN_SAMPLES = SAMPLE_RATE_HZ
"""Less sound than this between two lost stretches is garbage that was taken for sound: they are one stretch."""

_Stretches = list[tuple[float, float]]
"""From where to where, in samples."""


class Decoder:
    """An audio file as blocks of samples; iterate once, then read `report`.

    Raises:
        AudioError: at construction, the file cannot be opened; while iterating, nothing of it can be decoded, it
            never ends, or the disk cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._samples = 0
        self._lost: _Stretches = []
        self._at_work = False
        with ExitStack() as stack:
            self._reader = FrameReader(path, *stack.enter_context(open_source(path)))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm. Where another thread is still reading it, that does so later."""
        if not self._at_work:  # else it would read what is no more
            self._stack.close()

    @property
    def decoded_ms(self) -> int:
        """How much has been handed out so far."""
        return self._samples // SAMPLES_PER_MS

    @property
    def report(self) -> DecodeReport:
        """How the decoding went so far; after the last block, altogether."""
        lost_ms = tuple((_to_ms(begin), min(_to_ms(end), self.decoded_ms)) for begin, end in self._lost)
        return DecodeReport(self.decoded_ms, self._reader.bad_packets, lost_ms)

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        """Yield int16 blocks [n], n > 0, mono at `SAMPLE_RATE_HZ`, of one to ten seconds."""
        pieces = _pieces(self._reader, Timeline(header_end=self._reader.header_end), self._lost)
        self._at_work = True
        try:
            for block in _blocks(pieces):
                self._samples += len(block)
                self._at_work = False
                if self.decoded_ms > MAX_MS:
                    raise endless(self._path)
                yield block
                self._at_work = True
        finally:
            self._at_work = False
        if not self._samples:
            raise damaged(self._path)


@bounded
def read_window(path: Path, start_ms: int, duration_ms: int) -> NDArray[np.int16]:
    """Decode a part of an episode by seeking to it.

    Returns:
        int16 [n], mono at `SAMPLE_RATE_HZ`; shorter than asked for, or empty, where the episode ends before.

    Raises:
        AudioError: the file cannot be opened or read.
    """
    begin = start_ms * SAMPLES_PER_MS
    wanted = duration_ms * SAMPLES_PER_MS
    with open_source(path) as (container, stream):
        reader = FrameReader(path, container, stream)
        reader.seek(begin)
        collected: list[NDArray[np.int16]] = [np.zeros(0, np.int16)]
        missing = wanted
        for piece in _pieces(reader, Timeline(begin=begin, header_end=reader.header_end), []):
            collected.append(piece[:missing])
            missing -= len(collected[-1])
            if missing <= 0:
                break
    return np.concatenate(collected)


def _pieces(reader: FrameReader, timeline: Timeline, lost: _Stretches) -> Iterator[NDArray[np.int16]]:
    """Put frames, silence and resampled runs in a row, as the timeline places them; append what is lost to `lost`."""
    try:
        yield from _place_all(reader, timeline, lost)
    except av.FFmpegError as error:  # a damaged header may claim 200 channels, which no filter takes
        raise damaged(reader.path) from error


def _place_all(reader: FrameReader, timeline: Timeline, lost: _Stretches) -> Iterator[NDArray[np.int16]]:
    run: MonoResampler | None = None
    for timed in reader:
        timeline.header_end = reader.header_end  # parts of a chained file have headers of their own
        timeline.delay(timed.lost)
        end = timeline.end
        placement = timeline.place(timed.start, timed.length)
        if placement.drop >= timed.length:
            continue
        if run or timed.follows_bad:  # else the sound only begins later than the file says
            _note_lost(lost, end, placement.silence)
        if run and placement.silence and not timed.follows_bad:
            reader.bad_packets += 1  # the container lost it before we could see it
        if run and (placement.silence or placement.drop or not run.accepts(timed.frame)):
            yield from run.finish()
            run = None
        yield from _silence(placement.silence)
        if not run:
            run = MonoResampler(timed.frame, drop=placement.drop)
        yield from run.feed(timed.frame)
    if run:
        yield from run.finish()
        if reader.bad_end is not None:
            timeline.header_end = reader.header_end
            end = timeline.end
            placement = timeline.place(reader.bad_end, 0)
            _note_lost(lost, end, placement.silence)
            yield from _silence(placement.silence)


def _note_lost(lost: _Stretches, begin: float, samples: int) -> None:
    if samples < _MIN_LOST_SAMPLES:
        return
    joins = lost and begin - lost[-1][1] < _MIN_BETWEEN_SAMPLES
    lost.append((lost.pop()[0] if joins else begin, begin + samples))


def _to_ms(samples: float) -> int:
    return round(samples / SAMPLES_PER_MS)


def _silence(samples: int) -> Iterator[NDArray[np.int16]]:
    for begin in range(0, samples, _SILENCE_BLOCK_SAMPLES):
        yield np.zeros(min(_SILENCE_BLOCK_SAMPLES, samples - begin), np.int16)


def _blocks(pieces: Iterable[NDArray[np.int16]]) -> Iterator[NDArray[np.int16]]:
    """Join small pieces: a frame is some ten milliseconds, and every block costs whoever takes it."""
    waiting: list[NDArray[np.int16]] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _BLOCK_SAMPLES:
            yield np.concatenate(waiting)
            waiting, length = [], 0
    if length:
        yield np.concatenate(waiting)
