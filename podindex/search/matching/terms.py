"""What the words of one query weigh, how often they occur, and which of them are looked up at once. Pure.

A slot weighs its rarity, ln(1 + N / f): N tokens in the library, f of them the tokens that the slot stands for (inverse
document frequency, Spärck Jones 1972, over tokens), less where what is said is not what was typed but an inflection or
another spelling of it. Rarities are rounded to 64ths, so their sums are exact in whatever order they are added.

Slots in order are looked up step by step: neighbours that can be said in one way only are one row of tokens.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from podindex.search.query.plan import AllOf, Alternative, AnyOf, InOrder, Node, Slot, TermIds, TermSet
from podindex.search.sets.ids import FEW_IDS, SHORT, is_any
from podindex.search.sets.intervals import Mask, Weights

INEXACT = 0.75
"""Weight of a slot in other words than typed, times that of one as typed."""

_ROUNDING = 64

_IN_SET, _EXACT = 1, 2


class Step(NamedTuple):
    """What is looked up at once: a slot, or several in a row that have one way to be said each."""

    alternatives: tuple[Alternative, ...]
    weight: float
    often: int
    """How often it occurs in the library at most."""


class Terms:
    """What the term sets of one query weigh; shared by the segments that it is asked of.

    Args:
        frequencies: uint32 [lexicon entries], how often each entry occurs in the library.
        total: tokens of the library.
    """

    def __init__(self, frequencies: NDArray[np.uint32], total: int) -> None:
        self._frequencies = frequencies
        self._total = total
        self._often: dict[int, int] = {}
        self._occurrences: dict[int, int] = {}
        self._weights: dict[int, float] = {}
        self._orders: dict[int, list[int]] = {}
        self._steps: dict[int, list[Step]] = {}
        self._tables: dict[int, NDArray[np.uint8]] = {}

    def expected(self, node: Node) -> int:
        """Return how often a node occurs in the library at most, nearly."""
        match node:
            case InOrder(slots=slots):
                return min(self.occurrences(slot) for slot in slots)
            case AnyOf(children=children):
                return sum(self.expected(child) for child in children)
            case AllOf(children=children):
                return min(self.expected(child) for child in children)

    def by_chance(self, row: InOrder) -> float:
        """Return how often the slots of a row would stand so if words stood in no order."""
        return self._total * math.prod(self.occurrences(slot) / max(1, self._total) for slot in row.slots)

    def occurrences(self, slot: Slot) -> int:
        """Return how often a slot occurs in the library at most."""
        often = self._occurrences.get(id(slot))
        if often is None:
            often = sum([min([self.frequency(terms) for terms in row]) for row in slot.alternatives])
            self._occurrences[id(slot)] = often
        return often

    def frequency(self, terms: TermSet) -> int:
        """Return how often a term set occurs in the library."""
        often = self._often.get(id(terms))
        if often is None:
            often = self._often[id(terms)] = int(self._frequencies[terms.ids].sum(dtype=np.int64))
        return often

    def rarest_first(self, row: Alternative) -> list[int]:
        """Return the order in which the tokens of a row are looked up: what occurs least leaves least to look at."""
        order = self._orders.get(id(row))
        if order is None:
            often = [self.frequency(terms) for terms in row]
            order = self._orders[id(row)] = sorted(range(len(row)), key=often.__getitem__)
        return order

    def steps(self, row: InOrder) -> list[Step]:
        """Return how slots in order, without room, are looked up, from left to right."""
        steps = self._steps.get(id(row))
        if steps is None:
            steps = self._steps[id(row)] = list(self._iter_steps(row.slots))
        return steps

    def _iter_steps(self, slots: Sequence[Slot]) -> Iterator[Step]:
        for is_plain, group in groupby(slots, _is_plain):
            run = list(group)
            if is_plain:
                tokens = tuple(terms for slot in run for terms in slot.alternatives[0])
                yield Step((tokens,), sum(map(self.weight, run)), min(map(self.occurrences, run)))
            else:
                yield from (Step(slot.alternatives, self.weight(slot), self.occurrences(slot)) for slot in run)

    def weight(self, slot: Slot) -> float:
        """Return the rarity of a slot."""
        weight = self._weights.get(id(slot))
        if weight is None:
            weight = self._weights[id(slot)] = self._rarity(self.occurrences(slot))
        return weight

    def rarity(self, node: Node) -> float:
        """Return what a node would weigh if it were a single slot; most where nobody says it."""
        return self._rarity(self.expected(node))

    def _rarity(self, often: int) -> float:
        return max(1, round(math.log1p(self._total / max(1, often)) * _ROUNDING)) / _ROUNDING

    def weights_by_id(self, words: Sequence[InOrder]) -> Weights:
        """Return what each lexicon entry weighs as the heaviest of the words that it is, float32 [entries], else 0."""
        weights = np.zeros(len(self._frequencies), np.float32)
        for word in words:
            (slot,) = word.slots
            weight = self.weight(slot)
            for number, (terms,) in enumerate(slot.alternatives):
                weights[terms.ids] = np.maximum(weights[terms.ids], weight * INEXACT)
                if not number:
                    weights[terms.exact_ids] = np.maximum(weights[terms.exact_ids], weight)
        return weights

    def look_up(self, terms: TermSet, tokens: TermIds) -> tuple[Mask, Mask | None]:
        """Tell which tokens are in a set, and which of them are exact (None: all of those).

        Returns:
            bool [tokens] each.
        """
        all_exact = len(terms.exact_ids) == len(terms.ids)
        if len(terms.ids) <= FEW_IDS or len(tokens) < SHORT:  # for more, a table of the whole lexicon is faster
            return is_any(tokens, terms.ids), None if all_exact else is_any(tokens, terms.exact_ids)
        codes = self._table(terms)[tokens]
        return codes > 0, None if all_exact else codes == _EXACT

    def _table(self, terms: TermSet) -> NDArray[np.uint8]:
        if id(terms) not in self._tables:
            table = np.zeros(len(self._frequencies), np.uint8)
            table[terms.ids] = _IN_SET
            table[terms.exact_ids] = _EXACT
            self._tables[id(terms)] = table
        return self._tables[id(terms)]


def _is_plain(slot: Slot) -> bool:
    """Tell whether a slot can be said in one way only, as typed."""
    return len(slot.alternatives) == 1 and all(len(terms.ids) == len(terms.exact_ids) for terms in slot.alternatives[0])
