"""What whoever cannot see the page is told of it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from web_library import NO_AUDIO, TALK


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
