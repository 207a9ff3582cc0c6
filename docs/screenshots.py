"""Takes the pictures of docs/screenshots/. I/O: a server, a browser, files.

    python docs/screenshots.py LIBRARY

LIBRARY is a library with the sample episodes, such as this folder after `make demo`. Look at every picture afterwards.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from web_server import running_server

EPISODE = "/episodes/the-sticky-note/three-hundred-thousand-faces#t=24.6"
DESK, PHONE = (1100, 760), (320, 640)
PICTURES = {
    "search": ("/?q=face", DESK, "light"),
    "search-phone": ("/?q=face", PHONE, "dark"),
    "episode": (EPISODE, DESK, "light"),
    "episode-dark": (EPISODE, DESK, "dark"),
    "episode-phone": (EPISODE, PHONE, "light"),
    "library": ("/library?term=face", DESK, "light"),
}


def main() -> None:
    """Take them all."""
    program = shutil.which("chromium") or sys.exit("there is no Chromium here")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with running_server(Path(sys.argv[1])) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=root)
        for name, (address, (width, height), scheme) in PICTURES.items():
            context = browser.new_context(
                base_url=server.url,
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            page.goto(address)
            page.wait_for_load_state("networkidle")
            if address.startswith("/?"):
                page.locator("a.hit").nth(1).click()
            if address == EPISODE:
                page.get_by_label("Search in this episode").fill("face")
            page.wait_for_timeout(1500)
            page.screenshot(path=Path(__file__).parent / "screenshots" / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
