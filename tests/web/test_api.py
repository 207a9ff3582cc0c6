"""The API: the same objects as the command line, described, and kept by browsers."""

import re
from pathlib import Path
from typing import Any

import pytest
from commands import podindex_json
from web_library import DURATION_S, PENDING, TALK, WORD_MS
from web_server import WebServer, running_server

from podindex.models import AudioRef, Episode
from podindex.store import EpisodeStore
from podindex.web.app import API
from podindex.web.openapi import DOCUMENT


def test_a_search_is_the_object_of_the_command_line(server: WebServer, web_library: Path) -> None:
    over_http = server.ask("/api/search?q=facial+recognition&limit=5").json
    on_the_line = podindex_json("--library", web_library, "search", "facial recognition", "--limit", "5", "--json")
    for page in (over_http, on_the_line):
        page.pop("took_ms")
    assert over_http == on_the_line
    assert over_http["total"] > 0


def test_episodes_are_the_object_of_the_command_line(server: WebServer, web_library: Path) -> None:
    assert server.ask("/api/episodes").json == podindex_json("--library", web_library, "episodes", "--json")


@pytest.mark.parametrize("title", ["breach", "gone audio", "nothing", "tech talk"])
def test_episodes_by_their_titles_are_those_of_the_command_line(
    server: WebServer, web_library: Path, title: str
) -> None:
    asked = server.ask(f"/api/episodes?title={title.replace(' ', '+')}").json
    assert asked == podindex_json("--library", web_library, "episodes", *title.split(), "--json")
    titles = {"breach": ["The Breach"], "gone audio": ["Audio Gone"]}
    assert [episode["title"] for episode in asked["episodes"]] == titles.get(title, [])


def test_moments_are_the_starts_of_all_hits(server: WebServer) -> None:
    page = server.ask(f"/api/search?q=password&episode={TALK}&per_episode=0&limit=100").json
    moments = server.ask(f"/api/moments?q=password&episode={TALK}").json["moments"]
    assert moments == {TALK: sorted(hit["start_ms"] for hit in page["hits"])}
    assert len(moments[TALK]) == 12


def test_a_month_or_a_year_is_a_day_of_publication_as_well(server: WebServer) -> None:
    total = server.ask("/api/search?q=password").json["total"]
    assert server.ask("/api/search?q=password&since=2026-11&until=2026").json["total"] == total
    assert server.ask("/api/search?q=password&since=2027").json["total"] == 0


def test_trends_count_every_hit_once(server: WebServer) -> None:
    trends = server.ask("/api/trends?q=password").json
    assert trends["months"] == ["2026-11"]
    assert trends["series"] == [{"show": "Tech Talk", "counts": [server.ask("/api/search?q=password").json["total"]]}]


def test_words_come_with_their_times(server: WebServer) -> None:
    words = server.ask(f"/api/episodes/{TALK}/transcript?format=words").json["words"]
    assert words[2][:3] == ["the", 2 * WORD_MS, 3 * WORD_MS]


def test_peaks_are_a_small_picture_of_the_sound(server: WebServer) -> None:
    answer = server.ask(f"/api/episodes/{TALK}/peaks?zoom=10")
    version, _, rate, samples, length, channels = (
        int.from_bytes(answer.body[at : at + 4], "little") for at in range(0, 24, 4)
    )
    assert (version, rate, channels, len(answer.body)) == (2, 16_000, 1, 24 + 2 * length)
    assert length * samples / rate == pytest.approx(DURATION_S, abs=0.5)
    assert server.ask(f"/api/episodes/{TALK}/peaks").headers["etag"] != answer.headers["etag"]


@pytest.mark.parametrize("name", ["vtt", "srt", "json", "txt", "words"])
def test_transcripts_can_be_saved(server: WebServer, name: str) -> None:
    answer = server.ask(f"/api/episodes/{TALK}/transcript?format={name}&download")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="the-breach.')


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/search?q=a&limit=0", 400, "bad-parameter"),
        ("/api/search?q=a&limit=1001", 400, "bad-parameter"),
        ("/api/search?q=a&limit=%D9%A5", 400, "bad-parameter"),
        ("/api/search?q=a&offset=-1", 400, "bad-parameter"),
        ("/api/search?q=a&sort=best", 400, "bad-parameter"),
        ("/api/search?q=a&since=yesterday", 400, "bad-parameter"),
        ("/api/search?q=a&since=2026-13", 400, "bad-parameter"),
        ("/api/search?q=a&context=nan", 400, "bad-parameter"),
        (f"/api/search?q=a&show={'a' * 1001}", 400, "bad-parameter"),
        (f"/api/episodes/{TALK}/peaks?zoom=0", 400, "bad-parameter"),
        (f"/api/episodes/{TALK}/transcript?format=doc", 400, "unknown-format"),
        (f"/api/episodes/{PENDING}/transcript", 404, "no-transcript"),
        ("/api/episodes/tech-talk/nothing", 404, "no-such-episode"),
        ("/api/episodes/Tech%20Talk/x", 404, "bad-episode-id"),
        ("/api/nothing", 404, "no-such-page"),
    ],
)
def test_what_cannot_be_answered_is_explained(server: WebServer, path: str, status: int, code: str) -> None:
    answer = server.ask(path)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert answer.json["error"]["hint"]


@pytest.mark.parametrize("query", ["", "%22", "AND", "((((", "%00", "%ff%fe", "*", "~~", "a" * 1000, "%F0%9F%8E%99"])
def test_no_query_is_an_error(server: WebServer, query: str) -> None:
    assert server.ask(f"/api/search?q={query}").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/library",
        f"/episodes/{TALK}",
        "/?q=password",
        "/api/search?q=password",
        "/api/moments?q=password",
        "/api/trends?q=password",
        "/api/episodes",
        f"/api/episodes/{TALK}",
        f"/api/episodes/{TALK}/transcript?format=vtt",
        f"/api/episodes/{TALK}/peaks",
        "/static/older/search.js",
        "/openapi.json",
    ],
)
def test_what_has_not_changed_is_not_sent_again(server: WebServer, path: str) -> None:
    first = server.ask(path)
    again = server.ask(path, {"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    zipped = server.ask(path, {"Accept-Encoding": "gzip"})
    assert zipped.headers["etag"] == first.headers["etag"]


def test_an_error_is_said_however_often_it_is_asked_for(server: WebServer) -> None:
    headers = {"Accept": "text/html"}
    first = server.ask("/episodes/no/thing", headers)
    again = server.ask("/episodes/no/thing", {**headers, "If-None-Match": first.headers.get("etag", "*")})
    assert (again.status, again.body) == (404, first.body)
    assert b"There is no episode" in first.body


def test_long_answers_are_compressed_for_those_who_take_it(server: WebServer) -> None:
    path = f"/api/episodes/{TALK}/transcript?format=words"
    zipped = server.ask(path, {"Accept-Encoding": "br, gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert len(zipped.body) < len(server.ask(path).body) / 2
    assert "content-encoding" not in server.ask(path, {"Accept-Encoding": "gzip;q=0"}).headers


def test_scripts_are_kept_for_good(server: WebServer) -> None:
    [address] = re.findall(r'src="(/static/[^"]+)"', server.ask("/").text)
    assert "immutable" in server.ask(address).headers["cache-control"]
    stale = re.sub(r"/static/\w+", "/static/0123456789ab", address)
    assert server.ask(stale).headers["cache-control"] == "no-cache"


# --- the description


def test_every_address_of_the_api_is_described(server: WebServer) -> None:
    assert server.ask("/openapi.json").json == DOCUMENT
    assert set(DOCUMENT["paths"]) == {*API, "/healthz"}


def test_answers_are_as_described(server: WebServer) -> None:
    values = {"{show}/{episode}": TALK}
    for path, item in DOCUMENT["paths"].items():
        schema = item["get"]["responses"]["200"]["content"].get("application/json", {}).get("schema")
        if schema:
            place = path.replace("{show}/{episode}", values["{show}/{episode}"])
            _check(server.ask(f"{place}?q=face").json, schema, path)


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_every_status_that_is_answered_is_described(server: WebServer, path: str) -> None:
    described = set(DOCUMENT["paths"][path]["get"]["responses"])
    place = path.replace("{show}/{episode}", TALK)
    known = server.ask(place).headers.get("etag", "")
    asked: list[dict[str, str]] = [{}, {"Host": "evil.example"}, {"If-None-Match": known}, {"Range": "bytes=0-9"}]
    assert {str(server.ask(place, headers).status) for headers in asked} <= described
    assert "401" in described, "see test_other_machines_need_the_token"


_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": int | float,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def _check(value: Any, schema: dict[str, Any], where: str) -> None:
    """Check the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        kinds = {option.get("type", "object"): option for option in schema["anyOf"]}
        schema = kinds["null"] if value is None else next(option for kind, option in kinds.items() if kind != "null")
    assert isinstance(value, _TYPES[schema["type"]]), where
    if "enum" in schema:
        assert value in schema["enum"], where
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, part in schema["properties"].items():
            _check(value[name], part, f"{where}.{name}")
    for part in value if isinstance(value, list) else ():
        _check(part, schema["items"], where)


# --- libraries of other kinds


def test_that_a_library_has_gone_is_said(tmp_path: Path) -> None:
    (tmp_path / "episodes").mkdir()
    with running_server(tmp_path) as server:
        (tmp_path / "episodes").rmdir()
        assert "podindex add" in server.ask("/", {"Accept": "text/html"}).text
        assert "podindex add" in server.ask("/library").text
        for path in ("/api/search?q=a", "/api/episodes"):
            answer = server.ask(path)
            assert (answer.status, answer.json["error"]["code"]) == (404, "no-library")


def test_metadata_can_name_any_file_but_only_sound_is_handed_out(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    (tmp_path / "secret").write_text("root:x:0:0")
    (tmp_path / "secret.db").write_bytes(bytes(range(256)) * 20)
    for name in ("secret", "secret.db"):
        slug = name.replace(".", "-")
        store.save_episode(Episode(f"show/{slug}", "Show", slug, audio=AudioRef(f"../../{name}")))
    with running_server(tmp_path) as server:
        for slug in ("secret", "secret-db"):
            answer = server.ask(f"/audio/show/{slug}")
            assert (answer.status, answer.json["error"]["code"]) == (404, "audio-gone")


def test_a_query_may_be_as_long_as_on_the_command_line(server: WebServer) -> None:
    answer = server.ask(f"/api/search?q={'a' * 20_000}")
    assert answer.status == 200
    assert any("10,000" in note for note in answer.json["notes"])
