"""A system that refuses something in passing: the n-th time that something in a folder is opened, listed or changed."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSING = [errno.EIO, errno.EMFILE, errno.ENOMEM, errno.ESTALE]
"""What a system says of itself or of a disk at the moment, and not of a file."""

_ASKED = {"open", "os.scandir", "os.listdir", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}


class Refusal:
    """What is refused, and whether it was asked for."""

    def __init__(self, folder: Path, number: int, error_number: int) -> None:
        self._folder = os.fspath(folder)
        self._left = number
        self._error_number = error_number

    @property
    def was_met(self) -> bool:
        """Whether there was an n-th time."""
        return self._left < 0

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Refuse what is asked now, if its turn has come."""
        path = arguments[0] if event in _ASKED and arguments else None
        if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._folder):
            self._left -= 1
            if self._left == -1:
                raise OSError(self._error_number, os.strerror(self._error_number), os.fspath(path))


_current: list[Refusal] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    for refusal in _current:
        refusal.hear(event, arguments)


@contextmanager
def refusing(folder: Path, number: int, error_number: int) -> Iterator[Refusal]:
    """Refuse, in this process, the use of something in a folder, after it was granted a number of times."""
    if _hook not in _installed:
        sys.addaudithook(_hook)  # for ever: Python has no way to take one back
        _installed.append(_hook)
    refusal = Refusal(folder, number, error_number)
    _current.append(refusal)
    try:
        yield refusal
    finally:
        _current.remove(refusal)


_installed: list[object] = []
