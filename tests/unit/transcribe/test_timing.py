"""Words after pauses begin where their sound begins."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from podindex.transcribe.segments import HeardWord
from podindex.transcribe.speech import VAD_FRAME_MS, SpeechMap
from podindex.transcribe.timing import correct_times

LOUD, QUIET = -20.0, -70.0


def loudness(total_ms: int, *sounds: tuple[int, int]) -> NDArray[np.float32]:
    frames = np.full(total_ms // 10, QUIET, dtype=np.float32)
    for start_ms, end_ms in sounds:
        frames[start_ms // 10 : end_ms // 10] = LOUD
    return frames


def correct(words: list[HeardWord], levels: NDArray[np.float32], *, spoken_from_ms: int = 0) -> list[HeardWord]:
    speech = np.ones(len(levels) * 10 // VAD_FRAME_MS + 1, dtype=np.float32)
    speech[: spoken_from_ms // VAD_FRAME_MS] = 0
    return correct_times(words, levels, SpeechMap(speech))


def test_a_late_start_moves_back_to_the_onset() -> None:
    words = [HeardWord(" one", 1000, 1400, 0.9), HeardWord(" Honestly,", 2700, 2700, 0.9)]
    first, second = correct(words, loudness(4000, (1000, 1400), (2000, 2600)))
    assert first.start_ms == pytest.approx(1000, abs=30)
    assert second.start_ms == pytest.approx(2000, abs=30)
    assert second.end_ms == pytest.approx(2600, abs=30)


def test_a_beat_of_music_before_a_word_does_not_begin_it() -> None:
    words = [HeardWord(" Today's", 2400, 2900, 0.9)]
    levels = loudness(4000, (1000, 1300), (2000, 2200), (2300, 2900))
    (word,) = correct(words, levels, spoken_from_ms=2300)
    assert word.start_ms == pytest.approx(2300, abs=30)


def test_a_start_inside_the_pause_moves_on_to_the_onset() -> None:
    words = [HeardWord(" matters?", 500, 1000, 0.9), HeardWord(" Yeah,", 1000, 1700, 0.9)]
    corrected = correct(words, loudness(3000, (500, 1000), (1300, 1700)))
    assert corrected[1].start_ms == pytest.approx(1300, abs=30)


def test_a_word_that_swallowed_a_pause_is_at_its_end() -> None:
    words = [HeardWord(" sponsors.", 0, 500, 0.9), HeardWord(" Welcome", 600, 9900, 0.9)]
    corrected = correct(words, loudness(12_000, (0, 500), (2000, 5000), (9450, 9900)))
    assert corrected[1].start_ms == pytest.approx(9450, abs=30)


def test_what_is_said_in_a_swallowed_pause_keeps_its_time() -> None:
    words = [
        HeardWord(" Welcome", 600, 9900, 0.9),
        HeardWord(" GoPro", 4000, 4600, 0.9),
        HeardWord(" back", 9900, 10_200, 0.9),
    ]
    corrected = correct(words, loudness(12_000, (700, 3000), (4000, 5000), (9450, 10_200)))
    assert corrected[1].start_ms == pytest.approx(4000, abs=30)
    assert corrected[1].end_ms == pytest.approx(4600, abs=30)


def test_a_number_in_digits_is_as_long_as_it_is_said() -> None:
    words = [HeardWord(" year", 0, 250, 0.9), HeardWord(" 1462,", 250, 1500, 0.9)]
    corrected = correct(words, loudness(3000, (0, 700), (740, 1100), (1150, 1500)))
    assert corrected[1].start_ms == 250


def test_a_word_in_the_middle_of_speech_keeps_its_start() -> None:
    words = [HeardWord(" to", 0, 200, 0.9), HeardWord(" be", 200, 400, 0.9), HeardWord(" or", 400, 600, 0.9)]
    assert [word.start_ms for word in correct(words, loudness(1000, (0, 600)))][1:] == [200, 400]


def test_the_closure_inside_a_word_is_no_onset() -> None:
    words = [HeardWord(" a", 0, 200, 0.9), HeardWord(" captain", 200, 800, 0.9)]
    corrected = correct(words, loudness(1500, (0, 500), (560, 800)))
    assert corrected[1].start_ms == 200


@pytest.mark.parametrize(("gap_ms", "is_onset"), [(20, False), (30, True)])
def test_sound_begins_anew_only_after_a_silence(gap_ms: int, is_onset: bool) -> None:
    words = [HeardWord(" one.", 0, 500, 0.9), HeardWord(" two.", 1000, 1450, 0.9), HeardWord(" three", 1400, 1900, 0.9)]
    corrected = correct(words, loudness(3000, (0, 500), (1000, 1500 - gap_ms), (1500, 1900)))
    assert corrected[2].start_ms == (pytest.approx(1500, abs=30) if is_onset else 1400)


def test_a_closure_in_the_word_before_is_no_onset_where_a_pause_is_nearer() -> None:
    words = [HeardWord(" picture?", 330, 810, 0.9), HeardWord(" Honestly,", 1000, 1420, 0.9)]
    corrected = correct(words, loudness(2500, (0, 560), (680, 970), (1010, 1500)))
    assert corrected[1].start_ms == pytest.approx(1000, abs=30)


def test_a_start_inside_the_word_before_moves_on_behind_a_mark() -> None:
    levels = loudness(3000, (500, 1270), (1410, 2400))
    sentences = [HeardWord(" letters.", 540, 1020, 0.9), HeardWord(" These", 1020, 1600, 0.9)]
    assert correct(sentences, levels)[1].start_ms == pytest.approx(1400, abs=30)
    in_a_row = [sentences[0]._replace(text=" letters"), sentences[1]]
    assert correct(in_a_row, levels)[1].start_ms == 1020, "perhaps its own closure"


def test_silence_alone_changes_nothing() -> None:
    words = [HeardWord(" you", 2300, 2500, 0.2)]
    assert correct(words, loudness(4000)) == words
    assert correct(words, loudness(4000, (0, 500))) == words, "a sound so long before is not the word's"


def test_a_word_alone_in_a_long_pause_begins_with_its_sound() -> None:
    """Though most of what is around it is only the room."""
    words = [HeardWord(" Right.", 4400, 5200, 0.9)]
    levels = loudness(10_000, (5000, 5300)) + np.random.default_rng(1).normal(0, 1.5, 1000).astype(np.float32)
    (word,) = correct(words, levels)
    assert word.start_ms == pytest.approx(5000, abs=30)
    assert word.end_ms == pytest.approx(5300, abs=30)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[list[HeardWord], NDArray[np.float32]]:
    starts = sorted(draw(st.lists(st.integers(0, 20_000), max_size=20)))
    words = [
        HeardWord(draw(st.sampled_from([" I", " Honestly,"])), s, s + draw(st.integers(0, 4000)), 0.9) for s in starts
    ]
    sounds = draw(st.lists(st.tuples(st.integers(0, 20_000), st.integers(10, 3000)), max_size=12))
    return words, loudness(24_000, *((start, start + length) for start, length in sounds))


@given(recordings())
def test_words_stay_the_same_words_in_order_and_apart(recording: tuple[list[HeardWord], NDArray[np.float32]]) -> None:
    words, levels = recording
    corrected = correct(words, levels)
    assert [word.text for word in corrected] == [word.text for word in words]
    for first, second in pairwise(corrected):
        assert 0 <= first.start_ms <= first.end_ms <= second.start_ms <= second.end_ms


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_audio_of_a_few_frames_is_no_problem(frames: int) -> None:
    words = [HeardWord(" you", 0, 10, 0.2)]
    assert correct(words, np.full(frames, LOUD, dtype=np.float32))[0].text == " you"
