"""A real `podindex serve`, asked over real sockets with whatever a test wants to send. I/O: a process, sockets."""

import gzip
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from commands import PODINDEX, heed_ctrl_c


@dataclass(frozen=True)
class Answer:
    """What the server answered; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, unpacked."""
        zipped = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if zipped else self.body).decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


@dataclass(frozen=True)
class WebServer:
    """A running server."""

    url: str
    """The address it printed."""

    @property
    def netloc(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def token(self) -> str:
        """The token in the address it printed."""
        return parse_qs(urlsplit(self.url).query)["token"][0]

    def ask(self, path: str, headers: dict[str, str] | None = None, *, method: str = "GET") -> Answer:
        """Send a request exactly as it is given; the path is not touched."""
        connection = HTTPConnection("127.0.0.1", urlsplit(self.url).port or 0, timeout=60)
        given = {"Host": self.netloc} | (headers or {})
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()


@contextmanager
def running_server(library_dir: Path, *options: str) -> Iterator[WebServer]:
    """Run `podindex serve` on a free port; it must end well when it is told to."""
    process = subprocess.Popen(
        [*PODINDEX, "--library", library_dir, "serve", "--port", "0", *options],
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), "the server did not start"
        yield WebServer(address)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130
    finally:
        process.kill()
        process.communicate()
