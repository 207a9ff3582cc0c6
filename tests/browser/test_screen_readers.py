"""What whoever cannot see the page is told of it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from transcripts import ORIGIN, make_segment
from web_library import NO_AUDIO, TALK
from web_page import until
from web_server import running_server

from podindex.models import Chapter, Episode, Gap, Transcript
from podindex.store import EpisodeStore

TOLD = "[role=status]"


@pytest.mark.parametrize(
    ("address", "box", "seen", "told"),
    [("/", "#q", "#status", "36 hits in 3 episodes"), (f"/episodes/{TALK}", ".find input", ".count", "12 hits")],
)
def test_what_is_found_is_told_when_somebody_stops_typing(
    page: Page, address: str, box: str, seen: str, told: str
) -> None:
    page.clock.install()
    page.goto(address)
    page.locator(box).focus()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.keyboard.type("passwor")
    expect(page.locator(seen)).to_contain_text("hits")
    page.keyboard.type("d")
    expect(page.locator(seen)).to_have_text(told)
    assert not page.locator(TOLD).filter(has_text="hits").count()
    page.clock.run_for(1_000)
    expect(page.locator(TOLD).filter(has_text="hits")).to_have_text(told)


def test_a_hit_that_is_chosen_is_told_with_its_words(page: Page) -> None:
    page.goto(f"/episodes/{NO_AUDIO}")
    page.get_by_label("Search in this episode").fill("server")
    page.keyboard.press("Enter")
    expect(page.locator(TOLD).filter(has_text="1 of 6: ")).to_contain_text("faces were on a server")


def test_who_speaks_and_what_is_said_are_words_of_their_own(page: Page) -> None:
    page.goto("/?q=tonight")
    expect(page.get_by_role("link", name="Anna Welcome to the show").first).to_be_visible()


def test_the_hit_that_plays_is_told(page: Page) -> None:
    page.goto("/?q=server")
    hits = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit")
    hits.nth(1).click()
    expect(hits.nth(1)).to_have_attribute("aria-current", "true")
    hits.nth(0).click()
    expect(page.locator("a.hit[aria-current]")).to_have_count(1)


@pytest.mark.parametrize("address", ["/?q=password", f"/episodes/{TALK}"])
def test_a_slider_with_the_focus_tells_of_jumps_and_is_silent_under_the_sound(page: Page, address: str) -> None:
    page.goto(address)
    if "q=" in address:
        page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit").first.click()
    else:
        page.keyboard.press("k")
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    page.keyboard.press("Home")
    clock = ".bar .where .time" if "q=" in address else ".times .now"
    until(page, f"/0:0?[1-9]$/.test(document.querySelector('{clock}').textContent)")
    slider.evaluate(
        """node => new MutationObserver(() => (window.told ??= new Set()).add(node.getAttribute('aria-valuetext')))
            .observe(node, { attributeFilter: ['aria-valuetext'] })"""
    )
    until(page, f"/0:0?[5-9]$/.test(document.querySelector('{clock}').textContent)")
    assert page.evaluate("window.told?.size ?? 0") <= 1  # where the sound had to wait, and went on
    page.keyboard.press("PageUp")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^3[0-9] seconds of 2 minutes"))


def test_nothing_is_alerted_while_all_is_well(page: Page) -> None:
    page.goto(f"/episodes/{TALK}")
    page.locator(".trouble").evaluate(
        "node => new MutationObserver(() => (window.alerts = true)).observe(node, { childList: true })"
    )
    for pause in ("Play", "Pause"):
        page.get_by_role("button", name=pause, exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert not page.evaluate("window.alerts")


def test_words_are_told_in_the_language_of_their_episode(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    chapters = (Chapter(0, "最初"),)
    store.save_episode(
        Episode("show/one", "Show", "日本語", description="説明", duration_ms=60_000, chapters=chapters, language="ja")
    )
    origin = replace(ORIGIN, missing=(Gap(20_000, 30_000, "unreadable"),))
    store.save_transcript(Transcript("show/one", "ja", (make_segment("今日は 天気 です"),), origin))
    page = browser.new_page()
    language = "node => node.closest('[lang]').lang"
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one")
        for text in ("日本語", "説明", "最初", "今日は"):
            assert page.locator("main").get_by_text(text).last.evaluate(language) == "ja", text
        for text in ("Transcript", "Missing: ", "About", "Chapters"):
            assert page.locator("main").get_by_text(text).first.evaluate(language) == "en", text
        page.goto(f"{server.url}?q=天気")
        expect(page.locator(".hit .text")).to_have_attribute("lang", "ja")
        expect(page.locator("article h2 a")).to_have_attribute("lang", "ja")
    page.close()
