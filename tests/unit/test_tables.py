"""Listings on terminals of any width."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from podindex.cli.render import episodes_table
from podindex.models import EpisodeSummary

_LONG_ID = f"{'a-show-with-a-long-name'}/{'-'.join(['and', 'an', 'even', 'longer', 'title'] * 3)}"
_EPISODE = EpisodeSummary(
    _LONG_ID, "Show", "Title", None, 3_600_000, "partial", "en", 12_345, "whisper", "tiny.en", None
)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_names_that_are_too_long_take_no_room_from_numbers(width: int) -> None:
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(episodes_table([_EPISODE]))
    lines = capture.get().splitlines()
    assert all(len(line) <= width for line in lines)
    assert lines[1].split()[-4:] == ["1:00:00", "12,345", "partial", "tiny.en"]
    assert "".join(line.split()[0] for line in lines[1:] if line.strip()) == _LONG_ID, "whole, to be copied"


def test_a_year_has_four_digits() -> None:
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(episodes_table([replace(_EPISODE, published=datetime(201, 5, 9, tzinfo=UTC))]))
    assert "0201-05-09" in capture.get()
