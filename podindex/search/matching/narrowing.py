"""Filters, applied to the hits of a segment. I/O: looks names up in the segment's files."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import partial
from itertools import compress

import numpy as np

from podindex.search.index.segment import Segment, written_title_keys
from podindex.search.query.filters import Filters, TextField, TextFilter
from podindex.search.sets.ids import distinct, unite
from podindex.search.sets.intervals import Intervals, Mask, Positions, counts

_DAY_S = 86_400


class Narrowing:
    """Keeps the hits that count and that filters let through.

    Args:
        segment: where the hits are.
        alive: bool [episodes], which of its episodes count.
    """

    def __init__(self, segment: Segment, alive: Mask) -> None:
        self._segment = segment
        self._alive = alive

    def apply(self, hits: Intervals, filters: Iterable[Filters]) -> Intervals:
        """Return the hits that all filters let through."""
        segment, stream = self._segment, self._segment.stream
        hits = _in_stretches(hits, stream.episodes, self._allowed(filters))
        for each in filters:
            if any(text.field == "speaker" for text in each.texts):
                speaks = _distinct(segment.episodes.speakers, partial(each.matches, "speaker"))
                hits = _in_stretches(hits, stream.passages, speaks[stream.passage_speakers])
            if each.after_ms is not None:
                hits = hits.take(stream.start_ms[hits.starts] >= each.after_ms)
            if each.before_ms is not None:
                hits = hits.take(stream.start_ms[hits.starts] < each.before_ms)
        return hits

    def count_undated(self, filters: Iterable[Filters]) -> int:
        """Count the episodes that filters would let through, but for the days of those without a date."""
        allowed = self._allowed(each.without_days() for each in filters)
        return int((allowed & np.isnan(self._segment.episodes.published_s)).sum())

    def has_days(self, filters: Iterable[Filters]) -> bool:
        """Tell whether any of the episodes that count is of the days of filters, whatever else is wanted."""
        return bool(self._allowed(each.only_days() for each in filters).any())

    def has_name(self, wanted: TextFilter) -> bool:
        """Tell whether any name of the episodes that count satisfies a condition, whatever else is wanted."""
        names, stream = self._names(wanted.field), self._segment.stream
        if wanted.field == "speaker":
            alive = np.repeat(self._alive, np.diff(stream.episode_passages))
            names = [names[number] for number in distinct(stream.passage_speakers[alive]).tolist()]
        else:
            names = list(compress(names, self._alive))
        return any(wanted.matches(name) for name in dict.fromkeys(names))

    def _names(self, field: TextField) -> list[str] | list[str | None]:
        table = self._segment.episodes
        names: dict[TextField, list[str] | list[str | None]] = {
            "show": table.shows,
            "speaker": table.speakers,
            "title": table.titles,
            "lang": table.languages,
            "episode": table.ids,
        }
        return names[field]

    def _allowed(self, filters: Iterable[Filters]) -> Mask:
        """Tell which of the episodes that count all filters let through, by all but their words."""
        allowed = self._alive
        for each in filters:
            allowed = allowed & self._episodes(each)
        return allowed

    def _episodes(self, filters: Filters) -> Mask:
        """Tell which episodes a filter lets through, by all but their words."""
        table = self._segment.episodes
        allowed = np.ones(len(table.ids), np.bool_)
        fields = {text.field for text in filters.texts}
        for field in fields - {"title", "speaker"}:  # titles are too many, and several may speak in an episode
            allowed &= _distinct(self._names(field), partial(filters.matches, field))
        if "title" in fields:
            allowed &= self._titles(filters)
        if filters.since is not None:
            allowed &= table.published_s >= _begin_s(filters.since)  # false for NaN, unknown
        if filters.until is not None:
            allowed &= table.published_s < _begin_s(filters.until) + _DAY_S
        if filters.periods:
            within = np.zeros(len(allowed), np.bool_)
            for first, last in filters.periods:
                within |= (table.published_s >= _begin_s(first)) & (table.published_s < _begin_s(last) + _DAY_S)
            allowed &= within
        return allowed

    def _titles(self, filters: Filters) -> Mask:
        """Tell which titles a filter lets through, looking only at those that have the words of one of its values."""
        segment = self._segment
        allowed = np.full(len(segment.episodes), filters.matches("title", None))
        wanted = dict.fromkeys(text.value for text in filters.texts if text.field == "title")
        titled = (segment.documents.episodes_titled(written_title_keys(value)) for value in wanted)
        for number in unite(titled, np.intp).tolist():
            allowed[number] = filters.matches("title", segment.episodes.titles[number])
        return allowed


def _begin_s(day: date) -> float:
    """Return when a day begins, in seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _distinct(names: list[str] | list[str | None], holds: Callable[[str | None], bool]) -> Mask:
    """Ask of each name, but of each different one only once."""
    answers = {name: holds(name) for name in dict.fromkeys(names)}
    return np.array([answers[name] for name in names], np.bool_)


def _in_stretches(hits: Intervals, bounds: Positions, allowed: Mask) -> Intervals:
    """Keep the hits that begin in a stretch of tokens that is allowed."""
    if allowed.all():
        return hits
    return hits.take(np.repeat(allowed, counts(hits.starts, bounds)))
