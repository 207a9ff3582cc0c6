"""How fast the pages are, in a real Chromium in front of a real `podindex serve`. I/O: processes, a temporary folder.

    python benchmarks/web.py [--library DIR] [--words 11000000] [--seconds 60]

Without --library a library of so many made-up words is written and indexed first, which takes some minutes. An episode
of three hours and 30,000 words is always made. Prints one line a number, with its goal.
"""

import argparse
import gzip
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import av
import numpy as np
from measuring import describe_machine
from playwright.sync_api import Browser, Page, sync_playwright

from podindex import Library
from podindex.models import AudioRef, Episode, Origin, Segment, Transcript, Word
from podindex.store import EpisodeStore
from podindex.web.assets import STATIC_DIR, Assets

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from web_server import WebServer, running_server

LONG_ID = "long/three-hours"
LONG_S = 3 * 3600
LONG_WORDS = 30_000
EPISODE_WORDS = 5_500
VOCABULARY = 60_000
QUERIES = ["security breach", "recognition", "the data", '"of the"', "password*", "zebra", "government", "a lot of"]

INSTRUMENTS = """() => {
  const Real = Audio;
  window.Audio = function () { return (window.theAudio = new Real()); };
  window.keys = []; window.typed = 0; window.longTasks = [];
  addEventListener("input", () => (window.typed = performance.now()), true);
  addEventListener("DOMContentLoaded", () => {
    const results = document.getElementById("results");
    if (results) new MutationObserver(() => {
      const typed = window.typed;
      if (typed) requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - typed)));
      window.typed = 0;
    }).observe(results, { childList: true });
  });
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: "longtask", buffered: true });
}"""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a large library that exists; its files are not changed")
    parser.add_argument("--words", type=int, default=11_000_000, help="made up where there is no --library")
    parser.add_argument("--seconds", type=int, default=60, help="how long 50 listeners listen")
    parser.add_argument(
        "--play-seconds", type=int, default=30, help="how long the long episode plays, at 16 times its speed"
    )
    options = parser.parse_args()
    print(describe_machine())
    report("script and style of the first page, gzip", first_page_bytes() / 1000, "kB", "< 60")
    with tempfile.TemporaryDirectory() as folder:
        long_dir = build_long(Path(folder) / "long")
        large_dir = options.library or build_large(Path(folder) / "large", options.words)
        measure_peaks(long_dir)
        with open_browser() as browser:
            with running_server(long_dir) as server:
                measure_long_page(browser, server, options.play_seconds)
            with running_server(large_dir) as server:
                measure_search(browser, server)
        with running_server(long_dir) as sound, running_server(large_dir) as search:
            measure_listeners(sound, search, options.seconds)


def report(what: str, value: float, unit: str, goal: str) -> None:
    """Print a number and what it should be."""
    print(f"{what:<58} {value:>10.1f} {unit:<6} (goal {goal})", flush=True)


def p95(values: list[float]) -> float:
    """Return the value that 95 % do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


# --- what is measured on


def build_long(library_dir: Path) -> Path:
    """Make a library of one episode of three hours."""
    store = _store(library_dir)
    words = _made_up_words(LONG_WORDS, np.random.default_rng(1))
    store.save_episode(
        Episode(LONG_ID, "Long", "Three Hours", duration_ms=LONG_S * 1000, audio=AudioRef("three-hours.mp3"))
    )
    store.save_transcript(_transcript(LONG_ID, words, LONG_S * 1000 // LONG_WORDS))
    _write_mp3(store.metadata_path(LONG_ID).with_suffix(".mp3"), LONG_S)
    return library_dir


def build_large(library_dir: Path, words: int) -> Path:
    """Make and index a library of so many words."""
    started = time.perf_counter()
    store, rng = _store(library_dir), np.random.default_rng(2)
    for number in range(words // EPISODE_WORDS):
        episode_id = f"show-{number % 5}/episode-{number}"
        published = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)
        store.save_episode(
            Episode(episode_id, f"Show {number % 5}", f"Episode {number}", published, duration_ms=2_000_000)
        )
        store.save_transcript(_transcript(episode_id, _made_up_words(EPISODE_WORDS, rng), 350))
    with Library.open(library_dir) as library:
        library.search("warm")
        library.episodes()
    print(f"a library of {words:,} words made and indexed in {time.perf_counter() - started:.0f} s", flush=True)
    return library_dir


def _store(library_dir: Path) -> EpisodeStore:
    library_dir.mkdir(parents=True)
    return EpisodeStore(library_dir / "episodes")


def _made_up_words(count: int, rng: np.random.Generator) -> list[str]:
    """Draw words as speech uses them: the second most frequent half as often as the first, and so on (Zipf)."""
    ranks = 1 / np.arange(1, VOCABULARY + 1)
    table = _vocabulary()
    return [table[number] for number in rng.choice(VOCABULARY, count, p=ranks / ranks.sum()).tolist()]


@cache
def _vocabulary() -> list[str]:
    """Return words by frequency: the usual ones first, those of the queries among the next thousands."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = [
        "".join(syllables[number // len(syllables) ** place % len(syllables)] for place in range(3))
        for number in range(VOCABULARY)
    ]
    usual = ["the", "of", "and", "a", "to", "in", "is", "that", "it", "you", "we", "lot"]
    words[: len(usual)] = usual
    for place, word in enumerate(["data", "security", "government", "password", "breach", "recognition", "zebra"]):
        words[100 * 2**place] = word
    return words


def _transcript(episode_id: str, words: list[str], word_ms: int) -> Transcript:
    segments = []
    for first in range(0, len(words), 12):
        timed = tuple(
            Word(word, number * word_ms, (number + 1) * word_ms, 0.4 if number % 25 == 0 else 0.9)
            for number, word in enumerate(words[first : first + 12], first)
        )
        text = " ".join(word.text for word in timed)
        segments.append(Segment(timed[0].start_ms, timed[-1].end_ms, text, timed, None))
    origin = Origin(kind="whisper", created=datetime(2026, 11, 1, tzinfo=UTC), podindex="0", model="none")
    return Transcript(episode_id, "en", tuple(segments), origin)


def _write_mp3(path: Path, seconds: int) -> None:
    """Write noise with pauses: a minute is encoded, and its frames repeated."""
    minute_path = path.with_suffix(".minute.mp3")
    rng = np.random.default_rng(3)
    samples = (rng.standard_normal(60 * 16_000) * 4_000 * (np.arange(60 * 16_000) // 16_000 % 4 > 0)).astype(np.int16)
    with av.open(str(minute_path), "w", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=16_000, layout="mono", bit_rate=48_000)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.rate = 16_000
        for part in [*av.AudioResampler("s16p", "mono", 16_000, 576).resample(frame), None]:
            container.mux(stream.encode(part))
    minute = minute_path.read_bytes()
    minute_path.unlink()
    with path.open("wb") as file:
        for _ in range(seconds // 60):
            file.write(minute)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    program = shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("there is no Chromium here")
    options = [
        "--mute-audio",
        "--autoplay-policy=no-user-gesture-required",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


def _open(browser: Browser, server: WebServer) -> Page:
    page = browser.new_context(base_url=server.url, viewport={"width": 1200, "height": 900}).new_page()
    page.add_init_script(f"({INSTRUMENTS})()")
    return page


# --- measurements


def first_page_bytes() -> int:
    """Return what the search page's scripts and styles weigh."""
    names = ["search.js", "style.css", *Assets().imports("search.js")]
    return sum(len(gzip.compress((STATIC_DIR / name).read_bytes())) for name in names)


def measure_peaks(long_dir: Path) -> None:
    """Draw three hours of sound for the first time."""
    from podindex.audio.peaks import format_peaks

    with Library.open(long_dir) as library:
        started = time.perf_counter()
        peaks = library.peaks(LONG_ID)
        elapsed_s = time.perf_counter() - started
    report("peaks of an hour, as kept", len(format_peaks(peaks)) / 3 / 1000, "kB", "< 250")
    report("peaks, speed", LONG_S / elapsed_s, "× real", "> 100")


def measure_search(browser: Browser, server: WebServer) -> None:
    """Type."""
    page = _open(browser, server)
    page.goto("/")
    for query in QUERIES:
        page.fill("#q", "")
        page.locator("#q").press_sequentially(query, delay=150)
        page.wait_for_timeout(400)
    keys: Any = page.evaluate("window.keys")
    report(f"key to results on the screen, median of {len(keys)}", statistics.median(keys), "ms", "-")
    report("key to results on the screen, p95", p95(keys), "ms", "< 150")


def measure_long_page(browser: Browser, server: WebServer, play_s: int) -> None:
    """Open, click, drag, scroll and play three hours."""
    page = _open(browser, server)
    page.goto("/?q=data")
    page.locator("a.hit").first.wait_for()
    clicks: Any = page.evaluate(
        """async () => {
          const out = [];
          for (const link of [...document.querySelectorAll("a.hit")].slice(0, 10)) {
            const started = performance.now();
            link.click();
            await new Promise((done) => window.theAudio.addEventListener("seeked", done, { once: true }));
            out.push([performance.now() - started, Math.abs(window.theAudio.currentTime * 1000 - link.hit.jump_ms)]);
            window.theAudio.pause();
          }
          return out;
        }"""
    )
    report(f"click on a hit to sound position, worst of {len(clicks)}", max(ms for ms, _ in clicks), "ms", "< 200")
    report("sound position against jump_ms, worst", max(off for _, off in clicks), "ms", "< 50")
    page.context.close()
    page = _open(browser, server)
    started = time.perf_counter()
    page.goto(f"/episodes/{LONG_ID}")
    page.get_by_role("button", name="Play").wait_for()
    report("3 hours: page to a button that plays", (time.perf_counter() - started) * 1000, "ms", "< 1000")
    page.get_by_role("slider", name="Position").wait_for()
    page.wait_for_timeout(1500)
    report("3 hours: longest task while opening", _longest_task(page), "ms", "< 50")
    _measure_drag(page)
    page.evaluate("document.getElementById('audio').play()")
    for _ in range(30):
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(50)
    report("3 hours: longest task while dragging and scrolling", _longest_task(page), "ms", "< 50")
    page.get_by_role("button", name="Follow").click()
    before = _heap_mb(page)
    page.evaluate("document.getElementById('audio').playbackRate = 16")
    page.wait_for_timeout(play_s * 1000)
    report("3 hours: longest task while following", _longest_task(page), "ms", "< 50")
    report("3 hours: heap of scripts after playing", _heap_mb(page), "MB", "< 150")
    report(f"3 hours: its growth over {play_s * 16 / 60:.0f} min of sound", _heap_mb(page) - before, "MB", "≈ 0")
    page.context.close()  # it would play on while the next is measured


def _measure_drag(page: Page) -> None:
    box = page.locator(".wave-frame").bounding_box() or {"x": 0, "y": 0, "width": 1, "height": 1}
    page.evaluate(
        """() => {
          window.drags = []; window.frames = []; let moved = 0;
          const cursor = document.querySelector(".wave-frame > div").shadowRoot.querySelector(".cursor");
          addEventListener("pointermove", ({ clientX }) => requestAnimationFrame(() =>
            window.frames.push(Math.abs(cursor.getBoundingClientRect().left - clientX))));
          const audio = document.getElementById("audio");
          addEventListener("pointermove", () => (moved = performance.now()), true);
          audio.addEventListener("seeking", () => { if (moved) window.drags.push(performance.now() - moved); });
        }"""
    )
    page.mouse.move(box["x"] + 10, box["y"] + 40)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + 10 + step * 10, box["y"] + 40)
        page.wait_for_timeout(16)
    seeks: Any = page.evaluate("window.drags")
    distances: Any = page.evaluate("window.frames")
    page.mouse.up()
    report("drag: cursor from the pointer in the next frame, p95", p95(distances), "px", "< 3")
    report(f"drag to the sound seeking, p95 of {len(seeks)} before release", p95(seeks), "ms", "< 17")


def _longest_task(page: Page) -> float:
    longest: Any = page.evaluate("Math.max(0, ...window.longTasks.splice(0))")
    return float(longest)


def _heap_mb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]} or {}
    if not metrics:
        session.send("Performance.enable")
        metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return float(metrics["JSHeapUsedSize"]) / 1e6


def measure_listeners(sound: WebServer, search: WebServer, seconds: int) -> None:
    """Let 50 people listen and search at once."""
    errors: list[str] = []
    searches: list[float] = []
    stop = time.monotonic() + seconds
    threads = [threading.Thread(target=_listen, args=(n, (sound, search), stop, errors, searches)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report(f"50 listeners for {seconds} s: errors", len(errors), "", "0")
    report(f"50 listeners: search, p95 of {len(searches)}", p95(searches), "ms", "< 300")
    for error in errors[:3]:
        print("  ", error)


def _listen(
    number: int, servers: tuple[WebServer, WebServer], stop: float, errors: list[str], searches: list[float]
) -> None:
    connections = [HTTPConnection("127.0.0.1", urlsplit(server.url).port or 0, timeout=30) for server in servers]
    position = number * 1_000_000
    time.sleep(number / 25)
    while time.monotonic() < stop:
        try:
            # A browser fetches some seconds ahead; 48 kbit/s are 6 kB a second.
            connections[0].request(
                "GET", f"/audio/{LONG_ID}", headers={"Range": f"bytes={position}-{position + 18_000}"}
            )
            answer = connections[0].getresponse()
            answer.read()
            position += 18_000
            started = time.perf_counter()
            connections[1].request("GET", f"/api/search?q={quote(QUERIES[number % len(QUERIES)])}&limit=30")
            found = connections[1].getresponse()
            found.read()
            searches.append((time.perf_counter() - started) * 1000)
            if (answer.status, found.status) != (206, 200):
                errors.append(f"{answer.status} {found.status}")
        except OSError as error:
            errors.append(str(error))
        time.sleep(3)


if __name__ == "__main__":
    main()
