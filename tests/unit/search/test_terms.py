"""Which tokens are in a set is told in several ways, by how many there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.matching.terms import Terms
from podindex.search.query.plan import TermSet
from podindex.search.sets.ids import FEW_IDS, SHORT

ENTRIES = 2 * FEW_IDS + 4


@pytest.mark.parametrize("times", [1, SHORT])
@given(st.sets(st.integers(0, ENTRIES - 1), min_size=1), st.sets(st.integers(0, ENTRIES - 1)))
def test_tokens_of_a_set_and_exact_ones_are_told(times: int, ids: set[int], exact: set[int]) -> None:
    exact &= ids
    terms = TermSet(np.array(sorted(ids), np.uint32), np.array(sorted(exact), np.uint32))
    tokens = np.arange(ENTRIES, dtype=np.uint32).repeat(times)
    found, found_exact = Terms(np.ones(ENTRIES, np.uint32), ENTRIES).look_up(terms, tokens)
    assert found.tolist() == [token in ids for token in tokens.tolist()]
    if exact == ids:
        assert found_exact is None
    else:
        assert found_exact is not None
        assert found_exact.tolist() == [token in exact for token in tokens.tolist()]
