"""Every example of docs/search.md is true: of the engine, and of the search that looks at every word."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from scan import scan_intervals
from transcripts import ORIGIN, make_segment

from podindex.hits import Hit, SearchRequest
from podindex.models import Episode, Segment, Transcript, Word
from podindex.search.engine import SearchIndex
from podindex.search.index.build import update_index
from podindex.search.query.filters import TextField
from podindex.search.query.parser import parse_query
from podindex.search.words import analysis
from podindex.store import EpisodeStore
from podindex.timecode import parse_time

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


WORDS = word_examples("you write", "finds")
SIMILAR = word_examples("you write", "finds similar")
WORD_MS = 300

# Every text is an episode of its own.
TEXT_IDS = {
    example: f"examples/{number}" for number, example in enumerate(dict.fromkeys(e[1:] for e in WORDS + SIMILAR))
}


def add_episode(store: EpisodeStore, episode: Episode, segments: list[Segment]) -> None:
    store.save_episode(episode)
    store.save_transcript(Transcript(episode.id, episode.language, tuple(segments), ORIGIN))


def open_index(root: Path, store: EpisodeStore) -> SearchIndex:
    update_index(root / "search", store)
    return SearchIndex.open(root / "search")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    root = tmp_path_factory.mktemp("texts")
    store = EpisodeStore(root / "episodes")
    for (language, text), episode_id in TEXT_IDS.items():
        episode = Episode(episode_id, "Examples", episode_id, language=language)
        add_episode(store, episode, [make_segment(marked(text)[0], word_ms=WORD_MS)])
    index = open_index(root, store)
    yield index
    index.close()


def search(index: SearchIndex, query: str, episode_id: str | None = None) -> tuple[Hit, ...]:
    page = index.search(SearchRequest(query, episode=episode_id, limit=1_000, per_episode=0, sort="time"))
    assert page.total == len(page.hits)
    return page.hits


def times(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each hit that is marked in a text, in milliseconds."""
    plain, hits = marked(text)
    word_of = [number for number, word in enumerate(plain.split()) for _ in analysis.tokens(word)]
    return [(word_of[start] * WORD_MS, (word_of[end - 1] + 1) * WORD_MS) for start, end in hits]


@pytest.mark.parametrize(("query", "language", "text"), WORDS)
def test_words(texts: SearchIndex, query: str, language: str, text: str) -> None:
    plain, hits = marked(text)
    assert scan_intervals(query, analysis.tokens(plain), language) == hits
    # Where nothing is found as it was typed, the engine shows what is similar.
    found = [hit for hit in search(texts, query, TEXT_IDS[language, text]) if hit.match == "exact"]
    assert [(hit.start_ms, hit.end_ms) for hit in found] == times(text)


@pytest.mark.parametrize("part", [r"^\W*\w*|\W+\w*", r"\w+|\W"], ids=["Whisper", "whisper.cpp"])
def test_words_are_found_however_a_recogniser_parts_them(tmp_path: Path, part: str) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    for (language, text), episode_id in TEXT_IDS.items():
        plain, _ = marked(text)
        parts = filter(None, (each for word in plain.split() for each in re.findall(part, word)))
        words = tuple(Word(each, n * WORD_MS, (n + 1) * WORD_MS, 1.0) for n, each in enumerate(parts))
        segment = Segment(0, words[-1].end_ms, plain, words)
        add_episode(store, Episode(episode_id, "Examples", episode_id, language=language), [segment])
    index = open_index(tmp_path, store)
    for query, language, text in WORDS:
        found = [hit for hit in search(index, query, TEXT_IDS[language, text]) if hit.match == "exact"]
        assert len(found) == len(marked(text)[1]), (query, text)
    index.close()


@pytest.mark.parametrize(("query", "language", "text"), SIMILAR)
def test_similar_words(texts: SearchIndex, query: str, language: str, text: str) -> None:
    plain, hits = marked(text)
    tokens = analysis.tokens(plain)
    assert scan_intervals(query, tokens, language) == []
    assert scan_intervals(query, tokens, language, similar=True) == hits
    found = search(texts, query, TEXT_IDS[language, text])
    assert {hit.match for hit in found} == {"similar"}
    assert [(hit.start_ms, hit.end_ms) for hit in found] == times(text)


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    root = tmp_path_factory.mktemp("episodes")
    store = EpisodeStore(root / "episodes")
    for cells in rows("episode", "show", "title"):
        episode_id, (show, title, speaker, language, published, length) = cells[0].strip("`"), cells[1:]
        day = datetime.fromisoformat(published).replace(tzinfo=UTC)
        minutes = range(0, parse_time(length), 60_000)
        segments = [make_segment("a breach", start_ms, speaker=speaker) for start_ms in minutes]
        add_episode(store, Episode(episode_id, show, title, day, language), segments)
    index = open_index(root, store)
    yield index
    index.close()


@pytest.mark.parametrize(
    ("query", "ids", "hits"),
    [
        (examples(cells[0])[0][1], {text for _, text in examples(cells[1])}, int(cells[2]))
        for cells in rows("you write", "episodes found")
    ],
)
def test_filters(episodes: SearchIndex, query: str, ids: set[str], hits: int) -> None:
    found = search(episodes, query)
    assert {hit.episode_id for hit in found} == ids
    assert len(found) == hits


@pytest.mark.parametrize(
    ("query", "note"), [(examples(cells[0])[0][1], cells[1]) for cells in rows("you write", "note")]
)
def test_notes(query: str, note: str) -> None:
    assert note in parse_query(query).notes


@pytest.mark.parametrize(
    ("query", "note"),
    [(examples(cells[0])[0][1], cells[1]) for cells in rows("you write", "note of an answer without hits")],
)
def test_names_that_nothing_has_are_said(episodes: SearchIndex, query: str, note: str) -> None:
    page = episodes.search(SearchRequest(query))
    assert (page.total, page.notes) == (0, (note,))


def test_every_filter_on_a_name_says_that_nothing_has_it() -> None:
    queries = [examples(cells[0])[0][1] for cells in rows("you write", "note of an answer without hits")]
    assert {match[1] for query in queries for match in re.finditer(r"(\w+):", query)} >= set(get_args(TextField))


def test_a_name_that_something_has_is_not_said_to_be_unknown(episodes: SearchIndex) -> None:
    assert not episodes.search(SearchRequest("nowhere", show="naked security", episode="sicher/panne")).notes


@pytest.mark.parametrize("query", [text for cells in rows("you write", "it finds") for _, text in examples(cells[0])])
def test_the_summary_is_understood(query: str) -> None:
    assert not [note for note in parse_query(query).notes if "no word to search for" not in note]
