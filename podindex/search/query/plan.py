"""What a query asks of the word stream: term ids in rows, alternatives and sets. Pure.

`parser.py` reads what a person typed, `expand.py` looks its words up in the lexicon and builds the types below,
`matcher.py` runs them over positions. The meaning of every node is an answer to "which intervals of tokens match?":

- A *token* is what `analysis.tokens` makes of a transcript word; every token has a number in the word stream. An
  interval `[start, end)` of token numbers always lies inside one episode.
- `InOrder`: one token interval for every way to take one alternative of each slot, in order, each alternative's
  tokens in a row, with at most `slop` tokens between alternatives in total. Of two that begin or end at the same token
  and of which one holds the other, only the inner one counts (see `docs/search.md`).
- `AnyOf`: the union; an interval that equals or contains another one of the union does not count.
- `AllOf`: the intervals of `whole`, shortest first, then earlier first, but those that overlap one already kept; and of
  those that overlap none of these: of one child, its intervals; of several, the minimal intervals that hold at least
  one interval of every child and are at most `NEAR_WORDS` tokens long, tightest first (ties: those with the children in
  the order typed first, then earlier first), but those that overlap one already kept. Then an interval is dropped when
  fewer than `NEAR_WORDS` tokens stand between it and an interval of an `excluded` node (or they overlap).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

TermIds = NDArray[np.uint32]
"""Ids of lexicon entries: uint32 [n], ascending, no id twice."""

NEAR_WORDS = 160
"""How many tokens "near each other" spans: about a minute of speech at 160 words a minute."""

MAX_PREFIX_IDS = 10_000
"""Entries that a prefix stands for at most; `re*` has some thousands in a library of two thousand hours."""

MAX_SIMILAR_IDS = 200
"""Entries that a fuzzy or sounds-like word stands for at most."""


@dataclass(frozen=True, slots=True, eq=False)
class TermSet:
    """Any of these tokens, at one position."""

    ids: TermIds
    exact_ids: TermIds
    """Those of `ids` that are what was typed, apart from case, accents and apostrophes; the rest are inflections and
    other spellings, or similar words. Ranking puts exact ones first."""


Alternative = tuple[TermSet, ...]
"""Tokens in a row, without anything between; never empty."""


class Slot(NamedTuple):
    """One of several ways to say the same thing, of any number of tokens each: `2026`, `twenty twenty six`."""

    alternatives: tuple[Alternative, ...]
    """The first is what was typed. Never empty; an alternative that holds a `TermSet` without ids never matches."""


class InOrder(NamedTuple):
    """Slots in order: a word (one slot), a phrase (`slop` 0) or a phrase with room in it."""

    slots: tuple[Slot, ...]
    slop: int
    """At most so many tokens in total between the matches of neighbouring slots. Where it is not 0, the alternatives of
    a slot have the same number of tokens."""
    text: str
    """The part of the query that it came from, as typed, for suggestions and for scoring title matches."""


def in_a_row(nodes: "tuple[Node, ...]") -> InOrder | None:
    """Return words and phrases as one phrase; None where another node is among them, or a phrase with room."""
    rows = [node for node in nodes if isinstance(node, InOrder) and not node.slop]
    return InOrder(tuple(slot for row in rows for slot in row.slots), 0, "") if len(rows) == len(nodes) else None


class AllOf(NamedTuple):
    """All children near each other, and no `excluded` near them."""

    children: "tuple[Node, ...]"
    """Never empty; of one child alone, its own intervals count, of any length."""
    excluded: "tuple[Node, ...]" = ()
    whole: InOrder | None = None
    """All words in a row as typed, where one comes twice: `back to back`, of which the children are `back` and `to`."""


class AnyOf(NamedTuple):
    """Any of the children (at least two)."""

    children: "tuple[Node, ...]"


Node = InOrder | AllOf | AnyOf


class Plan(NamedTuple):
    """A query, ready to run."""

    root: Node | None
    """None: nothing to look for (an empty query, or nothing but filters and NOTs)."""
    notes: tuple[str, ...] = ()
    """What was left out or changed while expanding, as sentences."""


def iter_leaves(root: Node | None, *, excluded: bool = False) -> Iterator[InOrder]:
    """Yield the words and phrases of a plan from left to right, those under `excluded` only where asked for."""
    stack: list[Node] = [] if root is None else [root]
    while stack:
        node = stack.pop()
        if isinstance(node, InOrder):
            yield node
            continue
        if excluded and isinstance(node, AllOf):
            stack.extend(reversed(node.excluded))
        stack.extend(reversed(node.children))


class Lexicon(Protocol):
    """What `expand` needs to know of the index's words.

    An entry is a (language, token) pair that occurs in the library, with a global id; a token is a normal form as
    `analysis.tokens` makes it (lower case, but accents, apostrophes and the dots of acronyms kept). Folded keys are
    `analysis.fold(token)`, stems `analysis.stem(token, language)`. Every method returns ids of all languages unless it
    takes one, ascending, none twice.
    """

    def ids(self, folded: str) -> TermIds:
        """Return the entries whose folded token is this."""

    def tokens(self, ids: TermIds) -> list[str]:
        """Return the tokens of entries, in the order of `ids`."""

    def languages(self) -> tuple[str, ...]:
        """Return the languages that have entries, as ISO 639-1 codes ("" for unknown)."""

    def ids_with_stem(self, stem: str, language: str) -> TermIds:
        """Return the entries of a language whose `analysis.stem` is this."""

    def ids_with_stem_of(self, ids: TermIds) -> TermIds:
        """Return all entries that share language and stem with one of `ids`, these included."""

    def ids_with_prefix(self, prefix: str) -> TermIds:
        """Return the entries whose folded token begins so (`prefix` is folded), the most frequent `MAX_PREFIX_IDS`."""

    def ids_within(self, folded: str, max_edits: int) -> TermIds:
        """Return the entries at most so many edits away, the best `MAX_SIMILAR_IDS`.

        An edit inserts, deletes or replaces one character of the folded token or swaps two neighbours (optimal string
        alignment). Best: fewest edits, then most frequent.
        """

    def ids_sounding_like(self, folded: str) -> TermIds:
        """Return the entries with the `phonetic.sound_key` of `folded`, the most frequent `MAX_SIMILAR_IDS`."""
