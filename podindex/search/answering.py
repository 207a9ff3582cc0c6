"""What a query finds, or else what may have been meant by it. I/O: looks into the segments' files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from podindex.hits import MatchKind
from podindex.search.index.lexicon import MappedLexicon
from podindex.search.matching.bounds import bound
from podindex.search.matching.finding import Found, OpenSegment, Question, find_in_all
from podindex.search.matching.rank import least_tokens
from podindex.search.matching.terms import Terms
from podindex.search.query.expand import expand
from podindex.search.query.filters import Filters
from podindex.search.query.parser import MAX_NOTES, parse_query
from podindex.search.query.plan import NEAR_WORDS, AllOf, InOrder, Node, Plan
from podindex.search.query.tree import And, ParsedQuery, Phrase, Word, iter_parts
from podindex.search.sets.most import MAX_WORK, NO_SETS, Most, most_of
from podindex.search.suggest import (
    MORE_THAN_CHANCE,
    MUCH_MORE_OFTEN,
    all_occur,
    apart,
    as_row,
    as_said,
    in_two,
    is_likelier_apart,
    names,
    nearest,
    other_word,
    parts_of_question,
    suggestions,
    unknown_words,
    with_row,
    without,
)

# So few hits may be typing errors that the query shares with transcripts; what was meant is said more often.
_FEW_HITS = 3

_NOT_ALL_NOTE = "Nothing has all of these words near each other."
_NOT_AS_TYPED_NOTE = "Nothing has exactly these words in this order."

# A query is a quotation if no more than such a share of it is wrong where the rest is said in so many times its tokens.
_MISQUOTED, _QUOTED_ROOM = 0.4, 3

# The words of a query of which it is said whether anybody says them.
_MOST_EXPLAINED = 64


class Answer(NamedTuple):
    """What is found of a query, or of what may have been meant by it."""

    plan: Plan
    found: list[Found]
    """Of each segment, in their order."""
    match: MatchKind
    suggestion: str | None
    """What may have been meant, as a query."""
    advice: tuple[str, ...] = ()
    """Why nothing is found, as sentences."""


class Answerer:
    """Answers one query.

    Args:
        parsed: the query.
        filters: what narrows it, and whatever is tried in its place.
        lexicon: the words of the index.
        segments: what it is asked of.
    """

    def __init__(
        self,
        parsed: ParsedQuery,
        filters: tuple[Filters, ...],
        lexicon: MappedLexicon,
        segments: Sequence[OpenSegment],
    ) -> None:
        self._parsed = parsed
        self._filters = filters
        self._lexicon = lexicon
        self._segments = segments

    def as_typed(self) -> list[Found]:
        """Return what the query says, and nothing else, of each segment."""
        return self._find(self._plan(self._parsed))

    def answer(self) -> Answer:
        """Find what the query says, or else what may have been meant."""
        plan = asked = self._plan(self._parsed)
        found = self._find(plan)
        if plan.root is None or count_hits(found):
            return Answer(plan, found, "exact", self._meant(found))
        proposed = list(suggestions(self._parsed, self._lexicon))
        suggestion, suggested = self._first_with_hits(proposed)
        row, in_a_row = self._first_with_hits(self._rows(by_sound=not proposed))
        plan = self._plan(self._parsed, similar=True)
        found = self._find(plan)
        if in_a_row and count_hits(found) < MUCH_MORE_OFTEN * count_hits(in_a_row[1]):
            return Answer(*in_a_row, "similar", row)
        if count_hits(found):
            return Answer(plan, found, "similar", self._as_said(found) or suggestion)
        if named := self._misspelt_name():
            return named
        if suggested:
            return Answer(*suggested, "similar", suggestion)
        return Answer(plan, found, "similar", *self._advise(asked, proposed))

    def _meant(self, found: list[Found]) -> str | None:
        """Return what may have been meant where very little is found, or by a word that nobody says in that form.

        None for phrases, which are as typed.
        """
        hits = count_hits(found)
        if not hits or any(isinstance(part, Phrase) for part in iter_parts(self._parsed.root)):
            return None
        if hits > _FEW_HITS:
            return self._first_with_hits(other_word(self._parsed, self._lexicon))[0]
        suggestion, suggested = self._first_with_hits(suggestions(self._parsed, self._lexicon))
        return suggestion if suggested and count_hits(suggested[1]) > hits else None

    def _rows(self, *, by_sound: bool) -> Iterator[str]:
        """Yield the query with an unknown word as several in a row: what it is made of, then what it sounds like."""
        unknown = list(unknown_words(self._parsed, self._lexicon))
        by_sound = by_sound and len(unknown) == 1  # with another one still unknown, nothing is found
        for term, folded in unknown:
            for two in in_two(folded, self._lexicon):
                if is_likelier_apart(folded, self._often(as_row(two, self._lexicon)), self._lexicon):
                    yield with_row(self._parsed, term, two)
            for words in self._sounding(folded) if by_sound else ():
                row = as_row(words, self._lexicon)
                if self._often(row) > MORE_THAN_CHANCE * self._terms().by_chance(row):
                    yield with_row(self._parsed, term, words)

    def _sounding(self, folded: str) -> Iterator[tuple[str, ...]]:
        """Yield the rows of words that are said and sound as a word does, the likeliest first."""
        from podindex.search.misheard import likeliest, sounding_rows  # what finds hits needs neither

        said: Counter[tuple[int, ...]] = Counter()
        for row in sounding_rows(folded, self._lexicon):
            for part, segment in zip(self._find(Plan(row), ()), self._segments, strict=True):
                places = part.hits.starts[:, None] + np.arange(len(row.slots))
                said.update(map(tuple, segment.files.stream.tokens[places].tolist()))
        tokens = {row: tuple(self._lexicon.tokens(np.array(row, np.uint32))) for row in said}
        yield from likeliest(folded, {tokens[row]: often for row, often in said.items()})

    def _often(self, row: InOrder) -> int:
        """Return how often a row is said, whatever narrows the query."""
        return count_hits(self._find(Plan(row), ()))

    def _misspelt_name(self) -> Answer | None:
        """Find the name, if it is one, of which a word is misspelt as another that occurs."""
        most, answer = 0, None
        for phrase, doubted in names(self._parsed):
            plan = self._plan(phrase, similar=True, doubted=doubted)
            if not isinstance(plan.root, InOrder):
                continue
            found = self._find(plan)
            hits = count_hits(found)
            if hits > max(most, MORE_THAN_CHANCE * self._terms().by_chance(plan.root)):
                most, answer = hits, Answer(plan, found, "similar", self._as_said(found, doubted))
        return answer

    def _as_said(self, found: list[Found], doubted: str | None = None) -> str | None:
        """Return the query in the words of the best hit; None where that says nothing."""
        part, segment = max(zip(found, self._segments, strict=True), key=lambda each: each[0].scores.max(initial=0))
        best = int(part.scores.argmax())
        said = self._lexicon.tokens(segment.files.stream.tokens[part.hits.starts[best] : part.hits.ends[best]])
        return as_said(self._parsed, self._lexicon, said, doubted)

    # --- nothing is found

    def _advise(self, asked: Plan, proposed: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
        """Return what finds something in fewer words, if anything does, and notes on why the query finds nothing.

        What is proposed finds nothing either.
        """
        root, loose = self._parsed.root, apart(self._parsed)
        if loose is not None or isinstance(root, Phrase):
            instead = loose and (self._first_with_hits([loose])[0] or self._most_said(parse_query(loose)))
            return instead, (_NOT_AS_TYPED_NOTE,) if instead or not self._filters else ()
        all_said = all_occur(self._parsed, self._lexicon)
        respelt = [] if all_said else [parse_query(query) for query in proposed[:1]]
        fewer = next(filter(None, map(self._most_said, [*respelt, self._parsed])), None)
        nowhere = () if all_said else tuple(islice(self._said_nowhere(asked), MAX_NOTES))
        is_and_alone = isinstance(root, And) and not root.excluded and not self._filters
        if not nowhere and (fewer is not None or is_and_alone):
            return fewer, (_NOT_ALL_NOTE,)
        return fewer, nowhere

    def _most_said(self, parsed: ParsedQuery) -> str | None:
        """Return a question in those of its words that are said near each other somewhere and are rarest together.

        None if that finds nothing, or if what nobody says makes up more of the query.
        """
        parts, terms = parts_of_question(parsed), self._terms()
        trees = (And(part) if isinstance(part, tuple) else part for part in parts)
        nodes = [root for tree in trees if (root := self._plan(replace(parsed, root=tree)).root) is not None]
        often = [terms.expected(node) for node in nodes]
        tried = sorted(range(len(nodes)), key=often.__getitem__)
        while len(tried) * sum(often[number] for number in tried) > MAX_WORK:
            tried.pop()  # the most frequent word says least
        # Squared, because a question has many frequent words around the few that it is about.
        weights = [terms.rarity(node) ** 2 for node in nodes]
        # Only words can be left out; anything else weighs more than all of them.
        total = sum(weights)
        needed = [weights[number] + (0 if isinstance(parts[number], tuple) else total) for number in tried]
        most = self._most_near([nodes[number] for number in tried], needed, sum(needed) - _MISQUOTED * total, terms)
        kept = {tried[number] for number in most.sets}
        left_out = [part for number, part in enumerate(parts) if number not in kept]
        words = [part for part in left_out if isinstance(part, tuple)]
        unsaid = sum(weight for weight, count in zip(weights, often, strict=True) if not count)
        if most.weight <= unsaid or len(words) < len(left_out):
            return None
        fewer = without(parsed, list(chain.from_iterable(words)))
        return self._first_with_hits([fewer])[0] if fewer else None

    def _most_near(self, nodes: Sequence[Node], weights: Sequence[float], quoted: float, terms: Terms) -> Most:
        """Find which nodes are said near each other and weigh most; closely, if those weigh as much as a quotation."""
        found = [segment.intervals(nodes, terms, self._filters) for segment in self._segments]
        most = NO_SETS
        for length in (min(_QUOTED_ROOM * sum(map(least_tokens, nodes)), NEAR_WORDS), NEAR_WORDS):
            for segment, sets in zip(self._segments, found, strict=True):
                here = most_of(sets, weights, segment.files.stream.episodes, length)
                most = max(most, here, key=lambda each: each.weight)
            if most.weight >= quoted:
                break
        return most

    def _said_nowhere(self, asked: Plan) -> Iterator[str]:
        """Say which of several words or phrases nobody says: without it, the query might find something."""
        root = self._parsed.root
        if not isinstance(root, And) or not isinstance(asked.root, AllOf):  # else they may be said joined
            return
        for part in root.children[:_MOST_EXPLAINED]:
            row = self._plan(replace(self._parsed, root=part)).root
            if not isinstance(part, Word | Phrase) or not isinstance(row, InOrder):
                continue
            often = self._often(row) if isinstance(part, Phrase) else self._terms().expected(row)
            if not often:
                other = nearest(part, self._lexicon) if isinstance(part, Word) else None
                yield f"Nobody says {row.text}; some say {other}." if other else f"Nobody says {row.text}."

    # --- finding

    def _first_with_hits(self, queries: Iterable[str]) -> tuple[str | None, tuple[Plan, list[Found]] | None]:
        """Return the first query that does find something, its plan, and what it finds."""
        for query in queries:
            plan = self._plan(parse_query(query))
            found = self._find(plan)
            if count_hits(found):
                return query, (plan, found)
        return None, None

    def _plan(self, parsed: ParsedQuery, *, similar: bool = False, doubted: str | None = None) -> Plan:
        return bound(expand(parsed, self._lexicon, similar=similar, doubted=doubted), self._terms())

    def _terms(self) -> Terms:
        return Terms(self._lexicon.frequencies, self._lexicon.total)

    def _find(self, plan: Plan, filters: tuple[Filters, ...] | None = None) -> list[Found]:
        if plan.root is None:
            return [segment.nothing for segment in self._segments]
        filters = self._filters if filters is None else filters
        question = Question(plan.root, self._terms(), filters, self._lexicon.languages())
        return find_in_all(self._segments, question)


def count_hits(found: list[Found]) -> int:
    """Return how many hits there are in all segments."""
    return sum(len(part.hits) for part in found)
