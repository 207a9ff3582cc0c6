"""Lets a Python process of the tests reach nothing but this machine. I/O: an audit hook, installed on import.

`tests/conftest.py` runs this for the tests themselves and puts the folder on `PYTHONPATH`, so that Python starts every
process that a test starts with it too: commands, transcribing workers, index writers.
"""

import ipaddress
import sys

_NAMES_HERE = {None, "", "localhost", "localhost.localdomain"}


class NetworkAccessError(BaseException):
    """A test tried to reach another machine. Not an `Exception`, so that no handler takes it for a failed download."""


def _is_here(host: object) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text in _NAMES_HERE:
        return True
    try:
        address = ipaddress.ip_address(str(text).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_other_machines(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" or event == "socket.sendto":
        address = args[1]
        if isinstance(address, tuple) and not _is_here(address[0]):  # a Unix socket's address is text
            raise NetworkAccessError(f"{event} to {address!r}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not _is_here(args[0]):
        raise NetworkAccessError(f"{event} of {args[0]!r}")


sys.addaudithook(_refuse_other_machines)
