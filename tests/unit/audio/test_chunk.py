import itertools
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from audio_files import noise
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from podindex.audio.chunk import AIM_MS, MAX_MS, MIN_MS, OVERLAP_MS, iter_chunks
from podindex.audio.silence import frame_levels
from podindex.models import Chunk

Samples = NDArray[np.int16]

SPEECH = noise(600, -20)
ROOM = noise(600, -60, seed=1)


def episode(seconds: float, *, pause_s: float = 0.5, every_s: float = 7.0) -> Samples:
    """Make noise in place of speech, with pauses."""
    count = round(seconds * 16_000)
    speech, room = (np.resize(sound, count) for sound in (SPEECH, ROOM))
    pausing = np.arange(count) % round(every_s * 16_000) < pause_s * 16_000
    return np.where(pausing, room, speech)


def blocks(samples: Samples, size: int = 16_000) -> Iterator[Samples]:
    for begin in range(0, len(samples), size):
        yield samples[begin : begin + size]


def check_cover(chunks: list[Chunk], samples: Samples, *, longest_ms: int = MAX_MS) -> None:
    """Check that the chunks are the samples, in order, without gaps, with overlaps as they say."""
    end_ms = 0
    for index, chunk in enumerate(chunks):
        assert chunk.index == index
        assert chunk.offset_ms == end_ms - chunk.overlap_ms
        assert chunk.duration_ms <= longest_ms
        begin = chunk.offset_ms * 16
        assert np.array_equal(chunk.samples, samples[begin : begin + len(chunk.samples)])
        end_ms = chunk.offset_ms + chunk.duration_ms
        if chunk is not chunks[-1]:
            assert len(chunk.samples) == chunk.duration_ms * 16
    assert end_ms == len(samples) // 16
    assert sum(len(chunk.samples) for chunk in chunks) - sum(c.overlap_ms for c in chunks) * 16 == len(samples)


def test_nothing_gives_nothing() -> None:
    assert list(iter_chunks([])) == []
    assert list(iter_chunks([np.zeros(0, np.int16)])) == []


def test_less_than_a_millisecond_is_a_chunk() -> None:
    (chunk,) = iter_chunks([np.ones(7, np.int16)])
    assert (chunk.duration_ms, len(chunk.samples)) == (0, 7)


def test_a_clip_stays_whole() -> None:
    assert [chunk.duration_ms for chunk in iter_chunks(blocks(episode(59)))] == [59_000]


@pytest.mark.parametrize("seconds", [61, 120])
def test_a_short_episode_is_split_for_two_workers(seconds: int) -> None:
    first, second = iter_chunks(blocks(episode(seconds)))
    assert abs(first.duration_ms - second.duration_ms) < 16_000


@pytest.mark.parametrize("seconds", [260, 439, 700])
def test_two_workers_end_nearly_together(seconds: int) -> None:
    *_, half, quarter, last = (chunk.duration_ms for chunk in iter_chunks(blocks(episode(seconds))))
    assert abs(half - (quarter + last)) < 16_000
    assert abs(quarter - last) < 16_000


@pytest.mark.parametrize("seconds", [61, 439, 700])
def test_where_workers_have_other_work_the_end_stays_whole(seconds: int) -> None:
    samples = episode(seconds)
    chunks = list(iter_chunks(blocks(samples), cut_end=False))
    check_cover(chunks, samples, longest_ms=2 * AIM_MS)
    cut = list(iter_chunks(blocks(samples)))
    assert len(chunks) < len(cut)
    assert [chunk.offset_ms for chunk in chunks] == [chunk.offset_ms for chunk in cut[: len(chunks)]]


def test_cuts_lie_in_pauses() -> None:
    samples = episode(600)
    for chunk in itertools.islice(iter_chunks(blocks(samples)), 1, None):
        around = samples[chunk.offset_ms * 16 - 1_600 : chunk.offset_ms * 16 + 1_600]
        assert frame_levels(around).max() < -50


def test_chunks_are_near_what_is_aimed_at() -> None:
    durations_ms = [chunk.duration_ms for chunk in iter_chunks(blocks(episode(1800)))]
    assert all(abs(duration_ms - AIM_MS) < 8_000 for duration_ms in durations_ms[:-3])


def test_without_pauses_chunks_overlap() -> None:
    samples = episode(800, pause_s=0)
    chunks = list(iter_chunks(blocks(samples)))
    check_cover(chunks, samples)
    assert [chunk.overlap_ms for chunk in chunks] == [0] + [OVERLAP_MS] * (len(chunks) - 1)
    assert len(chunks) >= 3


@settings(max_examples=10)
@given(
    seconds=st.floats(0.01, 500),
    pause_s=st.sampled_from([0.0, 0.1, 0.2, 0.8]),
    every_s=st.floats(2.0, 200.0),
    sizes=st.lists(st.integers(5_000, 3_000_000), min_size=1, max_size=5),
)
def test_chunks_cover_the_episode_whatever_the_blocks(
    seconds: float, pause_s: float, every_s: float, sizes: list[int]
) -> None:
    samples = episode(seconds, pause_s=pause_s, every_s=every_s)
    chunks = list(iter_chunks(blocks(samples)))
    check_cover(chunks, samples)
    assert all(chunk.duration_ms >= MIN_MS for chunk in chunks[:-4]), "all but the parts of the end"
    ends = list(itertools.accumulate(itertools.chain(sizes, itertools.repeat(max(sizes), len(samples) // max(sizes)))))
    again = list(iter_chunks(np.split(samples, [end for end in ends if end < len(samples)])))
    assert [(c.offset_ms, c.duration_ms, c.overlap_ms) for c in again] == [
        (c.offset_ms, c.duration_ms, c.overlap_ms) for c in chunks
    ]


def test_hours_of_silence_take_no_memory() -> None:
    second = np.zeros(160_000, np.int16)
    tracemalloc.start()
    durations_ms = [chunk.duration_ms for chunk in iter_chunks(itertools.repeat(second, 3 * 360))]
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(durations_ms) == 3 * 3_600_000
    assert peak_bytes < 80_000_000
