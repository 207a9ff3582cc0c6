"""Episodes whose dates cannot be true: a slip of the keyboard, a clock that was never set."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from transcripts import ORIGIN, make_segment
from web_server import WebServer, running_server

from podindex.models import Episode, Transcript
from podindex.store import EpisodeStore


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    library_dir: Path = tmp_path_factory.mktemp("slips") / "library"
    library_dir.mkdir()
    store = EpisodeStore(library_dir / "episodes")
    for year in (201, 2026, 9999):
        published = datetime(year, 5, 5, tzinfo=UTC)
        store.save_episode(Episode(f"show/e{year}", "Show", str(year), published, duration_ms=3_600_000))
        store.save_transcript(Transcript(f"show/e{year}", "en", (make_segment("hello there"),), ORIGIN))
    with running_server(library_dir) as running:
        yield running


def test_trends_count_them_as_undated(slips: WebServer) -> None:
    trends = slips.ask("/api/trends?q=hello").json
    assert (trends["months"], trends["undated"]) == (["2026-05"], 2)


def test_the_library_page_is_quick_and_small(slips: WebServer) -> None:
    page = slips.ask("/library?term=hello")
    assert page.status == 200
    assert "2 of them in episodes without a date" in page.text
    assert len(page.body) < 20_000


@pytest.mark.parametrize("path", ["/", "/library", "/episodes/show/e201"])
def test_years_have_four_digits(slips: WebServer, path: str) -> None:
    assert "5 May 0201" in slips.ask(path).text


def test_so_they_have_where_scripts_write_them(slips: WebServer, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{slips.url}?q=hello")
    expect(page.locator("article .facts").filter(has_text="Show · 5 May 0201")).to_be_visible()
    page.close()
