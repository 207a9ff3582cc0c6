"""What there is, what is unfinished, and how often something was said."""

from pathlib import Path

from audio_files import beeps, write_audio
from playwright.sync_api import Browser, Page, expect
from transcripts import ORIGIN, make_segment
from web_page import until
from web_server import running_server

from podindex.models import AudioRef, Episode, Transcript
from podindex.store import EpisodeStore


def test_a_word_is_counted_over_time(page: Page) -> None:
    page.goto("/library")
    page.get_by_label("A word or a phrase").fill("password")
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
