"""Sound, waveform and text together."""

import random
import re
import struct
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
from audio_files import beeps, noise, write_audio
from playwright.sync_api import Browser, Page, Route, expect
from transcripts import CREATED, ORIGIN, make_segment
from web_library import (
    DURATION_S,
    HOSTILE,
    LINES,
    NO_AUDIO,
    PENDING,
    TALK,
    TRANSCRIPT_ONLY,
    WORD_MS,
    add_doubtful_episode,
)
from web_page import until
from web_server import WebServer, running_server

from podindex.models import AudioRef, Chapter, Episode, Origin, Segment, Transcript, Word
from podindex.store import EpisodeStore
from podindex.timecode import parse_time

POSITION = "document.getElementById('audio').currentTime"
PLAYING = "!document.getElementById('audio').paused"


def open_episode(page: Page, at: str = "") -> None:
    page.goto(f"/episodes/{TALK}{at}")
    expect(page.get_by_role("slider", name="Position")).to_be_visible()
    until(page, "document.getElementById('audio').readyState > 0")


Timed = tuple[str, int, int]
"""A word with the space before it, as Whisper writes it, and its times in milliseconds."""


def save_words(library_dir: Path, language: str, *lines: list[Timed]) -> None:
    store = EpisodeStore(library_dir / "episodes")
    store.save_episode(Episode("show/one", "Show", "One", audio=AudioRef("one.mp3"), duration_ms=20_000))
    segments = tuple(
        Segment(
            line[0][1],
            line[-1][2],
            "".join(text for text, _, _ in line).strip(),
            tuple(Word(text.strip(), start_ms, end_ms, 0.9) for text, start_ms, end_ms in line),
        )
        for line in lines
    )
    store.save_transcript(Transcript("show/one", language, segments, ORIGIN))
    write_audio(store.metadata_path("show/one").with_suffix(".mp3"), beeps(20, range(1, 20, 5)))


def wait_for_position(page: Page, seconds: float) -> None:
    until(page, f"Math.abs({POSITION} - {seconds}) < 0.05")


@pytest.mark.parametrize(("address", "seconds"), [("#t=75.4", 75.4), ("?t=1:05", 65), ("#t=0:40,0:50", 40)])
def test_an_address_leads_to_its_moment(page: Page, address: str, seconds: float) -> None:
    open_episode(page, address)
    wait_for_position(page, seconds)
    assert not page.evaluate(PLAYING)


def test_times_are_read_as_the_server_reads_them(page: Page) -> None:
    texts = "754.5 754s 75. 12:34 12:75 12:34s 61:00 1:02:03.5 1:61:00 0:75:00 1000:00:00 1000:00:01 9e9 -5 ٣".split()

    def parsed(text: str) -> float | None:
        try:
            return parse_time(text) / 1000
        except ValueError:
            return None

    open_episode(page)
    read = """async (texts) => {
        const { src } = document.querySelector("script[src$='episode.js']");
        const { parseTime } = await import(src.replace("episode.js", "time.js"));
        return texts.map(parseTime);
    }"""
    assert page.evaluate(read, texts) == [parsed(text) for text in texts]


def test_a_range_plays_to_its_end(page: Page) -> None:
    open_episode(page, "#t=10,10.6")
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} >= 10.6 && document.getElementById('audio').paused")
    assert page.evaluate(POSITION) < 12


def test_a_click_on_the_waveform_leads_there(page: Page) -> None:
    open_episode(page)
    box = page.locator(".wave-frame").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 30)
    until(page, f"Math.abs({POSITION} - {DURATION_S / 2}) < 0.5")


def test_dragging_seeks_before_the_button_is_released(page: Page) -> None:
    open_episode(page)
    box = page.locator(".wave-frame").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    for share in (0.3, 0.5, 0.75):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + 30, steps=4)
        until(page, f"Math.abs({POSITION} - {DURATION_S * share}) < 0.8")
    page.mouse.up()
    until(page, f"Math.abs({POSITION} - {DURATION_S * 0.75}) < 0.8")


def test_the_slider_works_from_the_keyboard_and_speaks(page: Page) -> None:
    open_episode(page, "#t=60")
    wait_for_position(page, 60)
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    for key, seconds in {"ArrowRight": 65, "ArrowLeft": 60, "PageUp": 90, "Home": 0, "End": DURATION_S}.items():
        page.keyboard.press(key)
        until(page, f"Math.abs({POSITION} - {seconds}) < 0.3")
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1 minute 5 seconds of 2 minutes")


def test_play_at_the_end_begins_anew(page: Page) -> None:
    open_episode(page, "#t=60")
    wait_for_position(page, 60)
    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("End")
    until(page, f"{POSITION} > {DURATION_S} - 0.3 && !document.getElementById('audio').seeking")
    page.keyboard.press("k")
    until(page, f"{PLAYING} && {POSITION} > 0.2 && {POSITION} < 30")


def test_a_click_on_a_word_plays_it(page: Page) -> None:
    open_episode(page)
    # The fifth word of the second paragraph.
    box = page.evaluate(
        """() => {
            const text = document.querySelectorAll('.para')[1].querySelector('span').firstChild;
            const range = new Range();
            const start = text.data.split(' ').slice(0, 4).join(' ').length + 2;
            range.setStart(text, start);
            range.setEnd(text, start + 1);
            const { left, top, width, height } = range.getBoundingClientRect();
            return { x: left + width / 2, y: top + height / 2 };
        }"""
    )
    page.mouse.click(box["x"], box["y"])
    until(page, PLAYING)
    words_before = len(
        "Welcome to the show. Tonight we talk about a data breach at a face recognition company.".split()
    )
    assert page.evaluate(POSITION) == pytest.approx((words_before + 4) * WORD_MS / 1000, abs=0.5)


PLACE = """(at) => {
    const text = document.querySelector('.para span[data-w]').firstChild;
    const range = new Range();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const { left, top, width, height } = range.getBoundingClientRect();
    return { left, width, y: top + height / 2 };
}"""


def test_a_click_on_either_half_of_a_character_plays_its_word(browser: Browser, tmp_path: Path) -> None:
    line = [("東", 1000, 2000), ("京", 2000, 3000), ("は。", 3000, 4000), ("「l", 4000, 5000), ("'été", 5000, 6000)]
    save_words(tmp_path, "ja", [*line, (" $7", 6000, 7000), (" ok", 7000, 8000)])
    text = "東京は。「l'été $7 ok"
    page = browser.new_page()
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one")
        expect(page.get_by_role("slider", name="Position")).to_be_visible()
        begins = {"東": 1, "京": 2, "は": 3, "。": 3, "「": 4, "l": 4, "'": 5, "é": 5, "$": 6, "k": 7}
        for said, seconds in begins.items():
            place = page.evaluate(PLACE, text.index(said))
            for share in (0.2, 0.8):
                page.mouse.click(place["left"] + share * place["width"], place["y"])
                until(page, PLAYING)
                page.keyboard.press("k")
                assert int(page.evaluate(POSITION)) == seconds, (said, share)
    page.close()


def test_the_text_follows_until_the_reader_scrolls_away(page: Page) -> None:
    open_episode(page, "#t=3")
    page.keyboard.press(" ")
    until(page, PLAYING)
    expect(page.locator(".para[data-heard]")).to_have_count(1)
    page.evaluate("document.getElementById('audio').currentTime = 100")
    expect(page.locator(".para[data-heard]")).to_be_in_viewport()
    page.mouse.wheel(0, -2000)
    follow = page.get_by_role("button", name="Follow")
    expect(follow).to_be_visible()
    page.evaluate("document.getElementById('audio').currentTime = 105")
    expect(page.locator(".para[data-heard]")).not_to_be_in_viewport()
    follow.click()
    expect(page.locator(".para[data-heard]")).to_be_in_viewport()
    expect(follow).to_be_hidden()


def test_the_text_follows_again_from_where_the_reader_sends_the_sound(page: Page) -> None:
    open_episode(page, "#t=3")
    page.keyboard.press(" ")
    until(page, PLAYING)
    follow, heard = page.get_by_role("button", name="Follow"), page.locator(".para[data-heard]")

    def scroll_away() -> None:
        page.mouse.move(550, 600)
        page.mouse.wheel(0, 800)
        expect(follow).to_be_visible()

    def lead_on(seconds: int) -> None:
        expect(follow).to_be_hidden()
        page.evaluate(f"document.getElementById('audio').currentTime = {seconds}")
        expect(heard).to_be_in_viewport()

    scroll_away()
    page.locator(".para").nth(8).locator("span").last.click(position={"x": 5, "y": 5})
    lead_on(110)
    page.mouse.wheel(0, -2000)
    expect(follow).to_be_visible()
    page.locator(".para .time").nth(1).click()
    lead_on(100)
    page.get_by_label("Search in this episode").fill("numbers")
    expect(page.locator(".find .count")).to_have_text("6 hits")
    scroll_away()
    page.keyboard.press("Enter")
    lead_on(110)


def test_the_text_stays_where_somebody_is_with_the_keyboard(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_episode(page, "#t=3")
    page.keyboard.press(" ")
    until(page, PLAYING)
    page.locator(".downloads a").last.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Follow")).to_be_visible()
    page.evaluate("document.getElementById('audio').currentTime = 8")
    until(page, f"{POSITION} > 8.5")
    expect(page.locator(".para .time").nth(19)).to_be_focused()
    expect(page.locator(".para .time").nth(19)).to_be_in_viewport()


HEARD = "[...CSS.highlights.get('heard') ?? []][0]?.getBoundingClientRect()"
DECK = "document.getElementById('deck').getBoundingClientRect()"


def open_in_window(page: Page, width: int, height: int, at: str = "") -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(reduced_motion="reduce")  # where it scrolls to, it is at once
    open_episode(page, at)
    until(page, HEARD)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize(("width", "height"), [(667, 331), (844, 390), (1280, 600), (390, 664), (1100, 800)])
def test_the_word_at_a_moment_is_in_sight_below_the_player(page: Page, width: int, height: int) -> None:
    open_in_window(page, width, height, "#t=50")
    until(page, f"{HEARD}.top >= {DECK}.bottom && {HEARD}.bottom <= innerHeight")


@pytest.mark.parametrize(("width", "height"), [(390, 664), (375, 553), (1280, 600)])
def test_an_address_without_a_moment_begins_with_the_title(page: Page, width: int, height: int) -> None:
    open_in_window(page, width, height)
    assert page.evaluate("scrollY") == 0
    listen_at(page, 70)
    page.goto("/")
    open_in_window(page, width, height)
    wait_for_position(page, page.evaluate(SAVED))
    assert page.evaluate("scrollY") == 0


def test_searching_inside_the_episode_leads_from_hit_to_hit(page: Page) -> None:
    open_episode(page)
    page.get_by_label("Search in this episode").fill("numbers")
    expect(page.locator(".find .count")).to_have_text("6 hits")
    page.keyboard.press("Enter")
    expect(page.locator(".find .count")).to_have_text("1 of 6")
    until(page, f"{POSITION} > 5")
    before = page.evaluate(POSITION)
    page.get_by_role("button", name="Next hit").click()
    expect(page.locator(".find .count")).to_have_text("2 of 6")
    until(page, f"{POSITION} > {before} + 5")
    page.get_by_role("button", name="Hit before").click()
    expect(page.locator(".find .count")).to_have_text("1 of 6")


def test_the_hit_before_the_first_is_the_last(page: Page) -> None:
    open_episode(page)
    page.get_by_label("Search in this episode").fill("numbers")
    expect(page.locator(".find .count")).to_have_text("6 hits")
    page.get_by_role("button", name="Hit before").click()
    expect(page.locator(".find .count")).to_have_text("6 of 6")
    page.get_by_role("button", name="Next hit").click()
    expect(page.locator(".find .count")).to_have_text("1 of 6")
    page.get_by_role("button", name="Hit before").click()
    expect(page.locator(".find .count")).to_have_text("6 of 6")


def test_how_many_hits_there_are_is_said_where_not_all_are_shown(page: Page) -> None:
    page.route("**/api/search?*", lambda route: route.continue_(url=route.request.url.replace("=1000", "=4")))
    open_episode(page, "?q=numbers")
    expect(page.locator(".find .count")).to_have_text("4 of 6 hits")
    page.get_by_role("button", name="Hit before").click()
    expect(page.locator(".find .count")).to_have_text("4 of 4 (of 6)")


def test_keys_speed_and_position_are_remembered(page: Page) -> None:
    open_episode(page, "#t=50")
    wait_for_position(page, 50)
    for key, seconds in {"l": 60, "j": 50, "ArrowRight": 55, "ArrowLeft": 50, "5": 60}.items():
        page.keyboard.press(key)
        until(page, f"Math.abs({POSITION} - {seconds}) < 0.3")
    page.keyboard.press(">")
    expect(page.get_by_label("Speed")).to_have_value("1.25")
    page.keyboard.press(" ")
    until(page, f"{POSITION} > 60.1")
    page.keyboard.press("k")
    until(page, f"!({PLAYING})")
    page.goto("/")
    page.goto(f"/episodes/{TALK}")
    expect(page.locator(".resumed")).to_contain_text("You stopped at 1:0")
    expect(page.get_by_label("Speed")).to_have_value("1.25")
    page.get_by_role("button", name="Start over").click()
    until(page, f"{POSITION} === 0")


# As Chromium does now and then on a busy machine: a jump made during another never ends, until it is made anew.
LOSES_A_JUMP = """() => {
    const media = HTMLMediaElement.prototype;
    const { get, set } = Object.getOwnPropertyDescriptor(media, 'currentTime');
    const { get: seeking } = Object.getOwnPropertyDescriptor(media, 'seeking');
    let lost = null;
    Object.defineProperty(media, 'currentTime', {
        get() { return lost ?? get.call(this); },
        set(seconds) { if (seconds === 60 && lost === null) lost = 60; else { lost = null; set.call(this, seconds); } },
    });
    Object.defineProperty(media, 'seeking', { get() { return lost !== null || seeking.call(this); } });
}"""


@pytest.mark.parametrize("end_of_jump_before", ["in time", "late"])
def test_a_jump_that_the_browser_loses_is_made_again(page: Page, end_of_jump_before: str) -> None:
    open_episode(page, "#t=50")
    wait_for_position(page, 50)
    page.evaluate(LOSES_A_JUMP)
    page.keyboard.press("l")
    if end_of_jump_before == "late":
        page.evaluate("document.getElementById('audio').dispatchEvent(new Event('seeked'))")
    assert page.evaluate("document.getElementById('audio').seeking")
    until(page, "!document.getElementById('audio').seeking")
    wait_for_position(page, 60)
    page.keyboard.press(" ")
    until(page, f"{POSITION} > 60.1")


def test_no_key_works_while_somebody_types(page: Page) -> None:
    open_episode(page, "#t=50")
    wait_for_position(page, 50)
    page.get_by_label("Search in this episode").fill("")
    page.keyboard.type("jkl 5 lala")
    assert page.evaluate(POSITION) == pytest.approx(50, abs=0.05)
    assert not page.evaluate(PLAYING)


UNDERLINED = """[...CSS.highlights.get('doubtful') ?? []].map((place) => {
    const range = new Range();
    range.setStart(place.startContainer, place.startOffset);
    range.setEnd(place.endContainer, place.endOffset);
    return range.toString();
})"""


def test_doubtful_words_are_underlined(page: Page) -> None:
    def doubt(route: Route) -> None:
        answer = route.fetch()
        words = answer.json()["words"]
        words[2][3] = 0.2
        route.fulfill(response=answer, json={"words": words})

    page.route("**/transcript?format=words", doubt)
    open_episode(page)
    until(page, "CSS.highlights.get('doubtful')?.size")
    assert page.evaluate(UNDERLINED) == ["the"], "the third word of the show"


def test_doubtful_words_far_below_are_underlined_where_the_reader_comes_to_them(
    browser: Browser, tmp_path: Path
) -> None:
    episode_id = add_doubtful_episode(tmp_path)
    page = browser.new_page()
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/{episode_id}")
        until(page, f"{UNDERLINED}.includes('doubt0')")
        page.locator(".para").nth(100).scroll_into_view_if_needed()
        until(page, f"{UNDERLINED}.includes('doubt100')")
        page.locator(".para").last.scroll_into_view_if_needed()
        until(page, f"{UNDERLINED}.includes('doubt199')")
        page.evaluate("scrollTo(0, 0)")
        until(page, "scrollY === 0")
        underlined = page.evaluate(UNDERLINED)
        assert len(set(underlined)) == len(underlined) < 150
    page.close()


def test_the_sound_of_hours_moves_nothing_at_every_frame(page: Page) -> None:
    header = struct.pack("<iIiiIi", 2, 1, 1_000, 36_000, 1_000, 1)  # ten hours
    page.route("**/peaks*", lambda route: route.fulfill(body=header + bytes(2_000)))
    open_episode(page)
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} > 1")
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable")

    def layouts() -> int:
        [count] = [
            row["value"] for row in metrics.send("Performance.getMetrics")["metrics"] if row["name"] == "LayoutCount"
        ]
        return int(count)

    before = layouts()
    page.evaluate(
        "new Promise((done) => { let frames = 60; const next = () => frames-- ? requestAnimationFrame(next) : done();"
        " next(); })"
    )
    assert layouts() - before < 30


def test_the_waveform_zooms(page: Page) -> None:
    open_episode(page)
    width = "document.querySelector('.wave-frame > div').shadowRoot.querySelector('.wrapper').clientWidth"
    before = page.evaluate(width)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    until(page, f"{width} > 3.9 * {before}")


def test_the_hover_says_time_and_words(page: Page) -> None:
    open_episode(page)
    box = page.locator(".wave-frame").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * (3.0 / DURATION_S), box["y"] + 40)
    expect(page.locator(".tip")).to_contain_text("0:00:0")
    expect(page.locator(".tip")).to_contain_text("data breach")


def test_the_hover_has_room_for_the_words_beside_a_long_chapter(browser: Browser, tmp_path: Path) -> None:
    save_words(tmp_path, "en", [(" faces", 0, 20_000)])
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(replace(store.load_episode("show/one"), chapters=(Chapter(0, "A long chapter " * 20),)))
    page = browser.new_page(viewport={"width": 320, "height": 568})
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one")
        page.locator(".wave-frame").hover()
        words, tip = page.locator(".tip bdi").last, page.locator(".tip")
        expect(words).to_have_text("faces")
        right = "node => node.getBoundingClientRect().right"
        assert words.evaluate(right) <= tip.evaluate(right)
    page.close()


def test_the_hover_says_words_as_they_are_written(browser: Browser, tmp_path: Path) -> None:
    save_words(
        tmp_path,
        "fr",
        [("“À", 1000, 2000), (" l", 2000, 2500), ("'école,", 2500, 4000), (" 3", 4000, 4500), (".5!”", 4500, 5000)],
        [("東", 6000, 7000), ("京", 7000, 8000), ("は。", 8000, 9000)],
    )
    page = browser.new_page()
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one")
        expect(page.locator(".wave-frame")).to_be_visible()
        box = page.locator(".wave-frame").bounding_box()
        assert box
        around = {1.2: "“À l'école, 3.5!”", 4.2: "“À l'école, 3.5!” 東京は。", 8.5: "3.5!” 東京は。"}
        for seconds, said in around.items():
            page.mouse.move(box["x"] + box["width"] * seconds / 20, box["y"] + 40)
            expect(page.locator(".tip bdi")).to_have_text(said)
    page.close()


# --- what is missing


def test_without_sound_the_text_is_still_there_and_can_be_searched(page: Page) -> None:
    page.goto(f"/episodes/{NO_AUDIO}")
    expect(page.locator("#no-audio")).to_contain_text("audio file is gone")
    page.get_by_label("Search in this episode").fill("numbers")
    expect(page.locator(".find .count")).to_have_text("6 hits")
    page.keyboard.press("Enter")
    expect(page.locator(".find .count")).to_have_text("1 of 6")
    page.goto(f"/episodes/{TRANSCRIPT_ONLY}")
    expect(page.locator("#no-audio")).to_contain_text("no audio")


def test_without_sound_an_address_leads_to_its_passage(page: Page) -> None:
    page.set_viewport_size({"width": 500, "height": 400})
    page.goto(f"/episodes/{NO_AUDIO}#t=66.5")
    heard = page.locator(".para[data-heard]")
    expect(heard.locator(".time")).to_have_text("0:01:06")
    expect(heard).to_be_in_viewport()
    page.locator(".para .time").first.click()
    expect(heard.locator(".time")).to_have_text("0:00:00")
    page.keyboard.press("/")
    expect(page.get_by_label("Search in this episode")).to_be_focused()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog")).to_contain_text("Search in this episode")


def test_an_address_of_the_beginning_of_a_word_leads_to_this_word(page: Page) -> None:
    words = [word for _, text in LINES for word in text.split()]
    begins_at_s = [number * WORD_MS / 1000 for number in range(len(words))]
    number = next(number for number, seconds in enumerate(begins_at_s) if seconds * 1000 < number * WORD_MS)
    page.goto(f"/episodes/{NO_AUDIO}#t={begins_at_s[number]}")
    until(page, "CSS.highlights.get('heard')?.size")
    heard = str(page.evaluate("[...CSS.highlights.get('heard')][0].toString()"))
    assert heard == words[number].strip(".,?")


def test_a_waveform_that_cannot_be_had_is_a_plain_slider(page: Page) -> None:
    reasons = iter(["the disk is full", "the file is gone"])
    page.route("**/peaks?*", lambda route: route.fulfill(status=503, json={"error": {"message": next(reasons)}}))
    page.goto(f"/episodes/{TALK}")
    slider = page.get_by_role("slider", name="Position")
    slider.fill("60")
    wait_for_position(page, 60)
    expect(page.get_by_text("There is no waveform: the disk is full")).to_be_visible()
    try_again = page.get_by_role("button", name="Try again")
    try_again.click()
    expect(page.get_by_text("There is no waveform: the file is gone")).to_be_visible()
    page.unroute("**/peaks?*")
    try_again.click()
    expect(page.locator(".wave-frame")).to_be_visible()
    expect(slider).to_have_count(1)


def test_a_waveform_that_takes_long_is_said_to_be_made(page: Page) -> None:
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/peaks?*", hold)
    page.goto(f"/episodes/{TALK}")
    expect(page.get_by_role("status").filter(has_text="The waveform is being made")).to_be_visible()
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    page.keyboard.press("PageUp")
    wait_for_position(page, 30)
    expect(slider).to_have_attribute("aria-valuetext", "30 seconds of 2 minutes")
    top = page.evaluate("document.getElementById('transcript').offsetTop")
    asked[0].continue_()
    expect(page.locator(".wave-frame")).to_be_visible()
    expect(page.get_by_text("is being made")).to_have_count(0)
    expect(slider).to_have_count(1)
    expect(slider).to_be_focused()
    assert page.evaluate("document.getElementById('transcript').offsetTop") == top


@pytest.mark.parametrize("width", [1_100, 390])
def test_the_text_stays_where_it_is_when_the_scripts_come(browser: Browser, server: WebServer, width: int) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    top = "document.getElementById('transcript').offsetTop"
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"/episodes/{TALK}")
    before = page.evaluate(top)
    page.unroute("**/*.js")
    page.reload()
    expect(page.locator(".wave-frame")).to_be_visible()
    expect(page.get_by_role("button", name="Copy quote")).to_be_visible()
    assert abs(page.evaluate(top) - before) <= 2
    context.close()


@pytest.mark.parametrize("failing", [("**/peaks?*", "**/transcript?format=words"), ("**/waveform.js",)])
def test_what_failed_while_the_page_was_loaded_comes_later(
    browser: Browser, server: WebServer, failing: tuple[str, ...]
) -> None:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    for address in failing:
        page.route(address, lambda route: route.abort())
    page.goto(f"/episodes/{TALK}")
    expect(
        page.get_by_text("no waveform: The server does not answer – is `podindex serve` still running? Try")
    ).to_be_visible()
    page.unroute_all()
    expect(page.locator(".wave-frame")).to_be_visible()
    page.locator(".para span").nth(4).click()
    until(page, f"{PLAYING} && {POSITION} > 15")
    context.close()


def test_without_the_times_of_words_the_text_can_still_be_searched(page: Page) -> None:
    page.route("**/transcript?format=words", lambda route: route.fulfill(status=503))
    open_episode(page, "?q=numbers")
    expect(page.locator(".find .count")).to_have_text("6 hits")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # all is in sight
    page.get_by_role("button", name="Next hit").click()
    until(page, f"{POSITION} > 5")


@pytest.mark.parametrize(
    ("from_box", "said"), [(b"mdat", "The sound stopped"), (b"ftyp", "The sound cannot be played here")]
)
def test_sound_that_cannot_be_heard_is_explained(page: Page, tmp_path: Path, from_box: bytes, said: str) -> None:
    sound = bytearray(write_audio(tmp_path / "a.m4a", noise(3, -30)).read_bytes())
    begin, end = sound.index(from_box) + 4_000 * (from_box == b"mdat"), sound.index(b"moov") - 4
    sound[begin:end] = random.Random(1).randbytes(end - begin)
    page.route("**/audio/**", lambda route: route.fulfill(body=bytes(sound), content_type="audio/mp4"))
    page.goto(f"/episodes/{TALK}")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.locator("#transcript")).to_contain_text("Three hundred thousand faces")


def test_without_a_transcript_the_sound_plays(page: Page) -> None:
    page.goto(f"/episodes/{PENDING}")
    expect(page.locator("#no-transcript")).to_contain_text("not been transcribed yet")
    page.get_by_role("button", name="Play").click()
    until(page, PLAYING)


def test_without_scripts_there_is_a_player_and_the_text_with_times(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/episodes/{TALK}")
    expect(page.locator("audio[controls]")).to_be_visible()
    expect(page.locator(".para .time").nth(1)).to_have_text("0:00:04")
    expect(page.locator(".para").first).to_contain_text("Welcome to the show")
    page.goto("/?q=password")
    expect(page.locator("noscript li").first).to_contain_text("password")
    context.close()


def test_hostile_text_is_shown_and_does_nothing(page: Page) -> None:
    for address in (f"/episodes/{HOSTILE}", "/?q=breach", "/library", "/?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert "owned" not in page.title() or "<script>" in page.title()
        assert page.locator("main img, main script").count() == 0


def test_a_server_that_went_away_is_said_and_comes_back(page: Page) -> None:
    page.goto("/")
    page.route("**/api/search*", lambda route: route.fulfill(status=503, body="gone"))
    page.keyboard.type("face")
    expect(page.locator("#status")).to_contain_text("503")
    page.unroute("**/api/search*")
    page.keyboard.type("s")
    expect(page.locator("a.hit").first).to_be_visible()


def test_the_sleep_timer_pauses_at_the_end_of_the_chapter(page: Page) -> None:
    open_episode(page, "#t=19")
    wait_for_position(page, 19)
    page.get_by_label("Sleep timer").select_option("End of the chapter")
    expect(page.locator(".pick .time")).to_have_text("1\u202fs")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} >= 20 && !({PLAYING})")
    assert page.evaluate(POSITION) < 22
    expect(page.get_by_label("Sleep timer")).to_have_value("")


def test_the_sleep_timer_ends_with_the_episode(page: Page) -> None:
    open_episode(page, f"#t={DURATION_S - 1}")
    page.get_by_label("Sleep timer").select_option("End of the episode")
    page.get_by_role("button", name="Play").click()
    until(page, "document.getElementById('audio').ended || document.getElementById('audio').paused")
    expect(page.get_by_label("Sleep timer")).to_have_value("")


def test_all_keys_are_listed(page: Page) -> None:
    open_episode(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Forward 10 seconds")
    expect(dialog.locator("kbd").first).to_have_text("Space")
    assert "[object" not in dialog.inner_text()


def test_a_finger_seeks_where_it_lifts(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_episode(page)
    box = page.locator(".wave-frame").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.25, box["y"] + 40)
    until(page, f"Math.abs({POSITION} - {DURATION_S / 4}) < 1")
    context.close()


def test_a_finger_drags_sideways_and_scrolls_up_and_down(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_episode(page)
    slider, touch = page.get_by_role("slider", name="Position"), context.new_cdp_session(page)

    def swipe(by_x: int, by_y: int) -> None:
        box = page.locator(".wave-frame").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + 40
        for step in range(21):
            points = [{"x": x + by_x * step / 20, "y": y + by_y * step / 20}]
            kind = "touchMove" if step else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.evaluate("new Promise(requestAnimationFrame)")  # or the browser puts several moves into one
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect(page.locator(".wave-frame")).to_be_visible()
    swipe(3, -80)
    until(page, "scrollY > 0")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    swipe(40, 10)
    expect(slider).not_to_have_attribute("aria-valuenow", "0")
    context.close()


def test_marks_leave_out_the_stops_around_a_word(page: Page) -> None:
    open_episode(page)
    page.get_by_label("Search in this episode").fill("password")
    expect(page.locator(".find .count")).to_contain_text("hits")
    marked = page.evaluate("[...CSS.highlights.get('found')].map(String)")
    assert set(marked) == {"password"}  # not "password."


def test_marks_hold_the_signs_that_end_a_word(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "One"))
    store.save_transcript(Transcript("show/one", "hi", (make_segment("यह पानी, ठंडा"),), ORIGIN))
    page = browser.new_page()
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one?q=पानी")
        expect(page.locator(".find .count")).to_contain_text("1 hit")
        assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["पानी"]
    page.close()


def found_in(page: Page, server: WebServer, query: str) -> list[str]:
    """Return what is marked where a query is typed into the page of `save_words`."""
    page.goto(f"{server.url}episodes/show/one?{urlencode({'q': query})}")
    expect(page.locator(".find .count")).to_contain_text("hit")
    marked: list[str] = page.evaluate("[...CSS.highlights.get('found')].map(String)")
    page.get_by_role("button", name="Next hit").click()
    expect(page.locator(".find .count")).to_contain_text("1 of")
    chosen: list[str] = page.evaluate("[...CSS.highlights.get('chosen')].map(String)")
    assert chosen == marked[:1]
    return marked


def test_marks_are_the_words_that_matched_where_words_begin_together(browser: Browser, tmp_path: Path) -> None:
    line = [("El", 3000, 3528), (" bon", 3528, 3528), (" dia,", 3528, 3728), (" mes", 3728, 3728), (" 3", 3728, 3728)]
    other = [("one", 4300, 4300), (" two", 4300, 4300), (" three", 4300, 4300), (" four", 4300, 4300)]
    save_words(tmp_path, "ca", [*line, (".5", 3728, 3900)], other)
    page = browser.new_page()
    with running_server(tmp_path) as server:
        for query, marked in {
            '"bon"': "bon",
            '"dia"': "dia",
            '"bon dia"': "bon dia",
            '"dia mes"': "dia, mes",
            "3.5": "3.5",
            '"one"': "one",
            '"three"': "three",
            '"two three"': "two three",
        }.items():
            assert found_in(page, server, query) == [marked]
    page.close()


def test_marks_hold_the_signs_that_are_said(browser: Browser, tmp_path: Path) -> None:
    line = ["(8", ".5%),", " “$7", " million”", " in", " C#,", " C++!", " 20°.", " @me", " ₹9;"]
    save_words(tmp_path, "en", [(text, 100 * number, 100 * number + 100) for number, text in enumerate(line)])
    page = browser.new_page()
    with running_server(tmp_path) as server:
        for query in ("8.5%", "$7 million", "C#", "C++", "20°", "₹9"):
            assert found_in(page, server, query) == [query]
    page.close()


def test_a_text_without_times_is_read_and_marks_nothing_that_was_not_found(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "One", audio=AudioRef("one.mp3")))
    lines = tuple(Segment(0, 0, f"Line {number} of the old notes.", None) for number in range(200))
    store.save_transcript(Transcript("show/one", "en", lines, Origin("publisher", CREATED, "0.1.0", timing="none")))
    write_audio(store.metadata_path("show/one").with_suffix(".mp3"), beeps(20, range(1, 20, 5)))
    page = browser.new_page()
    marks = "['heard', 'found', 'chosen'].map((name) => [...CSS.highlights.get(name) ?? []].map(String))"
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one?q=notes")
        expect(page.locator(".find .count")).to_contain_text("hits")
        expect(page.locator("#transcript .time")).to_have_count(0)
        assert page.evaluate("scrollY") == 0
        page.get_by_role("button", name="Play").click()
        until(page, f"{POSITION} > 0.5")
        page.get_by_role("button", name="Next hit").click()
        page.locator(".para span").nth(2).click()
        assert page.evaluate(POSITION) > 0.5
        assert page.evaluate(marks) == [[], [], []]
        expect(page.locator("[data-heard], .wave-frame .hit")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("lines", [(), (Segment(0, 0, "A line of the old notes.", None),)])
def test_what_was_said_at_no_moment_is_not_offered_as_a_quote(
    browser: Browser, tmp_path: Path, lines: tuple[Segment, ...]
) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "One"))
    store.save_transcript(Transcript("show/one", "en", lines, Origin("publisher", CREATED, "0.1.0", timing="none")))
    page = browser.new_page()
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one?q=notes")
        expect(page.locator(".find .count")).not_to_be_empty()  # it comes last
        expect(page.get_by_role("button", name="Copy quote")).to_have_count(0)
    page.close()


def test_what_is_searched_before_the_times_of_the_words_are_there_stays_and_is_marked(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/transcript?format=words", hold)
    open_episode(page, "?q=numbers")
    page.get_by_label("Search in this episode").fill("password")
    expect(page.locator(".find .count")).to_have_text("12 hits")
    held[0].continue_()
    until(page, "CSS.highlights.get('found')?.size === 12")
    expect(page.get_by_label("Search in this episode")).to_have_value("password")


def test_a_transcript_that_was_made_anew_under_its_page_is_offered(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("show/one", "Show", "One"))
    store.save_transcript(Transcript("show/one", "en", (make_segment("as it was first understood"),), ORIGIN))
    page = browser.new_page()
    found = "[...CSS.highlights.get('found') ?? []].map(String)"
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one?q=first")
        until(page, f"{found}.join() === 'first'")
        page.get_by_label("Search in this episode").focus()
        expect(page.get_by_text("has changed")).to_have_count(0)
        page.locator("h1").click()
        store.save_transcript(Transcript("show/one", "en", (make_segment("and then better"),), ORIGIN))
        until(page, "fetch('/api/search?q=better').then((found) => found.json()).then(({ total }) => total === 1)")
        page.get_by_label("Search in this episode").fill("better")
        expect(page.get_by_text("The transcript has changed")).to_be_visible()
        expect(page.locator(".find .count")).to_have_text("1 hit")
        page.get_by_role("button", name="Next hit").click()
        expect(page.locator(".find .count")).to_have_text("1 of 1")
        assert page.evaluate(found) == []
        page.get_by_role("button", name="Show it now").click()
        expect(page.locator("#transcript")).to_contain_text("and then better")
        expect(page.get_by_text("has changed")).to_have_count(0)
    page.close()


def test_a_quote_is_copied_with_where_it_is_from(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_episode(page, "#t=6")
    wait_for_position(page, 6)
    page.get_by_role("button", name="Copy quote").click()
    until(page, "document.querySelector('.copy').textContent.includes('Copied')")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "Three hundred thousand faces" in copied
    assert f"Tech Talk, The Breach, 0:00:06\n{server.url.rstrip('/')}/episodes/{TALK}#t=6" in copied
    page.get_by_role("button", name="Copy link").click()
    until(
        page, f"navigator.clipboard.readText().then((text) => text === '{server.url.rstrip('/')}/episodes/{TALK}#t=6')"
    )
    context.close()


def test_a_quote_before_anything_is_said_is_what_is_said_first(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    answer = server.ask(f"/api/episodes/{TALK}/transcript?format=words").json
    later = [[word, start_ms + 9_000, end_ms + 9_000, sure] for word, start_ms, end_ms, sure in answer["words"]]
    page.route("**/transcript?format=words", lambda route: route.fulfill(json=answer | {"words": later}))
    open_episode(page)
    page.get_by_role("button", name="Copy quote").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert str(page.evaluate("navigator.clipboard.readText()")).startswith(f"“{LINES[0][1]}”\n")
    context.close()


def test_a_quote_that_is_out_of_sight_has_its_own_time(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_episode(page, "#t=6")
    page.evaluate(
        """() => {
            const text = [...document.querySelectorAll('.para span')].at(-2).firstChild;
            const start = text.data.indexOf('facial');
            getSelection().setBaseAndExtent(text, start, text, start + 'facial recognition'.length);
            scrollTo(0, 0);
        }"""
    )
    button = page.get_by_role("button", name="Copy quote")
    button.click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    button.click()
    seconds = sum(len(text.split()) for _, text in LINES[:-2]) * WORD_MS / 1000 + 2 * WORD_MS / 1000
    minutes = f"0:0{int(seconds // 60)}:{int(seconds % 60):02}"
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert copied.startswith(f"“facial recognition”\nTech Talk, The Breach, {minutes}\n")
    expect(button).to_have_text("Copy quote")
    context.close()


def test_a_quote_is_what_is_said_without_times_and_names(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_episode(page)
    page.evaluate(
        """() => {
            const [first, second] = [...document.querySelectorAll('.para span')].map((span) => span.firstChild);
            getSelection().setBaseAndExtent(first, first.data.indexOf('company'), second, 'Three hundred'.length);
        }"""
    )
    page.get_by_role("button", name="Copy quote").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert str(page.evaluate("navigator.clipboard.readText()")).startswith("“company. Three hundred”\n")
    page.evaluate("getSelection().selectAllChildren(document.body)")
    page.get_by_role("button", name="Copy quote").click()
    everything = " ".join(text for _, text in LINES)
    until(page, f"navigator.clipboard.readText().then((text) => text.startsWith('“{everything}”\\n'))")
    context.close()


@pytest.mark.parametrize("name", ["vtt", "srt", "json", "txt"])
def test_the_transcript_can_be_saved(page: Page, name: str) -> None:
    open_episode(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    assert download.value.suggested_filename.endswith(f".{name}")
    assert "Welcome to the show." in download.value.path().read_text()


def test_the_system_knows_what_plays(page: Page) -> None:
    open_episode(page)
    assert page.evaluate("navigator.mediaSession.metadata.title") == "The Breach"


def test_headphones_and_lock_screens_have_their_buttons(page: Page) -> None:
    page.add_init_script(
        """window.pressed = {};
        const { setActionHandler } = MediaSession.prototype;
        MediaSession.prototype.setActionHandler = function (action, handler) {
            pressed[action] = handler;
            setActionHandler.call(this, action, handler);
        };"""
    )
    open_episode(page)
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} > 0.2")
    page.evaluate("pressed.pause()")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.evaluate("pressed.seekto({ seekTime: 60 })")
    until(page, f"{POSITION} === 60")
    page.evaluate("pressed.seekforward({})")
    until(page, f"{POSITION} === 90")
    page.evaluate("pressed.seekbackward({ seekOffset: 15 })")
    until(page, f"{POSITION} === 75")
    page.evaluate("pressed.play()")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_hits_and_chapters_are_marks_on_the_waveform(page: Page) -> None:
    open_episode(page)
    page.get_by_label("Search in this episode").fill("numbers")
    expect(page.locator(".wave-frame .hit")).to_have_count(6)
    places = page.locator(".wave-frame .over > .chapter").evaluate_all(
        "marks => marks.map(({ style }) => [parseFloat(style.left), parseFloat(style.width)])"
    )
    story = 100 * 20 / DURATION_S
    assert places == [pytest.approx(place, abs=0.1) for place in ([0, story], [story, 100 - story])]


def test_a_link_to_a_moment_plays_it(page: Page) -> None:
    open_episode(page)
    page.locator("summary", has_text="Chapters").click()
    page.get_by_role("link", name="The story").click()
    until(page, f"{PLAYING} && {POSITION} >= 20")
    assert page.evaluate(POSITION) < 25
    expect(page).to_have_url(re.compile("#t=20$"))


def test_a_link_to_a_moment_plays_it_again(page: Page) -> None:
    open_episode(page)
    link = page.locator(".para .time").nth(3)
    link.click()
    until(page, f"{PLAYING} && {POSITION} > 12.3")
    page.keyboard.press("l")
    until(page, f"{POSITION} > 20")
    page.keyboard.press("k")
    link.click()
    until(page, f"{PLAYING} && {POSITION} < 20")


def test_keys_work_under_caps_lock(page: Page) -> None:
    open_episode(page, "?t=50")
    wait_for_position(page, 50)
    page.evaluate("""for (const key of ["L", "ArrowRight"])
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, modifierCapsLock: true, bubbles: true }))""")
    wait_for_position(page, 65)


def test_skipping_to_the_content_leaves_the_sound_alone(page: Page) -> None:
    listen_at(page, 70)
    page.goto("/")
    open_episode(page, "?t=50")
    wait_for_position(page, 50)
    page.keyboard.press("ArrowRight")
    for _ in range(2):
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#main$"))
        page.go_back()
        expect(page).not_to_have_url(re.compile("#"))
    wait_for_position(page, 55)
    assert not page.evaluate(PLAYING)
    expect(page.locator(".resumed")).to_have_count(0)


def test_going_back_to_a_moment_starts_nothing(page: Page) -> None:
    open_episode(page, "#t=50")
    page.locator(".para .time").nth(3).click()
    until(page, f"{PLAYING} && {POSITION} < 50")
    page.keyboard.press("k")
    page.go_back()
    wait_for_position(page, 50)
    assert not page.evaluate(PLAYING)


def test_buttons_go_ten_seconds_back_and_thirty_on(page: Page) -> None:
    open_episode(page, "#t=50")
    wait_for_position(page, 50)
    page.get_by_role("button", name="Forward 30 seconds").click()
    wait_for_position(page, 80)
    page.get_by_role("button", name="Back 10 seconds").click()
    wait_for_position(page, 70)


def test_the_sleep_timer_pauses_after_some_minutes(page: Page) -> None:
    page.clock.install()
    open_episode(page)
    page.get_by_label("Sleep timer").select_option("5 minutes")
    page.get_by_role("button", name="Play").click()
    until(page, PLAYING)
    page.clock.fast_forward(299_000)
    assert page.evaluate(PLAYING)
    page.clock.fast_forward(2_000)
    until(page, f"!({PLAYING})")
    expect(page.get_by_label("Sleep timer")).to_have_value("")


def test_a_sleep_timer_that_runs_out_while_nothing_plays_is_over(page: Page) -> None:
    page.clock.install()
    open_episode(page)
    page.get_by_label("Sleep timer").select_option("5 minutes")
    expect(page.locator(".pick .time")).to_have_text("5\u202fmin")
    page.clock.fast_forward(301_000)
    expect(page.locator(".pick .time")).to_have_text("")
    expect(page.get_by_label("Sleep timer")).to_have_value("")
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} > 1")
    assert page.evaluate(PLAYING)


def test_a_sleep_timer_that_ran_out_while_the_machine_slept_stops_nothing(page: Page) -> None:
    page.clock.install(time="2026-11-01T00:00:00")
    open_episode(page)
    page.get_by_label("Sleep timer").select_option("5 minutes")
    page.clock.set_system_time("2026-11-01T01:00:00")  # timers stood still
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} > 1")
    assert page.evaluate(PLAYING)
    expect(page.get_by_label("Sleep timer")).to_have_value("")


SAVED = f"JSON.parse(localStorage.getItem('podindex.positions'))?.['{TALK}']"


def listen_at(page: Page, seconds: int) -> None:
    open_episode(page, f"#t={seconds}")
    page.keyboard.press("k")
    until(page, f"{POSITION} > {seconds + 0.3}")
    page.keyboard.press("k")
    until(page, f"Math.abs({SAVED} - {seconds}) < 5")


def test_where_the_listener_stopped_is_said_until_they_listen(page: Page) -> None:
    page.clock.install()
    listen_at(page, 70)
    page.goto("/")
    open_episode(page)
    notice = page.locator(".resumed")
    page.clock.run_for(11_000)
    expect(notice).to_contain_text("You stopped at 1:1")
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} > 71")
    expect(notice).to_be_visible()
    page.clock.run_for(10_000)
    expect(notice).to_have_count(0)


def test_looking_at_a_moment_does_not_forget_where_the_listener_stopped(page: Page) -> None:
    listen_at(page, 70)
    page.goto("/")
    open_episode(page, "#t=5")
    wait_for_position(page, 5)
    page.goto("/")
    assert page.evaluate(SAVED) == pytest.approx(70, abs=5)
    open_episode(page)
    expect(page.locator(".resumed")).to_contain_text("You stopped at 1:1")


def test_the_tab_where_somebody_listened_last_says_where_they_stopped(page: Page) -> None:
    listen_at(page, 40)
    other = page.context.new_page()
    listen_at(other, 80)
    other.close()
    page.goto("/")
    assert page.evaluate(SAVED) == pytest.approx(80, abs=5)


WAVE = "document.querySelector('.wave-frame > div').shadowRoot"


def test_the_waveform_fits_when_the_page_is_made_narrower_or_wider(page: Page) -> None:
    open_episode(page)
    for width in (500, 1100):
        page.set_viewport_size({"width": width, "height": 800})
        until(
            page, f"{WAVE}.querySelector('.wrapper').clientHeight === document.querySelector('.waveform').clientHeight"
        )
        until(page, f"{WAVE}.querySelector('canvas').offsetHeight < document.querySelector('.waveform').clientHeight")
        page.get_by_role("button", name="Zoom in").click()
        page.get_by_role("button", name="Zoom out").click()


def test_a_zoomed_waveform_stays_under_the_pointer_that_holds_it(page: Page) -> None:
    open_episode(page, "#t=60")
    for _ in range(5):
        page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Play").click()
    until(page, f"{POSITION} > 60")
    box = page.locator(".wave-frame").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 30)
    page.mouse.down()
    scrolled = f"{WAVE}.querySelector('.scroll').scrollLeft"
    before = page.evaluate(scrolled)
    for share in (0.75, 1.2, 0.6):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + 30, steps=4)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(scrolled) == before
    page.mouse.up()
    until(page, f"{scrolled} !== {before}")  # it goes along with the sound again


@pytest.mark.parametrize("hours", [10, 30, 90])
def test_the_times_under_the_waveform_of_a_long_episode_leave_each_other_room(page: Page, hours: int) -> None:
    header = struct.pack("<iIiiIi", 2, 1, 1_000, hours * 3_600, 1_000, 1)  # a thousand points
    page.route("**/peaks*", lambda route: route.fulfill(body=header + bytes(2_000)))
    page.set_viewport_size({"width": 320, "height": 568})
    open_episode(page)
    page.wait_for_load_state("networkidle")
    labels = page.locator(".label")
    expect(labels.first).to_be_visible()
    places: list[list[float]] = labels.evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect()).map((box) => [box.left, box.right, box.height])"
    )
    assert {height for _, _, height in places} == {10}, "each is one line"
    assert all(right + 4 < left for (_, right, _), (left, _, _) in pairwise(places))
    assert 0 <= places[0][0] <= places[-1][1] <= 320


def test_many_marks_leave_the_waveform_free(page: Page) -> None:
    open_episode(page)
    page.get_by_label("Search in this episode").fill("a*")
    expect(page.locator(".find .count")).to_contain_text("hits")
    marks, many = page.locator(".wave-frame .hit"), page.locator(".wave-frame .many")
    expect(many).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 800})
    expect(many).to_have_count(1)
    assert marks.first.evaluate("mark => mark.offsetHeight") < 10
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    expect(many).to_have_count(0)
