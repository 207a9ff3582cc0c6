"""A sorted table from text keys to ids, read in place from memory-mapped files. I/O: its files.

Opening reads nothing: a look-up is a binary search in the mapped bytes.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from podindex.search.intervals import ranges

Ids = NDArray[np.uint32]
_NO_IDS = np.empty(0, np.uint32)


class KeyTable:
    """Keys in the order of their UTF-8 bytes, each with the ids that have it, ascending."""

    def __init__(self, folder: Path, name: str) -> None:
        self._keys = load_array(folder / f"{name}-keys.npy")
        self._key_ends = load_array(folder / f"{name}-key-ends.npy")
        self._ids = load_array(folder / f"{name}-ids.npy")
        self._id_ends = load_array(folder / f"{name}-id-ends.npy")

    def __len__(self) -> int:
        return len(self._key_ends)

    def key(self, number: int) -> bytes:
        """Return a key by its number in the order."""
        return self._keys[self._key_start(number) : int(self._key_ends[number])].tobytes()

    def lengths(self) -> NDArray[np.int64]:
        """Return the length of every key in bytes, int64 [n]."""
        return np.diff(self._key_ends, prepend=0).astype(np.int64)

    def number(self, key: str) -> int:
        """Return the number of the first key that is not less than this one."""
        return bisect_left(_Keys(self), key.encode())

    def ids(self, key: str) -> Ids:
        """Return the ids of a key; none where there is no such key."""
        number = self.number(key)
        if number == len(self) or self.key(number) != key.encode():
            return _NO_IDS
        return self.ids_of(number)

    def ids_of(self, number: int) -> Ids:
        """Return the ids of a key by its number."""
        return np.asarray(self._ids[self._id_start(number) : int(self._id_ends[number])])

    def ids_of_all(self, numbers: NDArray[np.integer]) -> Ids:
        """Return the ids of several keys, key by key."""
        ends = self._id_ends[numbers].astype(np.int64)
        firsts = np.where(numbers > 0, self._id_ends[numbers - 1], 0).astype(np.int64)
        return np.asarray(self._ids[ranges(firsts, ends)])

    def ids_with_prefix(self, prefix: str) -> Ids:
        """Return the ids of all keys that begin so, key by key."""
        first = self.number(prefix)
        # No UTF-8 text has the byte 0xff, so this sorts behind every key with the prefix.
        end = bisect_left(_Keys(self), prefix.encode() + b"\xff")
        if first >= end:
            return _NO_IDS
        return np.asarray(self._ids[self._id_start(first) : int(self._id_ends[end - 1])])

    def _key_start(self, number: int) -> int:
        return int(self._key_ends[number - 1]) if number else 0

    def _id_start(self, number: int) -> int:
        return int(self._id_ends[number - 1]) if number else 0


class _Keys(Sequence[bytes]):
    """A table's keys as `bisect` wants them."""

    def __init__(self, table: KeyTable) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, number: int) -> bytes: ...
    @overload
    def __getitem__(self, number: slice) -> "_Keys": ...
    def __getitem__(self, number: int | slice) -> "bytes | _Keys":
        if isinstance(number, slice):
            raise TypeError("bisect asks for one key at a time")
        return self._table.key(number)


def write_table(folder: Path, name: str, keys_by_id: Iterable[str]) -> None:
    """Write the table in which the n-th key belongs to id n."""
    pairs = sorted((key.encode(), number) for number, key in enumerate(keys_by_id))
    keys: list[bytes] = []
    key_ends: list[int] = []
    id_ends: list[int] = []
    end = 0
    for key, group in groupby(pairs, key=lambda pair: pair[0]):
        keys.append(key)
        end += len(key)
        key_ends.append(end)
        id_ends.append((id_ends[-1] if id_ends else 0) + sum(1 for _ in group))
    np.save(folder / f"{name}-keys.npy", np.frombuffer(b"".join(keys), np.uint8))
    np.save(folder / f"{name}-key-ends.npy", np.array(key_ends, np.uint32))
    np.save(folder / f"{name}-ids.npy", np.array([number for _, number in pairs], np.uint32))
    np.save(folder / f"{name}-id-ends.npy", np.array(id_ends, np.uint32))


def load_array(path: Path) -> NDArray[Any]:
    """Map an array file into memory; an empty one, which cannot be mapped, is read.

    Raises:
        ValueError, OSError: the file is not there or is no array file.
    """
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)  # np.memmap does the same, slower
