"""Sets of numbers as arrays, ascending, no number twice. Pure.

`numpy.unique` does the same, but imports `numpy.ma` first, which takes as long as many a search.
"""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

N = TypeVar("N", bound=np.integer)

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
    ordered = np.sort(numbers)
    different = ordered[1:] != ordered[:-1]
    return ordered if different.all() else ordered[np.append(True, different)]


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
