"""What a query says, as a tree: words, phrases, and what joins them. Pure.

`parser.py` reads it, `expand.py` looks its words up, `suggest.py` changes them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from podindex.search.query.filters import Filters


@dataclass(frozen=True, slots=True)
class Word:
    """A word in all its inflections and spellings; `face-recognition` is one with two tokens."""

    text: str
    start: int
    """Where `text` stands in the query, in characters."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words that begin so."""

    text: str
    """Without the star."""
    start: int


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """All words that differ by at most `max_edits` letters."""

    text: str
    """Without the tilde and what follows."""
    start: int
    max_edits: int


Term = Word | Prefix | Fuzzy


@dataclass(frozen=True, slots=True)
class Phrase:
    """Exactly these words in this order, with at most `slop` other words between them in total."""

    words: tuple[Word | Prefix, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class And:
    """All children near each other, and none of `excluded` near them."""

    children: "tuple[Node, ...]"
    """Never empty."""
    excluded: "tuple[Node, ...]" = ()


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the children (at least two)."""

    children: "tuple[Node, ...]"


Node = Term | Phrase | And | Or


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a query asks for."""

    text: str
    """What was typed, as far as it was read."""
    root: Node | None
    """None: no words to look for."""
    filters: Filters = field(default_factory=Filters)
    notes: tuple[str, ...] = ()
    """What was not understood or left out, as sentences."""


def iter_terms(root: Node | None) -> Iterator[Term]:
    """Yield the words that a hit must or may hold, from left to right; not those behind NOT."""
    for part in iter_parts(root):
        if isinstance(part, Phrase):
            yield from part.words
        else:
            yield part


def iter_parts(root: Node | None) -> Iterator[Term | Phrase]:
    """Yield the words and phrases that a hit must or may hold, from left to right; not those behind NOT."""
    stack: list[Node] = [] if root is None else [root]
    while stack:
        match stack.pop():
            case And(children=children) | Or(children=children):
                stack.extend(reversed(children))
            case part:
                yield part


def respell(parsed: ParsedQuery, spellings: Mapping[Term, str]) -> str:
    """Return the query as typed, with the texts of some of its terms replaced: a "did you mean"."""
    text = parsed.text
    for term in sorted(spellings, key=lambda term: term.start, reverse=True):
        text = text[: term.start] + spellings[term] + text[term.start + len(term.text) :]
    return text
