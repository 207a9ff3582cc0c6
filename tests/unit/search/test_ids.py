"""Sets of numbers as arrays are the sets that they say, however long they and what is compared with them are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.sets.ids import FEW_IDS, SHORT, distinct, is_any, is_first, unite

SETS = st.frozensets(st.integers(0, 40), max_size=2 * FEW_IDS)
NUMBERS = st.lists(st.integers(0, 40), max_size=10)


def as_set(numbers: frozenset[int]) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.array(sorted(numbers), np.uint32)


@given(NUMBERS, SETS, st.sampled_from([1, SHORT]))
def test_is_any(numbers: list[int], ids: frozenset[int], times: int) -> None:
    found = is_any(np.array(numbers * times, np.uint32), as_set(ids))
    assert found.tolist() == [number in ids for number in numbers] * times


@given(st.lists(SETS, max_size=4))
def test_unite(sets: list[frozenset[int]]) -> None:
    assert unite(map(as_set, sets), np.uint32).tolist() == sorted(frozenset().union(*sets))


@given(NUMBERS)
def test_distinct_numbers_are_the_first_of_equal_ones(numbers: list[int]) -> None:
    ordered = np.array(sorted(numbers), np.uint32)
    assert distinct(np.array(numbers, np.uint32)).tolist() == ordered[is_first(ordered)].tolist() == sorted({*numbers})
