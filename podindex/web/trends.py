"""Counting by month and show. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from podindex.days import YEARS
from podindex.models import EpisodeSummary

# More shows than this cannot be told apart in a chart.
MAX_SHOWS = 6
OTHERS = "other shows"


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers by month, stacked by show."""

    months: tuple[str, ...]
    """Every month from the first to the last, as 2026-11."""
    series: tuple[tuple[str, tuple[float, ...]], ...]
    """Each show with a number for each month; the largest show first, what is left over last."""

    @property
    def totals(self) -> list[float]:
        """Each month's sum."""
        return [sum(values) for values in zip(*(values for _, values in self.series), strict=True)]


def count_hits(moments: Mapping[str, Sequence[int]], episodes: Iterable[EpisodeSummary]) -> tuple[Chart, int]:
    """Count hits by month and show.

    Returns:
        The chart from the first episode's month to the last's, and how many hits are in episodes without a date that
        can be true.
    """
    dated = [episode for episode in episodes if _is_dated(episode)]
    known = {episode.episode_id for episode in dated}
    undated = sum(len(starts) for episode_id, starts in moments.items() if episode_id not in known)
    return chart_of((episode, len(moments.get(episode.episode_id, ()))) for episode in dated), undated


def sum_lengths(episodes: Iterable[EpisodeSummary], unit_ms: int) -> Chart:
    """Sum the audio by month of publication and show, in a unit of so many milliseconds."""
    return chart_of((episode, (episode.duration_ms or 0) / unit_ms) for episode in episodes if _is_dated(episode))


def _is_dated(episode: EpisodeSummary) -> bool:
    """Tell whether an episode has a date that can be true: one slip would stretch a chart over centuries."""
    return episode.published is not None and episode.published.year in YEARS


def chart_of(amounts: Iterable[tuple[EpisodeSummary, float]]) -> Chart:
    """Sum amounts by the month and the show of their episodes, all of which have a date."""
    by_show: dict[str, Counter[str]] = {}
    seen: set[str] = set()
    for episode, amount in amounts:
        month = f"{episode.published:%Y-%m}"
        seen.add(month)
        by_show.setdefault(episode.show, Counter())[month] += amount  # type: ignore[assignment]  # hours are not whole
    months = tuple(months_between(min(seen), max(seen))) if seen else ()
    largest = sorted(by_show, key=lambda show: (-by_show[show].total(), show))
    rows = [(show, by_show[show]) for show in largest[:MAX_SHOWS] if by_show[show].total()]
    rest: Counter[str] = Counter()
    for show in largest[MAX_SHOWS:]:
        rest.update(by_show[show])
    if rest.total():
        rows.append((OTHERS, rest))
    return Chart(months, tuple((show, tuple(counts.get(month, 0) for month in months)) for show, counts in rows))


def months_between(first: str, last: str) -> list[str]:
    """Return every month from first to last, both included."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1)]
