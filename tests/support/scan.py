"""Search by looking at every word: what plans mean, as plainly as it can be said. Pure.

`scan` finds the hits of a query in one episode. It shares `parse_query`, `expand` and `tokens` with the engine, and
nothing of how the engine looks words up or puts positions together.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from podindex.search.query.expand import expand
from podindex.search.query.parser import parse_query
from podindex.search.query.plan import NEAR_WORDS, AllOf, AnyOf, InOrder, Node, Plan, Slot, TermIds, TermSet
from podindex.search.words import analysis, phonetic

Interval = tuple[int, int]


class ListLexicon:
    """A lexicon that compares every entry with what is asked for."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """Take (language, token) pairs."""
        self.entries = sorted(set(entries))
        self.id_of = {entry: i for i, entry in enumerate(self.entries)}

    def _where(self, holds: Callable[[str, str], bool]) -> TermIds:
        ids = [i for i, (language, token) in enumerate(self.entries) if holds(language, token)]
        return np.array(ids, dtype=np.uint32)

    def ids(self, folded: str) -> TermIds:
        return self._where(lambda _, token: analysis.fold(token) == folded)

    def tokens(self, ids: TermIds) -> list[str]:
        return [self.entries[i][1] for i in ids]

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({language for language, _ in self.entries}))

    def ids_with_stem(self, stem: str, language: str) -> TermIds:
        return self._where(lambda own, token: own == language and analysis.stem(token, own) == stem)

    def ids_with_stem_of(self, ids: TermIds) -> TermIds:
        stems = {(self.entries[i][0], analysis.stem(self.entries[i][1], self.entries[i][0])) for i in ids}
        return self._where(lambda language, token: (language, analysis.stem(token, language)) in stems)

    def ids_with_prefix(self, prefix: str) -> TermIds:
        return self._where(lambda _, token: analysis.fold(token).startswith(prefix))

    def ids_within(self, folded: str, max_edits: int) -> TermIds:
        return self._where(lambda _, token: edits(analysis.fold(token), folded) <= max_edits)

    def ids_sounding_like(self, folded: str) -> TermIds:
        key = phonetic.sound_key(folded)
        return self._where(lambda _, token: bool(key) and phonetic.sound_key(analysis.fold(token)) == key)


def edits(a: str, b: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours (optimal string alignment)."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y)))
            if i > 1 and j > 1 and (x, y) == (b[j - 2], a[i - 2]):
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def scan(query: str, text: str, language: str = "en", *, similar: bool = False) -> list[tuple[str, ...]]:
    """Return the tokens of every hit in a text, in order."""
    tokens = analysis.tokens(text)
    return [tokens[start:end] for start, end in scan_intervals(query, tokens, language, similar=similar)]


def scan_intervals(query: str, tokens: tuple[str, ...], language: str, *, similar: bool = False) -> list[Interval]:
    """Return the hits of a query in an episode of these tokens, in order."""
    lexicon = ListLexicon((language, token) for token in tokens)
    plan = expand(parse_query(query), lexicon, similar=similar)
    return run(plan, [lexicon.id_of[language, token] for token in tokens])


def run(plan: Plan, episode: list[int]) -> list[Interval]:
    """Return the hits of a plan in the term ids of an episode, in order."""
    return sorted(intervals(plan.root, episode)) if plan.root else []


def intervals(node: Node, episode: list[int]) -> set[Interval]:
    """Return what a node of a plan finds in the term ids of an episode."""
    match node:
        case AnyOf(children=children):
            return _minimal({hit for child in children for hit in intervals(child, episode)})
        case AllOf(children=children, excluded=excluded, whole=whole):
            kept = _disjoint(intervals(whole, episode), [], set()) if whole else set()
            found = [intervals(child, episode) for child in children]
            if len(found) == 1:
                hits = kept | {hit for hit in found[0] if not _overlaps(hit, kept)}
            else:
                hits = _disjoint(_windows(found), found, kept)
            unwanted = {hit for child in excluded for hit in intervals(child, episode)}
            return {hit for hit in hits if not any(_near(hit, other) for other in unwanted)}
        case InOrder():
            return _minimal(_ways(node, episode))


def _ways(node: InOrder, episode: list[int]) -> set[Interval]:
    found = set()
    for start in range(len(episode)):
        # (where the next slot may begin at the earliest, how much room is left)
        ends = {(start, 0)}
        for slot in node.slots:
            room = node.slop if slot is not node.slots[0] else 0
            ends = {
                (end + gap + len(row), used + gap)
                for end, used in ends
                for gap in range(room - used + 1 if room else 1)
                for row in slot.alternatives
                if all(
                    end + gap + i < len(episode) and episode[end + gap + i] in terms.ids for i, terms in enumerate(row)
                )
            }
        found |= {(start, end) for end, _ in ends}
    return found


def _windows(children: list[set[Interval]]) -> set[Interval]:
    everything = set().union(*children)
    return _minimal(
        {
            (start, end)
            for start, _ in everything
            for _, end in everything
            if start < end <= start + NEAR_WORDS
            and all(any(start <= s and e <= end for s, e in child) for child in children)
        }
    )


def _disjoint(found: set[Interval], typed: list[set[Interval]], kept: set[Interval]) -> set[Interval]:
    """Add what overlaps none: the shortest first, of equals what is in the order typed, then the earlier."""
    kept = set(kept)
    for hit in sorted(found, key=lambda hit: (hit[1] - hit[0], not _in_order(hit, typed), hit[0])):
        if not _overlaps(hit, kept):
            kept.add(hit)
    return kept


def _overlaps(hit: Interval, others: set[Interval]) -> bool:
    return any(start < hit[1] and hit[0] < end for start, end in others)


def _in_order(window: Interval, parts: list[set[Interval]]) -> bool:
    """Tell whether a window holds an interval of each part, one behind the other."""
    start, end = window
    return not parts or any(_in_order((e, end), parts[1:]) for s, e in parts[0] if start <= s and e <= end)


def _minimal(hits: set[Interval]) -> set[Interval]:
    return {hit for hit in hits if not any(hit[0] <= s and e <= hit[1] and (s, e) != hit for s, e in hits)}


def _near(hit: Interval, other: Interval) -> bool:
    return other[0] - hit[1] < NEAR_WORDS and hit[0] - other[1] < NEAR_WORDS


class Rarity:
    """What hits weigh, given how often each term id occurs in the library."""

    def __init__(self, counts: Counter[int]) -> None:
        self.counts = counts

    def weigh(self, node: Node, hit: Interval, ids: list[int]) -> float:
        match node:
            case AnyOf(children=children):
                return max(self.weigh(child, hit, ids) for child in children if hit in intervals(child, ids))
            case AllOf(whole=InOrder() as whole) if hit in intervals(whole, ids):
                return self.weigh(whole, hit, ids)
            case AllOf(children=children):
                return sum(
                    self.weigh(child, max(each for each in intervals(child, ids) if each[1] <= hit[1]), ids)
                    for child in children
                )
            case InOrder(slots=slots, slop=slop):
                if slop:
                    return sum(self._rarity(slot) for slot in slots)
                return max(self._ways(slots, hit, ids))

    def full(self, row: InOrder) -> float:
        """Return what a row weighs where it is said as typed."""
        return sum(map(self._rarity, row.slots))

    def _ways(self, slots: Sequence[Slot], hit: Interval, ids: list[int]) -> Iterator[float]:
        if not slots:
            if hit[0] == hit[1]:
                yield 0
            return
        for number, row in enumerate(slots[0].alternatives):
            said = ids[hit[0] : hit[0] + len(row)]
            if len(said) == len(row) and all(one in terms.ids for one, terms in zip(said, row, strict=True)):
                typed = number == 0 and all(one in terms.exact_ids for one, terms in zip(said, row, strict=True))
                for rest in self._ways(slots[1:], (hit[0] + len(row), hit[1]), ids):
                    yield self._rarity(slots[0]) * (1 if typed else 0.75) + rest

    def _rarity(self, slot: Slot) -> float:
        often = sum(min(self._often(terms) for terms in row) for row in slot.alternatives)
        return max(1, round(64 * math.log(1 + sum(self.counts.values()) / max(1, often)))) / 64

    def _often(self, terms: TermSet) -> int:
        return sum(self.counts[number] for number in terms.ids)
