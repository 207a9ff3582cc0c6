"""Several sets of intervals near each other: the smallest windows that hold some of each. Pure.

Like `intervals.py`, on whole arrays.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from podindex.search.sets.ids import MERGE
from podindex.search.sets.intervals import (
    FAR,
    LENGTH_BITS,
    MAX_LENGTH,
    NOTHING,
    Indexes,
    Intervals,
    Mask,
    Positions,
    Weights,
    count_until,
    even,
    minimal_of_sorted,
    ranges,
    sort_together,
    stairs,
)

Pairs = tuple[Indexes, Indexes]
"""Indexes of windows, and of others that begin later: intp [n] each."""

# Below an interval's end and length, so many bits are the number of its set: enough for `parser.MAX_TERMS` words.
_SET_BITS = 10

# Two sets of which neither is so many times as large as the other are sorted together.
_ALIKE = 8

# Chains of equally long intervals, each overlapping the next, lose one link a round; what is left then goes one by one.
_MAX_ROUNDS = 12


def all_of(sets: Sequence[Intervals], max_length: int) -> Intervals:
    """Find the minimal intervals of at most `max_length` tokens that contain an interval of every set.

    One weighs what the last interval of each set in it weighs, together.
    """
    sets = sorted(sets, key=len)
    if not len(sets[0]):
        return NOTHING
    if all(found.is_tokens() for found in sets):
        are_alike = len(sets) == 2 and len(sets[1]) < _ALIKE * len(sets[0])
        of_tokens = _windows_of_two if are_alike else _windows_of_tokens
        starts, ends = of_tokens(sets, max_length)
    else:
        starts, ends = _windows(sets, max_length)
    return Intervals(starts, ends, _weigh(sets, ends))


def _weigh(sets: Sequence[Intervals], ends: Positions) -> Weights:
    """Return what the last intervals of each set that end by some tokens weigh, together; each set has one there."""
    weights = even(float(sum(found.weights[0] for found in sets if found.is_even)), len(ends))
    for found in sets:
        if not found.is_even:
            weights = weights + found.weights[count_until(found.ends, ends) - 1]
    return weights


def in_reach(rare: Intervals, found: Intervals, max_length: int) -> Intervals:
    """Keep of the rarer set what some of the other may be joined with in a window."""
    first, end = _reach(found, rare, max_length)
    return rare.take(end > first)


def _reach(found: Intervals, rare: Intervals, max_length: int) -> tuple[Indexes, Indexes]:
    """Return the first of those that each rare interval may be joined with, and the one behind the last."""
    first = np.searchsorted(found.starts, rare.ends - max_length)
    end = np.searchsorted(found.ends, rare.starts + max_length, side="right")
    return first, end


def _windows_of_tokens(sets: Sequence[Intervals], max_length: int) -> tuple[Positions, Positions]:
    """Find the minimal windows over sets of single tokens, the rarest set first.

    A window around a rare token has, of every other set, the nearest one before it or the nearest one behind it. So
    there are as many candidates as sets: let the window reach back to the nearest one, two … of those before, and
    forward to the others.
    """
    rare, *others = (found.starts for found in sets)
    # Where there is none, one too far away to be in a window.
    none_before, none_behind = np.array([-max_length], np.int32), np.array([FAR - max_length], np.int32)
    nearest = []
    for starts in others:
        place = count_until(starts, rare)
        padded = np.concatenate([none_before, starts, none_behind])
        nearest.append((padded[place].astype(np.int64) << 32) | padded[1:][place])
    _sort_downwards(nearest)
    before = [(pair >> 32).astype(np.int32) for pair in nearest]
    behind = [pair.astype(np.int32) for pair in nearest]
    reach = rare
    candidates = []
    for number in range(len(others), -1, -1):
        first = before[number - 1] if number else rare
        fits = np.flatnonzero(reach - first < max_length)
        length = reach[fits] - first[fits] + 1
        # By start; of one start the longest first.
        candidates.append((first[fits].astype(np.int64) << LENGTH_BITS) | (MAX_LENGTH - length))
        if number:
            reach = np.maximum(reach, behind[number - 1])
    packed = np.concatenate(candidates)
    packed.sort(kind=MERGE)
    starts = (packed >> LENGTH_BITS).astype(np.int32)
    ends = starts + (MAX_LENGTH - (packed & MAX_LENGTH).astype(np.int32))
    kept = minimal_of_sorted(starts, ends)
    return starts[kept], ends[kept]


def _windows_of_two(sets: Sequence[Intervals], max_length: int) -> tuple[Positions, Positions]:
    """Find the minimal windows over two sets of single tokens: neighbours of different sets."""
    packed = sort_together(sets[0].starts, sets[1].starts)
    tokens = (packed >> 1).view(np.int32)
    differ = ((packed[1:] ^ packed[:-1]) & 1).astype(np.bool_)
    first = np.flatnonzero(differ & (tokens[1:] - tokens[:-1] < max_length))
    starts, ends = tokens[first], tokens[first + 1] + 1
    kept = stairs(starts, ends)  # a token of both sets is a window by itself
    return starts[kept], ends[kept]


def _sort_downwards(rows: list[NDArray[np.int64]]) -> None:
    """Sort rows of numbers, column by column, the greatest into the first row."""
    for end in range(len(rows) - 1, 0, -1):
        for row in range(end):
            rows[row], rows[row + 1] = np.maximum(rows[row], rows[row + 1]), np.minimum(rows[row], rows[row + 1])


def _windows(sets: Sequence[Intervals], max_length: int) -> tuple[Positions, Positions]:
    """Find the minimal windows over sets of any intervals, the rarest set first."""
    sets = [sets[0], *(near(found, sets[0], max_length) for found in sets[1:])]
    # Every minimal window ends where an interval of some set does. It begins at the least of the starts of the last
    # interval of each set that ends by then.
    packed = np.concatenate(
        [
            (((found.ends.astype(np.int64) << LENGTH_BITS) | (found.ends - found.starts)) << _SET_BITS) | number
            for number, found in enumerate(sets)
        ]
    )
    packed.sort(kind=MERGE)
    owners = packed & ((1 << _SET_BITS) - 1)
    packed >>= _SET_BITS
    ends = (packed >> LENGTH_BITS).astype(np.int32)
    own_starts = ends - (packed & MAX_LENGTH).astype(np.int32)
    starts = np.full(len(ends), FAR, np.int32)
    for number in range(len(sets)):
        last = np.maximum.accumulate(np.where(owners == number, own_starts, np.int32(-1)))
        np.minimum(starts, last, out=starts)
    fits = (starts >= 0) & (ends - starts <= max_length)
    starts, ends = starts[fits], ends[fits]
    kept = stairs(starts, ends)
    return starts[kept], ends[kept]


def near(found: Intervals, rare: Intervals, max_length: int) -> Intervals:
    """Return those that some rare interval may be joined with."""
    if len(found) < 4 * len(rare):
        return found
    first, end = _reach(found, rare, max_length)
    # Neighbouring rare intervals see the same ones: each begins where the one before ended.
    first[1:] = np.maximum(first[1:], np.maximum.accumulate(end)[:-1])
    return found.take(ranges(first, np.maximum(end, first)))


def disjoint(found: Intervals, parts: Sequence[Intervals]) -> Intervals:
    """Keep the shortest of those that overlap; what overlaps a kept one goes.

    Args:
        found: the windows.
        parts: what they are windows over, in the order typed: of equally short windows those that hold an interval of
            each part one behind the other are kept first, of these the earlier.
    """
    overlaps = found.ends[:-1] > found.starts[1:]
    if not overlaps.any():
        return found
    kept = ~(np.append(overlaps, False) | np.append(False, overlaps))
    left = np.flatnonzero(~kept)
    starts, ends = found.starts[left], found.ends[left]
    pairs = list(_overlapping(starts, ends))
    costs = _costs(starts, ends, pairs, parts)
    for _ in range(_MAX_ROUNDS):
        best = _best_of(pairs, costs)
        kept[left[best]] = True
        apart = _apart(starts, ends, best)
        left, costs = left[apart], costs[apart]
        if not len(left):
            break
        starts, ends = starts[apart], ends[apart]
        pairs = list(_overlapping(starts, ends))
    else:
        kept[_one_by_one(found, left, costs)] = True
    return found.take(kept)


def _costs(starts: Positions, ends: Positions, pairs: Sequence[Pairs], parts: Sequence[Intervals]) -> Positions:
    """Return a number for each window: the lower, the sooner it is kept; of equals the earlier goes first."""
    lengths = ends - starts
    # Only where it decides: most neighbours are not equally long.
    is_equal = np.zeros(len(starts), np.bool_)
    for here, there in pairs:
        equal = lengths[here] == lengths[there]
        is_equal[here[equal]] = True
        is_equal[there[equal]] = True
    equals = np.flatnonzero(is_equal)
    costs = lengths * 2
    costs[equals] += ~_in_order(starts[equals], ends[equals], parts)
    return costs


def _in_order(starts: Positions, ends: Positions, parts: Sequence[Intervals]) -> Mask:
    """Tell which windows hold an interval of each part, one behind the other."""
    reached = starts
    for found in parts:
        # The first that begins behind the one before also ends first.
        place = np.minimum(found.starts.searchsorted(reached), len(found) - 1)
        reached = np.where(found.starts[place] >= reached, found.ends[place], np.int32(FAR))
    return reached <= ends


def _overlapping(starts: Positions, ends: Positions) -> Iterator[Pairs]:
    """Yield the pairs of windows that overlap, by their distance."""
    here = np.flatnonzero(ends[:-1] > starts[1:])
    distance = 1
    while len(here):
        yield here, here + distance
        distance += 1
        here = here[: np.searchsorted(here, len(starts) - distance)]
        here = here[ends[here] > starts[here + distance]]


def _best_of(pairs: Sequence[Pairs], costs: Positions) -> Mask:
    """Tell which windows cost less than all that they overlap, or as much and are earlier."""
    best = np.ones(len(costs), np.bool_)
    for here, there in pairs:
        first_wins = costs[here] <= costs[there]
        best[there[first_wins]] = False
        best[here[~first_wins]] = False
    return best


def clear_of(found: Intervals, others: Intervals) -> Intervals:
    """Keep the intervals that overlap none of the others, which overlap none of themselves."""
    if not len(others):
        return found
    begun = others.starts.searchsorted(found.ends)
    return found.take(np.append(np.int32(-1), others.ends)[begun] <= found.starts)


def together(found: Intervals, others: Intervals) -> Intervals:
    """Unite two sets of intervals of which none overlaps one of the other set."""
    if not len(found) or not len(others):
        return found if len(found) else others
    places = found.starts.searchsorted(others.starts)
    return Intervals(
        np.insert(found.starts, places, others.starts),
        np.insert(found.ends, places, others.ends),
        np.insert(found.weights, places, others.weights),
    )


def _apart(starts: Positions, ends: Positions, best: Mask) -> Mask:
    """Tell which intervals overlap none of the best; those overlap themselves, and so are not among them."""
    count = np.cumsum(best)
    ends_before = np.append(np.int32(-1), ends[best])[count]
    starts_behind = np.append(starts[best], np.int32(FAR))[count - best]
    apart: Mask = (ends_before <= starts) & (starts_behind >= ends)
    return apart


def _one_by_one(found: Intervals, left: Indexes, costs: Positions) -> list[int]:
    chosen: list[int] = []
    starts, ends = [-1], [-1]  # of the chosen, in order
    order = left[np.lexsort((found.starts[left], costs))]
    for index, start, end in zip(order.tolist(), found.starts[order].tolist(), found.ends[order].tolist(), strict=True):
        place = bisect(starts, start)
        if ends[place - 1] <= start and (place == len(starts) or starts[place] >= end):
            starts.insert(place, start)
            ends.insert(place, end)
            chosen.append(index)
    return chosen
