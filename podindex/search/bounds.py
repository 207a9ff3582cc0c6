"""Keeping the work that one query asks for in bounds. Pure.

Words near each other are found in time that grows with how many there are times how often they occur. Two hundred
groups of the commonest words, which nobody types but anybody may send, would take minutes.
"""

from itertools import islice

from podindex.search.plan import AllOf, AnyOf, Node, Plan, Sequence, iter_leaves
from podindex.search.terms import Terms

MAX_WORK = 600_000_000
"""Places of all children of one AND, times the number of children: half a second."""

_FEW_LEAVES = 16
"""No query of so few words takes longer."""


def bound(plan: Plan, terms: Terms) -> Plan:
    """Return the plan without what would take too long, and a note that says so; mostly the plan itself."""
    if plan.root is None or next(islice(iter_leaves(plan.root), _FEW_LEAVES, None), None) is None:
        return plan
    root = _bound(plan.root, terms)
    if root == plan.root:
        return plan
    note = "The query's most frequent parts were left out: together they stand for too many places."
    return plan._replace(root=root, notes=(*plan.notes, note))


def _bound(node: Node, terms: Terms) -> Node:
    match node:
        case Sequence():
            return node
        case AnyOf(children=children):
            return AnyOf(tuple(_bound(child, terms) for child in children))
        case AllOf(children=children, excluded=excluded):
            places = [terms.expected(child) for child in children]
            total = sum(places)
            kept = sorted(range(len(children)), key=places.__getitem__)
            while len(kept) > 1 and len(kept) * total > MAX_WORK:
                total -= places[kept.pop()]
            return AllOf(tuple(_bound(children[number], terms) for number in sorted(kept)), excluded)
