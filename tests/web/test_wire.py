"""What stands on the wire: requests that HTTP libraries would not send, and people and programs do."""

import json
import socket
from urllib.parse import urlsplit

import pytest
from web_server import WebServer

HOST = b"Host: localhost\r\n"


def ask(server: WebServer, *parts: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes, each part in a packet of its own, and read until the server hangs up."""
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    return int(status.split()[1]), dict(header.lower().split(": ", 1) for header in headers), body


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /he althz HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"No colon\r\n\r\n",
        b"\xff\xfe\x00\r\n\r\n",
    ],
)
def test_what_is_no_request_is_answered_in_json(server: WebServer, request_bytes: bytes) -> None:
    status, headers, body = ask(server, request_bytes)
    assert (status, headers["content-type"], headers["connection"]) == (400, "application/json", "close")
    error = json.loads(body)["error"]
    assert error["code"] == "bad-request"
    assert error["message"]
    assert error["hint"]


@pytest.mark.parametrize("cut", [0, 18, 19, 25, 60])
def test_an_address_may_hold_utf8_as_it_is_typed(server: WebServer, cut: int) -> None:
    line = "GET /api/search?q=café HTTP/1.1\r\n".encode()
    request_bytes = line + HOST + b"Connection: close\r\n\r\n"
    status, _, body = ask(server, request_bytes[:cut], request_bytes[cut:])
    assert (status, json.loads(body)["query"]) == (200, "café")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://localhost/healthz", 200),
        ("HTTP://localhost:8765/api/search?q=face", 200),
        ("http://localhost", 200),
        ("http://localhost?q=face", 200),
        ("http://evil.example/healthz", 403),
        ("http://localhost@evil.example/healthz", 403),
        ("http:///healthz", 403),
        ("http://localhost/http://localhost/healthz", 404),
    ],
)
def test_an_address_may_name_the_host_as_to_a_proxy(server: WebServer, target: str, status: int) -> None:
    """RFC 9112, 3.2.2: it counts, and the Host header does not."""
    host = b"Host: evil.example\r\n" if status == 200 else HOST
    assert ask(server, f"GET {target} HTTP/1.1\r\n".encode() + host + b"Connection: close\r\n\r\n")[0] == status


def test_what_is_not_ascii_changes_nothing_behind_the_first_line(server: WebServer) -> None:
    request_bytes = b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: caf\xc3\xa9\r\nConnection: close\r\n\r\n"
    assert ask(server, request_bytes)[0] == 200
