"""A real Firefox, driven over Marionette, the protocol that every Firefox speaks.

I/O: a process, a socket, a profile.
"""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO

_START_S = 60
_TIMEOUT_S = 30
_POLL_S = 0.05
_PREFERENCES = """
user_pref("marionette.port", 0); // any that is free; it says which in a file of the profile
user_pref("media.default_volume", "0.0"); // sound that can be heard is an error where there is no sound card
"""
_POINT = "const { left, top, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();"


class Firefox:
    """One window."""

    def __init__(self, connection: socket.socket, stream: BinaryIO) -> None:
        self._connection = connection
        self._stream = stream
        self._read()  # its greeting
        self.ask("WebDriver:NewSession")

    def ask(self, command: str, **parameters: object) -> Any:
        """Send a command and return what it returns."""
        message = json.dumps([0, 1, command, parameters]).encode()
        self._connection.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        assert error is None, f"{command}: {error}"
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def go(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self.ask("WebDriver:Navigate", url=address)

    def run(self, script: str, *given: object) -> Any:
        """Run the body of a function in the page and return what it returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=given)

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = monotonic() + _TIMEOUT_S
        while not self.run(f"return Boolean({expression})"):
            assert monotonic() < deadline, f"never true: {expression}"
            sleep(_POLL_S)

    def drag(self, selector: str, from_share: float, to_share: float) -> None:
        """Press the mouse on an element, move it and let go; at so much of its width. The same twice: a click."""
        points = [
            self.run(
                f"{_POINT} return [left + width * arguments[1], top + height / 2].map(Math.round)", selector, share
            )
            for share in (from_share, to_share)
        ]
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 50} for x, y in points]
        steps = [moves[0], {"type": "pointerDown", "button": 0}, moves[1], {"type": "pointerUp", "button": 0}]
        self.ask("WebDriver:PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": steps}])

    def complaints(self, site: str) -> list[str]:
        """Return the errors of a site's scripts, and what its policy kept from them."""
        found: list[str] = self._run_inside(
            "return Services.console.getMessageArray().filter((said) => said instanceof Ci.nsIScriptError"
            " && !(said.flags & Ci.nsIScriptError.warningFlag) && said.sourceName.startsWith(arguments[0]))"
            ".map((said) => `${said.sourceName}:${said.lineNumber} ${said.errorMessage}`)",
            site,
        )
        return found

    def _run_inside(self, script: str, *given: object) -> Any:
        """Run a script in the browser itself instead of in the page."""
        self.ask("Marionette:SetContext", value="chrome")
        returned = self.run(script, *given)
        self.ask("Marionette:SetContext", value="content")
        return returned

    def _read(self) -> Any:
        length = b""
        while (byte := self._stream.read(1)) != b":":
            assert byte, "Firefox has gone"
            length += byte
        return json.loads(self._stream.read(int(length)))


@contextmanager
def running_firefox(program: str, profile: Path) -> Iterator[Firefox]:
    """Run a Firefox with an empty profile."""
    (profile / "user.js").write_text(_PREFERENCES, encoding="utf-8")
    options = ["-headless", "-no-remote", "-marionette", "-remote-allow-system-access", "-profile", str(profile)]
    process = subprocess.Popen(
        [program, *options],
        env=os.environ | {"HOME": str(profile)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port_file = profile / "MarionetteActivePort"
        deadline = monotonic() + _START_S
        while not (port_file.is_file() and port_file.read_text()):
            assert process.poll() is None, "Firefox ended at once"
            assert monotonic() < deadline, "Firefox did not start"
            sleep(_POLL_S)
        address = ("127.0.0.1", int(port_file.read_text()))
        with socket.create_connection(address, timeout=_START_S) as connection, connection.makefile("rb") as stream:
            yield Firefox(connection, stream)
    finally:
        process.terminate()
        try:
            process.wait(timeout=_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
