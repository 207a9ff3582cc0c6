"""The pages in Firefox: search, click and hear; drag; follow. Skipped where there is no Firefox."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from audio_files import noise, write_audio
from firefox import Firefox, running_firefox
from web_library import DURATION_S, TALK, add_doubtful_episode, add_long_episode
from web_page import KNOWS_ITS_FILE
from web_server import WebServer, running_server

from podindex.store import EpisodeStore

SOUND = "document.getElementById('audio')"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("no Firefox: `apt install firefox-esr` to see the pages in it")
    with running_firefox(program, tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_complaints(firefox: Firefox, server: WebServer) -> Iterator[None]:
    yield
    assert firefox.complaints(server.url) == []


def test_a_hit_is_found_and_plays_in_place(firefox: Firefox, server: WebServer) -> None:
    firefox.go(server.url)
    firefox.ask("WebDriver:ElementSendKeys", **element(firefox, "#q"), text="password")
    firefox.until("document.querySelectorAll('a.hit').length")
    assert firefox.run("return location.search") == "?q=password"
    firefox.ask("WebDriver:ElementClick", **element(firefox, f"a.hit[href*='{TALK}']"))
    [moments] = server.ask(f"/api/moments?q=password&episode={TALK}").json["moments"].values()
    # It begins half a second before.
    firefox.until(f"document.querySelector('.bar input').valueAsNumber > {moments[0] / 1000}")
    assert firefox.run("return document.querySelector('.bar .play').getAttribute('aria-label')") == "Pause"
    assert firefox.run("return document.querySelectorAll('a.hit').length")


def test_a_drag_seeks_and_the_text_follows(firefox: Firefox, server: WebServer) -> None:
    firefox.go(f"{server.url}episodes/{TALK}#t=3")  # in sight, so that nothing scrolls
    firefox.until("document.querySelector('[role=slider]')")
    firefox.until(f"Math.abs({SOUND}.currentTime - 3) < 0.05")
    firefox.drag(".wave-frame", 0.3, 0.75)
    firefox.until(f"Math.abs({SOUND}.currentTime - {DURATION_S * 0.75}) < 0.8")
    before = firefox.run(f"return {SOUND}.currentTime")
    firefox.ask("WebDriver:ElementSendKeys", **element(firefox, ".play"), text=" ")
    firefox.until(f"{SOUND}.currentTime > {before} + 0.5")
    firefox.until("document.querySelector('.para[data-heard]')")
    assert firefox.run("return CSS.highlights.get('heard').size") == 1


def test_a_word_is_counted_over_time(firefox: Firefox, server: WebServer) -> None:
    firefox.go(f"{server.url}library?term=password")
    assert firefox.run("return document.querySelectorAll('#trend rect').length") == 1


def test_keys_move_and_speed_stays(firefox: Firefox, server: WebServer) -> None:
    firefox.go(f"{server.url}episodes/{TALK}#t=50")
    firefox.until(f"Math.abs({SOUND}.currentTime - 50) < 0.05")
    press(firefox, "lj5>")
    firefox.until(f"Math.abs({SOUND}.currentTime - 60) < 0.3")
    press(firefox, " ")
    firefox.until(f"{SOUND}.currentTime > 60.5")
    press(firefox, "k")
    firefox.until(f"{SOUND}.paused")
    firefox.go(f"{server.url}episodes/{TALK}")
    firefox.until("document.querySelector('.resumed')?.textContent.includes('You stopped at 1:0')")
    assert firefox.run(f"return {SOUND}.playbackRate") == 1.25
    press(firefox, "<")
    firefox.until(f"{SOUND}.playbackRate === 1")


def test_a_jump_that_an_outage_interrupts_leads_there_later(firefox: Firefox, tmp_path: Path) -> None:
    episode_id = add_long_episode(tmp_path)
    with running_server(tmp_path) as server:
        firefox.go(f"{server.url}episodes/{episode_id}")
        firefox.until(f"{SOUND}.readyState")
        press(firefox, "> ")
        firefox.until(f"{SOUND}.currentTime > 0.5")
    press(firefox, "6")
    firefox.until("document.querySelector('.trouble').textContent.includes('does not answer')")
    assert firefox.run("return document.querySelector('.play').getAttribute('aria-label')") == "Pause"
    with running_server(tmp_path, "--port", str(urlsplit(server.url).port)):
        firefox.until(f"!{SOUND}.paused && Math.abs({SOUND}.currentTime - 1081) < 1")
        assert firefox.run(f"return {SOUND}.playbackRate") == 1.25
        assert firefox.run("return document.querySelector('.trouble').textContent") == ""
        press(firefox, " ")


def test_doubtful_words_are_underlined_where_the_reader_comes_to_them(firefox: Firefox, tmp_path: Path) -> None:
    episode_id = add_doubtful_episode(tmp_path)
    marks = "[...CSS.highlights.get('doubtful') ?? []]"
    underlined = f"{marks}.map(({{ startContainer }}) => startContainer.data.split(' ')[0])"
    with running_server(tmp_path) as server:
        firefox.go(f"{server.url}episodes/{episode_id}")
        firefox.until(f"{underlined}.includes('doubt0')")
        firefox.run("document.querySelectorAll('.para')[100].scrollIntoView()")
        firefox.until(f"{underlined}.includes('doubt100')")
        assert firefox.run(f"return {underlined}.length") < 150


def test_sound_that_was_replaced_is_said_and_is_then_the_new_one(firefox: Firefox, tmp_path: Path) -> None:
    episode_id = add_long_episode(tmp_path)
    path = EpisodeStore(tmp_path / "episodes").metadata_path(episode_id).with_suffix(".wav")
    with running_server(tmp_path) as server:
        firefox.go(f"{server.url}episodes/{episode_id}")
        firefox.ask("WebDriver:ElementClick", **element(firefox, ".play"))
        firefox.until(f"{SOUND}.currentTime > 0.5")
        firefox.until(KNOWS_ITS_FILE)
        write_audio(tmp_path / "new.wav", noise(300, -60, rate_hz=8_000), rate_hz=8_000).replace(path)
        press(firefox, "9")
        firefox.until("document.querySelector('.trouble').textContent.includes('has been replaced')")
        firefox.ask("WebDriver:ElementClick", **element(firefox, ".trouble button"))
        firefox.until(f"{SOUND}.duration === 300")
        assert firefox.run("return document.querySelector('.trouble').textContent") == ""


def test_a_page_that_is_come_back_to_is_paused_where_it_was_left(firefox: Firefox, server: WebServer) -> None:
    firefox.go(f"{server.url}episodes/{TALK}#t=40")
    firefox.until(f"Math.abs({SOUND}.currentTime - 40) < 0.05")
    press(firefox, " ")
    firefox.until(f"{SOUND}.currentTime > 40.5")
    firefox.run("window.isKept = true")
    firefox.go(f"{server.url}library")
    firefox.ask("WebDriver:Back")
    firefox.until(f"{SOUND}")
    assert firefox.run("return window.isKept"), "Firefox has kept the page, and what it said about its sound"
    firefox.until(f"{SOUND}.paused")
    assert firefox.run("return document.querySelector('.play').getAttribute('aria-label')") == "Play"
    left = firefox.run(f"return {SOUND}.currentTime")
    press(firefox, " ")
    firefox.until(f"{SOUND}.currentTime > {left} + 0.3")
    assert firefox.run(f"return {SOUND}.currentTime") < left + 3
    press(firefox, " ")


def press(firefox: Firefox, keys: str) -> None:
    """Press keys, wherever the focus is."""
    firefox.ask("WebDriver:ElementSendKeys", **element(firefox, "body"), text=keys)


def element(firefox: Firefox, selector: str) -> dict[str, str]:
    """Return how a command names an element."""
    [name] = firefox.ask("WebDriver:FindElement", using="css selector", value=selector).values()
    return {"id": name}
