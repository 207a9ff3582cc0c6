"""The socket that the player listens on."""

import socket

import pytest

from podindex.errors import ConfigError
from podindex.web.server import listen


def test_no_answer_waits_for_the_acknowledgement_of_its_first_half() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_in_use_is_said_in_few_words() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(ConfigError) as caught:
        listen("127.0.0.1", port := listener.getsockname()[1])
    assert caught.value.message == f"cannot listen on 127.0.0.1, port {port}: Address already in use"
