"""A sorted table from text keys to ids, read in place from mapped arrays. Pure, over arrays.

A look-up is a binary search in the mapped bytes, so opening reads nothing. A table is never changed; `extended` makes
the arrays of a larger one without looking at most of the old keys.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.search.query.plan import TermIds
from podindex.search.sets.intervals import ranges

_NO_IDS: TermIds = np.empty(0, np.uint32)
_PARTS = ("keys", "key_ends", "ids", "id_ends")

Arrays = dict[str, NDArray[Any]]


class KeyTable(Sequence[bytes]):
    """Keys in the order of their UTF-8 bytes, each with the ids that have it, ascending.

    Args:
        arrays: those of `extended`; none for an empty table.
        name: the table's name among them.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        none = np.empty(0, np.uint32)
        self._keys, self._key_ends, self._ids, self._id_ends = (
            arrays.get(f"{name}.{part}", none.astype(np.uint8) if part == "keys" else none) for part in _PARTS
        )
        self._name = name
        # Looked at key by key, a view of the memory answers several times as fast as an array.
        self._key_bytes, self._ends = self._keys.data, self._key_ends.data

    def __len__(self) -> int:
        return len(self._key_ends)

    def __getitem__(self, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204  bisect asks for one, never for a slice
        """Return a key by its number in the order."""
        start = self._ends[number - 1] if number else 0
        return self._key_bytes[start : self._ends[number]].tobytes()

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return several keys by their numbers."""
        ends, keys = self._ends, self._key_bytes
        return [str(keys[ends[number - 1] if number else 0 : ends[number]], "utf-8") for number in numbers]

    def number(self, key: bytes) -> int | None:
        """Return the number of a key; None where there is no such key."""
        number = bisect_left(self, key)
        return number if number < len(self) and self[number] == key else None

    def ids(self, key: str) -> TermIds:
        """Return the ids of a key; none where there is no such key."""
        number = self.number(key.encode())
        return _NO_IDS if number is None else self.ids_of(np.array([number]))

    def ids_of(self, numbers: NDArray[np.integer]) -> TermIds:
        """Return the ids of several keys by their numbers, key by key."""
        firsts = np.where(numbers > 0, self._id_ends[numbers - 1], 0).astype(np.int64)
        return np.asarray(self._ids[ranges(firsts, self._id_ends[numbers].astype(np.int64))])

    def counts_of(self, numbers: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return how many ids each of several keys has."""
        ends: NDArray[np.int64] = self._id_ends[numbers].astype(np.int64)
        return ends - np.where(numbers > 0, self._id_ends[numbers - 1], 0)

    def ids_with_prefix(self, prefix: str) -> TermIds:
        """Return the ids of all keys that begin so, key by key."""
        first = bisect_left(self, prefix.encode())
        # No UTF-8 text has the byte 0xff, so this sorts behind every key with the prefix.
        end = bisect_left(self, prefix.encode() + b"\xff")
        if first >= end:
            return _NO_IDS
        return np.asarray(self._ids[self._id_start(first) : self._id_ends[end - 1]])

    def _id_start(self, number: int) -> int:
        return int(self._id_ends[number - 1]) if number else 0

    def extended(self, keys: Sequence[str], first_id: int) -> "Extension":
        """Add ids to the table: the n-th key is that of id `first_id` + n, which is greater than all ids so far."""
        pairs = sorted((key.encode(), first_id + number) for number, key in enumerate(keys))
        counts = np.diff(self._id_ends, prepend=np.uint32(0))
        new_keys: list[bytes] = []
        inserted_at: list[int] = []
        new_counts: list[int] = []
        ids_at: list[int] = []
        number = 0
        for key, group in groupby(pairs, key=lambda pair: pair[0]):
            number = bisect_left(self, key, number)
            size = sum(1 for _ in group)
            if number < len(self) and self[number] == key:
                counts[number] += size
                ids_at += [int(self._id_ends[number])] * size
            else:
                new_keys.append(key)
                inserted_at.append(number)
                new_counts.append(size)
                ids_at += [self._id_start(number)] * size
        lengths = np.diff(self._key_ends, prepend=np.uint32(0))
        parts: Arrays = {
            "keys": self._spliced(new_keys, inserted_at),
            "key_ends": np.cumsum(np.insert(lengths, inserted_at, [len(key) for key in new_keys]), dtype=np.uint32),
            "ids": np.insert(self._ids, ids_at, np.array([number for _, number in pairs], np.uint32)),
            "id_ends": np.cumsum(np.insert(counts, inserted_at, new_counts), dtype=np.uint32),
        }
        arrays = {f"{self._name}.{part}": array for part, array in parts.items()}
        return Extension(arrays, np.array(inserted_at, np.int64), new_keys)

    def _spliced(self, new_keys: list[bytes], inserted_at: list[int]) -> NDArray[np.uint8]:
        """Return the bytes of all keys, the new ones in their places."""
        text = self._keys.tobytes()
        cuts = [0, *(int(self._key_ends[number - 1]) if number else 0 for number in inserted_at), len(text)]
        pieces = [text[start:end] for start, end in pairwise(cuts)]
        woven = [part for pair in zip(pieces, [*new_keys, b""], strict=True) for part in pair]
        return np.frombuffer(b"".join(woven), np.uint8)


class Extension(NamedTuple):
    """A larger table, and what became of the numbers of its keys."""

    arrays: Arrays
    inserted_at: NDArray[np.int64]
    """int64 [new keys], ascending: the number of the old key before which each was put."""
    new_keys: list[bytes]

    def renumbered(self, numbers: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the new numbers of old keys."""
        return numbers + np.searchsorted(self.inserted_at, numbers, side="right")

    def inserted(self, old: NDArray[Any], new: Sequence[int]) -> NDArray[Any]:
        """Return an array with a value for each key, from one for each old key and one for each of the new ones."""
        return np.insert(old, self.inserted_at, np.array(new, old.dtype))
