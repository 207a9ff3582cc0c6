"""Sets of token intervals and what queries do with them. Pure.

A set is sorted by start and holds no interval that contains another one, so its ends are sorted, too (an antichain:
Clarke, Cormack and Burkowski, "An algebra for structured text search and a framework for its implementation", The
Computer Journal 38(1), 1995). All work is done on whole arrays, sorted at most once and as single numbers: a common
word has hundreds of thousands of intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podindex.search.sets.ids import MERGE, is_first

Positions = NDArray[np.int32]
"""Token numbers; a segment has far fewer than 2^31. Half as wide as they might be, they are handled twice as fast."""
Weights = NDArray[np.float32]
Mask = NDArray[np.bool_]
Indexes = NDArray[np.intp]

# How an interval is packed into one number to be sorted: its start or end, and below that so many bits of length.
LENGTH_BITS = 21
MAX_LENGTH = (1 << LENGTH_BITS) - 1

FAR = np.iinfo(np.int32).max
"""Behind every token."""

# From so many bounds on, if there are not so many times as many places, they are sorted together.
_MANY, _ALIKE = 1_000, 8

# Sets of tokens that hold more than one of so many tokens are united in a table.
_DENSE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """A set of half-open intervals of tokens, each with the weight of the words that matched in it."""

    starts: Positions
    """int32 [n], ascending, no start twice."""
    ends: Positions
    """int32 [n], ascending, no end twice."""
    weights: Weights
    """float32 [n]; one number without memory of its own for each (see `even`) where all weigh the same."""

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def is_even(self) -> bool:
        """Whether all are known to weigh the same."""
        return self.weights.strides == (0,)

    def is_tokens(self) -> bool:
        """Tell whether every interval is a single token."""
        return bool((self.ends - self.starts == 1).all())

    def take(self, chosen: Mask | Indexes) -> "Intervals":
        """Return the chosen ones, by mask or ascending index."""
        starts = self.starts[chosen]
        weights = even(self.weights[:1], len(starts)) if self.is_even else self.weights[chosen]
        return Intervals(starts, self.ends[chosen], weights)

    def held_by(self, sets: Sequence[tuple["Intervals", float]]) -> Weights:
        """Return what the intervals weigh that these lie in, as shares of the most that one of their set weighs.

        Args:
            sets: intervals, and that most.

        Returns:
            float32 [n]: of several sets the largest share, in each that of the last one; 0 for what lies in none.
        """
        shares = np.zeros(len(self), np.float32)
        for others, most in sets:
            if len(others):
                # The last that begins no later reaches furthest: none of a set holds another.
                places = count_until(others.starts, self.starts) - 1
                held = (places >= 0) & (self.ends <= others.ends[places])
                np.maximum(shares, others.weights[places] / np.float32(most), out=shares, where=held)
        return shares


def even(weight: float | Weights, count: int) -> Weights:
    """Return one weight for so many intervals, float32 [count], read-only, without memory for each."""
    if isinstance(weight, float):
        value = np.float32(weight)
    elif len(weight):
        value = weight[0]
    else:
        return np.empty(0, np.float32)
    return np.ndarray((count,), np.float32, value, strides=(0,))  # as np.broadcast_to, in a tenth of the time


NOTHING = Intervals(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


def minimal(starts: Positions, ends: Positions, weights: Weights) -> Intervals:
    """Make a set of any intervals: of equal ones the heaviest stays, and none that contains another one."""
    if len(starts) < 2:
        return Intervals(starts, ends, weights)
    # By start; of one start the longest first.
    key = (starts.astype(np.int64) << LENGTH_BITS) | (MAX_LENGTH - (ends - starts))
    order = np.argsort(key, kind=MERGE)
    groups = is_first(key[order]).nonzero()[0]
    starts, ends = starts[order[groups]], ends[order[groups]]
    weights = np.maximum.reduceat(weights[order], groups)
    kept = minimal_of_sorted(starts, ends)
    return Intervals(starts[kept], ends[kept], weights[kept])


def minimal_of_sorted(starts: Positions, ends: Positions) -> Mask:
    """Tell which intervals contain none behind them, where starts ascend, and of one start the longest is first."""
    if not len(starts):
        return np.empty(0, np.bool_)
    inside_from = np.minimum.accumulate(ends[::-1])[::-1]
    return np.append(ends[:-1] < inside_from[1:], True)


def stairs(starts: Positions, ends: Positions) -> Indexes:
    """Return the indexes of intervals that contain no other one, where neither starts nor ends ever descend."""
    last = np.flatnonzero(np.append(ends[1:] > ends[:-1], True)) if len(ends) else np.empty(0, np.intp)
    # The last of each end begins last; the first of each start ends first.
    return last[is_first(starts[last])]


def any_of(sets: Sequence[Intervals]) -> Intervals:
    """Unite sets."""
    sets = [found for found in sets if len(found)]
    if len(sets) < 2:
        return sets[0] if sets else NOTHING
    tokens, longer = [], []
    for found in sets:
        single = found.ends - found.starts == 1
        if single.all():
            tokens.append(found)
        else:
            tokens.append(found.take(single))
            longer.append(found.take(~single))
    united = _unite_tokens([found for found in tokens if len(found)])
    if not longer:
        return united
    starts = np.concatenate([found.starts for found in longer])
    ends = np.concatenate([found.ends for found in longer])
    others = minimal(starts, ends, np.concatenate([found.weights for found in longer]))
    # What holds a token of the union goes; so no two of the rest begin at the same one.
    others = others.take(np.append(united.starts, FAR)[np.searchsorted(united.starts, others.starts)] >= others.ends)
    places = np.searchsorted(united.starts, others.starts)
    return Intervals(
        np.insert(united.starts, places, others.starts),
        np.insert(united.ends, places, others.ends),
        np.insert(united.weights, places, others.weights),
    )


def _unite_tokens(sets: Sequence[Intervals]) -> Intervals:
    if len(sets) < 2:
        return sets[0] if sets else NOTHING
    last = max(int(found.starts[-1]) for found in sets)
    is_dense = sum(map(len, sets)) * _DENSE > last
    return _union_by_place(sets, last) if is_dense else _union_by_sorting(sets)


def _union_by_place(sets: Sequence[Intervals], last: int) -> Intervals:
    """Unite sets of tokens in a table of all tokens up to the last."""
    table = np.zeros(last + 1, np.float32)
    # Where all of a set weigh the same and no heavier set came before, they need not be compared.
    for found in sorted(sets, key=lambda found: (not found.is_even, found.weights[0])):
        table[found.starts] = found.weights if found.is_even else np.maximum(table[found.starts], found.weights)
    starts = np.flatnonzero(table > 0).astype(np.int32)  # of truth values it is several times as fast as of numbers
    return Intervals(starts, starts + 1, table[starts])


def _union_by_sorting(sets: Sequence[Intervals]) -> Intervals:
    """Unite sets of tokens that stand far apart."""
    starts = np.concatenate([found.starts for found in sets])
    weights = np.concatenate([found.weights for found in sets])
    # A positive float has the order of its bits, so one sort puts the heaviest of equal ones last.
    packed = (starts.astype(np.uint64) << np.uint64(32)) | weights.view(np.uint32)
    packed.sort(kind=MERGE)
    starts = (packed >> np.uint64(32)).astype(np.int32)
    last = np.append(starts[1:] != starts[:-1], True)
    starts = starts[last]
    return Intervals(starts, starts + 1, packed[last].astype(np.uint32).view(np.float32))


def count_until(places: Positions, bounds: Positions) -> Indexes:
    """Count, for each bound, the places up to and including it; both ascend, int64 [bounds]."""
    if len(bounds) < _MANY or len(bounds) * _ALIKE < len(places):
        return places.searchsorted(bounds, side="right")
    # Merging both takes half the time of looking each one up; of equals the place comes first.
    counted = (sort_together(places, bounds) & 1).astype(np.bool_).nonzero()[0]
    counted -= np.arange(len(bounds))
    return counted


def sort_together(first: Positions, second: Positions) -> NDArray[np.uint32]:
    """Return the tokens of both in order: each times two, and 1 more for those of the second."""
    packed = np.concatenate([first.view(np.uint32) << 1, (second.view(np.uint32) << 1) | 1])
    packed.sort(kind=MERGE)
    return packed


def ranges(firsts: NDArray[np.integer], ends: NDArray[np.integer]) -> Indexes:
    """Return the numbers from each first to its end, one range after the other."""
    lengths = ends - firsts
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    numbers: Indexes = np.arange(total, dtype=np.intp) + np.repeat(firsts - before, lengths)
    return numbers


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
    padded = np.append(excluded.starts, np.int32(FAR))
    return found.take(padded[next_one] >= latest)


def counts(starts: Positions, bounds: Positions) -> Indexes:
    """Count the positions in each stretch of tokens.

    Args:
        starts: int32 [n], ascending.
        bounds: int32 [stretches + 1], the first token of each stretch, and the one behind the last.

    Returns:
        int64 [stretches].
    """
    if len(starts) >= len(bounds):
        return np.diff(starts.searchsorted(bounds))
    owners = bounds.searchsorted(starts, side="right") - 1
    return np.bincount(owners, minlength=len(bounds) - 1)


def occupied(starts: Positions, bounds: Positions) -> tuple[Indexes, Indexes]:
    """Return the stretches of tokens in which positions lie, ascending, and how many do; arguments as for `counts`."""
    if len(starts) >= len(bounds):
        often = counts(starts, bounds)
        present = often.nonzero()[0]
        return present, often[present]
    owners = bounds.searchsorted(starts, side="right") - 1
    firsts = is_first(owners).nonzero()[0]
    return owners[firsts], np.append(firsts[1:], len(starts)) - firsts


def inside(found: Intervals, bounds: Positions) -> Intervals:
    """Keep the intervals that lie in one stretch of tokens; bounds as for `counts`."""
    if len(found) < len(bounds):
        keep = bounds.searchsorted(found.starts, side="right") == bounds.searchsorted(found.ends)
        return found if keep.all() else found.take(keep)
    if found.is_tokens():
        return found
    begun = found.starts.searchsorted(bounds)
    over = found.ends.searchsorted(bounds, side="right")
    crossing = over < begun
    if not crossing.any():
        return found
    keep = np.ones(len(found), np.bool_)
    keep[ranges(over[crossing], begun[crossing])] = False
    return found.take(keep)
