"""Running a plan over a word stream: which intervals of tokens match. Pure, over mapped arrays.

A row of slots starts from the slot that occurs least; the others are only looked up beside its places. Weights are
rarities: the inverse document frequency of each matched token (Spärck Jones 1972), less for one that is not what was
typed but an inflection or another spelling of it.
"""

from collections.abc import Sequence as Row

import numpy as np
from numpy.typing import NDArray

from podindex.search.intervals import NOTHING, Intervals, Positions, Weights, all_of, any_of, disjoint, minimal, without
from podindex.search.plan import NEAR_WORDS, AllOf, Alternative, AnyOf, Node, Sequence, Slot, TermSet
from podindex.search.wordstream import WordStream

INEXACT = np.float32(0.75)
"""Weight of a token that is not what was typed, times that of one that is."""


class Matcher:
    """Runs plans over one stream.

    Args:
        stream: the tokens.
        rarity: float32 [lexicon entries], the weight of each entry, above 0.
    """

    def __init__(self, stream: WordStream, rarity: Weights) -> None:
        self._stream = stream
        self._rarity = rarity

    def find(self, node: Node) -> Intervals:
        """Return the intervals of a plan's node, in token numbers of the stream."""
        match node:
            case Sequence():
                return self._sequence(node)
            case AnyOf(children=children):
                return any_of([self.find(child) for child in children])
            case AllOf(children=children, excluded=excluded):
                return self._all_of(children, excluded)

    def _all_of(self, children: Row[Node], excluded: Row[Node]) -> Intervals:
        if len(children) == 1:
            found = self.find(children[0])
        else:
            found = all_of([self.find(child) for child in children], NEAR_WORDS)
            found = disjoint(self._within_episodes(found))
        for node in excluded:
            found = without(found, self.find(node), NEAR_WORDS, self._episode_bounds(found))
        return found

    def _sequence(self, row: Sequence) -> Intervals:
        slots = row.slots
        frequencies = [self._frequency(slot) for slot in slots]
        if not all(frequencies):
            return NOTHING
        anchor = frequencies.index(min(frequencies))
        found = self._with_room(slots, anchor, row.slop) if row.slop else self._in_a_row(slots, anchor)
        return self._within_episodes(found)

    def _frequency(self, slot: Slot) -> int:
        """Count the places that must be looked at to find a slot."""
        return sum(min(self._stream.count(terms.ids) for terms in row) for row in slot.alternatives)

    # --- without room: look beside the anchor

    def _in_a_row(self, slots: Row[Slot], anchor: int) -> Intervals:
        found = self._slot(slots[anchor])
        for slot in slots[anchor + 1 :]:
            found = _together([self._behind(found, row) for row in slot.alternatives])
        for slot in reversed(slots[:anchor]):
            found = _together([self._before(found, row) for row in slot.alternatives])
        return _sorted(found, slots)

    def _slot(self, slot: Slot) -> Intervals:
        """Find a slot everywhere."""
        return _together([self._alternative(row) for row in slot.alternatives])

    def _alternative(self, row: Alternative) -> Intervals:
        """Find tokens in a row everywhere."""
        rarest = min(range(len(row)), key=lambda i: self._stream.count(row[i].ids))
        places = self._stream.positions(row[rarest].ids)
        found = Intervals(places, places + 1, self._weigh(row[rarest], places))
        return self._before(self._behind(found, row[rarest + 1 :]), row[:rarest])

    def _behind(self, found: Intervals, row: Alternative) -> Intervals:
        """Keep the intervals that tokens in a row follow, with these."""
        for terms in row:
            found = found.take(found.ends < len(self._stream))
            weights = self._table(terms)[self._stream.tokens[found.ends]]
            found = Intervals(found.starts, found.ends + 1, found.weights + weights).take(weights > 0)
        return found

    def _before(self, found: Intervals, row: Alternative) -> Intervals:
        """Keep the intervals that tokens in a row precede, with these."""
        for terms in reversed(row):
            found = found.take(found.starts > 0)
            weights = self._table(terms)[self._stream.tokens[found.starts - 1]]
            found = Intervals(found.starts - 1, found.ends, found.weights + weights).take(weights > 0)
        return found

    def _weigh(self, terms: TermSet, places: Positions) -> Weights:
        if len(terms.ids) == 1:
            return np.full(len(places), self._table(terms)[terms.ids[0]], np.float32)
        weights: Weights = self._table(terms)[self._stream.tokens[places]]
        return weights

    def _table(self, terms: TermSet) -> Weights:
        """Return the weight of every lexicon entry in a set: 0 for those that are not in it."""
        table = np.zeros(len(self._rarity), np.float32)
        table[terms.ids] = self._rarity[terms.ids] * INEXACT
        table[terms.exact_ids] = self._rarity[terms.exact_ids]
        return table

    # --- with room: the nearest ones around each place of the anchor

    def _with_room(self, slots: Row[Slot], anchor: int, slop: int) -> Intervals:
        sets = [_sorted(self._slot(slot), [slot]) for slot in slots]
        if any(not len(found) for found in sets):
            return NOTHING
        starts, ends, weights = sets[anchor].starts, sets[anchor].ends, sets[anchor].weights
        room = np.full(len(starts), slop, np.int64)
        for found in sets[anchor + 1 :]:
            follower = np.searchsorted(found.starts, ends)
            room -= np.append(found.starts, np.iinfo(np.int32).max)[follower] - ends
            follower = np.minimum(follower, len(found) - 1)
            ends, weights = found.ends[follower], weights + found.weights[follower]
        for found in reversed(sets[:anchor]):
            leader = np.searchsorted(found.ends, starts, side="right") - 1
            room -= np.where(leader >= 0, starts - found.ends[leader], np.iinfo(np.int32).max)
            starts, weights = found.starts[leader], weights + found.weights[leader]
        fits = room >= 0
        return minimal(starts[fits], ends[fits], weights[fits])

    # --- episodes

    def _within_episodes(self, found: Intervals) -> Intervals:
        """Drop what begins in one episode and ends in another."""
        owners = self.episodes_of(found)
        return found.take(found.ends <= self._stream.episodes[owners + 1])

    def _episode_bounds(self, found: Intervals) -> tuple[Positions, Positions]:
        owners = self.episodes_of(found)
        return self._stream.episodes[owners], self._stream.episodes[owners + 1]

    def episodes_of(self, found: Intervals) -> NDArray[np.int64]:
        """Return the number of the episode in which each interval begins, int64 [n]."""
        return np.repeat(np.arange(len(self._stream.episodes) - 1), self.counts(found, self._stream.episodes))

    def counts(self, found: Intervals, bounds: Positions) -> NDArray[np.int64]:
        """Count the intervals that begin in each stretch of tokens.

        Args:
            found: the intervals.
            bounds: int64 [stretches + 1], the first token of each stretch, and the number of tokens.
        """
        return np.diff(np.searchsorted(found.starts, bounds)).astype(np.int64)


def as_phrase(node: Node) -> list[Sequence]:
    """Return the rows that are a query of several words word for word, one for each way to read it."""
    match node:
        case AnyOf(children=children):
            return [row for child in children for row in as_phrase(child)]
        case AllOf(children=children) if len(children) > 1:
            rows = [child for child in children if isinstance(child, Sequence) and not child.slop]
            if len(rows) == len(children):
                return [Sequence(tuple(slot for row in rows for slot in row.slots), 0, "")]
    return []


def _together(ways: Row[Intervals]) -> Intervals:
    """Put the ways to match a slot together, in any order: a way that holds another may be the one that goes on."""
    if len(ways) == 1:
        return ways[0]
    return Intervals(
        np.concatenate([found.starts for found in ways]),
        np.concatenate([found.ends for found in ways]),
        np.concatenate([found.weights for found in ways]),
    )


def _sorted(found: Intervals, slots: Row[Slot]) -> Intervals:
    """Make a set of what was found. Where each slot has one way, it is one already."""
    if all(len(slot.alternatives) == 1 for slot in slots):
        return found
    return minimal(found.starts, found.ends, found.weights)
