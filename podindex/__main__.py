"""The program `podindex`, and `python -m podindex`. I/O: signals.

Loads the command line so that Ctrl-C meanwhile ends it as later: with an exit code, not a traceback.
"""

import os
import signal

from podindex.cli import EXIT_INTERRUPTED


def main() -> None:
    """Run the command line."""
    # Not where Ctrl-C is meant for others, as in the background of a shell.
    can_be_interrupted = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if can_be_interrupted:
        signal.signal(signal.SIGINT, lambda *_: os._exit(EXIT_INTERRUPTED))
    from podindex.cli import app

    if can_be_interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    app.main()


if __name__ == "__main__":
    main()
