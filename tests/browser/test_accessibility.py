"""Pages for everyone: axe finds nothing, nothing is wider than a small phone, motion can be less."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from transcripts import ORIGIN, make_segment
from web_library import NO_AUDIO, TALK
from web_server import WebServer, running_server

from podindex.models import Episode, Transcript
from podindex.store import EpisodeStore

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
PAGES = ["/", "/?q=password", f"/episodes/{TALK}", f"/episodes/{NO_AUDIO}", "/library?term=face", "/episodes/no/thing"]


def ready(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


def violations(page: Page) -> list[str]:
    # By the debugger, not as a <script>: the page's policy forbids that.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found: Any = page.evaluate("tags => axe.run(document, { runOnly: tags })", tags)
    return [f"{entry['id']}: {node['html'][:120]}" for entry in found["violations"] for node in entry["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browser: Browser, server: WebServer, address: str, scheme: Any) -> None:
    context = browser.new_context(base_url=server.url, color_scheme=scheme)
    page = context.new_page()
    ready(page, address)
    if "q=" in address:
        page.locator("a.hit").first.click()
    page.locator("details").evaluate_all("nodes => nodes.forEach((node) => (node.open = true))")
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_a_small_phone_shows_all_of_it(browser: Browser, server: WebServer, address: str) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": 320, "height": 568}, has_touch=True)
    page = context.new_page()
    ready(page, address)
    if "q=" in address:
        page.locator("a.hit").first.tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_why_nothing_can_be_searched_fits_on_a_small_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    ready(page, f"/episodes/{TALK}")
    error = {"message": "The index cannot be read, as it is on a disk that is gone", "hint": "plug that in"}
    page.route("**/api/search?*", lambda route: route.fulfill(status=503, json={"error": error}))
    page.get_by_role("searchbox", name="Search in this episode").fill("face")
    expect(page.locator(".find .count")).to_contain_text("The index cannot be read")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_why_nothing_is_heard_leaves_the_title_its_room_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/?q=password")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    room = page.locator(".bar .what .title").bounding_box()
    page.route("**/audio/**", lambda route: route.fulfill(status=503))
    page.goto("/?q=password")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    expect(page.get_by_role("alert")).to_contain_text("The sound cannot be played here")
    title, why = (page.locator(f".bar .what {part}").bounding_box() for part in (".title", ".trouble"))
    assert room
    assert title
    assert why
    assert title["width"] == room["width"]
    assert title["y"] + title["height"] <= why["y"]


def test_words_stay_whole_on_a_small_phone_with_large_letters(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    ready(page, "/library")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    lines = page.locator("header a, header button").evaluate_all(
        """nodes => nodes.map((node) => {
            const range = new Range();
            range.selectNodeContents(node);
            return new Set([...range.getClientRects()].map(({ top }) => top)).size;
        })"""
    )
    assert lines == [1, 1, 1, 1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_all_of_the_player_is_within_a_phone_with_large_letters(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/?q=password")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    parts = page.locator(".bar a, .bar button, .bar input, .bar select").evaluate_all(
        "nodes => nodes.map((node) => node.getBoundingClientRect()).map(({ left, right }) => [left, right])"
    )
    assert len(parts) == 7
    assert all(left >= 0 and right <= 360 for left, right in parts)


@pytest.mark.parametrize("address", PAGES[:-1])
def test_nothing_is_left_out_on_a_small_phone(page: Page, address: str) -> None:
    def offered() -> Any:
        found = page.locator("a:visible, button:visible, select:visible, input:visible, [role=slider]:visible")
        return found.evaluate_all("nodes => nodes.map(node => node.ariaLabel ?? node.textContent)")

    page.goto(address)
    page.wait_for_load_state("networkidle")
    on_a_desk = offered()
    page.set_viewport_size({"width": 320, "height": 568})
    assert offered() == on_a_desk


def test_the_focus_can_be_seen(page: Page) -> None:
    ready(page, f"/episodes/{TALK}")
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        shown: Any = page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return [document.activeElement.outerHTML.slice(0, 60), style.outlineStyle,"
            " parseFloat(style.outlineWidth)]; })()"
        )
        if shown[0].startswith("<body"):
            break
        seen.add(shown[0])
        assert shown[1] != "none", shown
        assert shown[2] >= 1, shown
    assert len(seen) > 10


def test_those_who_want_calm_get_it(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    page = context.new_page()
    ready(page, f"/episodes/{TALK}")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(node => getComputedStyle(node).transitionDuration !== '0s').length"
    )
    assert moving == 0
    expect(page.get_by_role("slider", name="Position")).to_be_visible()
    context.close()


@pytest.mark.parametrize("address", ["/?q=password", f"/episodes/{TALK}"])
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_what_has_the_focus_is_not_hidden_behind_the_player(page: Page, address: str, key: str) -> None:
    page.set_viewport_size({"width": 800, "height": 500})
    ready(page, address)
    if "q=" in address:
        page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit").first.click()
        expect(page.locator(".bar")).to_be_visible()
        page.locator("a.hit").nth(-1 if "Shift" in key else 0).focus()
    else:
        page.locator(".para .time").nth(-1 if "Shift" in key else 0).focus()
    for _ in range(20):
        page.keyboard.press(key)
        hidden: Any = page.evaluate(
            """() => {
                const node = document.activeElement;
                const { left, top, width, height } = node.getBoundingClientRect();
                const shown = document.elementFromPoint(left + Math.min(width, 30) / 2, top + height / 2);
                const over = shown?.closest('.bar, #deck');
                return over && !over.contains(node) ? node.outerHTML.slice(0, 80) : null;
            }"""
        )
        assert hidden is None


def test_with_the_colours_of_the_system_marks_and_sliders_can_be_seen(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(base_url=server.url, forced_colors="active")
    page = context.new_page()
    ready(page, "/?q=password")
    page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit").first.click()
    kept = "node => getComputedStyle(node).forcedColorAdjust"
    assert page.get_by_role("slider", name="Position").evaluate(kept) == "none"
    ready(page, f"/episodes/{TALK}")
    assert page.locator(".waveform").evaluate(kept) == "none"
    colours: Any = page.locator(".para p").first.evaluate(
        """node => ['found', 'chosen', 'heard'].map((name) => {
            const { backgroundColor, color } = getComputedStyle(node, `::highlight(${name})`);
            return [backgroundColor, color];
        })"""
    )
    assert len({background for background, _ in colours}) == 3
    assert all(background != ink for background, ink in colours)
    context.close()


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 between two colours, written as `rgb(…)`."""

    def luminance(colour: str) -> float:
        shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_can_be_seen_and_more_contrast_can_be_had(browser: Browser, server: WebServer, scheme: Any) -> None:
    style = "node => (({ color, borderColor }) => [color, borderColor])(getComputedStyle(node))"
    for wish in ("no-preference", "more"):
        context = browser.new_context(base_url=server.url, color_scheme=scheme, contrast=wish)
        page = context.new_page()
        ready(page, f"/episodes/{TALK}")
        paper = page.locator("html").evaluate("node => getComputedStyle(node).backgroundColor")
        fields = page.locator("#tools input").evaluate_all(f"nodes => nodes.map({style})")
        notes = page.locator(".facts, .pick, .count, .downloads").evaluate_all(f"nodes => nodes.map({style})")
        least = {"no-preference": 4.5, "more": 7}[wish]
        assert min(contrast(border, paper) for _, border in fields) >= 3
        assert min(contrast(ink, paper) for ink, _ in notes) >= least
        if wish == "more":
            assert contrast(page.locator("#deck").evaluate(style)[1].split(") ")[-1], paper) >= 3
        context.close()


def test_every_text_runs_its_own_way(browser: Browser, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    said = "مرحبا بكم في البرنامج"
    store.save_episode(Episode("show/one", "إذاعة", said))
    segments = (make_segment(said, speaker="Anna"), make_segment("hello", 9_000, speaker="Ben"))
    store.save_transcript(Transcript("show/one", "ar", segments, ORIGIN))
    page = browser.new_page()
    directions = "nodes => nodes.map(node => getComputedStyle(node).direction)"
    with running_server(tmp_path) as server:
        page.goto(f"{server.url}episodes/show/one")
        assert page.locator("h1, .show").evaluate_all(directions) == ["rtl", "rtl"]
        assert page.locator(".para p").evaluate_all(directions) == ["rtl", "ltr"]
        page.goto(f"{server.url}?q=البرنامج")
        expect(page.locator(".hit .text")).to_have_css("direction", "rtl")
        assert page.locator("h2, .facts bdi").evaluate_all(directions)[:2] == ["rtl", "rtl"]
        page.goto(f"{server.url}library")
        assert page.locator(".episodes a").evaluate_all(directions) == ["rtl"]
    page.close()
