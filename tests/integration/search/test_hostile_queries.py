"""Whatever is typed gives an answer, says what was left out, and asks no more of the index than its limits allow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from transcripts import ORIGIN, make_segment

from podindex.hits import SearchPage, SearchRequest
from podindex.models import Episode, Segment, Transcript
from podindex.search.engine import SearchIndex
from podindex.search.index.build import update_index
from podindex.search.query.lexemes import OPERATORS
from podindex.store import EpisodeStore

WORDS = "the police said that we have to be here or not to be and it is 2026 face recognition 🎙️ Müller ok".split()
NUMBERED = [f"w{number}" for number in range(1_500)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    root: Path = tmp_path_factory.mktemp("library")
    store = EpisodeStore(root / "episodes")
    spoken = make_segment(" ".join(WORDS * 20))
    numbered = make_segment(" ".join(NUMBERED), spoken.end_ms)
    japanese = Segment(0, 4_000, "日本のニュース 🎙️ です", None)
    for episode_id, segments in (("a/one", (spoken, numbered)), ("a/two", (japanese,))):
        store.save_episode(Episode(episode_id, "Show", "The police", None, "en"))
        store.save_transcript(Transcript(episode_id, "en", segments, ORIGIN))
    update_index(root / "search", store)
    index = SearchIndex.open(root / "search")
    yield index
    index.close()


def ask(index: SearchIndex, query: str) -> SearchPage:
    page = index.search(SearchRequest(query))
    assert len(page.hits) <= 10
    assert sum(times_ms.shape[0] for times_ms in index.moments(SearchRequest(query)).values()) in (page.total, 0)
    return page


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("the " * 2_500, id="10 kB of one word"),
        pytest.param(" ".join(NUMBERED)[:10_000], id="10 kB of words"),
        pytest.param("x" * 10_000, id="10 kB without a space"),
        pytest.param("a-" * 5_000, id="10 kB of hyphens"),
        pytest.param("the~2 " * 1_600, id="10 kB of fuzzy words"),
        pytest.param("w* " * 3_300, id="10 kB of prefixes"),
        pytest.param('"' + "the police " * 900 + '"~160', id="10 kB of slop"),
        pytest.param("twenty " * 1_400, id="10 kB of numbers"),
        pytest.param("日" * 10_000, id="10 kB of another script"),
        pytest.param("(" * 5_000 + ")" * 5_000, id="nothing in parentheses"),
        pytest.param("show:" * 2_000, id="10 kB of filters"),
        pytest.param("the " + "title:a " * 1_240, id="10 kB of titles"),
        pytest.param("NOT " * 2_500, id="10 kB of NOT"),
        pytest.param("-" * 10_000, id="10 kB of minus"),
        pytest.param('"' * 9_999, id="10 kB of quotation marks"),
        pytest.param("\ud800" * 100, id="halves of characters"),
        pytest.param("\x00\x01\x1b[2J\x7f", id="control characters"),
        pytest.param("*a*", id="stars"),
        pytest.param("~9", id="no word to be like"),
        pytest.param("the~9", id="too many edits"),
        pytest.param("…—!?", id="only punctuation"),
        *(pytest.param(f"the {operator} " * 1_000 + "it", id=f"a thousand {operator}") for operator in OPERATORS),
        pytest.param("العربية עברית ไทย ქართული", id="scripts that are not there"),
    ],
)
def test_an_answer_comes(index: SearchIndex, query: str) -> None:
    ask(index, query)


def test_longer_queries_are_read_to_a_length_and_that_is_said(index: SearchIndex) -> None:
    page = ask(index, "police " + "x" * 1_000_000)
    assert any("10,000 characters" in note for note in page.notes)


def test_a_thousand_ors_find_what_each_finds(index: SearchIndex) -> None:
    page = ask(index, " OR ".join(NUMBERED[:1_000]))
    assert (page.total, page.notes) == (1_000, ())


def test_parentheses_500_deep(index: SearchIndex) -> None:
    page = ask(index, "(" * 500 + "police" + ")" * 500)
    assert page.total == 20
    assert any("deep" in note for note in page.notes)


def test_nuls_are_spaces(index: SearchIndex) -> None:
    assert ask(index, "\0police\0said\0").total == ask(index, "police said").total == 20


def test_words_that_others_leave_out_are_searched(index: SearchIndex) -> None:
    assert ask(index, "the").total == 20
    assert ask(index, '"to be here or not to be"').total == 20
    assert ask(index, "the it to be").total > 0


def test_emoji_alone_say_that_they_are_no_words(index: SearchIndex) -> None:
    page = ask(index, "🎙️ 😀")
    assert (page.total, len(page.notes)) == (0, 1)
    assert ask(index, "ニュース 🎙️").total == 1
