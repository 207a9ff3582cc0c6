"""What there is, what is unfinished, and how often something was said."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from audio_files import beeps, write_audio
from playwright.sync_api import Browser, Page, expect
from transcripts import ORIGIN, make_segment
from web_page import until
from web_server import running_server

from podindex.models import AudioRef, Episode, Transcript
from podindex.store import EpisodeStore


def test_a_word_is_counted_over_time(page: Page) -> None:
    page.goto("/library")
    page.get_by_label('A word or a "phrase"').fill("password")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/library?term=password#trend")
    expect(page.get_by_role("img", name="How often password was said by month.")).to_be_visible()
    page.get_by_role("link", name="“password” was said").click()
    expect(page.locator("#status")).to_contain_text("36 hits")


def test_the_library_is_shown_by_month_and_by_show(page: Page) -> None:
    page.goto("/library")
    expect(page.get_by_role("img", name="of audio by month.")).to_be_visible()
    page.get_by_role("table").get_by_role("link", name="Tech Talk").click()
    expect(page.get_by_role("heading", name="Episodes of Tech Talk")).to_be_visible()


def test_pages_show_a_transcript_as_soon_as_it_is_there(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    for name in ("first", "second"):
        store.save_episode(Episode(f"show/{name}", "Show", name))
    context = browser.new_context()
    context.clock.install()
    library_page, episode_page = context.new_page(), context.new_page()
    with running_server(tmp_path) as server:
        library_page.goto(f"{server.url}library")
        episode_page.goto(f"{server.url}episodes/show/first")
        expect(library_page.get_by_text("2 episodes are not transcribed yet")).to_be_visible()
        expect(episode_page.get_by_text("has not been transcribed yet")).to_be_visible()
        with library_page.expect_response("**/api/episodes"):
            library_page.clock.run_for("00:11")
        store.save_transcript(Transcript("show/first", "en", (make_segment("there it is"),), ORIGIN))
        library_page.clock.run_for("00:11")
        expect(library_page.get_by_text("1 episode is not transcribed yet")).to_be_visible()
        episode_page.clock.run_for("00:31")
        expect(episode_page.get_by_text("there it is")).to_be_visible()
    context.close()


def test_the_library_is_not_loaded_anew_under_somebody_who_types(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "one"))
    context = browser.new_context()
    context.clock.install()
    page = context.new_page()
    with running_server(tmp_path) as server:
        with page.expect_response("**/api/episodes"):
            page.goto(f"{server.url}library")
        box = page.get_by_label("Words in the title")
        box.press_sequentially("a ti")
        store.save_transcript(Transcript("show/one", "en", (make_segment("there it is"),), ORIGIN))
        page.clock.run_for("00:21")
        box.press_sequentially("tle")
        expect(box).to_have_value("a title")
        box.blur()
        page.clock.run_for("00:11")
        expect(page.get_by_text("not transcribed yet")).to_have_count(0)
    context.close()


def test_a_transcript_that_arrives_waits_for_whoever_listens(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "one", audio=AudioRef("one.mp3")))
    write_audio(store.metadata_path("show/one").with_suffix(".mp3"), beeps(90, range(1, 90, 5)))
    context = browser.new_context()
    context.clock.install()
    page = context.new_page()
    position = "document.getElementById('audio').currentTime"
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one#t=40")
        page.get_by_role("button", name="Play").click()
        until(page, f"{position} > 40")
        store.save_transcript(Transcript("show/one", "en", (make_segment("there it is"),), ORIGIN))
        page.clock.run_for("00:11")
        expect(page.get_by_text("The transcript is here")).to_be_visible()
        assert not page.evaluate("document.getElementById('audio').paused")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("there it is")).to_be_visible()
        until(page, f"{position} >= 40")
    context.close()


@pytest.fixture
def year_on_a_phone(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The library page with an episode a month, as a phone shows it."""
    store = EpisodeStore(tmp_path / "episodes")
    for month in range(1, 13):
        published = datetime(2026, month, 24, tzinfo=UTC)
        store.save_episode(Episode(f"show/e{month}", "The Sticky Note", "one", published, duration_ms=3_600_000))
    page = browser.new_page(viewport={"width": 360, "height": 740})
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}library")
        yield page
    page.close()


def test_the_labels_of_a_chart_fit_on_a_phone(year_on_a_phone: Page) -> None:
    labels: Any = year_on_a_phone.locator(".chart text:visible").evaluate_all(
        """labels => labels.map((label) => {
            const [box, chart] = [label, label.closest('svg')].map((node) => node.getBoundingClientRect());
            return [label.textContent, box.left >= chart.left && box.right <= chart.right];
        })"""
    )
    assert labels == [["Jan 2026", True], ["May 2026", True], ["Sep 2026", True]]


def test_the_table_of_shows_fits_on_a_phone(year_on_a_phone: Page) -> None:
    shows = year_on_a_phone.get_by_role("region", name="Shows")
    expect(shows.locator("thead th:visible")).to_have_text(["Show", "Episodes", "Length", "Latest"])
    assert shows.evaluate("node => node.scrollWidth <= node.clientWidth")
    year_on_a_phone.set_viewport_size({"width": 800, "height": 740})
    expect(shows.locator("thead th:visible")).to_have_text(["Show", "Episodes", "Length", "Words", "Latest"])


def test_a_transcript_that_comes_right_after_the_library_was_opened_is_shown(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "one"))
    context = browser.new_context()
    context.clock.install(time="2026-11-01T00:00:00")
    context.clock.pause_at("2026-11-01T00:00:01")  # no timer runs before it is told to
    page = context.new_page()
    with running_server(tmp_path) as server:
        with page.expect_response("**/api/episodes"):
            page.goto(f"{server.url}library")
        store.save_transcript(Transcript("show/one", "en", (make_segment("there it is"),), ORIGIN))
        page.clock.run_for("00:11")
        expect(page.get_by_text("not transcribed yet")).to_have_count(0)
    context.close()
