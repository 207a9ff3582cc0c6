"""Every operation on whole arrays does what it says, one interval at a time."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.query.parser import MAX_TERMS
from podindex.search.sets.intervals import (
    Intervals,
    any_of,
    count_until,
    counts,
    even,
    inside,
    minimal,
    occupied,
    ranges,
    stairs,
    without,
)
from podindex.search.sets.windows import all_of, disjoint

Pair = tuple[int, int]

PAIRS = st.tuples(st.integers(0, 40), st.integers(1, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))
TOKENS = st.integers(0, 60).map(lambda start: (start, start + 1))


def antichain(pairs: Iterable[Pair]) -> list[Pair]:
    pairs = set(pairs)
    return sorted(a for a in pairs if not any(a[0] <= b[0] and b[1] <= a[1] and a != b for b in pairs))


def in_order(window: Pair, parts: Sequence[list[Pair]]) -> bool:
    """Tell whether a window holds an interval of each part, one behind the other."""
    if not parts:
        return True
    return any(
        in_order((end, window[1]), parts[1:]) for start, end in parts[0] if window[0] <= start and end <= window[1]
    )


def shortest_first(pairs: list[Pair], parts: Sequence[list[Pair]] = ()) -> list[Pair]:
    kept: list[Pair] = []
    for start, end in sorted(pairs, key=lambda pair: (pair[1] - pair[0], not in_order(pair, parts), pair[0])):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return sorted(kept)


def intervals(pairs: list[Pair], weights: Iterable[float] | None = None) -> Intervals:
    table = np.array(pairs, np.int32).reshape(-1, 2)
    weighed = even(1.0, len(pairs)) if weights is None else np.array(list(weights), np.float32)
    return Intervals(table[:, 0], table[:, 1], weighed)


def pairs_of(found: Intervals) -> list[Pair]:
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


def sets_of(pairs: st.SearchStrategy[Pair]) -> st.SearchStrategy[list[Pair]]:
    """Make sets, some of many intervals: of a few, hardly any are near each other."""
    return (st.lists(pairs) | st.lists(pairs, min_size=12)).map(antichain)


SETS = sets_of(PAIRS)


@given(st.lists(st.tuples(PAIRS, st.integers(1, 3))))
def test_minimal(weighed: list[tuple[Pair, int]]) -> None:
    found = intervals([pair for pair, _ in weighed], [weight for _, weight in weighed])
    kept = minimal(found.starts, found.ends, found.weights)
    assert pairs_of(kept) == antichain(pair for pair, _ in weighed)
    heaviest = {pair: max(weight for other, weight in weighed if other == pair) for pair, _ in weighed}
    assert kept.weights.tolist() == [heaviest[pair] for pair in pairs_of(kept)]


@given(st.lists(st.lists(st.tuples(PAIRS | TOKENS, st.integers(1, 3)), min_size=1), max_size=4), st.booleans())
def test_any_of(sets: list[list[tuple[Pair, int]]], only_tokens: bool) -> None:
    if only_tokens:
        sets = [[((start, start + 1), weight) for (start, _), weight in pairs] for pairs in sets]
    built = [dict.fromkeys(antichain(pair for pair, _ in pairs), pairs[0][1]) for pairs in sets]
    found = any_of([intervals(list(pairs), pairs.values()) for pairs in built])
    assert pairs_of(found) == antichain(pair for pairs in built for pair in pairs)
    assert found.weights.tolist() == [max(pairs.get(pair, 0) for pairs in built) for pair in pairs_of(found)]


TOKEN_SETS = sets_of(TOKENS)


@given(
    st.lists(SETS, min_size=2, max_size=6) | st.lists(TOKEN_SETS, min_size=2, max_size=6),
    st.integers(1, 12),
    st.randoms(),
)
def test_all_of(sets: list[list[Pair]], max_length: int, random: "np.random.RandomState") -> None:
    everything = {pair for pairs in sets for pair in pairs}
    windows = antichain(
        (start, end)
        for start, _ in everything
        for _, end in everything
        if 0 < end - start <= max_length and all(any(start <= a and b <= end for a, b in pairs) for pairs in sets)
    )
    weights = [[random.choice([1.0, 2.0, 4.0]) for _ in pairs] for pairs in sets]
    found = all_of([intervals(*both) for both in zip(sets, weights, strict=True)], max_length)
    assert pairs_of(found) == windows
    last = [
        [weight for (_, b), weight in zip(*both, strict=True) if b <= end]
        for both in zip(sets, weights, strict=True)
        for _, end in windows
    ]
    totals = np.array([each[-1] for each in last]).reshape(len(sets), -1).sum(axis=0) if windows else np.empty(0)
    assert found.weights.tolist() == totals.tolist()


def test_all_of_many_rare_among_common() -> None:
    common = intervals([(n, n + 1) for n in range(0, 10_000, 2)])
    rare = intervals([(n, n + 1) for n in range(101, 10_000, 1000)])
    assert pairs_of(all_of([common, rare, common], 2)) == [
        pair for n in range(101, 10_000, 1000) for pair in ((n - 1, n + 1), (n, n + 2))
    ]
    assert not len(all_of([common, rare, intervals([(9_999, 10_000)])], 5))


def test_all_of_as_many_as_a_query_has_words() -> None:
    pairs = [[(n, n + 2)] for n in range(MAX_TERMS)]
    assert pairs_of(all_of([intervals(each) for each in pairs], MAX_TERMS + 1)) == [(0, MAX_TERMS + 1)]


def test_all_of_two_of_like_size() -> None:
    random = Random(1)
    sets = [sorted(random.sample(range(2_000), count)) for count in (400, 300)]  # many tokens are in both
    pairs = [[(token, token + 1) for token in tokens] for tokens in sets]
    windows = antichain((min(a, b), max(a, b) + 1) for a in sets[0] for b in sets[1] if abs(a - b) < 10)
    assert any(end - start == 1 for start, end in windows)
    assert pairs_of(all_of([intervals(each) for each in pairs], 10)) == windows


@given(st.lists(st.integers(0, 2**31 - 1)), st.lists(st.integers(0, 2**31 - 1)), st.sampled_from([1, 500]))
def test_count_until(places: list[int], bounds: list[int], times: int) -> None:
    ascending = np.array(sorted(places), np.int32), np.array(sorted(bounds * times), np.int32)
    assert count_until(*ascending).tolist() == [sum(place <= bound for place in places) for bound in ascending[1]]


@given(st.lists(TOKEN_SETS | SETS, min_size=1, max_size=3), st.integers(2, 12))
def test_disjoint(sets: list[list[Pair]], max_length: int) -> None:
    parts = [intervals(pairs) for pairs in sets]
    windows = all_of(parts, max_length)
    assert pairs_of(disjoint(windows, parts)) == shortest_first(pairs_of(windows), sets)


def test_of_equal_windows_the_one_in_order_stays() -> None:
    report, police = intervals([(0, 1), (2, 3)]), intervals([(1, 2), (7, 8)])
    windows = all_of([police, report], 10)
    assert pairs_of(windows) == [(0, 2), (1, 3), (2, 8)]
    assert pairs_of(disjoint(windows, [police, report])) == [(1, 3)]
    assert pairs_of(disjoint(windows, [report, police])) == [(0, 2), (2, 8)]


def test_a_long_chain_of_equals_is_parted_from_its_beginning() -> None:
    chain = [(start, start + 3) for start in range(1_000)]
    assert pairs_of(disjoint(intervals(chain), [])) == chain[::3]


def test_a_long_chain_that_grows_shorter_is_parted_from_its_end() -> None:
    chain, start = [], 0
    for length in range(200, 100, -2):  # one that ends where the next begins, and one over both
        chain += [(start, start + length), (start + 50, start + 49 + length)]
        start += length
    chain = chain[:-1]
    assert pairs_of(disjoint(intervals(chain), [])) == shortest_first(chain) == chain[::2]


@given(SETS, SETS, st.integers(0, 8), st.lists(st.integers(1, 60), unique=True).map(sorted))
def test_without(found: list[Pair], excluded: list[Pair], distance: int, borders: list[int]) -> None:
    bounds = [0, *borders, 100]
    found, excluded = (
        [pair for pair in pairs if not any(pair[0] < border < pair[1] for border in bounds)]
        for pairs in (found, excluded)
    )

    def episode(pair: Pair) -> int:
        return sum(border <= pair[0] for border in bounds)

    def near(a: Pair, b: Pair) -> bool:
        return episode(a) == episode(b) and b[0] - a[1] < distance and a[0] - b[1] < distance

    owners = np.array([episode(pair) for pair in found], np.int64)
    limits = np.array(bounds, np.int32)[owners - 1], np.array(bounds, np.int32)[np.minimum(owners, len(bounds) - 1)]
    kept = without(intervals(found), intervals(excluded), distance, limits)
    assert pairs_of(kept) == [pair for pair in found if not any(near(pair, other) for other in excluded)]


@given(SETS, st.lists(st.integers(1, 49), unique=True).map(sorted))
def test_counts_and_inside(pairs: list[Pair], borders: list[int]) -> None:
    bounds = np.array([0, *borders, 50], np.int32)
    found = intervals(pairs)
    expected = [sum(a <= start < b for start, _ in pairs) for a, b in pairwise(bounds.tolist())]
    assert counts(found.starts, bounds).tolist() == expected
    stretches, often = occupied(found.starts, bounds)
    assert dict(zip(stretches.tolist(), often.tolist(), strict=True)) == {
        number: count for number, count in enumerate(expected) if count
    }
    assert pairs_of(inside(found, bounds)) == [
        (start, end) for start, end in pairs if not any(start < border < end for border in bounds)
    ]


@given(st.lists(PAIRS))
def test_stairs(pairs: list[Pair]) -> None:
    starts = np.array(sorted(start for start, _ in pairs), np.int32)
    ends = np.maximum(np.array(sorted(end for _, end in pairs), np.int32), starts + 1)
    rows = list(zip(starts.tolist(), ends.tolist(), strict=True))
    assert [rows[index] for index in stairs(starts, ends)] == antichain(rows)


@given(SETS, SETS)
def test_held_by(pairs: list[Pair], others: list[Pair]) -> None:
    weights = {other: 1.0 + number % 2 for number, other in enumerate(others)}
    shares = intervals(pairs).held_by([(intervals(others, weights.values()), 2.0), (intervals([]), 1.0)])
    holding = [[(start, end) for start, end in others if start <= pair[0] and pair[1] <= end] for pair in pairs]
    assert shares.tolist() == [weights[max(each)] / 2 if each else 0 for each in holding]


def test_ranges() -> None:
    assert ranges(np.array([3, 7, 7]), np.array([5, 7, 9])).tolist() == [3, 4, 7, 8]


def test_even_weights_stay_without_memory_of_their_own() -> None:
    found = intervals([(0, 1), (2, 3)]).take(np.array([1]))
    assert found.is_even
    assert found.weights.tolist() == [1.0]
