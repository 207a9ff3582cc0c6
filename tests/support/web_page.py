"""Waiting for what a page's scripts do. Playwright's way runs text as code, which our policy forbids."""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TIMEOUT_S = 30  # what comes at all comes sooner, also where all cores are busy

KNOWS_ITS_FILE = """performance.getEntriesByType("resource").some(
    ({ initiatorType, name }) => initiatorType === "fetch" && new URL(name).pathname.startsWith("/audio/"))"""
"""Whether the player has asked which file it plays: it notices those that take its place afterwards."""


def until(page: "Page", expression: str) -> None:
    """Wait until a JavaScript expression is true."""
    until_so(page, lambda: page.evaluate(expression), expression)


def until_so(page: "Page", is_so: Callable[[], object], what: str) -> None:
    """Wait until something is so that events of the page bring about; `what` is said of it where it never is."""
    deadline = monotonic() + TIMEOUT_S
    while not is_so():
        assert monotonic() < deadline, f"never true: {what}"
        page.wait_for_timeout(10)
