"""Listings as tables for people. I/O: none; returns rich renderables."""

from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from podindex.cli.context import clean
from podindex.days import format_day
from podindex.models import EpisodeSummary, LibraryStats, ShowSummary, Stats
from podindex.timecode import format_time
from podindex.wording import times

_NAMES = frozenset({"episode", "show", "model", "models"})
"""Columns whose cells may be long."""
_NUMBERS = frozenset({"episodes", "length", "words", "hours", "a minute", "doubtful", "speed"})
_LEAST_FIRST = (
    "models", "model", "a minute", "speed", "doubtful", "first", "words", "published", "last", "length", "status",
    "episodes", "hours",
)  # fmt: skip
"""Columns in the order in which a narrow terminal does without them; what a row is about is never left out."""
_NAME_CELLS = 14
"""The least room for a name: in less, continuing it below takes more lines than the columns beside it are worth."""
_GAP_CELLS = 2

_STATUS_STYLES = {"ready": "green", "partial": "yellow", "pending": "cyan", "failed": "red"}

_Row = Sequence[str | Text]


def episodes_table(episodes: Iterable[EpisodeSummary], width: int) -> Table:
    """Return a list of episodes as a table for a terminal of so many cells."""
    rows = [
        (
            Text(episode.episode_id),
            format_day(episode.published) if episode.published else "",
            format_time(episode.duration_ms) if episode.duration_ms is not None else "",
            f"{episode.words:,}" if episode.words else "",
            Text(episode.status, style=_STATUS_STYLES[episode.status]),
            Text(clean(episode.model or episode.origin or "")),
        )
        for episode in episodes
    ]
    return _table(("episode", "published", "length", "words", "status", "model"), rows, width)


def shows_table(shows: Iterable[ShowSummary], width: int) -> Table:
    """Return a list of shows as a table for a terminal of so many cells."""
    rows = [
        (
            Text(clean(show.show)),
            str(show.episodes),
            format_time(show.duration_ms),
            f"{show.words:,}",
            format_day(show.first_published) if show.first_published else "",
            format_day(show.last_published) if show.last_published else "",
        )
        for show in shows
    ]
    return _table(("show", "episodes", "length", "words", "first", "last"), rows, width)


def stats_table(stats: LibraryStats, width: int) -> Table:
    """Return what the library amounts to as a table, a row a show and one for all together."""
    rows = [(Text(clean(show.show or "")), *_stats_cells(show)) for show in stats.shows]
    if len(stats.shows) != 1:
        rows.append((Text("all shows", style="bold"), *_stats_cells(stats.total)))
    columns = ("show", "episodes", "hours", "words", "a minute", "doubtful", "speed", "models")
    return _table(columns, rows, width)


def _stats_cells(stats: Stats) -> list[str | Text]:
    unfinished = f"{stats.transcribed:,} of {stats.episodes:,}"
    pace, doubt, speed = stats.words_per_minute, stats.doubtful_share, stats.real_time_factor
    models = [f"{share.model} {share.duration_ms / max(1, stats.duration_ms):.0%}" for share in stats.models]
    return [
        f"{stats.episodes:,}" if stats.transcribed == stats.episodes else unfinished,
        format_time(stats.duration_ms),
        f"{stats.words:,}",
        "" if pace is None else f"{pace:.0f}",
        "" if doubt is None else f"{doubt:.1%}",
        "" if speed is None else times(speed),
        Text(clean(", ".join(models))),
    ]


def _table(columns: Sequence[str], rows: Sequence[_Row], width: int) -> Table:
    """Return a table: names that are too long for it are continued below, whole; numbers and dates are never cut."""
    cells = {
        column: max(cell_len(str(cell)) for cell in (column, *(row[place] for row in rows)))
        for place, column in enumerate(columns)
    }
    shown = _columns_with_room(columns, cells, width)
    table = Table(box=None, padding=(0, _GAP_CELLS, 0, 0), pad_edge=False, header_style="dim")
    for column in shown:
        justify: JustifyMethod = "right" if column in _NUMBERS else "left"
        table.add_column(column, justify=justify, no_wrap=column not in _NAMES, overflow="fold")
    for row in rows:
        table.add_row(*(cell for column, cell in zip(columns, row, strict=True) if column in shown))
    return table


def _columns_with_room(columns: Sequence[str], cells: Mapping[str, int], width: int) -> list[str]:
    """Leave out columns, the least important first, until what is left finds room."""
    shown = list(columns)
    for column in _LEAST_FIRST:
        needed = [min(cells[name], _NAME_CELLS) if name in _NAMES else cells[name] for name in shown]
        if sum(needed) + _GAP_CELLS * (len(shown) - 1) <= width:
            break
        if column in shown:
            shown.remove(column)
    return shown
