"""The server is stopped while it answers."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from audio_files import noise, write_audio
from web_server import running_server

from podindex.models import AudioRef, Episode
from podindex.store import EpisodeStore


def test_an_answer_that_is_cut_off_is_no_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(Episode("a/long", "A", "Long", audio=AudioRef("long.wav")))
    # More than fits into the buffers between the two.
    write_audio(store.metadata_path("a/long").with_suffix(".wav"), noise(900, -60))
    with running_server(tmp_path) as server:
        address = urlsplit(server.url)
        listener = socket.create_connection(("127.0.0.1", address.port or 0))
        listener.sendall(f"GET /audio/a/long HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        assert listener.recv(12) == b"HTTP/1.1 200"
    listener.close()
    assert "Traceback" not in capfd.readouterr().err
