"""Finding and weighing the hits of a question in every segment, side by side. I/O: looks into the segments' files."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import numpy as np

from podindex.search.index.manifest import SegmentEntry
from podindex.search.index.segment import Segment, title_keys
from podindex.search.matching.matcher import Matcher, as_phrase
from podindex.search.matching.narrowing import Narrowing
from podindex.search.matching.rank import Scores, least_tokens, score_hits, title_weights
from podindex.search.matching.terms import Terms
from podindex.search.query.filters import Filters
from podindex.search.query.plan import Node, iter_leaves
from podindex.search.sets.intervals import NOTHING, Indexes, Intervals, counts

# A long query is no title.
_MAX_TITLE_LEAVES = 8

# Queries with fewer hits are answered before threads have started.
_PARALLEL_FROM_HITS = 20_000


class Question:
    """What is asked of every segment, worked out once."""

    def __init__(self, root: Node, terms: Terms, filters: tuple[Filters, ...], languages: tuple[str, ...]) -> None:
        self.root = root
        self.terms = terms
        self.filters = filters
        self.languages = languages
        """Those of the library, by whose stems titles are compared."""
        self.phrases = [(phrase, sum(map(terms.weight, phrase.slots))) for phrase in as_phrase(root)]
        """Ways to say all of it in a row, and what each weighs where it is said as typed."""
        self.least = least_tokens(root)
        self.titles = list(dict.fromkeys(leaf.text for leaf in iter_leaves(root)))[:_MAX_TITLE_LEAVES]
        """Parts of the query that are looked for in titles."""


class Found(NamedTuple):
    """The hits of one segment, in order, and what ranks them."""

    hits: Intervals
    scores: Scores
    counts: Indexes
    """int64 [episodes]: how many hits each episode has."""


class OpenSegment:
    """A segment, and which of its episodes count."""

    def __init__(self, index_dir: Path, entry: SegmentEntry) -> None:
        self.files = Segment(index_dir / entry.name)
        dead = set(entry.dead)
        alive = np.array([episode_id not in dead for episode_id in self.files.episodes.ids], np.bool_)
        self.narrowing = Narrowing(self.files, alive)
        self.nothing = Found(NOTHING, NOTHING.weights, np.zeros(len(alive), np.intp))

    def find(self, question: Question) -> Found:
        """Return the hits that the filters let through."""
        stream = self.files.stream
        matcher = Matcher(stream, question.terms)
        hits = matcher.find(question.root)
        if len(hits):
            hits = self.narrowing.apply(hits, question.filters)
        if not len(hits):
            return self.nothing
        hits = stream.one_a_word(hits)
        rows = [(matcher.find(phrase), full) for phrase, full in question.phrases]
        scores = score_hits(
            hits,
            least=question.least,
            in_a_row=hits.held_by(rows) if rows else None,
            passages=stream.passages,
            titles=self._title_weights(question),
            episode_passages=stream.episode_passages,
        )
        return Found(hits, scores, counts(hits.starts, stream.episodes))

    def intervals(self, nodes: Sequence[Node], terms: Terms, filters: tuple[Filters, ...]) -> list[Intervals]:
        """Return where each of several nodes is said, as far as the filters let it through."""
        matcher = Matcher(self.files.stream, terms)
        return [self.narrowing.apply(matcher.find(node), filters) for node in nodes]

    def _title_weights(self, question: Question) -> Scores | None:
        """Weigh the titles of a segment's episodes; None where none holds a word of the query."""
        shares: Scores | None = None
        for text in question.titles:
            episodes = self.files.documents.episodes_titled(title_keys(text, question.languages))
            if len(episodes):
                shares = np.zeros(len(self.files.episodes), np.float32) if shares is None else shares
                shares[episodes] += np.float32(1 / len(question.titles))
        return None if shares is None else title_weights(shares)


def find_in_all(segments: Sequence[OpenSegment], question: Question) -> list[Found]:
    """Return what each segment has, in the order of the segments."""
    searches = [partial(segment.find, question) for segment in segments]
    if len(searches) == 1 or question.terms.expected(question.root) < _PARALLEL_FROM_HITS:
        return [search() for search in searches]
    others = [_SearchThread(search) for search in searches[1:]]
    return [searches[0](), *(other.result() for other in others)]


class _SearchThread(Thread):
    """Searches a segment while others are searched; numpy lets them run side by side.

    Not in a pool: to import one takes 3 of the 40 ms of such a search in a fresh process.
    """

    def __init__(self, search: Callable[[], Found]) -> None:
        super().__init__(daemon=True)
        self._search = search
        self._found: Found
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Search."""
        try:
            self._found = self._search()
        except BaseException as error:  # noqa: BLE001  raised where the result is asked for
            self._error = error

    def result(self) -> Found:
        """Wait for what is found, or raise what went wrong."""
        self.join()
        if self._error:
            raise self._error
        return self._found
