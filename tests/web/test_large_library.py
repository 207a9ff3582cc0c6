"""A library of 5,000 episodes: pages stay small, every episode can be reached."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from web_server import WebServer, running_server

from podindex.models import Episode
from podindex.store import EpisodeStore

EPISODES, SHOWS = 5_000, 40
FIRST_DAY = datetime(2012, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    library_dir = tmp_path_factory.mktemp("large") / "library"
    library_dir.mkdir()
    store = EpisodeStore(library_dir / "episodes")
    # Written plainly: flushing 5,000 files to disk would take a minute.
    store.save_episode(Episode("show-0/first", "Show 0", "First", FIRST_DAY))
    pattern = store.metadata_path("show-0/first").read_text(encoding="utf-8")
    for number in range(1, EPISODES):
        show = f"show-{number % SHOWS}"
        (library_dir / "episodes" / show).mkdir(exist_ok=True)
        day = f"{FIRST_DAY + timedelta(days=number):%Y-%m-%d}"
        text = pattern.replace("show-0/first", f"{show}/e-{number}").replace("Show 0", f"Show {number % SHOWS}")
        text = text.replace('"First"', f'"Number {number}"').replace("2012-01-01", day)
        (library_dir / "episodes" / show / f"e-{number}.json").write_text(text, encoding="utf-8")
    with running_server(library_dir) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/library", "/library?page=50", "/library?show=Show+7", "/library?page=9999"])
def test_pages_stay_small(large: WebServer, path: str) -> None:
    answer = large.ask(path)
    assert answer.status == 200
    assert len(answer.body) < 150_000


def test_every_episode_can_be_reached(large: WebServer) -> None:
    pages = (large.ask(f"/library?page={page}").text for page in range(1, EPISODES // 100 + 1))
    found = {address for page in pages for address in re.findall(r'href="/episodes/([^"]+)"', page)}
    assert len(found) == EPISODES
    assert len(large.ask("/api/episodes").json["episodes"]) == EPISODES


def test_beyond_the_last_page_is_the_last(large: WebServer) -> None:
    beyond, last = (large.ask(f"/library?page={page}").text for page in (EPISODES, EPISODES // 100))
    assert beyond == last
    assert "Page 50 of 50" in beyond


def test_searching_it_answers(large: WebServer) -> None:
    answer = large.ask("/api/search?q=anything")
    assert (answer.status, answer.json["total"]) == (200, 0)


def test_its_pages_work_in_a_browser(large: WebServer, browser: Browser) -> None:
    context = browser.new_context(base_url=large.url)
    page = context.new_page()
    page.goto("/")
    page.keyboard.type("anything")
    expect(page.locator("#status")).to_contain_text("No hits")
    page.goto("/library")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#episodes")).to_contain_text("Page 2 of 50")
    page.locator("#episodes li a").first.click()
    expect(page.locator("#no-transcript")).to_contain_text("has not been transcribed yet")
    context.close()
