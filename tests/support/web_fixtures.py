"""Fixtures for the web's tests: a real server, and a real Chromium in front of it.

Where there is no Chromium, the tests that need one are skipped and say so.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from web_library import build_web_library
from web_page import TIMEOUT_S
from web_server import WebServer, running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The Chromium of this machine."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium: `apt install chromium` to run the tests of the pages")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT_S * 1000)
    # Root may not use Chromium's sandbox; what is opened here is ours.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    options += ["--autoplay-policy=document-user-activation-required", "--mute-audio"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=options)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def web_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of `web_library.py`. Not to be written to."""
    return build_web_library(tmp_path_factory.mktemp("web") / "library")


@pytest.fixture(scope="session")
def server(web_library: Path) -> Iterator[WebServer]:
    """A server of that library, for all tests that only ask."""
    with running_server(web_library) as running:
        running.ask("/api/search?q=warm")
        yield running


@pytest.fixture
def page(browser: "Browser", server: WebServer) -> "Iterator[Page]":
    """A page of its own storage; whatever its scripts complain of, or load from elsewhere, fails the test."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1100, "height": 800}, locale="en-GB")
    context.set_default_timeout(TIMEOUT_S * 1000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    opened.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
    opened.on("request", lambda asked: None if _is_own(asked.url, server) else complaints.append(f"loads {asked.url}"))
    yield opened
    context.close()
    assert complaints == []


def _is_complaint(said: "ConsoleMessage") -> bool:
    # A test that lets the server fail does so with 503.
    return said.type in ("error", "warning") and "503" not in said.text


def _is_own(url: str, server: WebServer) -> bool:
    return url.startswith((server.url, "data:", "blob:"))
