"""Who may ask, and what pages may do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from web_library import HOSTILE, MARKUP
from web_server import WebServer, running_server

PATHS = ["/", "/library", f"/episodes/{HOSTILE}", "/api/search?q=breach", "/api/episodes", f"/api/episodes/{HOSTILE}"]


@pytest.fixture(scope="module")
def open_server(web_library: Path) -> Iterator[WebServer]:
    with running_server(web_library, "--host", "0.0.0.0") as running:
        yield running


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "localhost/evil",
        "192.168.1.5",
        "[::2]",
        "",
        "local host",
        "localhost:x",
    ],
)
def test_a_name_that_is_not_ours_is_refused(server: WebServer, host: str) -> None:
    answer = server.ask("/api/episodes", {"Host": host})
    assert answer.status in (400, 403)
    assert b"episode_id" not in answer.body


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:8765", "[::1]:8765", "localhost."])
def test_our_own_names_are_welcome(server: WebServer, host: str) -> None:
    assert server.ask("/healthz", {"Host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_other_sites_may_link_here_but_not_embed_or_read(server: WebServer, headers: dict[str, str]) -> None:
    answer = server.ask("/api/episodes", headers)
    assert (answer.status, answer.json["error"]["code"]) == (403, "foreign-site")
    assert server.ask("/", {**headers, "Sec-Fetch-Mode": "navigate"}).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(server: WebServer, method: str) -> None:
    own = {"Origin": f"http://{server.netloc}", "Sec-Fetch-Site": "same-origin", "Content-Length": "0"}
    for accepted in ("application/json", "text/html"):
        answer = server.ask("/", {**own, "Accept": accepted}, method=method)
        assert (answer.status, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert server.ask("/api/episodes", own, method=method).status == 405
    origins: list[dict[str, str]] = [{"Origin": origin} for origin in ("http://evil.example", "null", "http://[")]
    for foreign in (*origins, {"Sec-Fetch-Site": "cross-site"}):
        assert server.ask("/api/episodes", {"Content-Length": "0", **foreign}, method=method).status == 403


@pytest.mark.parametrize("path", [*PATHS, "/nothing", "/healthz", "/openapi.json"])
def test_every_answer_limits_what_browsers_do_with_it(server: WebServer, path: str) -> None:
    headers = server.ask(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/", "/library", f"/episodes/{HOSTILE}", "/?q=breach", "/?q=%3Cscript%3E", "/library?term=%3Cscript%3E"]
)
def test_text_from_outside_is_never_markup(server: WebServer, path: str) -> None:
    page = server.ask(path).text
    assert MARKUP not in page
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/",
        "/episodes/..%2f..%2fetc/passwd",
        "/audio/..%2f/x",
        "/audio/../../etc/passwd",
        "/audio/x/..%2f..%2fx",
        "/static/x/..%2f..%2fapp.py",
        "/static/x/../app.py",
        "/episodes/%00/x",
        "/episodes/a/b/c",
        "/audio//etc/passwd",
    ],
)
def test_strange_paths_lead_nowhere(server: WebServer, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 404
    assert "location" not in answer.headers


def test_other_machines_need_the_token(open_server: WebServer) -> None:
    for path in (*PATHS, "/healthz", "/openapi.json"):
        answer = open_server.ask(path, {"Host": "192.168.1.5:80"})
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert open_server.ask(path, {"Host": "192.168.1.5:80", "Cookie": "podindex_token_80=wrong"}).status == 401
    assert open_server.ask("/healthz", {"Authorization": f"Bearer {open_server.token}"}).status == 200
    assert (
        open_server.ask("/healthz", {"Host": "evil.example", "Cookie": f"podindex_token_80={open_server.token}"}).status
        == 403
    )


def test_the_token_moves_from_the_address_into_a_cookie(open_server: WebServer) -> None:
    answer = open_server.ask(f"/?q=face&token={open_server.token}")
    assert (answer.status, answer.headers["location"]) == (303, "/?q=face")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert open_server.ask("/", {"Cookie": cookie.partition(";")[0]}).status == 200
    assert open_server.ask(f"//evil.example/?token={open_server.token}").headers["location"] == "/evil.example/"

    for method in ("POST", "PUT", "DELETE"):
        answer = open_server.ask(f"/?token={open_server.token}", {"Content-Length": "0"}, method=method)
        assert (answer.status, "set-cookie" in answer.headers) == (405, False)


def test_two_servers_on_one_host_do_not_log_each_other_out(open_server: WebServer, web_library: Path) -> None:
    with running_server(web_library, "--host", "0.0.0.0") as other:
        both = (open_server, other)
        jar = [each.ask(f"/?token={each.token}").headers["set-cookie"].partition(";")[0] for each in both]
        assert len({cookie.partition("=")[0] for cookie in jar}) == 2, "browsers ignore ports, and keep one of a name"
        for each in both:
            assert each.ask("/healthz", {"Cookie": "; ".join(jar)}).status == 200


def test_people_are_told_on_a_page_how_to_come_in(open_server: WebServer) -> None:
    for path in ("/", "/library", f"/episodes/{HOSTILE}"):
        answer = open_server.ask(path, {"Accept": "text/html,*/*;q=0.8"})
        assert (answer.status, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert "Open the address that `podindex serve` printed" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    for path in ("/", "/api/episodes", "/healthz"):
        assert open_server.ask(path, {"Accept": "*/*"}).json["error"]["code"] == "token-needed"
    assert open_server.ask("/api/episodes", {"Accept": "text/html"}).json["error"]["code"] == "token-needed"


@pytest.mark.parametrize("host", ["evil.example", "[::2", "local host", ""])
def test_a_page_under_a_name_that_is_not_ours_says_so(server: WebServer, host: str) -> None:
    answer = server.ask("/", {"Host": host, "Accept": "text/html"})
    assert answer.status == 403
    assert "This server does not answer under this name" in answer.text
