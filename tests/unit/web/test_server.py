"""The socket that the player listens on."""

import socket

from podindex.web.server import listen


def test_no_answer_waits_for_the_acknowledgement_of_its_first_half() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
