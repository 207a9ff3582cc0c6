"""Listings on terminals of any width."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.table import Table

from podindex.cli.render import episodes_table, shows_table, stats_table
from podindex.models import EpisodeSummary, LibraryStats, ModelShare, ShowSummary, Stats

_LONG_ID = f"{'a-show-with-a-long-name'}/{'-'.join(['and', 'an', 'even', 'longer', 'title'] * 3)}"
_PUBLISHED = datetime(2026, 11, 22, tzinfo=UTC)
_EPISODE = EpisodeSummary(
    _LONG_ID, "Show", "Title", _PUBLISHED, 3_600_000, "partial", "en", 12_345, "whisper", "tiny.en", None
)
_LONG_SHOW = "The-Secret-History-of-the-Future-and-of-All-That-Was-Never-Built"
_SHOW = ShowSummary(_LONG_SHOW, 1_245, 864_000_000, 2_240_000, datetime(2009, 2, 27, tzinfo=UTC), _PUBLISHED)


def _stats(show: str | None) -> Stats:
    models = (ModelShare("tiny.en", 640, 500_000_000), ModelShare("large-v3-turbo", 600, 364_000_000))
    return Stats(show, 1_245, 1_240, 864_000_000, 2_240_000, 71_000, 51.3, models)


@dataclass(frozen=True)
class _Listing:
    make: Callable[[int], Table]
    name: str
    whole: dict[str, str]
    """What stands in each column that is not a name."""


_LISTINGS = {
    "episodes": _Listing(
        lambda width: episodes_table([_EPISODE], width),
        _LONG_ID,
        {"published": "2026-11-22", "length": "1:00:00", "words": "12,345", "status": "partial"},
    ),
    "shows": _Listing(
        lambda width: shows_table([_SHOW], width),
        _LONG_SHOW,
        {
            "episodes": "1245",
            "length": "240:00:00",
            "words": "2,240,000",
            "first": "2009-02-27",
            "last": "2026-11-22",
        },
    ),
    "stats": _Listing(
        lambda width: stats_table(LibraryStats(_stats(None), (_stats(_LONG_SHOW),)), width),
        _LONG_SHOW,
        {
            "episodes": "1,240 of 1,245",
            "hours": "240:00:00",
            "words": "2,240,000",
            "a minute": "156",
            "doubtful": "3.2%",
            "speed": "51×",
        },
    ),
}


def _lines(table: Table, width: int) -> list[str]:
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return [line for line in capture.get().splitlines() if line.strip()]


@pytest.mark.parametrize("width", [10, 20, 30, 40, 52, 56, 60, 80, 120])
@pytest.mark.parametrize("kind", _LISTINGS)
def test_names_are_there_and_numbers_are_whole_or_left_out(kind: str, width: int) -> None:
    listing = _LISTINGS[kind]
    titles, *rows = _lines(listing.make(width), width)
    assert all(len(line) <= width for line in rows)
    assert "".join(line.split()[0] for line in rows) == listing.name, "whole, to be copied"
    for column, cell in listing.whole.items():
        assert (cell in rows[0]) == (column in titles), column


@pytest.mark.parametrize(
    ("kind", "width", "columns"),
    [
        ("episodes", 61, "episode published length words status model"),
        ("episodes", 52, "episode published length words status"),
        ("episodes", 40, "episode length status"),
        ("episodes", 30, "episode status"),
        ("shows", 80, "show episodes length words first last"),
        ("shows", 52, "show episodes length last"),
        ("shows", 40, "show episodes length"),
        ("stats", 120, "show episodes hours words a minute doubtful speed models"),
        ("stats", 80, "show episodes hours words a minute doubtful speed"),
        ("stats", 56, "show episodes hours words"),
        ("stats", 30, "show hours"),
    ],
)
def test_the_least_important_columns_are_left_out_first(kind: str, width: int, columns: str) -> None:
    assert _lines(_LISTINGS[kind].make(width), width)[0].split() == columns.split()


def test_an_empty_list_has_titles() -> None:
    assert _lines(episodes_table([], 80), 80)[0].split()[0] == "episode"


def test_a_year_has_four_digits() -> None:
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(episodes_table([replace(_EPISODE, published=datetime(201, 5, 9, tzinfo=UTC))], 120))
    assert "0201-05-09" in capture.get()
