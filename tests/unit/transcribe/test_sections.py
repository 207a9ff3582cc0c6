"""Sections hold all speech, and are cut where it is quiet."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.transcribe.sections import measure_loudness, plan_sections
from podindex.transcribe.speech import VAD_FRAME_MS, SpeechMap


def test_loudness_is_decibels_below_full_scale() -> None:
    samples = np.concatenate((np.zeros(160), np.tile((16384, -16384), 80), np.zeros(50))).astype(np.int16)
    assert measure_loudness(samples).round().tolist() == [-100, -6]


def test_hum_and_a_level_beside_zero_leave_pauses_silent() -> None:
    time_s = np.arange(3200) / 16_000
    voice = np.where(time_s < 0.1, 4000 * np.sin(2 * np.pi * 250 * time_s), 0)
    hum = 6000 + 6000 * np.sin(2 * np.pi * 50 * time_s) + 800 * np.sin(2 * np.pi * 100 * time_s)
    clean, humming = measure_loudness(voice.astype(np.int16)), measure_loudness((voice + hum).astype(np.int16))
    assert np.abs(clean - humming)[:10].max() < 1
    assert humming[10:].max() < clean[:10].min() - 20


def test_a_section_ends_where_it_is_quiet() -> None:
    loudness = np.full(4000, -20, dtype=np.float32)
    loudness[2700:2730] = -60
    loudness[3100:3130] = -90  # too late
    sections = plan_sections(loudness, SpeechMap(np.ones(1250, dtype=np.float32)), 40_000, 30_000)
    assert len(sections) == 2
    assert 27_000 <= sections[0].end_ms <= 27_300


@pytest.mark.parametrize(("frames", "count"), [(2, 0), (3, 1)])
def test_what_is_shorter_than_any_word_is_no_section(frames: int, count: int) -> None:
    """In noise the model hears sentences in that."""
    speech = np.zeros(1000, dtype=np.float32)
    speech[500 : 500 + frames] = 1
    assert len(plan_sections(np.full(3200, -30, dtype=np.float32), SpeechMap(speech), 32_000, 30_000)) == count


def test_speech_is_measured_and_joined() -> None:
    speech = SpeechMap(np.array([0, 1, 1, 0, 0, 1, 0], dtype=np.float32))
    assert speech.measure(0, 7 * VAD_FRAME_MS) == 3 * VAD_FRAME_MS
    assert speech.measure(100, 50) == 0
    joined = speech.find_stretches(join_ms=3 * VAD_FRAME_MS, pad_ms=0, end_ms=1000)
    assert joined == [(VAD_FRAME_MS, 6 * VAD_FRAME_MS)]


@given(st.lists(st.booleans(), max_size=3000), st.integers(5_000, 60_000))
def test_sections_are_in_order_apart_short_enough_and_leave_no_speech_out(spoken: list[bool], longest_ms: int) -> None:
    duration_ms = len(spoken) * VAD_FRAME_MS
    loudness = np.full(-(-duration_ms // 10), -30, dtype=np.float32)
    speech = SpeechMap(np.array(spoken, dtype=np.float32))
    sections = plan_sections(loudness, speech, duration_ms, longest_ms)
    for first, second in pairwise(sections):
        assert first.end_ms <= second.start_ms
    assert all(0 <= start < end <= duration_ms and end - start <= longest_ms for start, end in sections)
    covered = np.zeros(duration_ms + 1, dtype=bool)
    for start, end in sections:
        covered[start:end] = True
    left_out = [number * VAD_FRAME_MS for number, speaks in enumerate(spoken) if speaks]
    left_out = [start_ms for start_ms in left_out if not covered[start_ms]]
    # Only what is too short for a word and far from all other speech.
    assert all(speech.measure(start_ms - 2_000, start_ms + 2_000) <= 2 * VAD_FRAME_MS for start_ms in left_out)
