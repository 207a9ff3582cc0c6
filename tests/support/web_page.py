"""Waiting for what a page's scripts do. Playwright's way runs text as code, which our policy forbids."""

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TIMEOUT_S = 30  # what comes at all comes sooner, also where all cores are busy


def until(page: "Page", expression: str) -> None:
    """Wait until a JavaScript expression is true."""
    deadline = monotonic() + TIMEOUT_S
    while not page.evaluate(expression):
        assert monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(10)
