"""When something happens to files. I/O: watchfiles, which asks the operating system."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from podindex.atomic import TEMPORARY_SUFFIX

if TYPE_CHECKING:
    from watchfiles import Change

_TICK_S = 1.0
_TICKS_WITHOUT_EVENTS = 10
# What a run writes itself, and what never becomes an episode.
_IGNORED_SUFFIXES = (".json", ".lock", TEMPORARY_SUFFIX)


def iter_ticks(roots: Callable[[], list[Path]]) -> Iterator[bool]:
    """Yield True soon after something has changed below the roots, False every second while nothing has. Never ends.

    Roots may vanish and come back at any time. Where the system has no events to give, something may have changed every
    ten seconds.

    Args:
        roots: returns the folders that are there now.
    """
    from watchfiles import watch

    while True:
        yield True  # whatever happened while nobody looked
        watched = _identities(roots())
        try:
            for changes in watch(
                *watched,
                watch_filter=_matters,
                rust_timeout=round(_TICK_S * 1000),
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                yield bool(changes)
                if _identities(roots()) != watched:
                    break
        except RuntimeError:
            time.sleep(_TICK_S)  # it has met a file name that is no text
        except OSError:  # too many folders for the system, or one that has just gone
            for _ in range(_TICKS_WITHOUT_EVENTS):
                time.sleep(_TICK_S)
                yield False


def _matters(change: "Change", path: str) -> bool:  # noqa: ARG001  watchfiles passes both
    name = Path(path).name
    return not name.startswith(".") and not name.endswith(_IGNORED_SUFFIXES)


def _identities(folders: list[Path]) -> dict[Path, tuple[int, int]]:
    """Return which folders these are: one that was deleted and made anew is another."""
    found = {}
    for folder in folders:
        with suppress(OSError):
            status = folder.stat()
            found[folder] = status.st_dev, status.st_ino
    return found
