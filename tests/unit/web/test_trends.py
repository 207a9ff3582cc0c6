"""Numbers by month and show, also of episodes whose date cannot be true."""

from datetime import UTC, datetime

import pytest

from podindex.models import EpisodeSummary
from podindex.web import charts
from podindex.web.trends import Chart, chart_of, count_hits, sum_lengths


def dated(name: str, year: int, month: int = 5) -> EpisodeSummary:
    published = datetime(year, month, 5, tzinfo=UTC)
    return EpisodeSummary(f"show/{name}", "Show", name, published, 60_000, "ready", "en", 9, "whisper", "tiny.en", None)


@pytest.mark.parametrize("year", [1, 201, 1899, 2100, 2926, 9999])
def test_a_date_that_no_podcast_has_counts_as_none(year: int) -> None:
    episodes = [dated("one", 2026), dated("slip", year)]
    chart, undated = count_hits({"show/one": [0, 1], "show/slip": [0, 1, 2]}, episodes)
    assert (chart.months, chart.totals, undated) == (("2026-05",), [2], 3)
    assert sum_lengths(episodes, 60_000).months == ("2026-05",)


def test_the_first_and_the_last_year_are_believed() -> None:
    chart, undated = count_hits({"show/old": [0], "show/new": [0]}, [dated("old", 1900, 1), dated("new", 2099, 12)])
    assert (len(chart.months), sum(chart.totals), undated) == (200 * 12, 2, 0)


class CountingChart(Chart):
    """Counts how often its sums are asked for."""

    asked = 0

    @property
    def totals(self) -> list[float]:
        CountingChart.asked += 1
        return super().totals


def test_sums_are_not_made_anew_for_each_month() -> None:
    drawn = chart_of([(dated("old", 1900), 1), (dated("new", 2099), 1)])
    charts.draw(CountingChart(drawn.months, drawn.series), unit="times", label="How often.")
    assert 0 < CountingChart.asked < 5
