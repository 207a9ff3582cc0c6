"""Tests reach no other machine, neither in their own process nor in those they start."""

import socket
import subprocess
import sys

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
