"""The query language: from what a person typed to a tree. Pure.

    query    = branch ("OR" branch)*
    branch   = (["NOT" | "-"] operand | "AND" | filter)*
    operand  = word | prefix | fuzzy | phrase | "(" query ")"
    prefix   = word "*"
    fuzzy    = word "~" [edits]
    phrase   = '"' (word | prefix)* '"' ["~" words between]
    filter   = field ":" (word | '"' … '"')

Operators are upper case (`||` and `&&` too); in lower case they are words. Words of a branch must all be near each
other. docs/search.md tells it with examples, and how to add an operator.

Nothing raises: what is no query is words, and `ParsedQuery.notes` says so. Reading is one pass over the text, without
recursion, and parentheses deeper than `MAX_DEPTH` are left out, so whoever walks the tree may recurse.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from podindex.search.query.filters import FILTER_FIELDS, Filters, add_filter, doubts
from podindex.search.query.lexemes import (
    BINARY,
    ENDS_OPERAND,
    OPERATORS,
    STARTS_OPERAND,
    Lexeme,
    lex,
    without_control_characters,
)
from podindex.search.query.tree import And, Fuzzy, Node, Or, ParsedQuery, Phrase, Prefix, Term, Word
from podindex.search.words import analysis

MAX_QUERY_LENGTH = 10_000
"""Characters that are read. Longer than any question; bounds the time of everything behind it."""

MAX_TERMS = 1_024
"""Words that are searched, as many as Lucene allows (`IndexSearcher.maxClauseCount`)."""

MAX_FUZZY_TERMS = 16
"""Fuzzy words that are searched as such; each compares itself with the whole lexicon."""

MAX_PREFIX_TERMS = 64
"""Prefixes that are searched as such; each may stand for thousands of words."""

MAX_FILTERS = 256
"""Filters that are searched as such; each is compared with every name in the library."""

MAX_EDITS = 2
"""Edits of a fuzzy word; with three, half the short words of a language are alike."""

MAX_SLOP = 160
"""Words that may stand between the words of a phrase: as far apart as `plan.NEAR_WORDS`."""

MAX_DEPTH = 32
"""Levels of parentheses that are read; deeper ones group nothing."""

MAX_NOTES = 8
"""Notes that are kept: a person reads no more, and a hostile query could cause thousands."""

_SHOUTED_WORDS = 3
"""Words in capitals alone from which on they are shouted; two may well be acronyms, as in `US GDP`."""

_MOST = {
    "terms": MAX_TERMS,
    "fuzzy words": MAX_FUZZY_TERMS,
    "prefixes": MAX_PREFIX_TERMS,
    "filters": MAX_FILTERS,
}
_FUZZY = re.compile(r"(?P<text>[^~]+)~(?P<edits>\d*)(?P<rest>.*)")
_FILTER_NOTE = "A filter narrows the whole query, so OR between it and a word has no effect."
_STAR_NOTE = "A star works only at the end of a word; the others were ignored."
_BEFORE_SITE = re.compile(r"(?:https?://(?:www\.)?|www\.)(?=\w)", re.IGNORECASE)
_NEGATIONS = ("minus", "not")
_UNKNOWN_FIELD = re.compile(r"[^\W\d_]{2,}:(?=[^/:\s])")


def parse_query(text: str) -> ParsedQuery:
    """Read a query. Never raises; time and memory are linear in the length of the text."""
    return _Parser(text).parse()


@dataclass(slots=True)
class _Branch:
    """One side of an OR."""

    wanted: list[Node] = field(default_factory=list)
    unwanted: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """An open parenthesis, or the query itself."""

    branches: list[_Branch] = field(default_factory=lambda: [_Branch()])
    negated: bool = False
    """Whether the whole group is."""
    negate_next: bool = False


class _Parser:
    def __init__(self, text: str) -> None:
        self._notes: dict[str, None] = {}
        if len(text) > MAX_QUERY_LENGTH:
            self._note(f"Only the first {MAX_QUERY_LENGTH:,} characters of the query were read.")
        self._text = _not_shouted(without_control_characters(text[:MAX_QUERY_LENGTH]))
        self._filters = Filters()
        self._groups = [_Group()]
        self._ignored_depth = 0
        self._left = dict(_MOST)

    def parse(self) -> ParsedQuery:
        lexemes = self._demote_dangling(self._take_filters(lex(self._text)))
        for lexeme in lexemes:
            self._shift(lexeme)
        if len(self._groups) > 1:
            self._note("A parenthesis is not closed; it was closed at the end.")
        while len(self._groups) > 1:
            self._close()
        root = self._root(self._groups.pop())
        if root is None and self._text.strip() and self._notes.keys() <= {_STAR_NOTE}:
            self._notes = {"The query has no word to search for.": None}
        return ParsedQuery(self._text, root, self._filters, tuple(self._notes))

    def _note(self, note: str) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes[note] = None

    # Filters and operators that have nothing to work on, before the tree is built.

    def _take_filters(self, lexemes: list[Lexeme]) -> list[Lexeme]:
        """Take the filters out, with the operators beside them and the NOT before; what cannot be read is a word."""
        if all(lexeme.kind != "filter" for lexeme in lexemes):
            return lexemes
        kept: list[Lexeme] = []
        field = ""  # of the filter before, if there is one
        fields = [*map(_field, lexemes), ""]
        surroundings = list(_surroundings(lexemes))
        for i, (lexeme, (_, excluded)) in enumerate(zip(lexemes, surroundings, strict=True)):
            negated = bool(kept) and kept[-1].kind in _NEGATIONS
            if lexeme.kind == "filter" and self._take_filter(lexeme.match, negated=negated ^ excluded):
                if negated:
                    kept.pop()
                if kept and kept[-1].kind in BINARY:
                    self._drop_beside_filter(kept.pop())
                field = fields[i]
            elif field and lexeme.kind in BINARY:
                if not (excluded and fields[i + 1]):  # NOT (show:a OR title:b) excludes both
                    self._drop_beside_filter(lexeme, field, fields[i + 1])
            else:
                if lexeme.kind == "filter":
                    lexeme.kind = "word"
                field = ""
                kept.append(lexeme)
        self._note_filters_in_groups(lexemes, surroundings, kept)
        return kept

    def _note_filters_in_groups(
        self, lexemes: list[Lexeme], surroundings: list[tuple[int, bool]], kept: list[Lexeme]
    ) -> None:
        """Say what parentheses do not do to the filters in them."""
        in_parentheses = {lexeme.kind for lexeme, (depth, _) in zip(lexemes, surroundings, strict=True) if depth}
        if "filter" in in_parentheses and any(lexeme.kind == "or" for lexeme in kept):
            self._note(_FILTER_NOTE)
        in_excluded = {lexeme.kind for lexeme, (_, excluded) in zip(lexemes, surroundings, strict=True) if excluded}
        if "filter" in in_excluded and in_excluded & {"word", "phrase"}:
            self._note("In NOT (…), a filter excludes by itself, whatever else is in the parentheses.")

    def _drop_beside_filter(self, operator: Lexeme, field: str = "", other: str = "") -> None:
        """Say what is lost with an operator between a filter and a word, or between filters of two fields."""
        if operator.kind == "or" and not other:
            self._note(_FILTER_NOTE)
        elif operator.kind == "or" and field != other:
            self._note(f"Different filters must all match, so OR between {field}: and {other}: has no effect.")

    def _take_filter(self, match: re.Match[str], *, negated: bool) -> bool:
        name = match["field"].lower()
        value = self._text[slice(*match.span("quoted" if match["quoted"] is not None else "value"))]
        if not value.strip():
            self._note(f"{name}: has no value and was ignored; write {name}:… without a space.")
            return True
        if not self._has_room("filters"):
            return False
        try:
            self._filters = add_filter(self._filters, name, value, negated=negated)
        except ValueError as error:
            self._note(f"{_shown(match[0])} was searched as words: {error}.")
            return False
        if doubt := doubts(self._filters, name, value):
            self._note(doubt)
        return True

    def _demote_dangling(self, lexemes: list[Lexeme]) -> list[Lexeme]:
        """Make words of operators that lack an operand."""
        for i, lexeme in enumerate(lexemes):
            before = lexemes[i - 1].kind if i else ""
            after = lexemes[i + 1].kind if i + 1 < len(lexemes) else ""
            binary = lexeme.kind in BINARY
            if binary or lexeme.kind == "not":
                complete = after in STARTS_OPERAND and (before in ENDS_OPERAND or not binary)
                if not complete:
                    lexeme.kind = "word"
                    self._note(f"{lexeme.match[0]} has nothing to join and was searched as a word.")
        return lexemes

    # The tree.

    def _shift(self, lexeme: Lexeme) -> None:
        group = self._groups[-1]
        match lexeme.kind:
            case "or":
                group.branches.append(_Branch())
            case "not" | "minus":
                group.negate_next = not group.negate_next
            case "open":
                self._open(group)
            case "close":
                self._close_if_open()
            case "quote":
                self._note("A quotation mark is not closed; the words after it were searched one by one.")
            case "phrase":
                self._add(self._phrase(lexeme.match))
            case "word":
                self._note_unknown_filter(lexeme.match)
                self._add(self._term(*_place(lexeme.match, "word" if lexeme.match["word"] else 0)))

    def _open(self, group: _Group) -> None:
        if len(self._groups) > MAX_DEPTH:
            self._ignored_depth += 1
            self._note(f"Parentheses more than {MAX_DEPTH} deep were left out.")
        else:
            self._groups.append(_Group(negated=group.negate_next))
            group.negate_next = False

    def _close_if_open(self) -> None:
        if self._ignored_depth:
            self._ignored_depth -= 1
        elif len(self._groups) > 1:
            self._close()
        else:
            self._note("A closing parenthesis without an opening one was ignored.")

    def _close(self) -> None:
        group = self._groups.pop()
        parent = self._groups[-1]
        branch = group.branches[0]
        if len(group.branches) == 1 and not group.negated:
            # Without OR, parentheses change nothing.
            parent.branches[-1].wanted += branch.wanted
            parent.branches[-1].unwanted += branch.unwanted
        elif len(group.branches) == 1 and branch.unwanted and not branch.wanted:
            # NOT (NOT a), NOT (NOT a NOT b)
            several = len(branch.unwanted) > 1
            parent.branches[-1].wanted.append(Or(tuple(branch.unwanted)) if several else branch.unwanted[0])
        else:
            parent.negate_next = group.negated
            self._add(self._root(group))

    def _add(self, node: Node | None) -> None:
        group = self._groups[-1]
        if node is not None:
            branch = group.branches[-1]
            (branch.unwanted if group.negate_next else branch.wanted).append(node)
        group.negate_next = False

    def _root(self, group: _Group) -> Node | None:
        alternatives: list[Node] = []
        for branch in group.branches:
            if branch.unwanted and not branch.wanted:
                self._note("NOT only narrows what other words find; add a word to search for.")
            elif len(branch.wanted) == 1 and not branch.unwanted:
                only = branch.wanted[0]
                alternatives += only.children if isinstance(only, Or) else (only,)
            elif branch.wanted:
                alternatives.append(And(tuple(branch.wanted), tuple(branch.unwanted)))
        return Or(tuple(alternatives)) if len(alternatives) > 1 else next(iter(alternatives), None)

    # Words and phrases.

    def _phrase(self, match: re.Match[str]) -> Node | None:
        found = [self._term(*_place(word, 0, match.start("words"))) for word in re.finditer(r"\S+", match["words"])]
        if any(isinstance(term, Fuzzy) for term in found):
            self._note(
                "The words of a phrase are exact: write ~ after a single word, or after the closing quotation mark."
            )
        words = tuple(Word(term.text, term.start) if isinstance(term, Fuzzy) else term for term in found if term)
        slop = int(match["slop"][:9]) if match["slop"] else 0
        if match["slop"] == "":
            self._note("~ after a phrase needs a number: ~5 allows 5 other words between.")
        if slop > MAX_SLOP:
            self._note(f"At most {MAX_SLOP} words may stand between the words of a phrase.")
        return Phrase(words, min(slop, MAX_SLOP)) if words else None

    def _term(self, lexeme: str, start: int) -> Term | None:
        """Make a term of what stands between spaces; None where there is nothing to look for in it.

        Args:
            lexeme: as `lex` returns it, with `*` and `~` for whatever was typed for them; a term has the text as typed.
            start: where it stands in the query.
        """
        # Nobody says what a browser puts before the name of a site.
        before = _BEFORE_SITE.match(lexeme)
        skipped = before.end() if before else 0
        lexeme, start = lexeme[skipped:], start + skipped
        text = self._text[start : start + len(lexeme)]
        fuzzy = _FUZZY.fullmatch(lexeme)
        prefix = lexeme.rstrip("*")
        tokens = analysis.tokens(text)
        if "*" in prefix or (not tokens and prefix != lexeme):
            self._note(_STAR_NOTE)
        if not tokens or not self._has_room("terms", len(tokens)):
            return None
        if lexeme.startswith("~"):
            self._note(f"{_shown(text)} follows no word and was searched as one.")
        if fuzzy and analysis.tokens(text[: fuzzy.end("text")]):
            return self._fuzzy(text, start, fuzzy)
        if prefix != lexeme and self._has_room("prefixes"):
            stars = len(prefix) - len(prefix.lstrip("*"))
            return Prefix(text[stars : len(prefix)], start + stars)
        return Word(text, start)

    def _note_unknown_filter(self, match: re.Match[str]) -> None:
        """Say that there is no such filter, if a word looks like one: `guest:anna`, `guest:"anna b"`."""
        quote = '"' if match.string.startswith('"', match.end()) else ""
        unknown = _UNKNOWN_FIELD.match(match[0] + quote)
        if unknown and unknown[0][:-1].lower() not in FILTER_FIELDS:
            known = ", ".join(name for name in FILTER_FIELDS if name != "language")
            self._note(f"There is no filter {_shown(unknown[0])} so it was searched as words; the filters are {known}.")

    def _fuzzy(self, text: str, start: int, match: re.Match[str]) -> Term:
        word = text[: match.end("text")]
        if not self._has_room("fuzzy words"):
            return Word(word, start)
        # `~0.8` is how old Lucene wrote a similarity.
        edits = 1 if match["rest"] else int(match["edits"][:9] or 1)
        if edits > MAX_EDITS:
            self._note(f"A fuzzy word may differ by at most {MAX_EDITS} letters.")
        elif match["rest"]:
            self._note(f"{_shown(text)} was read as {_shown(word)}~{edits}.")
        return Fuzzy(word, start, min(edits, MAX_EDITS)) if edits else Word(word, start)

    def _has_room(self, what: str, count: int = 1) -> bool:
        if self._left[what] >= count:
            self._left[what] -= count
            return True
        most = _MOST[what]
        if what == "terms":
            self._note(f"Only the first {most:,} words of the query were searched.")
        else:
            self._note(f"Only the first {most} {what} were searched as such, the rest as plain words.")
        return False


def _surroundings(lexemes: Iterable[Lexeme]) -> Iterator[tuple[int, bool]]:
    """Yield how deep in parentheses each lexeme stands, and whether NOT before some of them excludes it."""
    excluding = [False]
    before = ""
    for lexeme in lexemes:
        if lexeme.kind == "open":
            excluding.append(excluding[-1] ^ (before in _NEGATIONS))
        elif lexeme.kind == "close" and len(excluding) > 1:
            excluding.pop()
        yield len(excluding) - 1, excluding[-1]
        before = lexeme.kind


def _field(lexeme: Lexeme) -> str:
    """Return which field a filter is of, in lower case; empty for what is no filter."""
    name = lexeme.match["field"].lower() if lexeme.kind == "filter" else ""
    return "lang" if name == "language" else name


def _not_shouted(text: str) -> str:
    """Return several words in capitals throughout, `WHO IS IT`, in lower case: they tell no acronym from a word."""
    words = re.findall(r"[^\W\d_]+", text) if text.isupper() else []
    is_shouted = sum(map(str.isupper, words)) >= _SHOUTED_WORDS and OPERATORS.keys().isdisjoint(words)
    return text.lower() if is_shouted else text


def _place(match: re.Match[str], group: str | int, offset: int = 0) -> tuple[str, int]:
    return match[group], match.start(group) + offset


def _shown(text: str) -> str:
    """Return a part of a query as notes show it: short, and nothing that changes how a terminal writes."""
    text = "".join(character if character.isprintable() else "�" for character in text[:41])
    return text if len(text) <= 40 else f"{text[:39]}…"
