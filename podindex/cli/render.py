"""Listings as tables for people. I/O: none; returns rich renderables."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from podindex.cli.context import clean
from podindex.days import format_day
from podindex.models import EpisodeSummary, LibraryStats, ShowSummary, Stats
from podindex.timecode import MS_PER_HOUR, format_time

_NAMES = frozenset({"episode", "show", "model", "models"})
"""Columns whose cells may be long."""

_STATUS_STYLES = {"ready": "green", "partial": "yellow", "pending": "cyan", "failed": "red"}


def episodes_table(episodes: Iterable[EpisodeSummary]) -> Table:
    """Return a list of episodes as a table."""
    table = _table("episode", "published", "length", "words", "status", "model", right=("length", "words"))
    for episode in episodes:
        table.add_row(
            Text(episode.episode_id),
            format_day(episode.published) if episode.published else "",
            format_time(episode.duration_ms) if episode.duration_ms is not None else "",
            f"{episode.words:,}" if episode.words else "",
            Text(episode.status, style=_STATUS_STYLES[episode.status]),
            Text(clean(episode.model or episode.origin or "")),
        )
    return table


def shows_table(shows: Iterable[ShowSummary]) -> Table:
    """Return a list of shows as a table."""
    table = _table("show", "episodes", "length", "words", "first", "last", right=("episodes", "length", "words"))
    for show in shows:
        table.add_row(
            Text(clean(show.show)),
            str(show.episodes),
            format_time(show.duration_ms),
            f"{show.words:,}",
            format_day(show.first_published) if show.first_published else "",
            format_day(show.last_published) if show.last_published else "",
        )
    return table


def stats_table(stats: LibraryStats) -> Table:
    """Return what the library amounts to as a table, a row a show and one for all together."""
    numbers = ("episodes", "hours", "words", "a minute", "doubtful", "speed")
    table = _table("show", *numbers, "models", right=numbers)
    for show in stats.shows:
        table.add_row(Text(clean(show.show or "")), *_stats_cells(show))
    if len(stats.shows) != 1:
        table.add_row(Text("all shows", style="bold"), *_stats_cells(stats.total))
    return table


def _stats_cells(stats: Stats) -> list[str | Text]:
    unfinished = f"{stats.transcribed:,} of {stats.episodes:,}"
    pace, doubt, speed = stats.words_per_minute, stats.doubtful_share, stats.real_time_factor
    models = [f"{share.model} {share.duration_ms / max(1, stats.duration_ms):.0%}" for share in stats.models]
    return [
        f"{stats.episodes:,}" if stats.transcribed == stats.episodes else unfinished,
        f"{stats.duration_ms / MS_PER_HOUR:,.1f}",
        f"{stats.words:,}",
        "" if pace is None else f"{pace:.0f}",
        "" if doubt is None else f"{doubt:.1%}",
        "" if speed is None else f"{speed:.0f}×",
        Text(clean(", ".join(models))),
    ]


def _table(*columns: str, right: tuple[str, ...]) -> Table:
    """Return an empty table; a terminal that is too narrow for it continues names and ids below, whole."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        is_name = column in _NAMES
        table.add_column(
            column, justify="right" if column in right else "left", no_wrap=not is_name, overflow="fold", min_width=6
        )
    return table
