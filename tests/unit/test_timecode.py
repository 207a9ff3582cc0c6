"""Times as they are typed, shown and written into files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.timecode import MAX_MS, format_clock, format_seconds, format_time, parse_time


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("754.5", 754_500),
        ("754s", 754_000),
        (" 12:34 ", 754_000),
        ("90:00", 5_400_000),
        ("1:59:03.5", 7_143_500),
        ("0:00:01.0006", 1_001),
        ("1000:00:00", MAX_MS),
    ],
)
def test_times_are_read_as_people_type_them(text: str, ms: int) -> None:
    assert parse_time(text) == ms


@pytest.mark.parametrize("text", ["", "noon", "-1", "1:60", "1:60:00", "1:2:3:4", "1000:00:01", "999999999", "１:００"])
def test_what_is_no_time_of_an_episode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time|later than any episode"):
        parse_time(text)


def test_a_shown_time_is_rounded_down_and_one_in_a_file_is_not() -> None:
    assert format_time(3_661_999) == "1:01:01"
    assert format_clock(3_661_999) == "01:01:01.999"
    assert format_clock(45, separator=",") == "00:00:00,045"
    assert [format_seconds(ms) for ms in (754_500, 12_345_678, 60_000, 0)] == ["754.5", "12345.678", "60", "0"]


@given(st.integers(0, MAX_MS))
def test_what_is_written_is_read_again(ms: int) -> None:
    assert parse_time(format_clock(ms)) == parse_time(format_seconds(ms)) == ms
    assert parse_time(format_time(ms)) == ms // 1000 * 1000
