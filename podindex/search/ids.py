"""Sets of numbers as sorted arrays. Pure.

`numpy.unique` does the same, but imports `numpy.ma` first, which takes as long as many a search.
"""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

N = TypeVar("N", bound=np.integer)

FEW_IDS = 3
"""So many are compared one by one with long arrays; more are searched for."""


def unite(parts: Iterable[NDArray[N]], dtype: type[N]) -> NDArray[N]:
    """Return all numbers of some arrays, ascending, none twice."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return np.empty(0, dtype)
    numbers = np.sort(np.concatenate(filled))
    different = numbers[1:] != numbers[:-1]
    return numbers if different.all() else numbers[np.append(True, different)]


def is_any(numbers: NDArray[N], ids: NDArray[N]) -> NDArray[np.bool_]:
    """Tell which numbers are among some ids (ascending), bool [numbers]."""
    if len(ids) > FEW_IDS:
        nearest = ids[np.minimum(ids.searchsorted(numbers), len(ids) - 1)]
        return np.asarray(nearest == numbers, np.bool_)
    found = np.zeros(len(numbers), np.bool_)
    for number in ids:
        np.logical_or(found, numbers == number, out=found)
    return found
