"""What the pages do for browsers without scripts."""

import re

import pytest
from web_library import TALK
from web_server import WebServer


def without_scripts(server: WebServer, path: str) -> str:
    text = server.ask(path).text
    found = re.search(r"<noscript>(.*?)</noscript>", text, re.DOTALL)
    return found[1] if found else ""


def test_every_hit_can_be_reached(server: WebServer) -> None:
    path, hits = "/?q=password&show=Tech+Talk", 0
    while path:
        page = without_scripts(server, path)
        assert "36 hits in 3 episodes" in page
        hits += page.count("<li>")
        more = re.search(r'href="(/\?[^"]+)">More hits', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert hits == 36


def test_one_hit_is_one_hit(server: WebServer) -> None:
    page = without_scripts(server, "/?q=%22before+the+breach%22")
    assert "1 hit in 1 episode<" in page
    assert "More hits" not in page


def test_a_spelling_is_offered(server: WebServer) -> None:
    page = without_scripts(server, "/?q=pasword&sort=date&offset=10")
    assert 'Did you mean <a href="/?q=password&amp;sort=date">password</a>?' in page


@pytest.mark.parametrize(
    ("asked", "fragment"), [("?t=65.5", "#t=65.5"), ("?t=1:05,1:10", "#t=65"), ("?t=x", ""), ("", "")]
)
def test_an_address_leads_to_its_moment(server: WebServer, asked: str, fragment: str) -> None:
    page = server.ask(f"/episodes/{TALK}{asked}").text
    assert re.search(rf'<audio src="/audio/{TALK}\?v=[0-9a-f]+-[0-9a-f]+{re.escape(fragment)}" ', page)


def test_an_episode_leads_to_the_others_of_its_show(server: WebServer) -> None:
    link = '<a href="/library?show=Tech+Talk#episodes"'
    assert link in server.ask(f"/episodes/{TALK}").text
    assert link in server.ask("/library").text


def test_episodes_are_found_by_their_titles(server: WebServer) -> None:
    assert f'In titles: <a href="/episodes/{TALK}" dir="auto">The Breach</a>' in server.ask("/?q=breach").text
    several = 'In titles: <a href="/library?title=o#episodes">2 episodes</a>'
    assert several in server.ask("/?q=o").text
    assert "In titles" not in server.ask("/?q=password").text
    listed = server.ask("/library?title=gone+audio&show=Tech+Talk").text
    assert ">Audio Gone</a>" in listed
    assert ">The Breach</a>" not in listed
    assert 'value="gone audio"' in listed
    assert "No title has these words." in server.ask("/library?title=password").text
