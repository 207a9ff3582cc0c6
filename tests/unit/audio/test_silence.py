import numpy as np
import pytest
from audio_files import noise

from podindex.audio.silence import SILENT_DBFS, find_pause, find_quietest, frame_levels

SECONDS = 60


def speech(pauses: list[tuple[float, float]], *, speech_dbfs: float = -20.0, floor_dbfs: float = -60.0) -> "np.ndarray":
    """Make noise in place of speech, with pauses (start, length in seconds) at the floor's level."""
    samples = noise(SECONDS, speech_dbfs)
    floor = noise(SECONDS, floor_dbfs, seed=1)
    for start_s, length_s in pauses:
        begin, end = round(start_s * 16_000), round((start_s + length_s) * 16_000)
        samples[begin:end] = floor[begin:end]
    return samples


def many_pauses(length_s: float = 0.2) -> list[tuple[float, float]]:
    return [(float(start), length_s) for start in range(1, SECONDS, 2)]


def find(samples: "np.ndarray") -> int | None:
    return find_pause(samples, earliest_ms=20_000, wanted_ms=30_000, latest_ms=40_000)


def test_levels_are_dbfs() -> None:
    levels = frame_levels(noise(2, -20))
    assert len(levels) == 200
    assert np.median(levels) == pytest.approx(-20, abs=0.5)


def test_silence_has_a_level() -> None:
    assert set(frame_levels(np.zeros(16_000, np.int16)).tolist()) == {SILENT_DBFS}


def test_cuts_in_the_middle_of_a_pause() -> None:
    assert find(speech([*many_pauses(), (28.0, 0.6)])) == pytest.approx(28_300, abs=20)


def test_prefers_a_near_pause_to_a_slightly_longer_one() -> None:
    assert find(speech([*many_pauses(), (22.0, 0.5), (30.0, 0.4)])) == pytest.approx(30_200, abs=20)


def test_prefers_a_much_longer_pause() -> None:
    assert find(speech([*many_pauses(), (23.0, 1.0), (30.0, 0.3)])) == pytest.approx(23_500, abs=20)


def test_pauses_outside_the_limits_do_not_count() -> None:
    assert find(speech([(10.0, 3.0), (50.0, 3.0), (33.0, 0.3)])) == pytest.approx(33_150, abs=20)


def test_stays_away_from_the_ends_of_a_long_silence() -> None:
    cut_ms = find(speech([*many_pauses(), (31.0, 20.0)]))
    assert cut_ms is not None
    assert 31_500 <= cut_ms < 40_000


def test_all_silence_is_cut_where_wanted() -> None:
    assert find(np.zeros(SECONDS * 16_000, np.int16)) == pytest.approx(30_000, abs=20)


@pytest.mark.parametrize(("speech_dbfs", "floor_dbfs"), [(-48.0, -66.0), (-3.0, -20.0), (-12.0, -26.0)])
def test_adapts_to_quiet_loud_and_music(speech_dbfs: float, floor_dbfs: float) -> None:
    samples = speech([*many_pauses(), (30.0, 0.6)], speech_dbfs=speech_dbfs, floor_dbfs=floor_dbfs)
    assert find(samples) == pytest.approx(30_300, abs=20)


def test_finds_pauses_beside_digital_silence() -> None:
    samples = speech([*many_pauses(), (30.0, 0.6)], floor_dbfs=-50.0)
    samples[41 * 16_000 :] = 0
    assert find(samples) == pytest.approx(30_300, abs=20)


def test_short_gaps_are_no_pauses() -> None:
    assert find(speech([(start / 2, 0.1) for start in range(1, 2 * SECONDS)])) is None


def test_steady_sound_has_no_pause() -> None:
    assert find(noise(SECONDS, -20)) is None


def test_finds_the_quietest_place() -> None:
    samples = noise(SECONDS, -20)
    samples[33 * 16_000 : 33 * 16_000 + 3_200] //= 2
    assert find_quietest(samples, earliest_ms=20_000, latest_ms=40_000) == pytest.approx(33_100, abs=60)
