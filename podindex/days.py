"""Days of publication, as people write and read them: a day, a month or a year. Pure."""

import re
from calendar import monthrange
from datetime import date

YEARS = range(1900, 2100)
"""No podcast is of another: who says so mistyped, or never set a clock."""

_PERIOD = re.compile(r"(\d{4})(?:[-/.]?(\d{2})(?:[-/.]?(\d{2}))?)?", re.ASCII)


def parse_period(text: str) -> tuple[date, date]:
    """Return the first and the last day of a day (`2026-01-31`, `20260131`), a month (`2026-01`) or a year (`2026`).

    Raises:
        ValueError: the text is none of these.
    """
    match = _PERIOD.fullmatch(text.strip())
    try:
        year, month, day = match.groups() if match else ("", "", "")
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError(f"{text!r} is not a day, month or year such as 2026-11-22, 2026-11 or 2026") from None
    if day:
        return first, first
    if month:
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    return first, first.replace(month=12, day=31)


def format_day(day: date) -> str:
    """Return a day, or a moment's, as `2026-01-31`: `%Y` has no four digits for a year before 1000 on every system."""
    return day.isoformat()[:10]


def spell_day(day: date) -> str:
    """Return a day, or a moment's, as `31 January 2026`."""
    return f"{day:%-d %B} {day.year:04}"
