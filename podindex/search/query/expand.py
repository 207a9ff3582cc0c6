"""From the tree of a query to a plan: every word becomes the lexicon entries that mean it. Pure.

An unquoted word stands for its inflections and for everything a phrase's word stands for: its spellings in British and
American English, with and without accents, apostrophes and hyphens, joined and split, in digits and in words. Only what
occurs in the lexicon gets into the plan, so it stays small.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, combinations, groupby, islice, pairwise, product
from typing import TypeVar, assert_never

from podindex.search.query import tree
from podindex.search.query.plan import (
    MAX_PREFIX_IDS,
    AllOf,
    Alternative,
    AnyOf,
    InOrder,
    Lexicon,
    Node,
    Plan,
    Slot,
    TermSet,
    in_a_row,
)
from podindex.search.query.variants import Variants, merge_single
from podindex.search.words import analysis
from podindex.search.words.numbers import NumberSpan, read_numbers

MAX_ALTERNATIVES = 32
"""Alternatives of a slot: more than a number has readings. Bounds what a word of many hyphens asks."""

MAX_JOINS = 4
"""Pairs of neighbouring words of one AND that are looked for joined, too; every choice of them costs one more AND."""

MAX_WAYS = 16
"""Ways to choose the numbers of tokens of the words of a phrase with room: two numbers have as many."""

MAX_REPEATING = 64
"""Words of a query in which one comes twice that are looked for as typed, too: a sentence that somebody pastes."""

WordRun = tuple[tree.Word, ...]
"""Neighbouring words that belong together because they say one number; mostly a single word."""

Part = TypeVar("Part", bound=tree.Node)
"""What stands in a row: of a phrase, words and prefixes only."""

Element = TypeVar("Element")
"""What a part of a query becomes in a plan."""


def expand(parsed: tree.ParsedQuery, lexicon: Lexicon, *, similar: bool = False, doubted: str | None = None) -> Plan:
    """Look the words of a query up.

    Args:
        parsed: the query.
        lexicon: the words of the index.
        similar: add words that are written or sound alike: the second try when the first finds nothing.
        doubted: a token of which they are added although it occurs.
    """
    expander = _Expander(Variants(lexicon, parsed.text, similar=similar, doubted=doubted))
    root = None if parsed.root is None else expander.node(parsed.root)
    return Plan(root, tuple(expander.notes()))


class _Expander:
    def __init__(self, variants: Variants) -> None:
        self._variants = variants

    def notes(self) -> Iterator[str]:
        for prefix in self._variants.cut_prefixes:
            yield f"{prefix}* stands for more words than are searched; the {MAX_PREFIX_IDS:,} most frequent were."

    # `parser.MAX_DEPTH` bounds the tree, so recursion is safe.

    def node(self, node: tree.Node) -> Node:
        match node:
            case tree.Or(children=children):
                nodes = _unique(self.node(child) for child in children)
                return AnyOf(nodes) if len(nodes) > 1 else nodes[0]
            case tree.And(children=children, excluded=excluded):
                return self._all_of(children, tuple(self.node(child) for child in excluded))
            case tree.Word():
                return self._all_of((node,), ())
            case tree.Phrase():
                return self._phrase(node)
            case tree.Prefix(text=text) | tree.Fuzzy(text=text):
                return InOrder(tuple(self._term(node)), 0, text)

    def _all_of(self, children: tuple[tree.Node, ...], excluded: tuple[Node, ...]) -> Node:
        units = list(group_numbers(children))
        nodes = [self._unit(unit) for unit in units]
        ways = _with_joins(nodes, list(self._joins(units, inflected=True)))
        found = tuple(_all_of(way, excluded) for way in ways)
        return AnyOf(found) if len(found) > 1 else found[0]

    def _unit(self, unit: WordRun | tree.Node) -> Node:
        if not isinstance(unit, tuple):
            return self.node(unit)
        return InOrder(tuple(self._slots(unit, inflected=True)), 0, _text(unit))

    def _joins(self, units: Sequence[WordRun | tree.Node], *, inflected: bool) -> Iterator[tuple[int, int, InOrder]]:
        """Yield the neighbouring words that occur joined: from which to which (half-open), and the joined word."""
        tokens = [_tokens(unit) if isinstance(unit, tuple) else [] for unit in units]
        pairs = (
            (i, i + 2, joined)
            for i, (left, right) in enumerate(pairwise(tokens))
            if len(left) == len(right) == 1
            if (joined := self._variants.joined(left[0], right[0], inflected=inflected))
        )
        initials = (
            (start, end, joined)
            for start, end in _letter_runs([only[0] if len(only) == 1 else "" for only in tokens])
            if (joined := self._variants.initials(letters[0] for letters in tokens[start:end]))
        )
        for start, end, joined in islice(chain(initials, pairs), MAX_JOINS):
            text = " ".join(_text(unit) for unit in units[start:end] if isinstance(unit, tuple))
            yield start, end, InOrder((Slot(((joined,),)),), 0, text)

    def _phrase(self, phrase: tree.Phrase) -> Node:
        # With room, it is between words as typed (a number is one), not inside them.
        groups = list(group_numbers(phrase.words) if phrase.slop else _runs(phrase.words))
        parts = [
            self._slots(group, inflected=False) if isinstance(group, tuple) else self._term(group) for group in groups
        ]
        text = _text(phrase.words)
        if not phrase.slop:
            return InOrder(tuple(slot for part in parts for slot in part), 0, text)
        # Neighbours may be one word, which leaves no room between them.
        joins = [(start, end, [*joined.slots]) for start, end, joined in self._joins(groups, inflected=False)]
        # How much room is left depends on how many tokens a slot takes, so every combination is a way of its own.
        choices = (
            slots
            for row in _with_joins(parts, joins)
            for slots in product(*(_by_length(_in_a_row(part)) for part in row))
        )
        ways = tuple(InOrder(slots, phrase.slop, text) for slots in islice(choices, MAX_WAYS))
        return AnyOf(ways) if len(ways) > 1 else ways[0]

    def _term(self, term: tree.Term) -> list[Slot]:
        """Return the slots of a word in a phrase, a prefix or a fuzzy word; only the last token of a prefix is open."""
        match term:
            case tree.Word():
                return self._slots((term,), inflected=False)
            case tree.Prefix(text=text):
                *whole, last = analysis.tokens(text)
                terms = [*(self._variants.word(token, inflected=False) for token in whole), self._variants.prefix(last)]
            case tree.Fuzzy(text=text, max_edits=max_edits):
                # Of a single character, as Chinese words are written, every other one would be near.
                terms = [
                    self._variants.fuzzy(token, max_edits)
                    if len(token) > 1
                    else self._variants.word(token, inflected=False)
                    for token in analysis.tokens(text)
                ]
            case _:
                assert_never(term)
        return [Slot(((each,),)) for each in terms]

    def _slots(self, words: WordRun, *, inflected: bool) -> list[Slot]:
        """Return the slots of words in a row: numbers, pairs of tokens that occur as one, and single tokens."""
        tokens = _tokens(words)
        if inflected and len(tokens) == 2 and self._variants.has_article(words[0].text):
            del tokens[0]  # `l'homme` means `d'homme`, too
        run = _TokenRun(tokens, words)
        slots: list[Slot] = []
        start = 0
        while start < len(tokens):
            end, others = self._others(run, start, inflected=inflected)
            # With or without its dots: the "am" of a number is none of "I am".
            said = _folded(tokens[start:end]) if start in run.numbers and end - start > 1 else tokens[start:end]
            # A number of several tokens has no inflections; "second" has.
            vary = inflected and run.is_single(start)
            typed = tuple(self._variants.word(token, inflected=vary) for token in said)
            slots.append(Slot(merge_single((typed, *others[: MAX_ALTERNATIVES - 1]))))
            start = end
        return slots

    def _others(self, run: "_TokenRun", start: int, *, inflected: bool) -> tuple[int, list[Alternative]]:
        """Return where the slot ends that begins with a token, and the rows that it has besides the tokens as typed."""
        if run.is_single(start) and run.is_single(start + 1):
            tokens = run.tokens[start], run.tokens[start + 1]
            numbers = run.numbers.get(start), run.numbers.get(start + 1)
            same_word = start + 1 not in run.word_starts
            if rows := self._as_one(*tokens, numbers, inflected=inflected, same_word=same_word):
                return start + 2, rows
        if (end := run.initials.get(start)) and (joined := self._variants.initials(run.tokens[start:end])):
            return end, [(joined,)]
        if number := run.numbers.get(start):
            return number.end, self._variants.number(number)
        return start + 1, self._variants.split(run.tokens[start], inflected=inflected)

    def _as_one(
        self,
        left: str,
        right: str,
        spans: tuple[NumberSpan | None, NumberSpan | None],
        *,
        inflected: bool,
        same_word: bool,
    ) -> list[Alternative]:
        """Return the other rows for two tokens that occur as one; none where they do not.

        A number among them has further ones: `sha-256` is `sha256`, and `sha two fifty six`.
        """
        joined = self._variants.joined(left, right, inflected=inflected, hyphenated=same_word)
        rows = self._variants.version(left, right) if same_word else []
        if joined:
            rows.insert(0, (joined,))
        if not rows or spans == (None, None):
            return rows
        ways = [
            [(self._variants.word(token, inflected=inflected),), *(self._variants.number(span) if span else ())]
            for token, span in zip((left, right), spans, strict=True)
        ]
        _, *others = ((*first, *second) for first, second in product(*ways))
        return rows + others


class _TokenRun:
    """The tokens of words in a row, and what begins where."""

    def __init__(self, tokens: list[str], words: WordRun) -> None:
        self.tokens = tokens
        self.word_starts = set(accumulate(len(analysis.tokens(word.text)) for word in words))
        self.numbers = {span.start: span for span in read_numbers(_folded(tokens))}
        self.initials = dict(_letter_runs(["" if i in self.numbers else token for i, token in enumerate(tokens)]))
        """Where rows of single letters end."""

    def is_single(self, i: int) -> bool:
        """Tell whether there is a token here with which no number of several begins."""
        number = self.numbers.get(i)
        return i < len(self.tokens) and (number is None or number.end - i == 1)


def _letter_runs(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where two and more single letters stand in a row, half-open: the initials of `J. K. Rowling`."""
    start = 0
    for is_letter, run in groupby(tokens, key=lambda token: len(token) == 1 and analysis.is_letter(token)):
        end = start + len(list(run))
        if is_letter and end - start > 1:
            yield start, end
        start = end


def _with_joins(parts: Sequence[Element], joins: Sequence[tuple[int, int, Element]]) -> Iterator[list[Element]]:
    """Yield the parts of a query as they are, then with neighbours in one: with every choice of joins, fewest first.

    Args:
        parts: what each part became.
        joins: which of them may be one, half-open, and what they are then.
    """
    for chosen in chain.from_iterable(combinations(joins, count) for count in range(len(joins) + 1)):
        ordered = sorted(chosen, key=lambda join: join[0])
        if all(left[1] <= right[0] for left, right in pairwise(ordered)):
            way = [*parts]
            for start, end, joined in reversed(ordered):
                way[start:end] = [joined]
            yield way


def _runs(children: Iterable[Part]) -> Iterator[WordRun | Part]:
    """Group neighbouring words; everything else stays alone."""
    for is_word, group in groupby(children, key=lambda child: isinstance(child, tree.Word)):
        if is_word:
            yield tuple(child for child in group if isinstance(child, tree.Word))
        else:
            yield from group


def group_numbers(children: Iterable[Part]) -> Iterator[WordRun | Part]:
    """Group neighbouring words that say one number together; everything else stays alone."""
    for run in _runs(children):
        if isinstance(run, tuple):
            yield from _numbers_together(run)
        else:
            yield run


def _numbers_together(words: WordRun) -> Iterator[WordRun]:
    owners = [i for i, word in enumerate(words) for _ in analysis.tokens(word.text)]
    spans = read_numbers(_folded(_tokens(words)))
    # Word i and word i + 1 say one number.
    glued = {i for span in spans for i in range(owners[span.start], owners[span.end - 1])}
    start = 0
    for i in range(len(words)):
        if i not in glued:
            yield words[start : i + 1]
            start = i + 1


def _tokens(words: Iterable[tree.Term]) -> list[str]:
    return [token for word in words for token in analysis.tokens(word.text)]


def _folded(tokens: Iterable[str]) -> tuple[str, ...]:
    return tuple(analysis.fold(token) for token in tokens)


def _text(words: Iterable[tree.Term]) -> str:
    return " ".join(word.text for word in words)


def _in_a_row(slots: list[Slot]) -> Slot:
    """Make one slot of slots that nothing may stand between."""
    rows = islice(product(*(slot.alternatives for slot in slots)), MAX_ALTERNATIVES)
    return Slot(tuple(tuple(terms for alternative in row for terms in alternative) for row in rows))


def _by_length(slot: Slot) -> list[Slot]:
    """Part a slot into slots of alternatives of as many tokens each, in the order in which the lengths first occur."""
    by_length: dict[int, list[Alternative]] = {}
    for alternative in slot.alternatives:
        by_length.setdefault(len(alternative), []).append(alternative)
    return [Slot(tuple(alternatives)) for alternatives in by_length.values()]


def _all_of(children: Iterable[Node], excluded: tuple[Node, ...]) -> Node:
    """Build the simplest node: the same word twice is one child, and one child alone is itself."""
    typed = tuple(children)
    nodes = _unique(typed)
    if len(typed) == 1 and not excluded:
        return nodes[0]
    whole = in_a_row(typed) if len(nodes) < len(typed) <= MAX_REPEATING else None
    return AllOf(nodes, _unique(excluded), whole)


def _unique(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Leave out what means the same as a node before."""
    nodes = tuple(nodes)
    if len(nodes) < 2:
        return nodes
    unique: dict[object, Node] = {}
    for node in nodes:
        unique.setdefault(_meaning(node), node)
    return tuple(unique.values())


def _meaning(node: Node) -> object:
    """Return what is equal for nodes that find the same."""
    match node:
        case InOrder(slots=slots, slop=slop):
            return slop, tuple(tuple(tuple(map(_ids, row)) for row in slot.alternatives) for slot in slots)
        case AnyOf(children=children):
            return frozenset(map(_meaning, children))
        case AllOf(children=children, excluded=excluded):
            return "all", frozenset(map(_meaning, children)), frozenset(map(_meaning, excluded))


def _ids(terms: TermSet) -> tuple[bytes, bytes]:
    return terms.ids.tobytes(), terms.exact_ids.tobytes()
