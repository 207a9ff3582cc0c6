"""Sets of token intervals and what queries do with them. Pure.

A set is sorted by start and holds no interval that contains another one, so its ends are sorted, too (an antichain:
Clarke, Cormack and Burkowski, "An algebra for structured text search and a framework for its implementation", The
Computer Journal 38(1), 1995). All work is done on whole arrays, sorted at most once and as single numbers: a common
word has hundreds of thousands of intervals.
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int32]
"""Token numbers; a segment has far fewer than 2^31. Half as wide as they might be, they are handled twice as fast."""
Weights = NDArray[np.float32]
Mask = NDArray[np.bool_]
Indexes = NDArray[np.intp]

# How an interval is packed into one number to be sorted: 32 bits of position, 21 of length, 10 for which set it is of.
# A query has at most query.MAX_TERMS words.
_LENGTH_BITS = 21
_SET_BITS = 10
_MAX_LENGTH = (1 << _LENGTH_BITS) - 1

_FAR = np.iinfo(np.int32).max

# Sets of tokens that hold more than one of so many tokens are united in a table.
_DENSE = 8

# Chains of equally long intervals, each overlapping the next, lose one link a round; what is left then goes one by one.
_MAX_ROUNDS = 12


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

    def contained_in(self, sets: Sequence["Intervals"]) -> Mask:
        """Tell which of these are in any of the sets, bool [n]."""
        known = np.zeros(len(self) + 1, np.bool_)  # one more for what begins behind all of these
        starts, ends = np.append(self.starts, _FAR), np.append(self.ends, _FAR)
        for others in sets:
            places = np.searchsorted(self.starts, others.starts)
            known[places] |= (starts[places] == others.starts) & (ends[places] == others.ends)
        return known[:-1]


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
    key = (starts.astype(np.int64) << _LENGTH_BITS) | (_MAX_LENGTH - (ends - starts))
    order = np.argsort(key)
    key = key[order]
    first = np.append(True, key[1:] != key[:-1])
    groups = np.flatnonzero(first)
    starts, ends = starts[order[groups]], ends[order[groups]]
    weights = np.maximum.reduceat(weights[order], groups)
    kept = _minimal_of_sorted(starts, ends)
    return Intervals(starts[kept], ends[kept], weights[kept])


def _minimal_of_sorted(starts: Positions, ends: Positions) -> Mask:
    """Tell which intervals contain none behind them, where starts ascend, and of one start the longest is first."""
    if not len(starts):
        return np.empty(0, np.bool_)
    inside_from = np.minimum.accumulate(ends[::-1])[::-1]
    return np.append(ends[:-1] < inside_from[1:], True)


def stairs(starts: Positions, ends: Positions) -> Indexes:
    """Return the indexes of intervals that contain no other one, where neither starts nor ends ever descend."""
    last = np.flatnonzero(np.append(ends[1:] > ends[:-1], True)) if len(ends) else np.empty(0, np.intp)
    starts = starts[last]
    # The last of each end begins last; the first of each start ends first.
    return last[np.append(True, starts[1:] > starts[:-1])] if len(last) else last


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
    others = others.take(np.append(united.starts, _FAR)[np.searchsorted(united.starts, others.starts)] >= others.ends)
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
    packed.sort()
    starts = (packed >> np.uint64(32)).astype(np.int32)
    last = np.append(starts[1:] != starts[:-1], True)
    starts = starts[last]
    return Intervals(starts, starts + 1, packed[last].astype(np.uint32).view(np.float32))


def all_of(sets: Sequence[Intervals], max_length: int) -> Intervals:
    """Find the minimal intervals of at most `max_length` tokens that contain an interval of every set.

    One weighs what the last interval of each set in it weighs, together.
    """
    sets = sorted(sets, key=len)
    if not len(sets[0]):
        return NOTHING
    if all(found.is_tokens() for found in sets):
        starts, ends = _windows_of_tokens(sets, max_length)
    else:
        starts, ends = _windows(sets, max_length)
    weights = even(float(sum(found.weights[0] for found in sets if found.is_even)), len(ends))
    for found in sets:
        if not found.is_even:
            weights = weights + found.weights[np.searchsorted(found.ends, ends, side="right") - 1]
    return Intervals(starts, ends, weights)


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
    none_before, none_behind = np.array([-max_length], np.int32), np.array([_FAR - max_length], np.int32)
    nearest = []
    for starts in others:
        place = np.searchsorted(starts, rare, side="right")
        padded = np.concatenate([none_before, starts, none_behind])
        nearest.append((padded[place].astype(np.int64) << 32) | padded[1:][place])
    _sort_downwards(nearest)
    before = [(pair >> 32).astype(np.int32) for pair in nearest]
    behind = [pair.astype(np.int32) for pair in nearest]
    bits = max_length.bit_length()
    # Half as wide, numbers are sorted twice as fast.
    width: type[np.unsignedinteger] = np.uint32 if int(rare[-1]) < 1 << (32 - bits) else np.uint64
    reach = rare
    candidates = []
    for number in range(len(others), -1, -1):
        first = before[number - 1] if number else rare
        fits = np.flatnonzero(reach - first < max_length)
        length = reach[fits] - first[fits] + 1
        # By start; of one start the longest first.
        candidates.append((first[fits].astype(width) << bits) | (max_length - length).astype(width))
        if number:
            reach = np.maximum(reach, behind[number - 1])
    packed = np.concatenate(candidates)
    packed.sort()
    starts = (packed >> bits).astype(np.int32)
    ends = starts + (max_length - (packed & ((1 << bits) - 1)).astype(np.int32))
    kept = _minimal_of_sorted(starts, ends)
    return starts[kept], ends[kept]


def _sort_downwards(rows: list[NDArray[np.int64]]) -> None:
    """Sort rows of numbers, column by column, the greatest into the first row."""
    for end in range(len(rows) - 1, 0, -1):
        for row in range(end):
            rows[row], rows[row + 1] = np.maximum(rows[row], rows[row + 1]), np.minimum(rows[row], rows[row + 1])


def _windows(sets: Sequence[Intervals], max_length: int) -> tuple[Positions, Positions]:
    """Find the minimal windows over sets of any intervals, the rarest set first."""
    sets = [sets[0], *(_near(found, sets[0], max_length) for found in sets[1:])]
    # Every minimal window ends where an interval of some set does. It begins at the least of the starts of the last
    # interval of each set that ends by then.
    packed = np.concatenate(
        [
            (((found.ends.astype(np.int64) << _LENGTH_BITS) | (found.ends - found.starts)) << _SET_BITS) | number
            for number, found in enumerate(sets)
        ]
    )
    packed.sort()
    owners = packed & ((1 << _SET_BITS) - 1)
    packed >>= _SET_BITS
    ends = (packed >> _LENGTH_BITS).astype(np.int32)
    own_starts = ends - (packed & _MAX_LENGTH).astype(np.int32)
    starts = np.full(len(ends), _FAR, np.int32)
    for number in range(len(sets)):
        last = np.maximum.accumulate(np.where(owners == number, own_starts, np.int32(-1)))
        np.minimum(starts, last, out=starts)
    fits = (starts >= 0) & (ends - starts <= max_length)
    starts, ends = starts[fits], ends[fits]
    kept = stairs(starts, ends)
    return starts[kept], ends[kept]


def _near(found: Intervals, rare: Intervals, max_length: int) -> Intervals:
    """Return those that some rare interval may be joined with."""
    if len(found) < 4 * len(rare):
        return found
    first, end = _reach(found, rare, max_length)
    # Neighbouring rare intervals see the same ones: each begins where the one before ended.
    first[1:] = np.maximum(first[1:], np.maximum.accumulate(end)[:-1])
    return found.take(ranges(first, np.maximum(end, first)))


def ranges(firsts: NDArray[np.integer], ends: NDArray[np.integer]) -> Indexes:
    """Return the numbers from each first to its end, one range after the other."""
    lengths = ends - firsts
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    numbers: Indexes = np.arange(total, dtype=np.intp) + np.repeat(firsts - before, lengths)
    return numbers


def disjoint(found: Intervals) -> Intervals:
    """Keep the shortest, of equals the earlier, of those that overlap; what overlaps a kept one goes."""
    overlaps = found.ends[:-1] > found.starts[1:]
    if not overlaps.any():
        return found
    kept = ~(np.append(overlaps, False) | np.append(False, overlaps))
    left = np.flatnonzero(~kept)
    for _ in range(_MAX_ROUNDS):
        starts, ends = found.starts[left], found.ends[left]
        best = _best_around(starts, ends)
        kept[left[best]] = True
        left = left[_apart(starts, ends, best)]
        if not len(left):
            break
    else:
        kept[_one_by_one(found, left)] = True
    return found.take(kept)


def _best_around(starts: Positions, ends: Positions) -> Mask:
    """Tell which intervals are shorter than all that they overlap, or as short and earlier."""
    lengths = ends - starts
    best = np.ones(len(starts), np.bool_)
    here = np.flatnonzero(ends[:-1] > starts[1:])
    distance = 1
    while len(here):
        there = here + distance
        first_wins = lengths[here] <= lengths[there]
        best[there[first_wins]] = False
        best[here[~first_wins]] = False
        distance += 1
        here = here[: np.searchsorted(here, len(starts) - distance)]
        here = here[ends[here] > starts[here + distance]]
    return best


def _apart(starts: Positions, ends: Positions, best: Mask) -> Mask:
    """Tell which intervals overlap none of the best, which overlap themselves."""
    count = np.cumsum(best)
    ends_before = np.append(np.int32(-1), ends[best])[count]
    starts_behind = np.append(starts[best], np.int32(_FAR))[count - best]
    apart: Mask = (ends_before <= starts) & (starts_behind >= ends)
    return apart


def _one_by_one(found: Intervals, left: Indexes) -> list[int]:
    chosen: list[int] = []
    starts, ends = [-1], [-1]  # of the chosen, in order
    order = left[np.lexsort((found.starts[left], (found.ends - found.starts)[left]))]
    for index, start, end in zip(order.tolist(), found.starts[order].tolist(), found.ends[order].tolist(), strict=True):
        place = bisect(starts, start)
        if ends[place - 1] <= start and (place == len(starts) or starts[place] >= end):
            starts.insert(place, start)
            ends.insert(place, end)
            chosen.append(index)
    return chosen


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
    padded = np.append(excluded.starts, np.int32(_FAR))
    return found.take(padded[next_one] >= latest)


def counts(starts: Positions, bounds: Positions) -> Indexes:
    """Count the positions in each stretch of tokens.

    Args:
        starts: int64 [n], ascending.
        bounds: int32 [stretches + 1], the first token of each stretch, and the one behind the last.

    Returns:
        int64 [stretches].
    """
    if len(starts) >= len(bounds):
        return np.diff(np.searchsorted(starts, bounds))
    owners = np.searchsorted(bounds, starts, side="right") - 1
    return np.bincount(owners, minlength=len(bounds) - 1)


def occupied(starts: Positions, bounds: Positions) -> tuple[Indexes, Indexes]:
    """Return the stretches of tokens in which positions lie, ascending, and how many do; arguments as for `counts`."""
    if len(starts) >= len(bounds):
        often = counts(starts, bounds)
        present = np.flatnonzero(often)
        return present, often[present]
    owners = np.searchsorted(bounds, starts, side="right") - 1
    firsts = np.flatnonzero(owners[1:] != owners[:-1]) + 1
    firsts = np.append(0, firsts) if len(starts) else firsts
    return owners[firsts], np.diff(firsts, append=len(starts))


def inside(found: Intervals, bounds: Positions) -> Intervals:
    """Keep the intervals that lie in one stretch of tokens; bounds as for `counts`."""
    if found.is_tokens():
        return found
    begun = np.searchsorted(found.starts, bounds)
    over = np.searchsorted(found.ends, bounds, side="right")
    crossing = over < begun
    if not crossing.any():
        return found
    keep = np.ones(len(found), np.bool_)
    keep[ranges(over[crossing], begun[crossing])] = False
    return found.take(keep)
