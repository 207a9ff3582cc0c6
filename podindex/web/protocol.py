"""What is sent before there is a request that the application could answer. I/O: a socket.

uvicorn answers what is no HTTP with a line of text, where programs are promised JSON; and it counts among it what
people type: curl sends `?q=café` as it stands.
"""

import asyncio
import re
from typing import cast

# uvicorn's own, which speaks in its events: whoever has that has this.
import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from podindex.errors import RequestError
from podindex.web.respond import error_answer

_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class Protocol(H11Protocol):
    """HTTP/1.1, with addresses as people write them and errors as programs read them."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request as long as behind an answer, not for ever: whoever sends none keeps others out."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes of a first line that are not ASCII become `%C3`, as browsers send them."""
        pending, _ = self.conn.trailing_data
        if self.conn.their_state is h11.IDLE and b"\n" not in pending:
            line, end, rest = data.partition(b"\n")
            data = _NOT_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest
        # Not the base's, for which every byte is a request: only a whole one ends the waiting for it.
        self.conn.receive_data(data)
        self.handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._unset_keepalive_if_required()  # older ones leave it to the base; the answer may take hours

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  says nothing that helps
        """Answer what is no request, and hang up: where the next one begins cannot be known."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            hint = "send one Host header, %20 for a space in the address, and 16 kB of headers at most"
            answer = error_answer(RequestError("bad-request", "this is not valid HTTP/1.1", hint))
            headers = [*answer.raw_headers, (b"connection", b"close")]
            for event in (
                h11.Response(status_code=answer.status_code, headers=headers, reason=b"Bad Request"),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None:
            self.cycle.disconnected = True  # a body can be what is wrong: its request is being answered by now
        self.transport.close()

    def _should_upgrade(self) -> bool:
        """Go on in HTTP/1.1, as RFC 9110, 7.8 allows; uvicorn would tell the terminal what to install instead."""
        return False
