"""Days of publication, as people write them: a day, a month or a year. Pure."""

import re
from calendar import monthrange
from datetime import date

_PERIOD = re.compile(r"(\d{4})(?:[-/.]?(\d{2})(?:[-/.]?(\d{2}))?)?", re.ASCII)


def parse_period(text: str) -> tuple[date, date]:
    """Return the first and the last day of a day (`2026-01-31`, `20260131`), a month (`2026-01`) or a year (`2026`).

    Raises:
        ValueError: the text is none of these.
    """
    match = _PERIOD.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no day, month or year")
    year, month, day = (int(part) if part else None for part in match.groups())
    first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    if day:
        return first, first
    if month:
        return first, first.replace(day=monthrange(first.year, month)[1])
    return first, first.replace(month=12, day=31)
