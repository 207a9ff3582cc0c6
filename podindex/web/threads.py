"""Running the library's work beside the event loop. I/O: threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from podindex.library import Library
from podindex.progress import Progress

T = TypeVar("T")


class LibraryThread:
    """One thread with a `Library` of its own, warm from one request to the next.

    One, because work that takes processor time gains nothing from more. Several may search and read one library, but
    none may close it meanwhile: each thread has its own to let go of.
    """

    def __init__(self, library_dir: Path, *, name: str, progress: Progress) -> None:
        self._library = Library(library_dir, progress=progress)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

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
