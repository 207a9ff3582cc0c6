"""A library's index as it is now: open, and brought up to date when somebody asks it.

I/O: maps the index; has it written where episodes/ has changed.

A search in a fresh process waits for every import: what it may not need is imported where it is used.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from podindex.config import EPISODES_NAME, search_dir
from podindex.errors import LibraryBusyError, SearchError, StoreError
from podindex.progress import Progress

if TYPE_CHECKING:
    from podindex.search.engine import SearchIndex
    from podindex.search.index.manifest import Manifest

T = TypeVar("T")

# How often an open library looks whether episodes/ has changed; an update of the index is seen at once.
_LOOK_EVERY_S = 2.0


class CurrentIndex:
    """Answers from the newest state of the index there is. Several threads may ask it at once.

    Args:
        library_dir: the library.
        progress: is told why it indexes, and what is not found because it cannot.
    """

    def __init__(self, library_dir: Path, progress: Progress) -> None:
        self._library_dir = library_dir
        self._progress = progress
        self._index: SearchIndex | None = None
        self._lock = threading.Lock()
        self._look_again_s = 0.0
        self._begun: Callable[[Manifest | None], int] | None = None

    def look_ahead(self) -> None:
        """Begin to look for changes in a process of its own, for the first question; not beside other threads."""
        from podindex.search.index.staleness import begin_to_count

        if self._begun is None and threading.active_count() == 1:
            with suppress(OSError):
                self._begun = begin_to_count(search_dir(self._library_dir), self._library_dir / EPISODES_NAME)

    def close(self) -> None:
        """Let go of the index; it is opened again when it is asked next."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def ask(self, question: Callable[[SearchIndex], T]) -> T:
        """Ask the index; one whose damage is met only in reading is made anew, once.

        Raises:
            SearchError: it cannot be trusted or rebuilt.
        """
        try:
            return question(self._current())
        except SearchError as error:
            if error.code != "index-damaged":
                raise
            self._bring_up_to_date(f"{error.message}: making it again", rebuild=True)
            return question(self._current())

    def _current(self) -> SearchIndex:
        from podindex.search.engine import SearchIndex
        from podindex.search.index.staleness import count_changes

        with self._lock:
            index = self._index
            if index is not None and index.is_current() and time.monotonic() < self._look_again_s:
                return index
            # The old snapshot is not closed: another thread may be searching it.
            if index is None or not index.is_current():
                index = self._open()
            try:
                begun, self._begun = self._begun, None
                count = begun or partial(count_changes, episodes_dir=self._library_dir / EPISODES_NAME)
                changes = count(index.manifest if index else None)
                if index is None or changes:
                    how_many = f", {changes:,} episodes" if changes > 1 else ""
                    self._bring_up_to_date(f"the index is not up to date: indexing what has changed{how_many}")
            except (StoreError, SearchError) as error:
                if index is None:
                    raise
                # A library that may only be read, or a full disk.
                self._progress.note(f"{error.message}: changes since the last indexing are not found")
            if index is None or not index.is_current():
                index = SearchIndex.open(search_dir(self._library_dir))
            self._index, self._look_again_s = index, time.monotonic() + _LOOK_EVERY_S
            return index

    def _open(self) -> SearchIndex | None:
        """Open the index; None where there is none."""
        from podindex.search.engine import SearchIndex

        try:
            return SearchIndex.open(search_dir(self._library_dir))
        except SearchError as error:
            if error.code != "index-missing":
                raise
            return None

    def _bring_up_to_date(self, reason: str, *, rebuild: bool = False) -> None:
        from podindex import indexing
        from podindex.store import EpisodeStore

        try:
            with EpisodeStore(self._library_dir / EPISODES_NAME).writer_lock():
                self._progress.note(reason)
                indexing.run(self._library_dir, self._progress, rebuild=rebuild)
        except LibraryBusyError:
            self._progress.note("another process is writing; what it has not indexed yet is not found")
