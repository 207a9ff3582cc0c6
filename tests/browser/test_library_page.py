"""What there is, what is unfinished, and how often something was said."""

from playwright.sync_api import Page, expect


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
