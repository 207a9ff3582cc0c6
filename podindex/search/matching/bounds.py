"""Keeping the work that one query asks for in bounds. Pure.

Words near each other are found in time that grows with how many there are times how often they occur. Two hundred
groups of the commonest words, which nobody types but anybody may send, would take minutes.
"""

from itertools import islice

from podindex.search.matching.terms import Terms
from podindex.search.query.plan import AllOf, AnyOf, InOrder, Node, Plan, iter_leaves

MAX_WORK = 600_000_000
"""Places of all children of one AND, times the number of children: half a second."""

MAX_PLACES = 6_000_000
"""Places that all ANDs and phrases with room look at, and a fifth of those of other phrases: half a second."""

_ROW_PLACES = 5
"""So many places of a phrase without room take the time of one of an AND, or of a phrase with room."""

_FEW_LEAVES = 16
"""No query of so few words takes longer, unless each stands for very many places."""


def bound(plan: Plan, terms: Terms) -> Plan:
    """Return the plan without what would take too long, and a note that says so; mostly the plan itself."""
    if plan.root is None:
        return plan
    rows = islice(iter_leaves(plan.root, excluded=True), _FEW_LEAVES + 1)
    leaves = sum(len(row.slots) if row.slop else 1 for row in rows)
    if leaves <= _FEW_LEAVES and leaves * terms.expected(plan.root) <= MAX_PLACES:
        return plan
    root = _Bounds(terms).bound(plan.root)
    if root == plan.root:
        return plan
    note = "The query's most frequent parts were left out: together they stand for too many places."
    return plan._replace(root=root, notes=(*plan.notes, note))


class _Bounds:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._left = MAX_PLACES

    def bound(self, node: Node) -> Node:
        match node:
            case InOrder(slop=slop):
                row = self._keep_rarest(node) if slop else node
                self._left -= self._places(row)
                return row
            case AnyOf(children=children):
                nodes = self._rarest(children, at_least=1)
                return AnyOf(nodes) if len(nodes) > 1 else nodes[0]
            case AllOf(children=children, excluded=excluded):
                often = [self._terms.expected(child) for child in children]
                total = sum(often)
                kept = sorted(range(len(children)), key=often.__getitem__)
                least = often[kept[0]]
                while len(kept) > 1 and (len(kept) * total > MAX_WORK or len(kept) * least > MAX_PLACES):
                    total -= often[kept.pop()]
                self._left -= len(children) * self._terms.expected(node)
                nodes = tuple(self.bound(children[number]) for number in sorted(kept))
                # A single phrase without room costs little, so `whole` stays.
                return node._replace(children=nodes, excluded=self._rarest(excluded, at_least=0))

    def _keep_rarest(self, row: InOrder) -> InOrder:
        """Keep of a phrase with room the rarest slots, as many as there is room for; the others may be anything."""
        often = [self._terms.occurrences(slot) for slot in row.slots]
        most = max(1, self._left // max(1, min(often)))
        if len(often) <= most:
            return row
        kept = set(sorted(range(len(often)), key=often.__getitem__)[:most])
        anything = sum(len(slot.alternatives[0]) for number, slot in enumerate(row.slots) if number not in kept)
        return row._replace(slots=tuple(row.slots[number] for number in sorted(kept)), slop=row.slop + anything)

    def _rarest(self, nodes: tuple[Node, ...], *, at_least: int) -> tuple[Node, ...]:
        """Keep of alternatives those that stand for the fewest places, as many as there is room for."""
        places = [self._places(node) for node in nodes]
        kept: list[int] = []
        left = self._left
        for number in sorted(range(len(nodes)), key=places.__getitem__):
            left -= places[number]
            if left < 0 and len(kept) >= at_least:
                break
            kept.append(number)
        return tuple(self.bound(nodes[number]) for number in sorted(kept))

    def _places(self, node: Node) -> int:
        """Return how many places are looked at for a node; words cost next to nothing.

        An AND looks beside each place of its rarest child for all the others, a phrase with room for its other words.
        """
        match node:
            case InOrder(slots=slots, slop=slop):
                expected = self._terms.expected(node)
                if slop:
                    return len(slots) * expected
                return expected // _ROW_PLACES if len(slots) > 1 else 0
            case AnyOf(children=children):
                return sum(map(self._places, children))
            case AllOf(children=children, excluded=excluded):
                beside = len(children) * self._terms.expected(node)
                return beside + sum(map(self._places, (*children, *excluded)))
