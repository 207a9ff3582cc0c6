"""What a search must find, by looking at every word of a large library. I/O: reads all its episodes once.

Shares with the engine what a query means (`parse_query`, `expand`) and what words, tokens and passages are, and nothing
of how they are looked up, hits found, scored or ordered: docs/search.md in a few plain loops. tests/support/brute.py is
plainer still, but would take hours here.
"""

import heapq
import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from brute import least_tokens, phrases
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from podindex.models import Episode
from podindex.passages import build_passages, timed_words
from podindex.search.query.expand import expand
from podindex.search.query.filters import Filters
from podindex.search.query.parser import parse_query
from podindex.search.query.plan import (
    MAX_PREFIX_IDS,
    MAX_SIMILAR_IDS,
    NEAR_WORDS,
    AllOf,
    AnyOf,
    InOrder,
    Node,
    Slot,
    TermIds,
    TermSet,
    iter_leaves,
)
from podindex.search.words import analysis, phonetic
from podindex.search.words.said import said_words
from podindex.store import EpisodeStore

Entry = tuple[str, str]
Found = dict[tuple[int, int], float]
"""Intervals of tokens, and what the words in each weigh."""

_EMPTY: TermIds = np.empty(0, np.uint32)


class DictLexicon:
    """Every entry, by each of its keys, in dictionaries.

    Args:
        entries: in the order of their ids, which decide between words that are equally frequent and alike.
        counts: how often each occurs.
    """

    def __init__(self, entries: Sequence[Entry], counts: Sequence[int]) -> None:
        self._entries, self.counts = entries, counts
        self._folded: dict[str, list[int]] = defaultdict(list)
        self._stems: dict[Entry, list[int]] = defaultdict(list)
        self._sounds: dict[str, list[int]] = defaultdict(list)
        self._stem_of = []
        for number, (language, token) in enumerate(entries):
            folded, stem = analysis.fold(token), analysis.stem(token, language)
            self._folded[folded].append(number)
            self._stems[language, stem].append(number)
            self._sounds[phonetic.sound_key(folded)].append(number)
            self._stem_of.append((language, stem))
        self._languages = tuple(sorted({language for language, _ in entries}))

    def ids(self, folded: str) -> TermIds:
        return _array(self._folded.get(folded, ()))

    def tokens(self, ids: TermIds) -> list[str]:
        return [self._entries[number][1] for number in ids]

    def languages(self) -> tuple[str, ...]:
        return self._languages

    def ids_with_stem(self, stem: str, language: str) -> TermIds:
        return _array(self._stems.get((language, stem), ()))

    def ids_with_stem_of(self, ids: TermIds) -> TermIds:
        return _array(set(chain.from_iterable(self._stems[self._stem_of[number]] for number in ids)))

    def ids_with_prefix(self, prefix: str) -> TermIds:
        found = [number for folded, ids in self._folded.items() if folded.startswith(prefix) for number in ids]
        return self._best(MAX_PREFIX_IDS, ((0, number) for number in found))

    def ids_within(self, folded: str, max_edits: int) -> TermIds:
        edits = ((OSA.distance(folded, other, score_cutoff=max_edits), ids) for other, ids in self._folded.items())
        return self._best(MAX_SIMILAR_IDS, ((n, number) for n, ids in edits if n <= max_edits for number in ids))

    def ids_sounding_like(self, folded: str) -> TermIds:
        key = phonetic.sound_key(folded)
        return self._best(MAX_SIMILAR_IDS, ((0, number) for number in self._sounds.get(key, ()))) if key else _EMPTY

    def _best(self, limit: int, found: Iterator[tuple[int, int]]) -> TermIds:
        return _array(n for _, _, n in heapq.nsmallest(limit, ((edits, -self.counts[n], n) for edits, n in found)))


def _array(numbers: Iterable[int]) -> TermIds:
    return np.array(sorted(numbers), np.uint32)


@dataclass(frozen=True, slots=True)
class Truth:
    """All that a query finds."""

    total: int
    moments: dict[str, NDArray[np.int64]]
    """By episode: int64 [hits, 2], start and end of each, ms, in order."""
    first: list[tuple[str, int, int]]
    """The hits that are shown first, with at most so many an episode as asked for."""


class Library:
    """All words of a library in a row.

    Args:
        store: its episodes.
        entries: all of the library's; see `DictLexicon`.
    """

    def __init__(self, store: EpisodeStore, entries: Sequence[Entry]) -> None:
        number_of = {entry: number for number, entry in enumerate(entries)}
        known: dict[Entry, list[int]] = {}
        tokens, starts, ends, passages = list[int](), list[int](), list[int](), list[int]()
        self._words = list[int]()
        count = 0
        self.episodes: list[Episode] = []
        self._speakers: list[str | None] = []
        self._bounds, self._languages, self.texts = [0], list[str](), list[tuple[str, str, str]]()
        for episode_id in sorted(store.iter_ids()):
            episode, transcript = store.load_episode(episode_id), store.load_transcript(episode_id)
            language = analysis.base_language(transcript.language or episode.language)
            words = timed_words(transcript.segments)
            for passage in build_passages(transcript):
                self.texts.append((episode_id, episode.show, passage.text))
                self._speakers.append(passage.speaker)
                for word, _ in said_words(passage.text, words[passage.first_word : passage.last_word + 1]):
                    text, start_ms, end_ms, _ = word
                    if (language, text) not in known:
                        known[language, text] = [number_of[language, token] for token in analysis.tokens(text)]
                    for token in known[language, text]:
                        tokens.append(token)
                        starts.append(start_ms)
                        ends.append(end_ms)
                        passages.append(len(self._speakers) - 1)
                        self._words.append(count)
                    count += 1
            self.episodes.append(episode)
            self._bounds.append(len(tokens))
            self._languages.append(language)
        self._tokens = np.array(tokens, np.uint32)
        self._start_ms, self._end_ms = np.array(starts, np.int64), np.array(ends, np.int64)
        self._passages = np.array(passages, np.int64)
        self._owner = np.repeat(np.arange(len(self.episodes)), np.diff(self._bounds))
        self.lexicon = DictLexicon(entries, np.bincount(self._tokens, minlength=len(entries)).tolist())
        self._titles = [
            {analysis.stem(token, language) for token in analysis.tokens(episode.title)}
            for episode, language in zip(self.episodes, self._languages, strict=True)
        ]

    def search(self, query: str, *, shown: int, per_episode: int) -> Truth:
        """Find everything, and the first so many in order."""
        parsed = parse_query(query)
        root = expand(parsed, self.lexicon).root
        found = self._find(root) if root is not None else {}
        passing = [hit for hit in sorted(found) if self._passes(hit, parsed.filters)]
        pairs = list(pairwise([(-99, -99), *passing]))
        hits = [hit for before, hit in pairs if hit[0] - before[0] >= 16 or not self._is_same(before, hit)]
        scores = self._scores(root, hits, found) if root is not None else []
        by_episode: dict[int, list[int]] = defaultdict(list)
        for number, (start, _) in enumerate(hits):
            by_episode[int(self._owner[start])].append(number)
        moments = {
            self.episodes[owner].id: np.array([self._times(hits[number]) for number in numbers], np.int64)
            for owner, numbers in by_episode.items()
        }
        first = []
        for owner, numbers in sorted(by_episode.items(), key=lambda item: self._standing(item, scores)):
            best = sorted(numbers, key=lambda number: (-scores[number], hits[number]))[:per_episode]
            first += [(self.episodes[owner].id, *self._times(hits[number])) for number in best]
            if len(first) >= shown:
                break
        return Truth(len(hits), moments, first[:shown])

    def _is_same(self, before: tuple[int, int], hit: tuple[int, int]) -> bool:
        """Tell whether two intervals begin in the same word and end in the same word."""
        words = self._words
        return words[before[0]] == words[hit[0]] and words[before[1] - 1] == words[hit[1] - 1]

    def _times(self, hit: tuple[int, int]) -> tuple[int, int]:
        start_ms = int(self._start_ms[hit[0]])
        return start_ms, max(start_ms, int(self._end_ms[hit[1] - 1]))

    def _standing(self, item: tuple[int, list[int]], scores: Sequence[float]) -> tuple[float, float, str]:
        episode = self.episodes[item[0]]
        newest = -episode.published.timestamp() if episode.published else math.inf
        return -max(scores[number] for number in item[1]), newest, episode.id

    def _passes(self, hit: tuple[int, int], filters: Filters) -> bool:
        if filters == Filters():
            return True
        owner = int(self._owner[hit[0]])
        episode, start_ms = self.episodes[owner], int(self._start_ms[hit[0]])
        day = episode.published.date() if episode.published else None
        return (
            filters.matches("show", episode.show)
            and filters.matches("title", episode.title)
            and filters.matches("lang", self._languages[owner])
            and filters.matches("episode", episode.id)
            and filters.matches("speaker", self._speakers[self._passages[hit[0]]])
            and (not filters.periods or any(day and first <= day <= last for first, last in filters.periods))
            and (filters.since is None or (day is not None and day >= filters.since))
            and (filters.until is None or (day is not None and day <= filters.until))
            and (filters.after_ms is None or start_ms >= filters.after_ms)
            and (filters.before_ms is None or start_ms < filters.before_ms)
        )

    # --- what matches

    def _find(self, node: Node) -> Found:
        match node:
            case InOrder(slots=slots, slop=slop):
                return _minimal(self._row(slots, slop))
            case AnyOf(children=children):
                united: Found = {}
                for child in children:
                    for hit, weight in self._find(child).items():
                        united[hit] = max(weight, united.get(hit, 0))
                return _minimal(united)
            case AllOf(children=children, excluded=excluded, whole=whole):
                found = [self._find(child) for child in children]
                hits = self._apart(self._find(whole), []) if whole else {}
                if len(found) == 1:
                    near = self._taken(hits)
                    hits |= {hit: weight for hit, weight in found[0].items() if near.find(1, *hit) < 0}
                else:
                    hits = self._apart(self._together(found), found, hits)
                for child in excluded:
                    hits = self._without(hits, self._find(child))
                return hits

    def _is(self, terms: TermSet) -> NDArray[np.bool_]:
        """Tell of every token whether it is one of these."""
        wanted = np.zeros(len(self.lexicon.counts), np.bool_)
        wanted[terms.ids] = True
        return wanted[self._tokens]

    def _row(self, slots: Sequence[Slot], slop: int) -> Found:
        """Take the slots from left to right, everywhere at once: start, end, room used and weight of each way."""
        count = len(self._tokens)
        starts = ends = np.arange(count)
        used, weights = np.zeros(count, np.int64), np.zeros(count)
        for number, slot in enumerate(slots):
            rarity = self._rarity(slot)
            ways = []
            for alternative, row in enumerate(slot.alternatives):
                here = np.ones(count, np.bool_)
                exact = np.ones(count, np.bool_)
                for place, terms in enumerate(row):
                    here &= np.append(self._is(terms)[place:], np.zeros(place, np.bool_))
                    exact_terms = TermSet(terms.exact_ids, terms.exact_ids)
                    exact &= np.append(self._is(exact_terms)[place:], np.zeros(place, np.bool_))
                for gap in range(slop + 1 if number else 1):
                    fits = np.flatnonzero((used + gap <= slop) & (ends + gap < count))
                    fits = fits[here[ends[fits] + gap]]
                    typed = exact[ends[fits] + gap] & (alternative == 0) if not slop else True
                    weight = weights[fits] + rarity * np.where(typed, 1, 0.75)
                    ways.append((starts[fits], ends[fits] + gap + len(row), used[fits] + gap, weight))
            starts, ends, used, weights = (np.concatenate(column) for column in zip(*ways, strict=True))
        inside = self._owner[starts] == self._owner[ends - 1]
        found: Found = {}
        for start, end, weight in zip(
            starts[inside].tolist(), ends[inside].tolist(), weights[inside].tolist(), strict=True
        ):
            found[start, end] = max(weight, found.get((start, end), 0))
        return found

    def _together(self, children: Sequence[Found]) -> Found:
        """Find the tightest windows over all children: at every end, how far back must one look?"""
        ends = sorted((end, start, number) for number, child in enumerate(children) for start, end in child)
        latest = [(-1, 0.0)] * len(children)
        windows: Found = {}
        for end, start, number in ends:
            latest[number] = (start, children[number][start, end])
            first = min(start for start, _ in latest)
            if first >= 0 and end - first <= NEAR_WORDS and self._owner[first] == self._owner[end - 1]:
                windows[first, end] = sum(weight for _, weight in latest)
        return _minimal(windows)

    def _taken(self, hits: Found) -> bytearray:
        taken = bytearray(len(self._tokens))
        for start, end in hits:
            taken[start:end] = b"\1" * (end - start)
        return taken

    def _apart(self, found: Found, typed: Sequence[Found], kept: Found | None = None) -> Found:
        """Add what overlaps none: the shortest first, of equals what is in the order typed, then the earlier."""
        kept = dict(kept or {})
        taken = self._taken(kept)
        parts = [sorted(child) for child in typed]
        order = sorted(found, key=lambda hit: (hit[1] - hit[0], not _in_order(hit, parts), hit[0]))
        for start, end in order:
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                kept[start, end] = found[start, end]
        return kept

    def _without(self, hits: Found, unwanted: Found) -> Found:
        near = bytearray(len(self._tokens))
        for start, end in unwanted:
            owner = int(self._owner[start])
            first = max(self._bounds[owner], start - NEAR_WORDS)
            last = min(self._bounds[owner + 1], end + NEAR_WORDS)
            near[first:last] = b"\1" * (last - first)
        return {hit: weight for hit, weight in hits.items() if near.find(1, *hit) < 0}

    # --- scores

    def _rarity(self, slot: Slot) -> float:
        counts = self.lexicon.counts
        often = sum(min(sum(counts[n] for n in terms.ids) for terms in row) for row in slot.alternatives)
        return max(1, round(64 * math.log(1 + len(self._tokens) / max(1, often)))) / 64

    def _scores(self, root: Node, hits: list[tuple[int, int]], found: Found) -> list[float]:
        in_passage = Counter(self._passages[[start for start, _ in hits]].tolist()) if hits else Counter[int]()
        least = least_tokens(root)
        whole = [(self._find(row), sum(map(self._rarity, row.slots))) for row in phrases(root)]
        texts = list(dict.fromkeys(leaf.text for leaf in iter_leaves(root)))[:8]
        titles: dict[int, np.float32] = {}
        scores = []
        for start, end in hits:
            owner = int(self._owner[start])
            if owner not in titles:
                titles[owner] = np.float32(1) + np.float32(0.5) * self._title_share(owner, texts)
            often = np.float32(in_passage[int(self._passages[start])])
            density = np.float32(2.2) * often / (often + np.float32(1.2))
            near = np.float32(least) / np.float32(max(least, end - start))
            near += np.float32(any((start, end) in rows for rows, _ in whole))
            near += np.float32(6 * any(rows.get((start, end)) == full for rows, full in whole))
            scores.append(float((near * np.float32(found[start, end])) * (density * titles[owner])))
        return scores

    def _title_share(self, owner: int, texts: list[str]) -> np.float32:
        share = np.float32(0)
        for text in texts:
            tokens = analysis.tokens(text)
            if tokens and all(
                any(analysis.stem(token, language) in self._titles[owner] for language in self.lexicon.languages())
                for token in tokens
            ):
                share += np.float32(1 / len(texts))
        return share


def _in_order(window: tuple[int, int], parts: Sequence[list[tuple[int, int]]]) -> bool:
    """Tell whether a window holds an interval of each part, one behind the other."""
    reached = window[0]
    for part in parts:
        place = bisect_left(part, (reached, 0))
        if place == len(part):
            return False
        reached = part[place][1]
    return reached <= window[1]


def _minimal(found: Found) -> Found:
    """Drop what holds another one."""
    kept: Found = {}
    nearest_end = math.inf
    for start, end in sorted(found, key=lambda hit: (-hit[0], hit[1])):
        if end < nearest_end:
            kept[start, end] = found[start, end]
            nearest_end = end
    return kept
