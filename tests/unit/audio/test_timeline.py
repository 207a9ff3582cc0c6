from hypothesis import given
from hypothesis import strategies as st

from podindex.audio.timeline import TOLERANCE, Placement, Timeline
from podindex.models import SAMPLE_RATE_HZ

FRAME = 400.0
FOLLOWS_ON = Placement()


def test_frames_in_a_row_follow_on() -> None:
    timeline = Timeline()
    assert [timeline.place(start, FRAME) for start in (0.0, 400.0, 800.0)] == [FOLLOWS_ON] * 3
    assert timeline.end == 1200


def test_rounded_timestamps_follow_on() -> None:
    timeline = Timeline()
    timeline.place(0.0, FRAME)
    assert timeline.place(FRAME + TOLERANCE, FRAME) == FOLLOWS_ON


def test_frames_without_timestamps_follow_on() -> None:
    timeline = Timeline()
    timeline.place(None, FRAME)
    assert timeline.place(None, FRAME) == FOLLOWS_ON
    assert timeline.end == 2 * FRAME


def test_a_late_first_frame_begins_exactly_where_it_belongs() -> None:
    assert Timeline().place(100.0, FRAME) == Placement(silence=100)


def test_a_gap_becomes_silence() -> None:
    timeline = Timeline()
    timeline.place(0.0, FRAME)
    assert timeline.place(5_000.0, FRAME) == Placement(silence=4_600)
    assert timeline.place(5_400.0, FRAME) == FOLLOWS_ON


def test_an_overlap_is_dropped() -> None:
    timeline = Timeline()
    timeline.place(0.0, 4 * TOLERANCE)
    assert timeline.place(TOLERANCE, 4 * TOLERANCE) == Placement(drop=3 * TOLERANCE)
    assert timeline.end == 5 * TOLERANCE


def test_a_frame_that_is_there_already_is_dropped_whole() -> None:
    timeline = Timeline()
    timeline.place(0.0, 10 * FRAME)
    assert timeline.place(FRAME, FRAME).drop >= FRAME
    assert timeline.end == 10 * FRAME


def test_a_clock_that_starts_again_does_not_stop_the_sound() -> None:
    timeline = Timeline()
    timeline.place(0.0, 60.0 * SAMPLE_RATE_HZ)
    assert timeline.place(0.0, FRAME) == FOLLOWS_ON
    assert timeline.place(FRAME, FRAME) == FOLLOWS_ON


def test_a_leap_is_believed_when_the_header_explains_it() -> None:
    hour = 3600.0 * SAMPLE_RATE_HZ
    for header_end, expected in ((None, FOLLOWS_ON), (FRAME, FOLLOWS_ON), (2 * hour, Placement(silence=int(hour)))):
        timeline = Timeline(header_end=header_end)
        timeline.place(0.0, FRAME)
        assert timeline.place(FRAME + hour, FRAME) == expected


def test_many_leaps_end_where_the_header_ends() -> None:
    timeline = Timeline(header_end=100.0 * SAMPLE_RATE_HZ)
    for number in range(1000):
        timeline.place(number * 50.0 * SAMPLE_RATE_HZ, FRAME)
    assert timeline.end < 200 * SAMPLE_RATE_HZ


def test_many_leaps_of_a_header_that_lies_are_half_a_day_together() -> None:
    hour = 3600.0 * SAMPLE_RATE_HZ
    timeline = Timeline(header_end=1000 * hour)
    for number in range(90):
        timeline.place(number * 11 * hour, FRAME)
    assert timeline.end <= 12 * hour + 90 * FRAME


def test_what_lies_before_the_wanted_beginning_is_dropped() -> None:
    timeline = Timeline(begin=100_000)
    assert timeline.place(0.0, FRAME).drop >= FRAME
    assert timeline.place(99_900.0, FRAME) == Placement(drop=100)
    assert timeline.end == 100_300


def test_a_delay_moves_what_follows() -> None:
    timeline = Timeline()
    timeline.place(0.0, FRAME)
    timeline.delay(1_000.0)
    assert timeline.place(FRAME, FRAME) == Placement(silence=1_000)
    assert timeline.place(2 * FRAME, FRAME) == FOLLOWS_ON


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(-1e12, 1e12, allow_nan=False)), st.floats(1.0, 5_000.0, allow_nan=False)
        ),
        max_size=50,
    ),
    st.one_of(st.none(), st.floats(0.0, 1e7)),
)
def test_whatever_the_timestamps_the_line_only_grows(
    frames: list[tuple[float | None, float]], header_end: float | None
) -> None:
    timeline = Timeline(header_end=header_end)
    for start, length in frames:
        before = timeline.end
        placement = timeline.place(start, length)
        assert placement.silence >= 0
        assert placement.drop >= 0
        assert not (placement.silence and placement.drop)
        assert abs(timeline.end - before - placement.silence - max(0.0, length - placement.drop)) < 1e-3


def test_no_header_explains_weeks_of_silence() -> None:
    timeline = Timeline(header_end=900 * 3_600 * 16_000)
    timeline.place(0, FRAME)
    assert timeline.place(899 * 3_600 * 16_000, FRAME) == Placement()
    assert timeline.place(907 * 3_600 * 16_000, FRAME).silence > 7 * 3_600 * 16_000, "but a night's"
