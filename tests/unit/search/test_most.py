import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.sets.intervals import Intervals, even, minimal
from podindex.search.sets.most import most_of

BORDER, TOKENS, NEAR = 25, 60, 8
BOUNDS = np.array([0, BORDER, TOKENS], np.int32)  # of two episodes


def episode_end(token: int) -> int:
    return BORDER if token < BORDER else TOKENS


def make_set(intervals: list[tuple[int, int]]) -> Intervals:
    """Make a set of intervals (start, length) that lie inside an episode."""
    inside = [(start, start + length) for start, length in intervals if start + length <= episode_end(start)]
    starts, ends = np.array(inside, np.int32).reshape(-1, 2).T
    return minimal(starts, ends, even(1.0, len(starts)))


def brute_force(sets: list[Intervals], weights: list[float]) -> float:
    """Return what the sets weigh that have an interval in the window where they weigh most."""
    heaviest = 0.0
    for begin in range(TOKENS):
        end = min(begin + NEAR, episode_end(begin))
        held = [((found.starts >= begin) & (found.ends <= end)).any() for found in sets]
        heaviest = max(heaviest, sum(weight for weight, inside in zip(weights, held, strict=True) if inside))
    return heaviest


interval_sets = st.lists(st.tuples(st.integers(0, TOKENS - 1), st.integers(1, 3)), max_size=12).map(make_set)


@given(st.lists(st.tuples(interval_sets, st.integers(1, 9).map(float)), max_size=6))
def test_the_heaviest_sets_near_each_other_are_found(weighed: list[tuple[Intervals, float]]) -> None:
    sets, weights = [found for found, _ in weighed], [weight for _, weight in weighed]
    most = most_of(sets, weights, BOUNDS, NEAR)
    assert most.weight == brute_force(sets, weights)
    assert most.weight == sum(weights[number] for number in most.sets)
    assert brute_force([sets[number] for number in most.sets], [1.0] * len(most.sets)) == len(most.sets)


def test_nothing_is_near_nothing() -> None:
    assert most_of([], [], BOUNDS, NEAR) == (0.0, frozenset())
    assert most_of([make_set([])], [1.0], BOUNDS, NEAR) == (0.0, frozenset())
