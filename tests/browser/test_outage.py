"""The sound breaks off while it plays, or becomes another: it goes on as the listener wants, and only so."""

from pathlib import Path

import pytest
from audio_files import noise, write_audio
from playwright.sync_api import Browser, Page, Route, expect
from web_library import NO_AUDIO, TALK, add_long_episode
from web_page import KNOWS_ITS_FILE, until
from web_server import running_server

from podindex.store import EpisodeStore

AUDIO = "document.getElementById('audio')"
PLAYING = f"!{AUDIO}.paused"
# The browser asks anew at a multiple of 32 KiB; the beginning of the file, about 65 seconds, is always answered.
BREAKS_AT = 6 * 32_768


class Outage:
    """A server that has the beginning of the sound, and the rest only once it is back."""

    def __init__(self, page: Page, sound: bytes) -> None:
        self._is_back = False
        self._sound = sound
        page.route("**/audio/**", self._answer)
        page.route("**/healthz", lambda route: route.fulfill(status=200 if self._is_back else 503))

    def end(self) -> None:
        """Answer everything from now on."""
        self._is_back = True

    def _answer(self, route: Route) -> None:
        start = int(route.request.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        end = BREAKS_AT if start < BREAKS_AT else len(self._sound)
        if end > BREAKS_AT and not self._is_back:
            route.fulfill(status=503)
            return
        headers = {"content-range": f"bytes {start}-{end - 1}/{len(self._sound)}", "content-type": "audio/mpeg"}
        route.fulfill(status=206, body=self._sound[start:end], headers=headers)


@pytest.fixture
def outage(page: Page, web_library: Path) -> Outage:
    """The sound has just broken off, played at twice its speed."""
    sound = EpisodeStore(web_library / "episodes").metadata_path(TALK).with_suffix(".mp3").read_bytes()
    outage = Outage(page, sound)
    page.goto(f"/episodes/{TALK}#t=62")
    until(page, f"{AUDIO}.readyState > 0")
    page.get_by_label("Speed").select_option("2")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    return outage


def test_sound_that_was_interrupted_goes_on(page: Page, outage: Outage) -> None:
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    broke_off = page.evaluate(f"{AUDIO}.currentTime")
    outage.end()
    until(page, f"{PLAYING} && {AUDIO}.currentTime > {broke_off} + 0.5")
    expect(page.locator(".trouble")).to_be_empty()
    assert page.evaluate(f"{AUDIO}.playbackRate") == 2
    expect(page.get_by_label("Speed")).to_have_value("2")


def test_what_is_paused_while_nothing_can_be_heard_stays_paused(page: Page, outage: Outage) -> None:
    broke_off = page.evaluate(f"{AUDIO}.currentTime")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    outage.end()
    expect(page.locator(".trouble")).to_be_empty()
    until(page, f"{AUDIO}.currentTime === {broke_off} && {AUDIO}.readyState > 2")
    assert not page.evaluate(PLAYING)
    page.get_by_role("button", name="Play").click()
    until(page, f"{PLAYING} && {AUDIO}.currentTime > {broke_off} + 0.2")


def test_a_hit_that_fails_late_does_not_stop_the_next(page: Page) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:  # a built-in method is no handler to Playwright
        waiting.append(route)

    page.route(f"**/audio/{NO_AUDIO}", lambda route: route.fulfill(status=503))
    page.route("**/healthz", hold)
    page.goto("/?q=password")
    hits = [page.locator("article", has=page.locator(f"a[href='/episodes/{episode}']")) for episode in (NO_AUDIO, TALK)]
    with page.expect_request("**/healthz"):
        hits[0].locator("a.hit").first.click()
    hits[1].locator("a.hit").first.click()
    until(page, "document.querySelector('.bar input').valueAsNumber > 0")
    with page.expect_response("**/healthz"):
        for route in waiting:
            route.fulfill(status=200)
    page.evaluate("new Promise((done) => setTimeout(done))")  # what waited for the answer has run
    expect(page.locator(".trouble")).to_be_empty()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.parametrize(
    ("broken", "address", "shown"),
    [
        ("**/api/search?*", "/?q=password", "!!document.querySelector('a.hit')"),
        ("**/api/search?*", f"/episodes/{TALK}?q=password", "CSS.highlights.get('found')?.size > 1"),
        ("**/transcript?format=words", f"/episodes/{TALK}", "CSS.highlights.get('heard')?.size === 1"),
        ("**/peaks?*", f"/episodes/{TALK}", "!!document.querySelector('.waveform[role=slider]')"),
    ],
)
def test_an_answer_that_breaks_off_in_the_middle_is_asked_for_again(
    page: Page, broken: str, address: str, shown: str
) -> None:
    def break_off(route: Route) -> None:
        body = route.fetch().body()
        route.fulfill(body=body[: len(body) // 2])

    page.route(broken, break_off, times=1)
    page.goto(address)
    until(page, shown)
    expect(page.get_by_text("does not answer")).to_have_count(0)


def test_a_hit_plays_when_its_file_is_back(page: Page) -> None:
    page.route("**/audio/**", lambda route: route.fulfill(status=503))
    page.goto("/?q=password")
    hit = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit").nth(1)
    hit.click()
    expect(page.get_by_role("alert")).to_contain_text("The sound cannot be played here")
    page.unroute("**/audio/**")
    hit.click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".trouble")).to_be_empty()
    until(page, "document.querySelector('.bar input').valueAsNumber > 3")


def test_sound_that_was_replaced_is_said_and_is_then_the_new_one(browser: Browser, tmp_path: Path) -> None:
    episode_id = add_long_episode(tmp_path)
    path = EpisodeStore(tmp_path / "episodes").metadata_path(episode_id).with_suffix(".wav")
    page = browser.new_page()

    def replace_by(seconds: int) -> None:
        write_audio(tmp_path / "new.wav", noise(seconds, -60, rate_hz=8_000), rate_hz=8_000).replace(path)

    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/{episode_id}")
        page.get_by_role("button", name="Play").click()
        until(page, f"{AUDIO}.currentTime > 0.5")
        until(page, KNOWS_ITS_FILE)
        replace_by(300)
        page.keyboard.press("9")  # behind the new end
        expect(page.get_by_role("alert")).to_contain_text("has been replaced")
        page.get_by_role("button", name="Play").click()
        until(page, f"{AUDIO}.duration === 300 && {AUDIO}.currentTime === 300")
        expect(page.locator(".trouble")).to_be_empty()
        replace_by(600)
        page.keyboard.press("0")
        expect(page.get_by_role("alert")).to_contain_text("has been replaced")
        page.get_by_role("button", name="Reload the page").click()
        until(page, f"{AUDIO}.duration === 600")
        page.keyboard.press("9")
        until(page, f"{AUDIO}.currentTime === 540 && !{AUDIO}.seeking")
        expect(page.locator(".trouble")).to_be_empty()
    page.close()
