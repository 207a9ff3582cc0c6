"""Filters of a query: which episodes, whose speech, when. Pure.

A filter narrows the whole query wherever it stands in it. Values of one field are alternatives (`show:a show:b`: either
show), different fields all apply, and so do bounds. A value that cannot be read raises `ValueError` with what to write
instead.
"""

import re
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal, NamedTuple, cast, get_args

from podindex.days import parse_period
from podindex.languages import parse_language
from podindex.search.words import analysis
from podindex.timecode import parse_time

TextField = Literal["show", "speaker", "title", "lang", "episode"]
"""Filters on a name."""

DayField = Literal["date", "since", "until"]
"""Filters on when an episode was published."""

TimeField = Literal["after", "before"]
"""Filters on when in its episode something is said."""


class TextFilter(NamedTuple):
    """A condition on a name."""

    field: TextField
    value: str
    negated: bool = False

    def matches(self, name: str | None) -> bool:
        """Tell whether a name (None: unknown) satisfies the condition.

        `lang` compares primary subtags (`en` matches `en-US`) and knows English names of languages, `episode` compares
        the id or one of its two parts; the other fields look for the words of the value in a row in the name, without
        regard to case, accents and punctuation.
        """
        return self._holds(name or "") != self.negated

    def _holds(self, name: str) -> bool:
        if self.field == "lang":
            return _language_code(name) == _language_code(self.value)
        if self.field == "episode":
            return self.value.lower() in (name, *name.split("/"))
        wanted, given = analysis.folded(self.value), analysis.folded(name)
        if not wanted:  # a name of signs alone
            return self.value.strip() == name.strip()
        return any(given[i : i + len(wanted)] == wanted for i in range(len(given) - len(wanted) + 1))


def _language_code(text: str) -> str:
    try:
        return parse_language(text) or text
    except ValueError:  # a language that Whisper does not know, and a publisher's transcript may be in
        return analysis.base_language(text)


class Filters(NamedTuple):
    """Everything that narrows a query; the default narrows nothing."""

    texts: tuple[TextFilter, ...] = ()
    periods: tuple[tuple[date, date], ...] = ()
    """First and last day of the times of publication of which any will do, both included; none: any day."""
    since: date | None = None
    """First day of publication, included."""
    until: date | None = None
    """Last day of publication, included."""
    after_ms: int | None = None
    """Hits start at this time of their episode or later."""
    before_ms: int | None = None
    """Hits start earlier than this time of their episode."""

    @property
    def has_days(self) -> bool:
        """Whether only episodes of some days are let through."""
        return bool(self.periods or self.since or self.until)

    def without_days(self) -> "Filters":
        """Return all but the days."""
        return self._replace(periods=(), since=None, until=None)

    def only_days(self) -> "Filters":
        """Return the days and nothing else."""
        return Filters(periods=self.periods, since=self.since, until=self.until)

    def matches(self, field: TextField, name: str | None) -> bool:
        """Tell whether a name satisfies all conditions on its field."""
        texts = [text for text in self.texts if text.field == field]
        wanted = [text.matches(name) for text in texts if not text.negated]
        return (any(wanted) or not wanted) and all(text.matches(name) for text in texts if text.negated)


NO_FILTERS = Filters()

FILTER_FIELDS: tuple[str, ...] = (*get_args(TextField), "language", *get_args(DayField), *get_args(TimeField))
"""What may stand before the colon."""


def add_filter(filters: Filters, field: str, value: str, *, negated: bool = False) -> Filters:
    """Return the filters with one more.

    Args:
        filters: those so far.
        field: one of `FILTER_FIELDS`.
        value: what stands behind the colon, without quotes.
        negated: whether it stood behind NOT or a minus.

    Raises:
        ValueError: the value cannot be read; the message says what could be.
    """
    if field == "language":
        field = "lang"
    if field in get_args(TextField):
        if not analysis.tokens(value):
            raise ValueError("it needs a name")
        wanted = TextFilter(cast(TextField, field), value.strip(), negated)
        return filters._replace(texts=(*filters.texts, wanted))
    if negated:
        raise ValueError("days and times cannot be excluded; give the range that you want")
    match cast("DayField | TimeField", field):
        case "date" | "since" | "until" as days:
            return _narrow_days(filters, days, value)
        case "after" | "before" as time:
            return _narrow_time(filters, time, value)


def doubts(filters: Filters, field: str, value: str) -> str | None:
    """Return what is odd about a value that was read, as a sentence; None where nothing is.

    Args:
        filters: those of the query so far, with this one.
        field: one of `FILTER_FIELDS`.
        value: what stands behind the colon, without quotes.
    """
    if field in ("after", "before") and re.fullmatch("(?:19|20)[0-9]{2}", value.strip()):
        return f"{field}:{value.strip()} means {value.strip()} seconds into an episode; {_DAYS_HELP}."
    if field == "date" and filters.periods and filters.periods[-1][0] > filters.periods[-1][1]:
        return f"date:{value.strip()} ends before it begins."
    return contradiction(filters) if field in ("since", "until", "date") else None


def contradiction(filters: Filters) -> str | None:
    """Say, as a sentence, that no day is left; None where one may be."""
    if filters.since and filters.until and filters.since > filters.until:
        return f"No day is both since {filters.since} and until {filters.until}."
    return None


def _narrow_days(filters: Filters, field: DayField, value: str) -> Filters:
    since, until = _days(field, value)
    if since and until:
        return filters._replace(periods=(*filters.periods, (since, until)))
    return filters._replace(
        since=max((day for day in (filters.since, since) if day), default=None),
        until=min((day for day in (filters.until, until) if day), default=None),
    )


def _narrow_time(filters: Filters, field: TimeField, value: str) -> Filters:
    try:
        ms = parse_time(value)
    except ValueError:
        raise ValueError(f"write a time inside the episode, such as 1:02:03, 12:34 or 754s; {_DAYS_HELP}") from None
    if field == "after":
        return filters._replace(after_ms=ms if filters.after_ms is None else max(ms, filters.after_ms))
    return filters._replace(before_ms=ms if filters.before_ms is None else min(ms, filters.before_ms))


def _days(field: DayField, value: str) -> tuple[date | None, date | None]:
    value = value.strip()
    if field == "since":
        return _period(value)[0], None
    if field == "until":
        return None, _period(value)[1]
    if comparison := re.fullmatch(r"([<>])(=?)\s*(.+)", value):
        first, last = _period(comparison[3])
        if comparison[1] == ">":
            return (first if comparison[2] else _shift(last, 1)), None
        return None, (last if comparison[2] else _shift(first, -1))
    start, dots, end = value.partition("..")
    if not dots:
        return _period(value)
    end = end.lstrip(".")
    if not start and not end:
        raise ValueError(_DATE_HELP)
    return (_period(start)[0] if start else None), (_period(end)[1] if end else None)


_DAYS_HELP = "since: and until: are for days of publication"
_DATE_HELP = "write a day, month, year or range, such as 2026-01-31, 2026-01, 2026 or 2026-01..2026-03"


def _period(text: str) -> tuple[date, date]:
    try:
        return parse_period(text)
    except ValueError:
        raise ValueError(_DATE_HELP) from None


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date(MAXYEAR, 12, 31) if days > 0 else date(MINYEAR, 1, 1)
