"""The text around a hit, with what matched in it. Pure, over a stream and its documents."""

import re
import unicodedata
from collections.abc import Set
from typing import NamedTuple

from podindex.scripts import FINAL_VOWELS
from podindex.search.index.documents import Documents
from podindex.search.index.wordstream import WordStream
from podindex.search.query.plan import Plan, iter_leaves

_CONTEXT_CHARACTERS = 70
"""On each side of a hit, where no other context is asked for: about two lines in all."""
_MAX_HIT_CHARACTERS = 2_000
"""So much is shown of a hit that stretches over a minute and more."""
# Between words, or in one: `face-recognition` and `example.com`, where the recogniser parted them, too.
_BRIDGED = r"[ -]*|(?:[^\w\s]|_)*"

Span = tuple[int, int]

Ids = Set[int]
"""Ids of lexicon entries. A hit has few tokens, which are sooner looked up one by one than as an array."""


class Marks(NamedTuple):
    """What of a hit's text is marked."""

    ids: Ids
    """Tokens that match by themselves."""
    rows: tuple[tuple[Ids, ...], ...] = ()
    """Tokens that match only in a row: `bit` of `bit coin`, which `bitcoin` may be."""


def marks_of(plan: Plan) -> Marks:
    """Return what a query's words stand for."""
    ids: set[int] = set()
    rows = []
    alternatives = (row for leaf in iter_leaves(plan.root) for slot in leaf.slots for row in slot.alternatives)
    for row in alternatives:
        if len(row) == 1:
            ids.update(row[0].ids.tolist())
        else:
            rows.append(tuple(frozenset(terms.ids.tolist()) for terms in row))
    return Marks(ids, tuple(rows))


def build_snippet(
    stream: WordStream, documents: Documents, hit: tuple[int, int], marks: Marks, context_ms: int | None
) -> tuple[str, tuple[Span, ...]]:
    """Return the text of a hit with some context, and the ranges of the words that matched.

    Args:
        stream: the segment's tokens.
        documents: the segment's texts.
        hit: first token, and the one behind the last.
        marks: what the query is looking for.
        context_ms: how much speech before and after to show; None: what fits two lines, as where nobody knows when
            anything is said.
    """
    if context_ms is not None and not stream.end_ms_of(stream.episode_around(hit[0])[1] - 1):
        context_ms = None
    before, behind = _context(stream, hit, context_ms)
    first_passage = stream.passage_of(before)
    text, offsets = "", list[int]()
    for passage in range(first_passage, stream.passage_of(behind) + 1):
        text += " " if text else ""
        offsets.append(len(text))
        text += documents.text(passage)

    def place(token: int) -> Span:
        start, end = stream.characters_of(token)
        offset = offsets[stream.passage_of(token) - first_passage] if len(offsets) > 1 else 0
        return start + offset, end + offset

    spans = _merge([place(token) for token in _matching(stream, hit, marks)], text)
    start, end = place(hit[0])[0], place(hit[1] - 1)[1]
    if context_ms is None:
        first, last = _trim(text, start, min(end, start + _MAX_HIT_CHARACTERS))
    else:
        first, last = _whole_words(text, place(before)[0], place(behind)[1])
    lead, trail = "… " if first > 0 else "", " …" if last < len(text) else ""
    shift = len(lead) - first
    shown = tuple((a + shift, b + shift) for a, b in spans if first <= a and b <= last)
    return f"{lead}{text[first:last]}{trail}", shown


def _matching(stream: WordStream, hit: tuple[int, int], marks: Marks) -> list[int]:
    """Return the tokens of a hit that the query is looking for."""
    tokens: list[int] = stream.tokens[hit[0] : hit[1]].tolist()
    marked = [number for number, token in enumerate(tokens, hit[0]) if token in marks.ids]
    for row in marks.rows:
        if row[0].isdisjoint(tokens):  # as nearly always
            continue
        for first in range(len(tokens) - len(row) + 1):
            if all(token in ids for token, ids in zip(tokens[first : first + len(row)], row, strict=True)):
                marked += range(hit[0] + first, hit[0] + first + len(row))
    return marked


def _context(stream: WordStream, hit: tuple[int, int], context_ms: int | None) -> tuple[int, int]:
    """Return the first and the last token to show, in the hit's episode."""
    first, end = stream.episode_around(hit[0])
    if context_ms is None:
        # A word has some six characters; the text is trimmed to whole words afterwards.
        reach = _CONTEXT_CHARACTERS // 3
        return _same_speaker(stream, hit, max(first, hit[0] - reach), min(end, hit[1] + reach) - 1)
    before = stream.token_from(stream.start_ms_of(hit[0]) - context_ms, first, end)
    behind = stream.token_from(stream.end_ms_of(hit[1] - 1) + context_ms, first, end) - 1
    return min(before, hit[0]), max(behind, hit[1] - 1)


def _same_speaker(stream: WordStream, hit: tuple[int, int], before: int, behind: int) -> tuple[int, int]:
    """Leave out of the context what others say: the hit is shown with the name of who says it."""
    speakers, passages = stream.passage_speakers, stream.passages
    first, last = stream.passage_of(hit[0]), stream.passage_of(hit[1] - 1)
    while passages[first] > before and speakers[first - 1] == speakers[first]:
        first -= 1
    while passages[last + 1] <= behind and speakers[last + 1] == speakers[last]:
        last += 1
    return max(before, int(passages[first])), min(behind, int(passages[last + 1]) - 1)


def _merge(spans: list[Span], text: str) -> list[Span]:
    """Join the ranges of words that stand beside each other, and of the parts of what is written as one word."""
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if start == end:
            continue
        if merged and (start <= merged[-1][1] or re.fullmatch(_BRIDGED, text[merged[-1][1] : start])):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _trim(text: str, start: int, end: int) -> Span:
    """Return the range of a hit with some context, between words; where none end, at least between letters."""
    first = max(0, start - _CONTEXT_CHARACTERS)
    if first and (space := text.find(" ", first, start)) >= 0:
        first = space + 1
    while first < start and _belongs_to_letter_before(text[first]):
        first += 1
    last = min(len(text), end + _CONTEXT_CHARACTERS)
    if last < len(text) and (space := text.rfind(" ", end, last)) >= 0:
        last = space
    while last < len(text) and _belongs_to_letter_before(text[last]):
        last += 1
    return first, last


def _belongs_to_letter_before(character: str) -> bool:
    return character in FINAL_VOWELS or unicodedata.category(character).startswith("M")


def _whole_words(text: str, first: int, last: int) -> Span:
    """Widen a range to the spaces around it, for the punctuation that belongs to its words."""
    first = text.rfind(" ", 0, first) + 1
    space = text.find(" ", last)
    return first, len(text) if space < 0 else space
