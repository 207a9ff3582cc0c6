"""Of several sets of intervals that are nowhere all near each other, those that are and weigh most. Pure.

Like `windows.py`, on whole arrays.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from podindex.search.sets.intervals import FAR, Intervals, Positions
from podindex.search.sets.windows import near

MAX_WORK = 3_000_000
"""Places that are looked at, times the sets that are looked for there: a tenth of a second."""


class Most(NamedTuple):
    """Sets that have intervals near each other."""

    weight: float
    sets: frozenset[int]
    """Their numbers."""


NO_SETS = Most(0.0, frozenset())


def most_of(sets: Sequence[Intervals], weights: Sequence[float], bounds: Positions, max_length: int) -> Most:
    """Find the sets that weigh most of those with intervals in one window of at most `max_length` tokens.

    Around the rarest set first, then around the next among the others, and so on, until these weigh less than what is
    found, or too much has been looked at.

    Args:
        sets: the intervals, each inside an episode.
        weights: what each set weighs, more than 0.
        bounds: int32 [episodes + 1], the first token of each episode, and the one behind the last.
        max_length: in tokens.
    """
    order = sorted((number for number in range(len(sets)) if len(sets[number])), key=lambda number: len(sets[number]))
    best = NO_SETS
    left, work = sum(weights[number] for number in order), MAX_WORK
    for place, rarest in enumerate(order):
        if left <= best.weight:
            break
        others = {number: near(sets[number], sets[rarest], max_length) for number in order[place:]}
        # Where several begin at one token, it is looked at as often: to tell would take longer.
        begins = np.sort(np.concatenate([found.starts for found in others.values()]))
        work -= len(begins) * len(others)
        if work < 0:
            break
        ends = np.minimum(begins + max_length, bounds[np.searchsorted(bounds, begins, side="right")])
        # None of a set holds another, so the next one that begins also ends first.
        held = {
            number: np.append(found.ends, np.int32(FAR))[found.starts.searchsorted(begins)] <= ends
            for number, found in others.items()
        }
        heaviness = sum(np.where(inside, weights[number], 0.0) for number, inside in held.items())
        heaviest = int(np.argmax(heaviness))
        chosen = frozenset(number for number, inside in held.items() if inside[heaviest])
        best = max(best, Most(sum(weights[number] for number in sorted(chosen)), chosen), key=lambda most: most.weight)
        left -= weights[rarest]
    return best
