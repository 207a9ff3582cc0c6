"""The server is stopped while it answers."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from web_library import add_long_episode
from web_server import running_server


def test_an_answer_that_is_cut_off_is_no_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    episode_id = add_long_episode(tmp_path)
    with running_server(tmp_path) as server:
        address = urlsplit(server.url)
        listener = socket.create_connection(("127.0.0.1", address.port or 0))
        listener.sendall(f"GET /audio/{episode_id} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        assert listener.recv(12) == b"HTTP/1.1 200"
    listener.close()
    assert "Traceback" not in capfd.readouterr().err
