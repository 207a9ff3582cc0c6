"""Whoever goes by keyboard stays somewhere: what has the focus may go away, but hands it on."""

from playwright.sync_api import Browser, Page, expect
from web_library import TALK
from web_page import until
from web_server import WebServer

HELD = "document.activeElement !== document.body"
PLAYING = "!document.getElementById('audio').paused"


def open_episode(page: Page, at: str = "") -> None:
    page.goto(f"/episodes/{TALK}{at}")
    expect(page.get_by_role("slider", name="Position")).to_be_visible()


def test_searching_without_filters_leads_to_the_box(page: Page) -> None:
    page.goto("/?q=password&speaker=nobody")
    page.get_by_role("button", name="Search without filters").press("Enter")
    expect(page.locator("a.hit").first).to_be_visible()
    expect(page.locator("#q")).to_be_focused()


def test_a_button_for_more_that_fails_keeps_the_focus(page: Page) -> None:
    page.goto("/?q=password")
    more = page.locator("article .more").first
    page.route("**/api/search*", lambda route: route.fulfill(status=503, body="gone"))
    more.press("Enter")
    expect(more).to_contain_text("503")
    expect(more).to_be_focused()
    page.unroute("**/api/search*")
    page.keyboard.press("Enter")
    expect(page.locator("a.hit").first).to_be_focused()


def test_results_that_are_drawn_again_leave_the_focus_where_it_was(page: Page) -> None:
    page.goto("/?q=password")
    page.locator("a.hit").nth(1).focus()
    page.evaluate("document.querySelectorAll('a.hit')[1].old = true")
    page.evaluate("document.getElementById('search').elements.sort.value = 'time'")
    page.evaluate("document.getElementById('search').dispatchEvent(new Event('input'))")
    until(page, "!document.querySelectorAll('a.hit')[1].old")
    assert page.evaluate(HELD)


def test_what_was_done_leaves_the_focus_where_one_goes_on(page: Page) -> None:
    page.goto("/")
    page.evaluate(f"localStorage.setItem('podindex.positions', JSON.stringify({{'{TALK}': 60}}))")
    open_episode(page)
    page.get_by_role("button", name="Start over").press("Enter")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    until(page, PLAYING)
    page.mouse.wheel(0, 1500)
    page.get_by_role("button", name="Follow").press("Enter")
    expect(page.locator(".para[data-heard] .time")).to_be_focused()
    expect(page.get_by_role("button", name="Follow")).to_be_hidden()
    page.mouse.wheel(0, 1500)
    expect(page.get_by_role("button", name="Follow")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Follow")).to_be_hidden()


def test_the_box_to_search_in_stays_in_sight_while_somebody_types(page: Page) -> None:
    page.set_viewport_size({"width": 800, "height": 500})
    open_episode(page, "#t=60")
    until(page, "scrollY > 500")
    page.keyboard.press("k")
    until(page, PLAYING)
    box = page.get_by_label("Search in this episode")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    heard = "document.querySelector('.times .now').textContent"
    until(page, f"{heard} > '0:01:02'")
    expect(box).to_be_in_viewport()
    page.keyboard.type("face")
    expect(page.locator(".count")).to_have_text("24 hits")
    page.keyboard.press("Enter")  # to the first hit, and on with the sound
    page.evaluate("document.getElementById('audio').currentTime = 100")
    expect(box).not_to_be_in_viewport()
    page.keyboard.type("s")
    until(page, f"{heard} > '0:01:42'")
    expect(box).to_be_in_viewport()


def test_a_waveform_that_fails_again_can_be_tried_again(page: Page) -> None:
    page.route("**/peaks*", lambda route: route.fulfill(status=503, body="gone"))
    page.goto(f"/episodes/{TALK}")
    again = page.get_by_role("button", name="Try again")
    again.evaluate("node => (node.old = true)")
    again.press("Enter")
    until(page, "![...document.querySelectorAll('.waveform .link')].some((node) => node.old)")
    expect(again).to_be_focused()


def test_what_the_pointer_shows_goes_with_escape(page: Page) -> None:
    open_episode(page)
    page.locator(".wave-frame").hover()
    expect(page.locator(".tip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


def test_a_key_that_is_held_plays_or_pauses_once(page: Page) -> None:
    open_episode(page)
    for _ in range(2):
        page.keyboard.down(" ")
    page.keyboard.up(" ")
    until(page, PLAYING)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_two_fingers_on_the_waveform_make_the_page_larger(browser: Browser, server: WebServer) -> None:
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_episode(page)
    box = page.locator(".wave-frame").bounding_box()
    assert box
    touch = context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 40
    for step in range(21):
        points = [{"x": x - 30 - 4 * step, "y": y, "id": 0}, {"x": x + 30 + 4 * step, "y": y, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": points})
        page.evaluate("new Promise(requestAnimationFrame)")  # or the browser puts several moves into one
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(page, "visualViewport.scale > 1.2")
    expect(page.get_by_role("slider", name="Position")).to_have_attribute("aria-valuenow", "0")
    context.close()
