"""Sound with byte ranges, of every odd kind."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import FileResponse
from web_library import NO_AUDIO, TALK, TRANSCRIPT_ONLY
from web_server import WebServer

from podindex.errors import RequestError
from podindex.web.audio import audio_url, datable, parse_range

AUDIO = f"/audio/{TALK}"


@pytest.fixture(scope="module")
def content(web_library: Path) -> bytes:
    return (web_library / "episodes" / f"{TALK}.mp3").read_bytes()


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-", 0, None),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=-100", -100, None),
        ("bytes=100-99999999999", 100, None),
        ("bytes=-99999999999", 0, None),
        ("BYTES = 5 - 9", 5, 10),
    ],
)
def test_a_range_is_answered_with_that_part(
    server: WebServer, content: bytes, header: str, start: int, end: int | None
) -> None:
    answer = server.ask(AUDIO, {"Range": header})
    expected = content[start:end]
    first = start % len(content)
    assert answer.status == 206
    assert answer.body == expected
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(content)}"
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    "header",
    [
        "bytes=",
        "bytes=-",
        "bytes=9-5",
        "bytes=a-b",
        "bytes=1.5-2",
        "bytes=0x0-",
        "bytes=--5",
        "items=0-5",
        "0-5",
        "bytes 0-5",
        "bytes=0-1,5-9",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(101)),
        "bytes=0-" + "9" * 5000,
        "bytes=\xb2-\xb3",
    ],
)
def test_what_is_not_one_range_is_answered_with_the_whole(server: WebServer, content: bytes, header: str) -> None:
    answer = server.ask(AUDIO, {"Range": header})
    assert (answer.status, answer.body) == (200, content)


@pytest.mark.parametrize("header", ["bytes=0-9", "bytes=99999999-"])
def test_only_who_gets_bytes_gets_a_range(server: WebServer, content: bytes, header: str) -> None:
    """RFC 9110, 14.2: a Range header means something with GET only."""
    answer = server.ask(AUDIO, {"Range": header}, method="HEAD")
    assert (answer.status, answer.headers["content-length"]) == (200, str(len(content)))
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("header", ["bytes=99999999-", "bytes=99999999-99999999", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(server: WebServer, content: bytes, header: str) -> None:
    answer = server.ask(AUDIO, {"Range": header})
    assert answer.status == 416
    assert answer.json["error"]["code"] == "bad-range"
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


def test_a_copy_that_is_still_good_is_not_sent_again(server: WebServer, content: bytes) -> None:
    etag = server.ask(AUDIO, method="HEAD").headers["etag"]
    assert server.ask(AUDIO, {"If-None-Match": etag}).status == 304
    assert server.ask(AUDIO, {"If-None-Match": '"other"'}).body == content
    part = {"Range": "bytes=5-9"}
    assert server.ask(AUDIO, {**part, "If-Range": etag}).status == 206
    assert server.ask(AUDIO, {**part, "If-Range": '"other"'}).status == 200
    beyond = {"Range": "bytes=99999999-", "If-Range": '"other"'}
    assert server.ask(AUDIO, beyond).body == content, "the file was longer when the range was chosen"


def test_a_copy_of_which_only_the_date_is_known_is_not_sent_again(server: WebServer, content: bytes) -> None:
    date = server.ask(AUDIO, method="HEAD").headers["last-modified"]
    assert server.ask(AUDIO, {"If-Modified-Since": date}).status == 304
    assert server.ask(AUDIO, {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}).status == 304
    assert server.ask(AUDIO, {"If-Modified-Since": date, "If-None-Match": '"other"'}).body == content, "the tag counts"
    beyond = f"Fri, 01 Jan {'9' * 30} 00:00:00 GMT"
    for no_later in ("Thu, 01 Jan 1998 00:00:00 GMT", "Fri, 01 Jan 2038 00:00:00 -0000", beyond, "yesterday", ""):
        assert server.ask(AUDIO, {"If-Modified-Since": no_later}).body == content


def test_a_file_of_a_year_that_no_date_has_is_sent() -> None:
    now = Path(__file__).stat()
    assert datable(now) is now
    later = datable(os.stat_result((*now[: stat.ST_MTIME], 910_692_730_085, 0)))
    assert FileResponse("talk.mp3", stat_result=later).headers["last-modified"] == "Fri, 31 Dec 9999 23:59:59 GMT"
    assert later.st_size == now.st_size


def test_every_version_in_an_address_is_the_sound_as_it_is(server: WebServer, content: bytes) -> None:
    for version in ("1-2", "%22abc%22", ""):
        assert server.ask(f"{AUDIO}?v={version}").body == content


def test_the_address_of_sound_is_another_when_its_file_is(tmp_path: Path) -> None:
    path = tmp_path / "one.mp3"
    assert audio_url("show/one", path) == "/audio/show/one"
    path.write_bytes(b"first")
    before = audio_url("show/one", path)
    assert before == audio_url("show/one", path)
    path.write_bytes(b"another")
    assert audio_url("show/one", path) != before


def test_sound_is_never_compressed(server: WebServer, content: bytes) -> None:
    answer = server.ask(AUDIO, {"Accept-Encoding": "gzip"})
    assert answer.body == content
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("episode_id", [NO_AUDIO, TRANSCRIPT_ONLY])
def test_sound_that_is_not_there_says_so(server: WebServer, episode_id: str) -> None:
    for path in (f"/audio/{episode_id}", f"/api/episodes/{episode_id}/peaks"):
        answer = server.ask(path)
        assert answer.status == 404
        assert answer.json["error"]["code"] == "audio-gone"


@given(st.binary(max_size=40), st.integers(0, 1000))
def test_no_header_breaks_the_parser(header: bytes, size_bytes: int) -> None:
    with suppress(RequestError):  # outside the file
        found = parse_range(b"bytes=" + header, size_bytes)
        assert found is None or 0 <= found[0] < found[1] <= size_bytes
