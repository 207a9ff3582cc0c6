"""Search and ranking as docs/search.md tells them, by looking at every word of every episode. Pure.

Shares with the engine what a query means (`parse_query`, `expand`) and what a word (`said_words`), a token and a
passage are; nothing of how hits are found, scored or ordered. What a plan finds in an episode is `scan.py`'s.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scan import Interval, ListLexicon, Rarity, intervals

from podindex.hits import SearchRequest
from podindex.models import Episode, Transcript
from podindex.passages import build_passages, timed_words
from podindex.search.query.expand import expand
from podindex.search.query.filters import Filters
from podindex.search.query.parser import parse_query
from podindex.search.query.plan import AllOf, AnyOf, InOrder, Node, iter_leaves
from podindex.search.words import analysis
from podindex.search.words.said import said_words


@dataclass(frozen=True)
class BruteHit:
    episode_id: str
    start_ms: int
    end_ms: int
    score: np.float32


class _Said:
    """An episode, word by word."""

    def __init__(self, episode: Episode, transcript: Transcript) -> None:
        self.episode = episode
        self.language = analysis.base_language(transcript.language or episode.language)
        timed = timed_words(transcript.segments)
        passages = build_passages(transcript)
        said = [
            (word, number)
            for number, passage in enumerate(passages)
            for word, _ in said_words(passage.text, timed[passage.first_word : passage.last_word + 1])
        ]
        self.words = [(word, token) for word, _ in said for token in analysis.tokens(word.text)]
        self.passage_of = [number for word, number in said for _ in analysis.tokens(word.text)]
        self.word_of = [number for number, (word, _) in enumerate(said) for _ in analysis.tokens(word.text)]
        self.speakers = [passage.speaker for passage in passages]
        self.ids: list[int] = []

    def same(self, before: Interval, hit: Interval) -> bool:
        """Tell whether two intervals begin in the same word and end in the same word."""
        words = self.word_of
        return words[before[0]] == words[hit[0]] and words[before[1] - 1] == words[hit[1] - 1]


class BruteSearch:
    """All episodes of a library."""

    def __init__(self, library: Sequence[tuple[Episode, Transcript]]) -> None:
        self.episodes = [_Said(episode, transcript) for episode, transcript in library]
        said = [(each.language, token) for each in self.episodes for _, token in each.words]
        self.lexicon = ListLexicon(said)
        for each in self.episodes:
            each.ids = [self.lexicon.id_of[each.language, token] for _, token in each.words]
        self.rarity = Rarity(Counter(self.lexicon.id_of[entry] for entry in said))

    def search(self, query: str, request: SearchRequest) -> list[tuple[str, list[BruteHit]]]:
        """Return the episodes in order, each with all its hits in order."""
        parsed = parse_query(query)
        root = expand(parsed, self.lexicon).root
        found = []
        for each in self.episodes:
            hits = list(self._hits(root, each, parsed.filters)) if root else []
            if hits:
                found.append((each.episode, hits))
        newest = {each.id: -each.published.timestamp() if each.published else math.inf for each, _ in found}
        if request.sort == "relevance":
            found.sort(key=lambda pair: (-max(hit.score for hit in pair[1]), newest[pair[0].id], pair[0].id))
            return [(each.id, sorted(hits, key=lambda hit: (-hit.score, hit.start_ms))) for each, hits in found]
        sign = 1 if request.sort == "date" else -1
        found.sort(key=lambda p: (math.inf if newest[p[0].id] == math.inf else sign * newest[p[0].id], p[0].id))
        return [(each.id, hits) for each, hits in found]

    def _hits(self, root: Node, each: _Said, filters: Filters) -> Iterator[BruteHit]:
        passing = sorted(hit for hit in intervals(root, each.ids) if self._passes(each, hit, filters))
        hits = [
            hit
            for before, hit in pairwise([(-99, -99), *passing])
            if hit[0] - before[0] >= 16 or not each.same(before, hit)
        ]
        in_passage = Counter(each.passage_of[start] for start, _ in hits)
        title = np.float32(1) + np.float32(0.5) * self._title_share(root, each)
        for start, end in hits:
            t = np.float32(in_passage[each.passage_of[start]])
            density = np.float32(2.2) * t / (t + np.float32(1.2))
            rarity = np.float32(self.rarity.weigh(root, (start, end), each.ids))
            score = (self._nearness(root, (start, end), each.ids) * rarity) * (density * title)
            yield BruteHit(each.episode.id, each.words[start][0].start_ms, each.words[end - 1][0].end_ms, score)

    def _passes(self, each: _Said, hit: Interval, filters: Filters) -> bool:
        names = {"show": each.episode.show, "title": each.episode.title, "lang": each.language}
        names |= {"episode": each.episode.id, "speaker": each.speakers[each.passage_of[hit[0]]]}  # type: ignore[dict-item]
        start_ms = each.words[hit[0]][0].start_ms
        day = each.episode.published.date() if each.episode.published else None
        return (
            all(filters.matches(field, name) for field, name in names.items())  # type: ignore[arg-type]
            and (not filters.periods or any(day and first <= day <= last for first, last in filters.periods))
            and (filters.since is None or (day is not None and day >= filters.since))
            and (filters.until is None or (day is not None and day <= filters.until))
            and (filters.after_ms is None or start_ms >= filters.after_ms)
            and (filters.before_ms is None or start_ms < filters.before_ms)
        )

    # --- nearness and title

    def _nearness(self, root: Node, hit: Interval, ids: list[int]) -> np.float32:
        least = least_tokens(root)
        near = np.float32(least) / np.float32(max(least, hit[1] - hit[0]))
        holding: list[tuple[InOrder, Interval]] = []
        for phrase in phrases(root):
            rows = [row for row in intervals(phrase, ids) if row[0] <= hit[0] and hit[1] <= row[1]]
            holding += [(phrase, max(rows))] if rows else []
        as_typed = any(self.rarity.weigh(phrase, row, ids) == self.rarity.full(phrase) for phrase, row in holding)
        return near + np.float32(bool(holding)) + np.float32(6 * as_typed)

    def _title_share(self, root: Node, each: _Said) -> np.float32:
        title = {analysis.stem(token, each.language) for token in analysis.tokens(each.episode.title)}
        texts = list(dict.fromkeys(leaf.text for leaf in iter_leaves(root)))[:8]
        share = np.float32(0)
        for text in texts:
            if analysis.tokens(text) and all(
                any(analysis.stem(token, language) in title for language in self.lexicon.languages())
                for token in analysis.tokens(text)
            ):
                share += np.float32(1 / len(texts))
        return share


def least_tokens(node: Node) -> int:
    """Return how many tokens a query needs in a row; of alternatives, the most."""
    match node:
        case AnyOf(children=children):
            return max(map(least_tokens, children))
        case AllOf(whole=InOrder() as whole):
            return least_tokens(whole)
        case AllOf(children=children):
            return sum(map(least_tokens, children))
        case InOrder(slots=slots):
            return sum(min(map(len, slot.alternatives)) for slot in slots)


def phrases(node: Node) -> Iterator[InOrder]:
    """Yield the rows that are all words of a query as typed."""
    match node:
        case AnyOf(children=children):
            for child in children:
                yield from phrases(child)
        case AllOf(whole=InOrder() as whole):
            yield whole
        case AllOf(children=children) if len(children) > 1:
            if all(isinstance(child, InOrder) and not child.slop for child in children):
                yield InOrder(tuple(slot for child in children for slot in child.slots), 0, "")  # type: ignore[union-attr]
