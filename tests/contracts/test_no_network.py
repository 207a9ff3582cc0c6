"""Tests reach no other machine, neither in their own process nor in those they start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

OUTSIDE = "192.0.2.1"  # RFC 5737: for documentation, nobody's address


def _connect(host: str, port: int) -> None:
    with socket.socket() as client:
        client.settimeout(0.2)
        client.connect((host, port))


def test_a_connection_to_another_machine_fails_the_test() -> None:
    with pytest.raises(BaseException, match=r"socket\.connect") as caught:
        _connect(OUTSIDE, 80)
    assert type(caught.value).__name__ == "NetworkAccessError"


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(BaseException, match=r"socket\.getaddrinfo"):
        socket.create_connection(("example.invalid", 80), timeout=0.2)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        _connect("127.0.0.1", server.getsockname()[1])


def test_processes_started_by_a_test_are_guarded_too() -> None:
    code = f"import socket; socket.create_connection(({OUTSIDE!r}, 80), timeout=0.2)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "NetworkAccessError" in done.stderr


def test_looking_for_speech_leaves_nothing_behind_that_numbers_this_machine(tmp_path: Path) -> None:
    """What onnxruntime reports it keeps in the home first; its connections are none of Python's."""
    code = (
        "import numpy\n"
        "from podindex.transcribe.whisper import measure_speech\n"
        "measure_speech(numpy.zeros(16_000, numpy.float32))"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    subprocess.run([sys.executable, "-c", code], env=environ | {"HOME": str(tmp_path)}, check=True)
    assert list(tmp_path.rglob("*")) == []
