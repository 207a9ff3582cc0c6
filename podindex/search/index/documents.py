"""Whoosh: the passages of a segment with their text, and its episodes, found by their titles.

I/O: the folder of one Whoosh index. The only module that imports Whoosh. An index is written in one commit and never
changed, so a document's number is its place in the order it was added in: all passages first, then all episodes.

What is said is not indexed here: the word stream finds it exactly, faster, and in less space (docs/decisions.md).
"""

import mmap
import os
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from podindex.search.sets.ids import is_any, unite


@contextmanager
def _importing_whoosh() -> Iterator[None]:
    """Import Whoosh without SyntaxWarnings, and without the HTTP client of the standard library.

    Whoosh imports `urlretrieve` for old Pythons' sake and never uses it; behind it stand `ssl`, `http` and `email`, a
    tenth of what a search in a fresh process takes (docs/benchmarks.md).
    """
    placeholder = ModuleType("urllib.request")
    placeholder.urlretrieve = None  # type: ignore[attr-defined]
    sys.modules.setdefault("urllib.request", placeholder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if sys.modules.get("urllib.request") is placeholder:
            del sys.modules["urllib.request"]


with _importing_whoosh():
    import whoosh.codec.whoosh3  # noqa: F401  Whoosh itself imports it late, outside of this filter
    from whoosh import index
    from whoosh.fields import KEYWORD, STORED, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile

# Analysis is ours and done before: Whoosh sees keys between spaces. So no class of ours is pickled into its files.
_SCHEMA = Schema(text=STORED, title=KEYWORD(lowercase=False))

_TEXTS_KEPT = 256
_TITLES_KEPT = 1024


class _Storage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder; Whoosh's own storage takes one that the system does not list for an empty one."""

    def list(self) -> list[str]:
        return [path.name for path in Path(self.folder).iterdir()]


class _MappedStorage(_Storage):
    """A folder whose files are mapped into memory.

    Whoosh's own storage keeps files open, which it does not always close, and its compound files copies into memory
    whole to read a line.
    """

    def open_file(self, name: str, **kwargs: object) -> Any:  # noqa: ANN401  a Whoosh file
        with Path(self.folder, name).open("rb") as file:
            is_empty = not file.seek(0, os.SEEK_END)
            content = BytesIO() if is_empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return StructFile(content, name=name, **kwargs)


class Documents:
    """The documents of one segment. Safe for use by several threads.

    Everything here raises ValueError where files are missing or damaged.
    """

    def __init__(self, folder: Path, passages: int) -> None:
        self._passages = passages
        with _translated():
            self._reader: Any = index.FileIndex(_MappedStorage(str(folder), readonly=True)).reader()
            if self._reader.doc_count_all():
                self._reader.stored_fields(0)  # opens a file, which may be gone later
        lock = Lock()  # Whoosh's files have one place to read from each
        # Who types on sees the same passages again. Neither cache refers to this object, so that it goes, with all that
        # is mapped, as soon as nobody has it any more.
        self.text = lru_cache(maxsize=_TEXTS_KEPT)(partial(_text, self._reader, lock))
        """`text(passage)` returns the text of a passage."""
        self._titled = lru_cache(maxsize=_TITLES_KEPT)(partial(_look_up, self._reader, lock))

    def close(self) -> None:
        """Close the files."""
        self._reader.close()

    def episodes_titled(self, words: Iterable[Collection[str]]) -> NDArray[np.intp]:
        """Return the numbers of the episodes whose title has one of the keys of every word, ascending."""
        found: NDArray[np.intp] | None = None
        for keys in words:
            numbers = unite((self._titled(key) for key in keys), np.intp)
            found = numbers if found is None else found[is_any(found, numbers)]
            if not len(found):
                break
        return np.empty(0, np.intp) if found is None else found - self._passages


def _text(reader: Any, lock: Lock, passage: int) -> str:  # noqa: ANN401  Whoosh has no types
    with lock, _translated():
        return str(reader.stored_fields(passage)["text"])


def _look_up(reader: Any, lock: Lock, key: str) -> NDArray[np.intp]:  # noqa: ANN401
    with lock, _translated():
        if ("title", key) not in reader:
            return np.empty(0, np.intp)
        return np.fromiter(reader.postings("title", key).all_ids(), np.intp)


@contextmanager
def _translated() -> Iterator[None]:
    """Whoosh raises whatever it stumbles over in damaged files, from struct.error to errors of its own."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"Whoosh cannot read its files: {type(error).__name__}: {error}") from error


class DocumentWriter:
    """Writes the documents of one segment: first every passage, then every episode."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        # Whoosh names its files by the global random numbers; nothing here seeds them. No lock: the folder is new and
        # ours alone, and not every file system has locks.
        self._writer: Any = index.FileIndex.create(_Storage(str(folder)), _SCHEMA, "MAIN").writer(
            limitmb=64, compound=False, _lk=False
        )

    def add_passage(self, text: str) -> None:
        """Add a passage; its number is how many were added before."""
        self._writer.add_document(text=text)

    def add_episode(self, title_keys: Iterable[str]) -> None:
        """Add an episode by what its title is found by."""
        self._writer.add_document(title=" ".join(title_keys))

    def commit(self) -> None:
        """Write everything."""
        self._writer.commit()
