"""Running the player on an address. I/O: a socket, until somebody stops it."""

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path

from podindex.errors import ConfigError
from podindex.progress import Progress
from podindex.web.security import TOKEN_PARAMETER, is_loopback, new_token

# Connections that are waiting to be accepted while the loop is busy.
_BACKLOG = 128
# Whoever listens when the server stops is cut off after this long.
_GOODBYE_S = 1
# A page that is read for a while should not have to connect again.
_IDLE_S = 75


def serve(
    library_dir: Path, *, host: str, port: int, progress: Progress, started: Callable[[str], None] = lambda _: None
) -> None:
    """Serve a library until the process is told to stop; on Ctrl-C `KeyboardInterrupt` comes out of it.

    Args:
        library_dir: the library; it may be empty or not there yet.
        host: the address to listen on; one that other machines reach needs a token, which is made here.
        port: 0: any that is free.
        progress: is told what the library has to say.
        started: is called with the address to open, once it can be opened.

    Raises:
        ConfigError: `cannot-listen`: the address is not ours or in use.
    """
    import uvicorn

    from podindex.web.app import create_app
    from podindex.web.protocol import Protocol

    token = None if is_loopback(host) else new_token()
    with listen(host, port) as listener:
        app = create_app(library_dir, host=host, token=token, progress=progress)
        config = uvicorn.Config(
            app,
            http=Protocol,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GOODBYE_S,
            timeout_keep_alive=_IDLE_S,
        )
        logging.getLogger("uvicorn.error").addFilter(_is_worth_saying)
        started(_address(host, listener.getsockname()[1], token))
        uvicorn.Server(config).run(sockets=[listener])


def _is_worth_saying(record: logging.LogRecord) -> bool:
    """Leave out that connections and answers are cut off at the end: pages keep some open, so there always are such."""
    is_cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not is_cut_off and "graceful shutdown" not in record.getMessage()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address.

    Raises:
        ConfigError: `cannot-listen`: the address is not ours or in use.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address, family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError, OverflowError) as error:
        # Python puts the address into the reason once more, in brackets and as a tuple.
        reason = (getattr(error, "strerror", None) or "there is no such address").partition(" (")[0]
        message = f"cannot listen on {host}, port {port}: {reason}"
        raise ConfigError("cannot-listen", message, "choose another with --host or --port") from error
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, which these do not; without it
    # the end of an answer can wait 40 ms for the browser to acknowledge its beginning (Nagle's algorithm).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(host: str, port: int, token: str | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  comparing, not binding
        shown = socket.gethostname()
    return f"http://{shown}:{port}/" + (f"?{TOKEN_PARAMETER}={token}" if token else "")
