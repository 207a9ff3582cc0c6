"""How long a file may keep a processor busy, wherever it is read. I/O: other threads.

libavformat compares each tag with all others: 100,000 in 3 MB of ID3 take a minute. Matroska's are also renamed again
for each that comes: a few thousand in 300 kB take an hour. They may stand in the middle of an Ogg or ADTS file as at
its beginning.
"""

import os
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from podindex.audio.derived import file_version
from podindex.audio.patience import OutOfPatienceError, wait_for
from podindex.errors import AudioError
from podindex.files import shown

P = ParamSpec("P")
T = TypeVar("T")

MOST_OPENING_CPU_S = 10.0
"""An hour takes milliseconds, the index of a 40-hour audiobook less than a second."""
_MOST_READING_CPU_S = 600.0
"""A chunk of four minutes takes a second or two, and far longer where garbage is to be passed over."""
_LEAST_BYTES_PER_CPU_S = 250_000
"""Who reads all of a large file may take as much longer; ten times as much is usual."""

_overfull: set[tuple[str, str | None]] = set()
"""What took longer, path and version: another try would keep another processor busy beside the first."""


def in_bounded_time(path: Path, work: Callable[[], T], *, most_cpu_s: float | None = None) -> T:
    """Return what is made of a file, in another thread; Ctrl-C is heard meanwhile.

    Args:
        path: the file.
        work: what it uses must not be closed by anybody else when it is left.
        most_cpu_s: how long it may keep a processor busy; None: as long as reading all of a file of its size may.

    Raises:
        AudioError: `audio-overfull`: it takes longer, or has done so before. Or what work raises.
    """
    name_and_version = os.path.abspath(path), file_version(path)  # noqa: PTH100  keeps links
    if name_and_version in _overfull:
        raise _refusal(path)
    try:
        return wait_for(work, most_cpu_s=_most_reading_cpu_s(path) if most_cpu_s is None else most_cpu_s)
    except OutOfPatienceError as error:
        _overfull.add(name_and_version)
        raise _refusal(path) from error


def each_in_bounded_time(path: Path, items: Iterator[T]) -> Iterator[T]:
    """Yield what is made of a file's sound, minutes at a time, as `in_bounded_time` makes each."""
    while (item := in_bounded_time(path, lambda: next(items, None))) is not None:
        yield item


def bounded(read: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Have a function that reads a file do so by `in_bounded_time`."""

    @wraps(read)
    def read_in_bounded_time(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return in_bounded_time(path, lambda: read(path, *args, **kwargs))

    return read_in_bounded_time


def _most_reading_cpu_s(path: Path) -> float:
    try:
        return _MOST_READING_CPU_S + path.stat().st_size / _LEAST_BYTES_PER_CPU_S
    except (OSError, ValueError):  # whoever reads it will say more
        return _MOST_READING_CPU_S


def _refusal(path: Path) -> AudioError:
    what = f"{shown(path)} cannot be read in reasonable time: it holds far too many tags or other entries"
    return AudioError("audio-overfull", what, "remove its tags, or convert it to m4a or opus, and add that")
