"""The server is stopped while it answers, and answers others while it is busy."""

import socket
from pathlib import Path
from select import select
from urllib.parse import urlsplit

import pytest
from web_library import add_long_episode, add_odd_episode
from web_server import WebServer, running_server


def test_an_answer_that_is_cut_off_is_no_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    episode_id = add_long_episode(tmp_path)
    with running_server(tmp_path) as server:
        listener = begin_to_ask(server, f"/audio/{episode_id}")
        assert listener.recv(12) == b"HTTP/1.1 200"
    listener.close()
    assert "Traceback" not in capfd.readouterr().err


def test_a_file_that_keeps_the_server_busy_harms_no_other_listener_and_is_not_waited_for_at_the_end(
    tmp_path: Path,
) -> None:
    odd, other = add_odd_episode(tmp_path), add_long_episode(tmp_path)
    with running_server(tmp_path) as server:
        waiting = [begin_to_ask(server, path) for path in (f"/audio/{odd}", f"/api/episodes/{odd}/peaks")]
        for path in (f"/audio/{other}", f"/api/episodes/{other}/peaks", f"/episodes/{odd}", f"/episodes/{other}"):
            assert server.ask(path, {"Range": "bytes=0-9"}).status in (200, 206)
        assert not select(waiting, [], [], 0)[0]
    for listener in waiting:
        listener.close()


def begin_to_ask(server: WebServer, path: str) -> socket.socket:
    listener = socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0))
    listener.sendall(f"GET {path} HTTP/1.1\r\nHost: {server.netloc}\r\n\r\n".encode())
    return listener
