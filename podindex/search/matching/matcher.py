"""Running a plan over a word stream: which intervals of tokens match, and what they weigh. Pure, over mapped arrays.

A row of slots starts from the step that occurs least (see `terms.py`); the others are only looked up beside its places.
"""

from collections.abc import Sequence
from typing import TypeGuard

import numpy as np

from podindex.search.index.wordstream import Places, WordStream
from podindex.search.matching.terms import INEXACT, Step, Terms
from podindex.search.query.plan import NEAR_WORDS, AllOf, Alternative, AnyOf, InOrder, Node, Slot, TermSet, in_a_row
from podindex.search.sets.ids import SHORT
from podindex.search.sets.intervals import (
    NOTHING,
    Indexes,
    Intervals,
    Mask,
    Positions,
    Weights,
    any_of,
    counts,
    even,
    inside,
    minimal,
    stairs,
    without,
)
from podindex.search.sets.windows import all_of, clear_of, disjoint, in_reach, together

# From so many words near each other on, the rarest is thinned out by each of the others.
_MANY = 5

# From so many words on of which any will do, every token of the stream is looked at.
_MANY_WORDS = 50


class Matcher:
    """Runs plans over one stream.

    Args:
        stream: the tokens.
        terms: what they weigh; for this query only, since it knows term sets by identity.
    """

    def __init__(self, stream: WordStream, terms: Terms) -> None:
        self._stream = stream
        self._terms = terms
        self._places: dict[int, Places] = {}
        self._found: dict[int, Intervals] = {}
        self._everywhere: dict[Slot, Intervals] = {}

    def find(self, node: Node) -> Intervals:
        """Return the intervals of a plan's node, in token numbers of the stream."""
        # A query with joined words has most of its nodes in several places.
        if id(node) not in self._found:
            self._found[id(node)] = self._find(node)
        return self._found[id(node)]

    def _find(self, node: Node) -> Intervals:
        match node:
            case InOrder():
                return self._in_order(node)
            case AnyOf(children=children):
                words = [child for child in children if _is_word(child)]
                if len(words) < _MANY_WORDS:
                    return any_of([self.find(child) for child in children])
                others = [self.find(child) for child in children if not _is_word(child)]
                return any_of([self._any_word(words), *others])
            case AllOf():
                return self._all_of(node)

    def _any_word(self, words: Sequence[InOrder]) -> Intervals:
        """Find any of many words: one look at every token takes less time than one after the other at each word's."""
        weights = self._terms.weights_by_id(words)[self._stream.tokens]
        starts = np.flatnonzero(weights > 0).astype(np.int32)
        return Intervals(starts, starts + 1, weights[starts])

    def _all_of(self, node: AllOf) -> Intervals:
        several = len(node.children) > 1
        if several:
            found = self._inside_episodes(all_of(self._near_each_other(node.children), NEAR_WORDS))
        else:
            found = self.find(node.children[0])
        whole = self._whole(node)
        found = clear_of(found, whole)
        if several and len(found):
            found = disjoint(found, [self.find(child) for child in node.children])
        found = together(whole, found)
        for excluded in node.excluded:
            if not len(found):
                break
            found = without(found, self.find(excluded), NEAR_WORDS, self._episode_bounds(found))
        return found

    def _whole(self, node: AllOf) -> Intervals:
        """Find all words of a query in a row as typed, where one comes twice; each weighs as often as it is typed."""
        return disjoint(self.find(node.whole), ()) if node.whole else NOTHING

    def _near_each_other(self, children: Sequence[Node]) -> list[Intervals]:
        """Find all children, the rarest first, and of it only what may be near the others; stop where nothing is.

        Many children need this, because few places have them all, and putting sets together takes time that grows
        with the square of their number.
        """
        rarest, *others = sorted(children, key=self._terms.expected)
        sets = [self.find(rarest)]
        for child in others:
            if not len(sets[0]):
                break
            sets.append(self.find(child))
            if len(children) >= _MANY:
                sets[0] = in_reach(sets[0], sets[-1], NEAR_WORDS)
        return sets

    def _in_order(self, row: InOrder) -> Intervals:
        if row.slop:
            return self._inside_episodes(self._with_room(row.slots, row.slop))
        if len(row.slots) == 1:
            return self._inside_episodes(self._anywhere(row.slots[0]))
        steps = self._terms.steps(row)
        often = [step.often for step in steps]
        if not all(often):
            return NOTHING
        anchor = often.index(min(often))
        ways = self._ways(steps[anchor])
        found, mixed = _together(ways), len(ways) > 1
        for number in (*range(anchor + 1, len(steps)), *reversed(range(anchor))):
            if not len(found):
                return NOTHING
            ways = self._extend(found, steps[number], behind=number > anchor)
            found, mixed = _together(ways), mixed or len(ways) > 1
        if mixed:
            found = minimal(found.starts, found.ends, found.weights)
        return self._inside_episodes(found)

    def _look_up(self, terms: TermSet) -> Places:
        if id(terms) not in self._places:
            self._places[id(terms)] = self._stream.places(terms.ids)
        return self._places[id(terms)]

    # --- without room: look beside the anchor

    def _anywhere(self, slot: Slot) -> Intervals:
        """Find a slot."""
        # A phrase may hold the same word often, and has several ways to be read.
        if slot not in self._everywhere:
            step = Step(slot.alternatives, self._terms.weight(slot), self._terms.occurrences(slot))
            self._everywhere[slot] = any_of(self._ways(step))
        return self._everywhere[slot]

    def _ways(self, step: Step) -> list[Intervals]:
        """Find each alternative of a step everywhere; those that are nowhere are left out."""
        ways = []
        for number, row in enumerate(step.alternatives):
            rarest = self._terms.rarest_first(row)[0]
            known = self._look_up(row[rarest])
            if not known.count:
                continue
            places = self._stream.positions(known)
            if rarest:
                places = places - rarest
            if len(row) == 1:
                starts, exact = places, self._exact_of(places, row[0])
            else:
                chosen, exact = self._match(places, row, known=rarest)
                starts = places[chosen]
                if not len(starts):
                    continue
            weights = _weigh(step.weight, len(starts), exact, typed=number == 0)
            ways.append(Intervals(starts, starts + len(row), weights))
        return ways

    def _extend(self, found: Intervals, step: Step, *, behind: bool) -> list[Intervals]:
        """Keep the intervals that a step follows, or precedes, with it: for each alternative, as `_ways`."""
        ways = []
        for number, row in enumerate(step.alternatives):
            places = found.ends if behind else found.starts - len(row)
            chosen, exact = self._match(places, row)
            if not len(chosen):
                continue
            kept = found if len(chosen) == len(found) else found.take(chosen)
            starts, ends = (kept.starts, kept.ends + len(row)) if behind else (kept.starts - len(row), kept.ends)
            own = _weigh(step.weight, len(kept), exact, typed=number == 0)
            ways.append(Intervals(starts, ends, _add(kept.weights, own)))
        return ways

    def _match(self, places: Positions, row: Alternative, known: int = -1) -> tuple[Indexes, Mask | None]:
        """Find which places a row of tokens begins at.

        Args:
            places: token numbers, some perhaps outside the stream.
            row: the tokens.
            known: index of the one that is known to stand where it should.

        Returns:
            The indexes of these places, and which of them have only exact tokens (None: all).
        """
        # Without a sign, what is before the first token is far behind the last.
        chosen: Indexes = (places.view(np.uint32) <= len(self._stream) - len(row)).nonzero()[0]
        exact: Mask | None = None
        for number in self._terms.rarest_first(row):
            terms = row[number]
            if number == known and len(terms.exact_ids) == len(terms.ids):
                continue
            begin = places[chosen]
            found, found_exact = self._terms.look_up(terms, self._stream.tokens[begin + number if number else begin])
            if found_exact is not None:
                exact = found_exact if exact is None else exact & found_exact
            if number != known:
                chosen = chosen[found]
                exact = None if exact is None else exact[found]
            if not len(chosen):
                break
        return chosen, exact

    def _exact_of(self, places: Positions, terms: TermSet) -> Mask | None:
        """Tell which of all the places of a term set are exact (None: all)."""
        if len(terms.exact_ids) == len(terms.ids):
            return None
        exact = self._stream.places(terms.exact_ids)
        others = len(places) - exact.count
        if not others:
            return None
        if others > exact.count:
            chosen = np.zeros(len(places), np.bool_)
            chosen[np.searchsorted(places, self._stream.positions(exact))] = True
            return chosen
        is_inexact = np.ones(len(terms.ids), np.bool_)
        is_inexact[np.searchsorted(terms.ids, terms.exact_ids)] = False
        inexact = self._stream.positions(self._stream.places(terms.ids[is_inexact]))
        chosen = np.ones(len(places), np.bool_)
        chosen[np.searchsorted(places, inexact)] = False
        return chosen

    # --- with room: the nearest ones around each place of the anchor

    def _with_room(self, slots: Sequence[Slot], slop: int) -> Intervals:
        """Find slots in order with at most `slop` tokens between them in total.

        From each place of the slot that occurs least to the nearest place of the next one, and so on to the end; then
        from there to the beginning. Farther places would only make intervals that hold these.
        """
        often = [self._terms.occurrences(slot) for slot in slots]
        if not all(often):
            return NOTHING
        anchor = often.index(min(often))
        sets = []
        for slot in slots:
            sets.append(self._anywhere(slot))
            if not len(sets[-1]):
                return NOTHING
        # int32 [n] each: the intervals so far, and how many tokens may still stand between further slots.
        starts, ends = sets[anchor].starts, sets[anchor].ends
        room = np.full(len(starts), slop, np.int32)
        for found in sets[anchor + 1 :]:
            if not len(starts):
                return NOTHING
            follower = np.searchsorted(found.starts, ends)
            nearest = np.minimum(follower, len(found) - 1)
            left = room - (found.starts[nearest] - ends)
            fits = (follower < len(found)) & (left >= 0)
            starts, ends, room = starts[fits], found.ends[nearest[fits]], left[fits]
        for found in reversed(sets[:anchor]):
            if not len(starts):
                return NOTHING
            leader = np.searchsorted(found.ends, starts, side="right") - 1
            left = room - (starts - found.ends[leader])
            fits = (leader >= 0) & (left >= 0)
            starts, ends, room = found.starts[leader[fits]], ends[fits], left[fits]
        kept = stairs(starts, ends)
        # Which of several ways to take the inner words makes no difference: each slot weighs as if typed.
        weight = sum(self._terms.weight(slot) for slot in slots)
        return Intervals(starts[kept], ends[kept], even(weight, len(kept)))

    # --- episodes

    def _inside_episodes(self, found: Intervals) -> Intervals:
        return inside(found, self._stream.episodes)

    def _episode_bounds(self, found: Intervals) -> tuple[Positions, Positions]:
        """Return the first token, and the one behind the last, of each interval's episode."""
        episodes = self._stream.episodes
        often = counts(found.starts, episodes)
        return np.repeat(episodes[:-1], often), np.repeat(episodes[1:], often)


def as_phrase(node: Node) -> list[InOrder]:
    """Return the rows that are a query of several words word for word, one for each way to read it."""
    match node:
        case AnyOf(children=children):
            return [row for child in children for row in as_phrase(child)]
        case AllOf(whole=InOrder() as whole):
            return [whole]
        case AllOf(children=children) if len(children) > 1 and (row := in_a_row(children)):
            return [row]
    return []


def _is_word(node: Node) -> TypeGuard[InOrder]:
    """Tell whether a node is always a single token, which weighs less where it is not as typed."""
    if not isinstance(node, InOrder) or node.slop or len(node.slots) > 1:
        return False
    return all(len(row) == 1 for row in node.slots[0].alternatives)


def _weigh(weight: float, count: int, exact: Mask | None, *, typed: bool) -> Weights:
    """Weigh a slot in one of its alternatives; `typed` tells whether that is the first, which was typed."""
    if not typed:
        return even(weight * INEXACT, count)
    if exact is None:
        return even(weight, count)
    return np.where(exact, np.float32(weight), np.float32(weight * INEXACT))


def _add(left: Weights, right: Weights) -> Weights:
    if len(left) < SHORT or not left.strides == right.strides == (0,):
        return left + right
    return even(left[:1] + right[:1], len(left))


def _together(ways: Sequence[Intervals]) -> Intervals:
    """Put ways to match together, in any order: one that holds another may be the one that goes on."""
    if len(ways) < 2:
        return ways[0] if ways else NOTHING
    return Intervals(
        np.concatenate([found.starts for found in ways]),
        np.concatenate([found.ends for found in ways]),
        np.concatenate([found.weights for found in ways]),
    )
