"""What is done about requests that are not whole, not well formed, or ask for another protocol."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import PlainTextResponse
from uvicorn import Config
from uvicorn.server import ServerState

from podindex.web.protocol import Protocol


class Wire(asyncio.Transport):
    """A connection that keeps what is sent on it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.sent += bytes(data)

    def is_closing(self) -> bool:
        """Tell whether the server has hung up."""
        return self.closed

    def close(self) -> None:
        """Hang up."""
        self.closed = True

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    def resume_reading(self) -> None:
        """Nothing comes by itself."""


def receive(*parts: bytes) -> Wire:
    """Receive parts in a thread of its own: in this one a loop runs once a browser has been driven."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _receive(*parts)).result()


async def _receive(*parts: bytes) -> Wire:
    """Return the connection of somebody who sends these parts and no more, to a server that does not wait for more."""
    config = Config(PlainTextResponse("ok"), timeout_keep_alive=0, log_config=None)
    protocol, wire = Protocol(config, ServerState(), {}), Wire()
    protocol.connection_made(wire)
    for part in parts:
        protocol.data_received(part)
    for _ in range(5):  # turns of the loop, which waits for nothing else
        await asyncio.sleep(0)
    return wire


@pytest.mark.parametrize("parts", [(), (b"GET / HTTP/1.1\r\n", b"Host: a\r\n", b"X: ", b"a")])
def test_a_connection_without_a_whole_request_is_not_kept_for_ever(parts: tuple[bytes, ...]) -> None:
    wire = receive(*parts)
    assert (wire.closed, wire.sent) == (True, b"")


def test_a_whole_request_ends_the_waiting_for_it() -> None:
    wire = receive(b"GET / HTTP/1.1\r\n", b"Host: a\r\n\r\n")
    assert wire.sent.startswith(b"HTTP/1.1 200")


def test_a_request_whose_body_is_malformed_is_answered_once(caplog: pytest.LogCaptureFixture) -> None:
    wire = receive(b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n")
    assert wire.sent.startswith(b"HTTP/1.1 400")
    assert wire.sent.count(b"content-type: ") == 1
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_nobody_is_told_to_install_what_another_protocol_needs(
    protocol: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
    assert receive(request).sent.startswith(b"HTTP/1.1 200")
    assert caplog.records == []
