"""Sets of token intervals and what queries do with them. Pure.

A set is sorted by start and holds no interval that contains another one, so its ends are sorted, too (an antichain:
Clarke, Cormack and Burkowski, "An algebra for structured text search and a framework for its implementation", The
Computer Journal 38(1), 1995). All work is done on whole arrays: a common word has hundreds of thousands of intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Weights = NDArray[np.float32]

# Chains of equally long intervals, each overlapping the next, are resolved one by one; real text has none so long.
_MAX_ROUNDS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """A set of half-open intervals of tokens, each with the weight of the words that matched in it."""

    starts: Positions
    """int64 [n], ascending, no start twice."""
    ends: Positions
    """int64 [n], ascending, no end twice."""
    weights: Weights
    """float32 [n]."""

    def __len__(self) -> int:
        return len(self.starts)

    def contained_in(self, sets: "Sequence[Intervals]") -> NDArray[np.bool_]:
        """Tell of each interval whether one of the sets has exactly this one."""
        known = np.zeros(len(self), np.bool_)
        for others in sets:
            place = np.searchsorted(others.starts, self.starts)
            inside = place < len(others)
            place = place[inside]
            known[inside] |= (others.starts[place] == self.starts[inside]) & (others.ends[place] == self.ends[inside])
        return known

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Intervals":
        """Return the chosen ones, by mask or ascending index."""
        return Intervals(self.starts[chosen], self.ends[chosen], self.weights[chosen])


NOTHING = Intervals(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


def minimal(starts: Positions, ends: Positions, weights: Weights) -> Intervals:
    """Make a set of any intervals: of equal ones the heaviest stays, and none that contains another one."""
    if len(starts) < 2:
        return Intervals(starts, ends, weights)
    order = np.lexsort((weights, -ends, starts))
    starts, ends, weights = starts[order], ends[order], weights[order]
    # What begins later, or at the same token and ends no later, comes behind: it must end later, or it lies inside.
    inside_from = np.minimum.accumulate(ends[::-1])[::-1]
    keep = np.ones(len(starts), np.bool_)
    keep[:-1] = ends[:-1] < inside_from[1:]
    return Intervals(starts[keep], ends[keep], weights[keep])


def any_of(sets: Sequence[Intervals]) -> Intervals:
    """Unite sets."""
    sets = [found for found in sets if len(found)]
    if len(sets) < 2:
        return sets[0] if sets else NOTHING
    return minimal(
        np.concatenate([found.starts for found in sets]),
        np.concatenate([found.ends for found in sets]),
        np.concatenate([found.weights for found in sets]),
    )


def all_of(sets: Sequence[Intervals], max_length: int) -> Intervals:
    """Find the minimal intervals of at most `max_length` tokens that contain an interval of every set."""
    if any(not len(found) for found in sets):
        return NOTHING
    rarest = min(sets, key=len)
    sets = [found if found is rarest else _near(found, rarest, max_length) for found in sets]
    if any(not len(found) for found in sets):
        return NOTHING
    # Every minimal interval ends where an interval of some set does. For each such end, the tightest start is the
    # least of the starts of the last interval of each set that ends by then.
    ends = np.unique(np.concatenate([found.ends for found in sets]))
    starts = np.full(len(ends), np.iinfo(np.int64).max)
    weights = np.zeros(len(ends), np.float32)
    complete = np.ones(len(ends), np.bool_)
    for found in sets:
        last = np.searchsorted(found.ends, ends, side="right") - 1
        complete &= last >= 0
        starts = np.minimum(starts, found.starts[last])
        weights += found.weights[last]
    keep = complete & (ends - starts <= max_length)
    return minimal(starts[keep], ends[keep], weights[keep])


def _near(found: Intervals, rare: Intervals, max_length: int) -> Intervals:
    """Return those that some rare interval may be joined with."""
    if len(found) < 4 * len(rare):
        return found
    first = np.searchsorted(found.starts, rare.ends - max_length)
    end = np.searchsorted(found.ends, rare.starts + max_length, side="right")
    # Neighbouring rare intervals see the same ones: each begins where the one before ended.
    first[1:] = np.maximum(first[1:], np.maximum.accumulate(end)[:-1])
    return found.take(ranges(first, np.maximum(end, first)))


def ranges(firsts: NDArray[np.integer], ends: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return the numbers from each first to its end, one range after the other."""
    lengths = ends - firsts
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    numbers: NDArray[np.intp] = np.arange(total, dtype=np.intp) + np.repeat(firsts - before, lengths)
    return numbers


def disjoint(found: Intervals) -> Intervals:
    """Keep the shortest, of equals the earlier, of those that overlap; what overlaps a kept one goes."""
    if len(found) < 2 or np.all(found.ends[:-1] <= found.starts[1:]):
        return found
    rank = np.empty(len(found), np.int64)
    rank[np.lexsort((found.starts, found.ends - found.starts))] = np.arange(len(found))
    left = np.arange(len(found))
    kept: list[NDArray[np.intp]] = []
    for _ in range(_MAX_ROUNDS):
        starts, ends, ranks = found.starts[left], found.ends[left], rank[left]
        first = np.searchsorted(ends, starts, side="right")
        end = np.searchsorted(starts, ends, side="left")
        bounds = np.column_stack((first, end)).ravel()
        padded = np.append(ranks, np.iinfo(np.int64).max)  # reduceat takes no end behind the last
        best = np.minimum.reduceat(padded, bounds)[::2] == ranks
        kept.append(left[best])
        gone = np.zeros(len(left) + 1, np.int64)
        np.add.at(gone, first[best], 1)
        np.add.at(gone, end[best], -1)
        left = left[np.cumsum(gone[:-1]) == 0]
        if not len(left):
            break
    else:
        kept.append(_greedy(found, left[np.argsort(rank[left])]))
    return found.take(np.sort(np.concatenate(kept)))


def _greedy(found: Intervals, best_first: NDArray[np.intp]) -> NDArray[np.intp]:
    chosen: list[int] = []
    taken: set[int] = set()
    for index in best_first.tolist():
        tokens = range(int(found.starts[index]), int(found.ends[index]))
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            chosen.append(index)
    return np.array(chosen, np.intp)


def without(found: Intervals, excluded: Intervals, distance: int, bounds: tuple[Positions, Positions]) -> Intervals:
    """Drop what overlaps an excluded interval of the same episode, or has fewer than `distance` tokens in between.

    Args:
        found: what may stay.
        excluded: what must not be near.
        distance: tokens.
        bounds: first token, and token behind the last, of the episode of each of `found`.
    """
    if not len(found) or not len(excluded):
        return found
    earliest = np.maximum(found.starts - distance, bounds[0])
    latest = np.minimum(found.ends + distance, bounds[1])
    next_one = np.searchsorted(excluded.ends, earliest, side="right")
    padded = np.append(excluded.starts, np.iinfo(np.int64).max)
    return found.take(padded[next_one] >= latest)
