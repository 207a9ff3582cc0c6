"""Sets of numbers as sorted arrays. Pure.

`numpy.unique` does the same, but imports `numpy.ma` first, which takes as long as many a search.
"""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

N = TypeVar("N", bound=np.integer)


def unite(parts: Iterable[NDArray[N]], dtype: type[N]) -> NDArray[N]:
    """Return all numbers of some arrays, ascending, none twice."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return np.empty(0, dtype)
    numbers = np.sort(np.concatenate(filled))
    different = numbers[1:] != numbers[:-1]
    return numbers if different.all() else numbers[np.append(True, different)]
