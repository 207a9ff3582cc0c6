"""A day, a month or a year, as people write them."""

from datetime import UTC, date, datetime

import pytest

from podindex.days import format_day, parse_period, spell_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        (" 2024-02 ", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026/11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22)),
        ("20261122", date(2026, 11, 22), date(2026, 11, 22)),
    ],
)
def test_first_and_last_day(text: str, first: date, last: date) -> None:
    assert parse_period(text) == (first, last)


@pytest.mark.parametrize("text", ["", "soon", "26", "2026-13", "2026-02-30", "2026-11-22T00:00:00", "0000", "２０２６"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_period(text)


@pytest.mark.parametrize("day", [date(201, 5, 9), datetime(201, 5, 9, 23, 59, tzinfo=UTC)])
def test_a_year_has_four_digits(day: date) -> None:
    assert format_day(day) == "0201-05-09"
    assert spell_day(day) == "9 May 0201"
