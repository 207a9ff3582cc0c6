"""Sets of numbers as arrays, ascending, no number twice. Pure.

`numpy.unique` does the same, but imports `numpy.ma` first, which takes as long as many a search. Methods of arrays are
called where there are such: functions of the same names take a microsecond more, as long as the work on few numbers.
"""

from collections.abc import Iterable
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

N = TypeVar("N", bound=np.integer)

MERGE: Literal["stable"] = "stable"
"""The kind of sort that makes use of what is in order already, such as a few sets in a row: 300,000 numbers take a
tenth of the time of numpy's usual sort, where that has no vector instructions for the CPU (docs/benchmarks.md)."""

FEW_IDS = 3
"""So many are compared one by one with long arrays; more are searched for."""

SHORT = 100
"""Fewer numbers are sooner searched for in a set than compared with a single id."""


def unite(sets: Iterable[NDArray[N]], dtype: type[N]) -> NDArray[N]:
    """Return the set of all numbers of some sets."""
    filled = [numbers for numbers in sets if len(numbers)]
    if not filled:
        return np.empty(0, dtype)
    return filled[0] if len(filled) == 1 else distinct(np.concatenate(filled))


def distinct(numbers: NDArray[N]) -> NDArray[N]:
    """Return the set of some numbers in any order."""
    ordered = np.sort(numbers, kind=MERGE)
    return ordered[is_first(ordered)]


def is_first(ordered: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell which of some ordered numbers are the first of equal ones, bool [numbers]."""
    firsts = np.empty(len(ordered), np.bool_)
    firsts[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=firsts[1:])
    return firsts


def is_any(numbers: NDArray[N], ids: NDArray[N]) -> NDArray[np.bool_]:
    """Tell which numbers are in a set, bool [numbers]."""
    if not len(ids):
        return np.zeros(len(numbers), np.bool_)
    if len(ids) > FEW_IDS or len(numbers) < SHORT * len(ids):
        found: NDArray[np.bool_] = ids.take(ids.searchsorted(numbers), mode="clip") == numbers
        return found
    found = numbers == ids[0]
    for number in ids[1:]:
        found |= numbers == number
    return found
