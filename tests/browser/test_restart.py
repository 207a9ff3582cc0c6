"""The server is started anew under an open page: the page goes on by itself."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect
from web_library import TALK
from web_page import until
from web_server import running_server


def test_search_and_sound_go_on_when_the_server_is_back(browser: Browser, web_library: Path) -> None:
    context = browser.new_context()
    searching, listening = context.new_page(), context.new_page()
    with running_server(web_library) as server:
        searching.goto(f"{server.url}?q=password")
        expect(searching.locator("a.hit").first).to_be_visible()
        listening.goto(f"{server.url}episodes/{TALK}")
        expect(listening.get_by_role("slider", name="Position")).to_be_visible()
    searching.fill("#q", "breach")
    expect(searching.locator("#status")).to_contain_text("does not answer")
    expect(searching.locator("mark").first).to_have_text("password")  # what was found stays
    # The browser has all of this short sound: let it ask again.
    listening.evaluate("document.getElementById('audio').src += '?again'")
    expect(listening.locator(".trouble")).to_contain_text("does not answer")
    with running_server(web_library, "--port", str(urlsplit(server.url).port)):
        expect(searching.locator("mark").first).to_have_text("breach")
        expect(listening.locator(".trouble")).to_be_empty()
        listening.get_by_role("button", name="Play").click()
        until(listening, "document.getElementById('audio').currentTime > 0.2")
    context.close()


def test_a_page_whose_token_is_no_longer_good_says_what_to_do(browser: Browser, web_library: Path) -> None:
    context = browser.new_context()
    page, listening = context.new_page(), context.new_page()
    with running_server(web_library, "--host", "0.0.0.0") as server:
        own = f"http://localhost:{urlsplit(server.url).port}/"
        page.goto(f"{own}?q=password&token={server.token}")
        expect(page.locator("a.hit").first).to_be_visible()
        listening.goto(f"{own}episodes/{TALK}")
        expect(listening.get_by_role("slider", name="Position")).to_be_visible()
    listening.evaluate("document.getElementById('audio').src += '?again'")
    expect(listening.locator(".trouble")).to_contain_text("does not answer")
    page.fill("#q", "breach")
    expect(page.locator("#status")).to_contain_text("does not answer")
    with running_server(web_library, "--host", "0.0.0.0", "--port", str(urlsplit(server.url).port)):
        expect(page.locator("#status")).to_contain_text("open the address that `podindex serve` printed")
        expect(listening.locator(".trouble")).to_contain_text("Open the address that `podindex serve` printed")
        page.reload()
        expect(page.get_by_role("heading")).to_contain_text("token")
    context.close()
