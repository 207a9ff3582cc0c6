"""Type, see where it was said, click, and be there."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from web_library import DURATION_S, TALK
from web_page import until, until_so
from web_server import WebServer

POSITION = "document.querySelector('.bar input').valueAsNumber"
AUDIO = "document.getElementById('audio')"


def search(page: Page, text: str) -> None:
    page.goto("/")
    expect(page.locator("#q")).to_be_focused()  # as soon as it is drawn
    page.keyboard.type(text)
    expect(page).to_have_title(f"{text} · podindex")  # not only what was found when half of it was typed
    expect(page.locator("a.hit").first).to_be_visible()


def test_results_come_while_typing_and_the_address_keeps_the_query(page: Page) -> None:
    search(page, "password")
    expect(page.locator("#status")).to_contain_text("36 hits in 3 episodes")
    expect(page.locator("mark").first).to_have_text("password")
    assert page.url.endswith("/?q=password")
    page.reload()
    expect(page.locator("article h2")).to_have_count(3)
    assert page.input_value("#q") == "password"


def test_a_spelling_is_offered_and_taken_by_a_click(page: Page) -> None:
    search(page, "pasword")
    expect(page.locator("#status")).to_have_text("36 hits in 3 episodes. Did you mean password?")
    page.locator("#status a").click()
    expect(page.locator("#status")).to_have_text("36 hits in 3 episodes")
    expect(page.locator("#q")).to_have_value("password")
    expect(page.locator("#q")).to_be_focused()


def test_what_is_typed_before_the_scripts_are_there_stays(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/search.js*", hold)
    page.goto("/", wait_until="commit")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("pass")
    held[0].continue_()
    page.wait_for_load_state()
    page.keyboard.type("word")
    expect(page.locator("mark").first).to_have_text("password")
    assert page.input_value("#q") == "password"


def test_a_click_on_a_hit_plays_from_just_before_the_word_and_keeps_the_results(page: Page, server: WebServer) -> None:
    search(page, "password")
    hit = server.ask(f"/api/search?q=password&episode={TALK}&limit=30&per_episode=3").json["hits"][0]
    group = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']"))
    group.locator("a.hit").first.click()
    until(page, f"{POSITION} > 0")
    assert page.evaluate(POSITION) == pytest.approx(hit["jump_ms"] / 1000, abs=0.6)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("a.hit").first).to_be_visible()


def test_the_player_does_not_come_over_what_was_clicked(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    search(page, "password")
    expect(page.locator("#status")).to_contain_text("36 hits")
    hit = page.locator(f"a.hit[href*='{TALK}']").nth(1)
    to_bottom = "link.getBoundingClientRect().bottom - innerHeight + 4"
    # Results may be drawn once more behind the status, and then the page is at its top again.
    scroll = f"link => {{ scrollBy({{ top: {to_bottom} }}); return Math.abs({to_bottom}) < 2; }}"
    until_so(page, lambda: hit.evaluate(scroll), "the hit is at the bottom")
    expect(hit).to_be_in_viewport()
    box = hit.bounding_box()
    assert box
    page.mouse.click(box["x"] + 20, box["y"] + 10)
    until(page, "document.querySelector('[data-playing]')")
    bottom = "document.querySelector('[data-playing]').getBoundingClientRect().bottom"
    until(page, f"{bottom} <= document.querySelector('.bar').getBoundingClientRect().top")


def test_keys_that_choose_among_chinese_words_do_not_leave_the_search(page: Page) -> None:
    search(page, "face")
    init = "{ key, isComposing: true, bubbles: true }"
    press = f"key => document.getElementById('q').dispatchEvent(new KeyboardEvent('keydown', {init}))"
    for key in ("ArrowDown", "Escape"):
        page.evaluate(press, key)
        expect(page.locator("#q")).to_be_focused()
        assert page.input_value("#q") == "face"


def test_everything_can_be_done_from_the_keyboard(page: Page) -> None:
    search(page, "face")
    page.keyboard.press("ArrowDown")
    first = page.locator("a.hit").first
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.hit").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    address = first.get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(f"**{address}")


def test_a_hit_that_is_opened_is_marked_in_its_transcript_among_the_others(page: Page) -> None:
    search(page, "password")
    expect(page.locator("#status")).to_contain_text("36 hits")
    second = page.locator("article").first.locator("a.hit").nth(1)
    start_s = second.evaluate("link => link.hit.start_ms / 1000")
    second.focus()
    page.keyboard.press("o")
    expect(page.get_by_label("Search in this episode")).to_have_value("password")
    expect(page.locator(".find .count")).to_have_text(re.compile(r"^\d+ of 12$"))
    chosen = "[...CSS.highlights.get('chosen')].map(String)"
    assert page.evaluate(chosen) == ["password"]
    assert page.evaluate("document.getElementById('audio')?.currentTime ?? 0") <= start_s


def test_what_plays_is_opened_with_the_query_that_found_it(page: Page) -> None:
    search(page, "password")
    expect(page.locator("#status")).to_contain_text("36 hits")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    page.fill("#q", "numbers")
    page.get_by_role("button", name="Open in the transcript").click()
    expect(page.get_by_label("Search in this episode")).to_have_value("password")


@pytest.mark.parametrize("opened_by", ["o", "title"])
def test_what_plays_goes_on_when_it_is_opened(page: Page, opened_by: str) -> None:
    search(page, "password")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    until(page, f"{POSITION} > 0")
    start_s = page.evaluate(POSITION)
    if opened_by == "o":
        page.keyboard.press("o")
    else:
        page.locator(".bar .title").click()
    page.wait_for_url("**/episodes/**")
    until(page, f"{AUDIO}?.paused === false && {AUDIO}.currentTime > {start_s} - 5")
    page.reload()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate(f"{AUDIO}.paused")


def test_what_plays_is_opened_in_a_new_tab_at_the_moment_that_plays(page: Page) -> None:
    search(page, "password")
    page.locator(f"a.hit[href*='{TALK}']").nth(2).click()
    until(page, f"{POSITION} > 3")
    start_s = page.evaluate(POSITION)
    with page.context.expect_page() as opened:
        page.locator(".bar .title").click(button="middle")
    until(opened.value, f"{AUDIO}?.currentTime > {start_s} - 1")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_where_the_browser_wants_a_click_first_it_waits_at_the_place(page: Page) -> None:
    search(page, "password")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    until(page, f"{POSITION} > 0")
    page.add_init_script(
        "HTMLMediaElement.prototype.play = async () => { throw new DOMException('', 'NotAllowedError') }"
    )
    page.keyboard.press("o")
    page.wait_for_url("**/episodes/**")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    until(page, f"{AUDIO}.currentTime > 0")
    assert page.evaluate(f"{AUDIO}.paused")


def test_what_is_paused_stays_so_when_it_is_opened(page: Page) -> None:
    search(page, "password")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    until(page, f"{POSITION} > 0")
    page.get_by_role("button", name="Pause").click()
    page.keyboard.press("o")
    page.wait_for_url("**/episodes/**")
    until(page, f"{AUDIO}?.readyState > 0")
    assert page.evaluate(f"{AUDIO}.paused")


def test_enter_plays_the_hit_that_has_the_focus(page: Page) -> None:
    page.goto("/?q=password")
    hits = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit")
    hits.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(hits.nth(1)).to_have_attribute("data-playing", "")
    expect(hits.nth(1)).to_be_focused()
    until(page, f"{POSITION} > 0")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_hit_that_cannot_be_played_says_so_and_can_be_tried_again(page: Page) -> None:
    page.route("**/audio/**", lambda route: route.fulfill(status=503))
    page.goto("/?q=password")
    page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("a.hit").first.click()
    expect(page.get_by_role("alert")).to_contain_text("The sound cannot be played here")
    page.unroute("**/audio/**")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".trouble")).to_be_empty()


def test_keys_can_be_switched_off(page: Page) -> None:
    search(page, "face")
    page.locator("h2 a").first.focus()
    page.keyboard.press("?")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Close").click()
    page.locator("h2 a").first.focus()
    page.keyboard.press("/")
    expect(page.locator("h2 a, a.brand").first).to_be_visible()
    assert page.evaluate("document.activeElement.id") != "q"


def test_a_spelling_is_offered_and_taken(page: Page) -> None:
    page.goto("/?q=pasword")
    link = page.locator("#status a")
    expect(link).to_have_text("password")
    link.click()
    expect(page.locator("#status")).to_contain_text("36 hits")
    page.go_back()
    expect(page.locator("#q")).to_have_value("pasword")


def test_filters_narrow_and_are_kept(page: Page) -> None:
    page.goto("/?q=breach")
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Speaker").fill("Anna")
    expect(page.locator("summary", has_text="Filters (1)")).to_be_visible()
    expect(page).to_have_url("/?q=breach&speaker=Anna")
    page.get_by_label("Order").select_option("date")
    expect(page).to_have_url("/?q=breach&speaker=Anna&sort=date")


def test_the_order_can_be_chosen(page: Page) -> None:
    page.goto("/?q=breach")
    first = page.locator("article h2 a").first
    expect(first).to_have_text("The Breach")  # the title says so, too
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Order").select_option("date")
    expect(first).to_contain_text("<script>")  # the latest episode
    page.reload()
    expect(first).to_contain_text("<script>")


def test_only_the_latest_query_is_shown_however_fast_somebody_types(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("password face breach recognition", delay=2)
    for _ in range(len("face breach recognition") + 1):
        page.keyboard.press("Backspace")
    expect(page.locator("#status")).to_contain_text("36 hits")
    expect(page).to_have_url("/?q=password")


def test_nothing_found_says_so_and_helps(page: Page) -> None:
    page.goto("/?q=%22zebra+umbrella%22")
    expect(page.locator("#status")).to_contain_text("No hits")
    expect(page.locator(".notice")).to_contain_text("recog*")


def test_all_hits_of_an_episode_can_be_shown(page: Page) -> None:
    page.goto("/?q=password")  # typing would show the hits of half the word for a moment
    group = page.locator("article").first
    group.get_by_role("button", name="9 more in this episode").click()
    expect(group.locator("a.hit")).to_have_count(12)


def test_where_an_episode_has_too_many_hits_they_come_in_steps(page: Page, server: WebServer) -> None:
    said = server.ask(f"/api/search?q=password&episode={TALK}&limit=30&per_episode=0&sort=time").json["hits"]
    page.route("**/api/search?*", lambda route: route.continue_(url=route.request.url.replace("=1000", "=5")))
    page.goto("/?q=password")
    group = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']"))
    for left, shown in {9: 5, 7: 10, 2: 12}.items():
        group.get_by_role("button", name=f"{left} more in this episode").click()
        expect(group.locator("a.hit")).to_have_count(shown)
        expect(group.locator("a.hit").nth(shown - 1 - (shown - 1) % 5)).to_be_focused()
    expect(group.locator("button.more")).to_have_count(0)
    expect(group.locator(".hit .time")).to_have_text([hit["timestamp"] for hit in said])


def test_more_results_of_a_query_that_is_no_longer_shown_are_left_out(page: Page) -> None:
    waiting: list[Route] = []

    def let_go(route: Route) -> None:
        route.continue_(url=f"{route.request.url}&per_episode=0")  # or so small a library has one page of results

    def ask(route: Route) -> None:
        is_late = "q=password" in route.request.url and "offset=" in route.request.url
        waiting.append(route) if is_late else let_go(route)

    page.route("**/api/search?*", ask)
    page.goto("/?q=password")
    more = page.get_by_role("button", name="More results")
    more.click()
    expect(more).to_be_disabled()
    page.fill("#q", "face")
    expect(page.locator("#status")).to_contain_text("72 hits")
    with page.expect_response("**/api/search?q=password*offset=30*"):
        let_go(waiting[0])
    with page.expect_request("**/api/search?q=face*offset=30*"):
        more.click()
    expect(page.locator("a.hit")).to_have_count(60)
    expect(more).to_have_count(1)


def test_filters_that_hide_everything_are_shown_and_can_be_left_out(page: Page) -> None:
    page.goto("/?q=password&speaker=nobody")
    expect(page.get_by_label("Speaker")).to_be_visible()
    page.get_by_role("button", name="Search without filters").click()
    expect(page.locator("#status")).to_contain_text("36 hits")
    expect(page).to_have_url("/?q=password")


def test_a_date_narrows_the_results(page: Page) -> None:
    page.goto("/?q=password&since=2026-11-02")
    expect(page.locator("#status")).to_contain_text("No hits")
    page.get_by_label("From").fill("2026-11-01")
    expect(page.locator("#status")).to_contain_text("36 hits")


def test_a_group_says_where_and_when(page: Page) -> None:
    page.goto("/?q=password")
    group = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']"))
    expect(group.locator(".facts")).to_have_text("Tech Talk · 1 November 2026")
    expect(group.locator(".hit .time").first).to_have_text(re.compile(r"0:0\d:\d\d"))


def test_all_hits_are_marks_on_the_small_waveform_and_can_be_clicked(page: Page, server: WebServer) -> None:
    [moments] = server.ask(f"/api/moments?q=password&episode={TALK}").json["moments"].values()
    page.goto("/?q=password")
    waveform = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']")).locator("canvas")
    # The heads of the marks are the only thing that is drawn this far up.
    heads = """canvas => {
        const { data } = canvas.getContext('2d').getImageData(0, 2, canvas.width, 1);
        const drawn = (x) => data[4 * x + 3] > 128;
        return [...Array(canvas.width).keys()].filter((x) => drawn(x) && !drawn(x - 1)).map((x) => x / canvas.width);
    }"""
    page.wait_for_load_state("networkidle")
    expected = [moment / 1000 / DURATION_S for moment in moments]
    assert waveform.evaluate(heads) == [pytest.approx(share, abs=0.01) for share in expected]
    box = waveform.bounding_box()
    assert box
    waveform.click(position={"x": box["width"] * expected[7], "y": 20})
    until(page, f"{POSITION} > 0")
    assert page.evaluate(POSITION) == pytest.approx(moments[7] / 1000 - 0.5, abs=0.6)


def test_one_show_can_be_searched(page: Page) -> None:
    page.goto("/?q=breach")
    expect(page.locator("article")).to_have_count(4)
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Show").select_option("Tech Talk")
    expect(page.locator("article")).to_have_count(3)
    expect(page).to_have_url("/?q=breach&show=Tech+Talk")


class Held:
    """Searches that are answered when a test says so."""

    def __init__(self, page: Page) -> None:
        self._routes: list[Route] = []
        page.route("**/api/search?*", self._hold)

    def _hold(self, route: Route) -> None:
        self._routes.append(route)

    def answer(self, page: Page, text: str) -> None:
        """Wait for a search for a text, and answer it."""

        def asked() -> list[Route]:
            return [route for route in self._routes if f"q={text}&" in route.request.url]

        until_so(page, asked, f"somebody searches for {text}")  # not for the request, which is known before its route
        [route] = asked()
        self._routes.remove(route)
        route.continue_()


def test_going_back_leads_to_the_place_among_the_results(page: Page) -> None:
    search(page, "password")
    expect(page.locator("#status")).to_contain_text("36 hits")
    last = page.locator("a.hit").last
    last.focus()
    place = page.evaluate("scrollY")
    assert place > 100
    until(page, f"history.state?.scrollY === {place}")
    page.keyboard.press("o")
    page.wait_for_url("**/episodes/**")
    page.go_back()
    until(page, f"Math.abs(scrollY - {place}) < 2")
    page.reload()
    until(page, f"Math.abs(scrollY - {place}) < 2")
    page.goto("/?q=face")
    expect(page.locator("a.hit").first).to_be_visible()
    assert page.evaluate("scrollY") == 0


def test_the_place_among_the_results_is_not_forgotten_while_they_are_fetched(page: Page) -> None:
    search(page, "password")
    page.locator("a.hit").last.focus()
    place = page.evaluate("scrollY")
    until(page, f"history.state?.scrollY === {place}")
    held = Held(page)
    page.reload()
    page.evaluate("dispatchEvent(new Event('scrollend'))")  # on a page without results, to which browsers keep it
    assert page.evaluate("scrollY") < place
    assert page.evaluate("history.state.scrollY") == place
    held.answer(page, "password")
    until(page, f"Math.abs(scrollY - {place}) < 2")
    page.evaluate("scrollTo({ top: 0 })")
    until(page, "history.state.scrollY === 0")


def test_enter_waits_for_what_was_asked(page: Page) -> None:
    search(page, "password")
    held = Held(page)
    page.fill("#q", "face")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_be_focused()
    page.evaluate("new Promise((done) => setTimeout(done))")
    expect(page.locator("#q")).to_be_focused()
    held.answer(page, "face")
    expect(page.locator("a.hit").first).to_be_focused()
    expect(page.locator("a.hit mark").first).to_have_text("face")


def test_the_address_names_what_is_shown_whatever_was_typed_between(page: Page) -> None:
    search(page, "password")
    held = Held(page)
    page.locator("#q").focus()
    page.fill("#q", "face")
    page.keyboard.press("End")
    page.keyboard.press("x")
    page.keyboard.press("Backspace")
    expect(page).to_have_url("/?q=face")
    held.answer(page, "face")
    expect(page.locator("#status")).to_contain_text("72 hits")
    expect(page).to_have_url("/?q=face")


def test_back_leads_to_the_query_before(page: Page) -> None:
    page.goto("/library")
    page.goto("/")
    for query, hits in {"face": 72, "password": 36}.items():
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially(query)
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text(f"{hits} hits")
        expect(page.locator("a.hit").first).to_be_focused()
    page.go_back()
    expect(page).to_have_url("/?q=face")
    expect(page.locator("#q")).to_have_value("face")
    expect(page.locator("#status")).to_contain_text("72 hits")
    page.go_forward()
    expect(page).to_have_url("/?q=password")
    page.go_back()
    page.go_back()
    expect(page).to_have_url("/library")


def test_an_address_that_is_written_otherwise_is_no_step_of_its_own(page: Page) -> None:
    page.goto("/library")
    page.goto("/?q=password&show=&sort=")
    expect(page).to_have_url("/?q=password")
    page.go_back()
    expect(page).to_have_url("/library")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("show=Gone+Show", "No hits"),
        ("since=2027-01", "No hits"),
        ("until=2026-11", "36 hits"),
        ("until=2026", "36 hits"),
        ("episode=tech-talk%2Fthe-breach", "12 hits"),
    ],
)
def test_filters_that_an_address_names_are_kept_even_where_nobody_could_choose_them(
    page: Page, given: str, said: str
) -> None:
    page.goto(f"/?q=password&{given}")
    expect(page.locator("summary", has_text="Filters (1)")).to_be_visible()
    expect(page.locator("#status")).to_contain_text(said)
    assert page.url.endswith(f"/?q=password&{given}")
    page.goto("/?q=face")
    expect(page.locator("#status")).to_contain_text("72 hits")
    page.go_back()
    expect(page.locator("#status")).to_contain_text(said)
    page.locator("#q").fill("password server")
    expect(page).to_have_url(re.compile(re.escape(given)))
    page.go_back()
    expect(page.locator("#status")).to_contain_text(said)


def test_the_hit_that_plays_is_marked_among_all_of_its_episode(page: Page) -> None:
    page.goto("/?q=password")
    group = page.locator("article", has=page.locator(f"a[href='/episodes/{TALK}']"))
    group.locator("a.hit").nth(1).click()
    group.get_by_role("button", name="9 more in this episode").click()
    expect(group.locator("a.hit")).to_have_count(12)
    expect(group.locator("a.hit").nth(1)).to_have_attribute("data-playing", "")


def test_arrows_lead_on_from_the_buttons_between_hits(page: Page) -> None:
    page.goto("/?q=password")
    hits, more = page.locator("a.hit"), page.locator("article button.more")
    expect(hits).to_have_count(9)
    for key, hit in {"ArrowDown": 6, "ArrowUp": 5}.items():
        more.nth(1).focus()
        page.keyboard.press(key)
        expect(hits.nth(hit)).to_be_focused()


def test_more_results_are_offered_only_where_there_are_some(page: Page) -> None:
    page.route("**/api/search?*", lambda route: route.continue_(url=f"{route.request.url}&per_episode=10"))
    page.goto("/?q=password")
    expect(page.locator("a.hit")).to_have_count(30)
    expect(page.get_by_role("button", name="More results")).to_have_count(0)


def test_a_hit_that_cannot_be_played_has_no_length(page: Page) -> None:
    page.route("**/audio/**", lambda route: route.fulfill(status=503))
    page.goto("/?q=password")
    page.locator("a.hit").first.click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be played")
    expect(page.locator(".where .time").last).to_have_text("–")


def test_episodes_called_like_the_query_are_named(page: Page) -> None:
    page.goto("/?q=password")
    expect(page.locator("a.hit").first).to_be_visible()
    box = page.get_by_role("searchbox")
    box.fill("breach talk")
    page.get_by_role("link", name="The Breach").and_(page.locator("#titles a")).click()
    expect(page).to_have_url(f"/episodes/{TALK}")
    page.go_back()
    expect(page.locator("#titles")).to_contain_text("The Breach")
    box.fill("tra")
    expect(page.locator("#titles")).to_have_text("In titles: Transcript Only")
    box.fill("password")
    expect(page.locator("#titles")).to_be_empty()


def test_many_episodes_called_so_are_listed(page: Page) -> None:
    page.route("**/api/episodes?*", lambda route: route.continue_(url=route.request.url.replace("the", "o")))
    page.goto("/")
    page.get_by_role("searchbox").fill("the")
    page.locator("#titles").get_by_role("link", name="2 episodes").click()
    expect(page).to_have_url("/library?title=the#episodes")
    expect(page.locator(".episodes a")).to_have_text(["The Breach"])


def test_on_paper_results_are_dark_on_light_and_nothing_lies_over_them(page: Page) -> None:
    search(page, "password")
    page.locator(f"a.hit[href*='{TALK}']").first.click()
    expect(page.locator(".bar")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator("html")).to_have_css("background-color", "rgb(252, 251, 248)")
    expect(page.locator("mark").first).to_have_css("print-color-adjust", "exact")


def test_numbers_are_written_as_on_all_pages_in_a_browser_of_another_language(
    browser: Browser, server: WebServer
) -> None:
    page = browser.new_page(base_url=server.url, locale="de-DE")
    answer = server.ask("/api/search?q=password").json
    for hit in answer["hits"]:
        hit["more_in_episode"] = 3_456
    page.route("**/api/search?*", lambda route: route.fulfill(json=answer | {"total": 12_345}))
    page.goto("/?q=password")
    expect(page.locator("#status")).to_contain_text("12,345 hits in 3 episodes")
    expect(page.get_by_role("button", name="3,456 more in this episode").first).to_be_visible()
    page.goto(f"/episodes/{TALK}?q=password")
    expect(page.locator(".find .count")).to_contain_text("of 12,345 hits")
    page.close()
