"""Filters narrow by what names say and by days and times, and say what they expect otherwise."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.query.filters import FILTER_FIELDS, Filters, TextField, TextFilter, add_filter


@pytest.mark.parametrize(
    ("field", "value", "name", "matches"),
    [
        ("show", "naked security", "The Naked Security Podcast", True),
        ("show", "naked-security", "Naked Security", True),
        ("show", "security naked", "Naked Security", False),
        ("show", "Secur", "Naked Security", False),
        ("speaker", "anna", "Anna Müller", True),
        ("speaker", "MULLER", "Anna Müller", True),
        ("speaker", "anna", None, False),
        ("title", "what's new", "What’s new in 2026?", True),
        ("lang", "en", "en-US", True),
        ("lang", "EN", "en", True),
        ("lang", "de", None, False),
        ("lang", "nb", "nb", True),
        ("lang", "norwegian", "nb-NO", True),
        ("episode", "naked-security/a-breach", "naked-security/a-breach", True),
        ("episode", "a-breach", "naked-security/a-breach", True),
        ("episode", "Naked-Security", "naked-security/a-breach", True),
        ("episode", "breach", "naked-security/a-breach", False),
    ],
)
def test_names(field: TextField, value: str, name: str | None, matches: bool) -> None:
    assert TextFilter(field, value).matches(name) is matches
    assert TextFilter(field, value, negated=True).matches(name) is not matches


def test_values_of_a_field_are_alternatives_and_exclusions_all_count() -> None:
    filters = Filters()
    for value, negated in (("a", False), ("b", False), ("x", True), ("y", True)):
        filters = add_filter(filters, "show", value, negated=negated)
    assert [filters.matches("show", name) for name in ("a", "b", "c", "a x", "b y", None)] == [True, True] + 4 * [False]
    assert filters.matches("speaker", None)


JAN, FEB, MAR = (
    (date(2026, 1, 1), date(2026, 1, 31)),
    (date(2026, 2, 1), date(2026, 2, 28)),
    (date(2026, 3, 1), date(2026, 3, 31)),
)


@pytest.mark.parametrize(
    ("field", "value", "since", "until"),
    [
        ("date", "2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("date", "2026-02", *FEB),
        ("date", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("date", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("date", "2026-01-15", date(2026, 1, 15), date(2026, 1, 15)),
        ("date", "20260115", date(2026, 1, 15), date(2026, 1, 15)),
        ("date", "2026-01..2026-03", JAN[0], MAR[1]),
        ("date", "2026-01...2026-03", JAN[0], MAR[1]),
        ("date", "2026-01..", JAN[0], None),
        ("date", "..2026-03", None, MAR[1]),
        ("date", ">2026-01", FEB[0], None),
        ("date", ">=2026-01", JAN[0], None),
        ("date", "<2026-02", None, JAN[1]),
        ("date", "<=2026-02", None, FEB[1]),
        ("since", "2026-02", FEB[0], None),
        ("until", "2026-02", None, FEB[1]),
        ("date", "9999-12", date(9999, 12, 1), date(9999, 12, 31)),
        ("date", ">9999", date(9999, 12, 31), None),
        ("date", "<0001", None, date(1, 1, 1)),
    ],
)
def test_days(field: str, value: str, since: date | None, until: date | None) -> None:
    periods = ((since, until),) if since and until else ()
    expected = Filters(periods=periods) if periods else Filters(since=since, until=until)
    assert add_filter(Filters(), field, value) == expected


def test_several_ranges_narrow() -> None:
    filters = Filters()
    for field, value in (
        ("date", "2026"),
        ("since", "2026-02"),
        ("until", "2027"),
        ("after", "1:00"),
        ("after", "30s"),
    ):
        filters = add_filter(filters, field, value)
    year = date(2026, 1, 1), date(2026, 12, 31)
    assert filters == Filters(periods=(year,), since=FEB[0], until=date(2027, 12, 31), after_ms=60_000)


def test_periods_are_alternatives_and_bounds_all_apply() -> None:
    filters = Filters()
    for value in ("2026-01", "2026-03", ">2025", "<=2026"):
        filters = add_filter(filters, "date", value)
    assert filters == Filters(periods=(JAN, MAR), since=date(2026, 1, 1), until=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "yesterday"),
        ("date", "2026-13"),
        ("date", "2026-02-30"),
        ("date", "0000"),
        ("date", "2026-00"),
        ("date", "2026-01-00"),
        ("date", ".."),
        ("date", "2026..soon"),
        ("date", ">"),
        ("date", "２０２６"),
        ("after", "noon"),
        ("before", "9999999999"),
        ("show", "…"),
    ],
)
def test_what_cannot_be_read_says_what_is_expected(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"such as|needs a name"):
        add_filter(Filters(), field, value)


def test_days_and_times_cannot_be_excluded() -> None:
    with pytest.raises(ValueError, match="cannot be excluded"):
        add_filter(Filters(), "date", "2026", negated=True)


@given(st.sampled_from(FILTER_FIELDS), st.text(max_size=20) | st.text("0123456789-.:<>=s", max_size=20))
def test_a_filter_is_added_or_refused(field: str, value: str) -> None:
    with suppress(ValueError):
        assert add_filter(Filters(), field, value) != Filters()
