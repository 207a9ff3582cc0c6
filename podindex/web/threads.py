"""Running the library's work beside the event loop. I/O: threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TypeVar

from podindex.audio.patience import give_up_at
from podindex.library import Library
from podindex.progress import Progress

T = TypeVar("T")


class LibraryThreads:
    """One thread, or a few, with a `Library` of their own, warm from one request to the next.

    One, because work that takes processor time gains nothing from more; a few, where an odd file may keep one busy for
    minutes. Several may search and read one library, but none may close it meanwhile: each kind of work has its own to
    let go of.
    """

    def __init__(self, library_dir: Path, *, name: str, threads: int, progress: Progress, end: Event) -> None:
        """Begin none yet; when the event is set, they no longer wait for odd files."""
        self._library = Library(library_dir, progress=progress)
        self._executor = ThreadPoolExecutor(threads, name, initializer=give_up_at, initargs=(end,))

    async def call(self, work: Callable[[Library], T]) -> T:
        """Run work in its turn and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, self._library)

    def prepare(self, work: Callable[[Library], object]) -> None:
        """Begin work that nobody waits for. If it fails, so will the request that needs it, which then says why."""
        self._executor.submit(work, self._library)

    def close(self) -> None:
        """Forget work that has not begun, wait for what has, and let go of the library."""
        self._executor.shutdown(cancel_futures=True)
        self._library.close()
