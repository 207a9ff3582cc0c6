"""Every example of docs/search.md is true."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from scan import scan_intervals

from podindex.search import analysis
from podindex.search.query import parse_query

DOCS = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(r"(?:\b([a-z]{2}) )?`([^`]+)`")


def rows(*columns: str) -> Iterator[list[str]]:
    """Yield the cells of all tables whose header begins with these columns."""
    heading: list[str] = []
    for line in DOCS.splitlines():
        # A cell may hold the operator ||.
        cells = [cell.strip() for cell in re.split(r"(?<!\|)\|(?!\|)", line.strip("|"))] if line.startswith("|") else []
        if not cells:
            heading = []
        elif not heading:
            heading = cells
        elif not line.startswith("|--") and heading[: len(columns)] == list(columns):
            yield cells


def examples(cell: str) -> list[tuple[str, str]]:
    """Return the (language, text) pairs of a cell."""
    return [(language or "en", text) for language, text in _EXAMPLE.findall(cell)]


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its brackets, and the token intervals that they enclose."""
    parts = re.split(r"[\[\]]", text)
    ends = [len(analysis.tokens("".join(parts[: i + 1]))) for i in range(len(parts))]
    return "".join(parts), list(zip(ends[0::2], ends[1::2], strict=False))


def word_examples(*columns: str) -> list[tuple[str, str, str]]:
    """Return (query, language, text with hits in brackets) for every example of the tables with these columns."""
    return [
        (examples(cells[0])[0][1], language, text)
        for cells in rows(*columns)
        for cell in cells[1:3]
        for language, text in examples(cell)
    ]


@pytest.mark.parametrize(("query", "language", "text"), word_examples("you write", "finds"))
def test_words(query: str, language: str, text: str) -> None:
    plain, hits = marked(text)
    assert scan_intervals(query, analysis.tokens(plain), language) == hits


@pytest.mark.parametrize(("query", "language", "text"), word_examples("you write", "finds similar"))
def test_similar_words(query: str, language: str, text: str) -> None:
    plain, hits = marked(text)
    tokens = analysis.tokens(plain)
    assert scan_intervals(query, tokens, language) == []
    assert scan_intervals(query, tokens, language, similar=True) == hits


@pytest.mark.parametrize(
    ("query", "note"), [(examples(cells[0])[0][1], cells[1]) for cells in rows("you write", "note")]
)
def test_notes(query: str, note: str) -> None:
    assert note in parse_query(query).notes


@pytest.mark.parametrize("query", [text for cells in rows("you write", "it finds") for _, text in examples(cells[0])])
def test_the_summary_is_understood(query: str) -> None:
    assert not [note for note in parse_query(query).notes if "no word to look for" not in note]
