"""Answering queries from one state of the index.

I/O: maps `index/search/`. A `SearchIndex` is a snapshot: what is indexed later is found by a new one.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from podindex.errors import SearchError
from podindex.hits import Hit, MatchKind, SearchPage, SearchRequest
from podindex.search.bounds import bound
from podindex.search.expand import expand
from podindex.search.filters import Filters, TextField, TextFilter
from podindex.search.intervals import NOTHING, Indexes, Intervals, counts
from podindex.search.lexicon import MappedLexicon
from podindex.search.manifest import (
    DAMAGE,
    MANIFEST_NAME,
    Manifest,
    SegmentEntry,
    damaged,
    damaged_files,
    load_manifest,
)
from podindex.search.matching import Matcher, Terms, as_phrase
from podindex.search.narrowing import Narrowing
from podindex.search.plan import Plan, iter_leaves
from podindex.search.query import ParsedQuery, parse_query
from podindex.search.rank import Scores, least_tokens, order_episodes, order_hits, score_hits, title_weights
from podindex.search.segment import Segment, title_keys
from podindex.search.snippets import Marks, build_snippet, marks_of
from podindex.search.suggest import did_you_mean

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

LEAD_IN_MS = 500
"""How long before a hit a player should start: time to recognise the voice before the word."""

# A long query is no title.
_MAX_TITLE_LEAVES = 8

# Queries with fewer hits are answered before threads have started.
_PARALLEL_FROM_HITS = 20_000

# More than any library has; more than numpy can count makes it fail.
_MOST_HITS = 2**40

# Opening may meet a commit that removes what it is about to open.
_MAX_TRIES = 3


_Identity = tuple[int, int] | None
"""What a manifest file is told apart from the next one by; None: there was none."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The hits of one segment, in order, and what ranks them."""

    hits: Intervals
    scores: Scores
    counts: Indexes
    """int64 [episodes]: how many hits each episode has."""


@dataclass(frozen=True, slots=True, eq=False)
class _Standings:
    """The episodes with hits, of all segments together, as arrays of equal length."""

    segments: NDArray[np.int64]
    """Index of the segment in which each episode is."""
    numbers: NDArray[np.int64]
    """Its number there."""
    firsts: NDArray[np.int64]
    """Index of its first hit among the segment's."""
    counts: NDArray[np.int64]
    """Its hits."""
    best: Scores
    published_s: NDArray[np.float64]
    id_ranks: NDArray[np.int64]


_STANDINGS_DTYPES = (np.int64, np.int64, np.int64, np.int64, np.float32, np.float64, np.int64)


class SearchIndex:
    """One state of the index, open for searching. Safe for use by several threads."""

    def __init__(self, index_dir: Path, manifest: Manifest, identity: _Identity) -> None:
        """Open the files of a manifest; see `open`."""
        self.manifest = manifest
        """What this is a snapshot of."""
        self._dir = index_dir
        self._identity = identity
        self._lexicon = MappedLexicon.open(index_dir / manifest.lexicon)
        self._total_tokens = int(self._lexicon.frequencies.sum(dtype=np.int64))
        self._segments = [_OpenSegment(index_dir, entry) for entry in manifest.segments]
        ids = sorted(episode_id for segment in self._segments for episode_id in segment.files.episodes.ids)
        rank_of = {episode_id: rank for rank, episode_id in enumerate(ids)}
        for segment in self._segments:
            segment.id_ranks = np.array([rank_of[episode_id] for episode_id in segment.files.episodes.ids], np.int64)

    @classmethod
    def open(cls, index_dir: Path) -> Self:
        """Open the current state.

        Raises:
            SearchError: `index-missing`, `index-damaged` or `index-not-trusted`.
        """
        for _ in range(_MAX_TRIES):
            identity = _identity(index_dir)  # before it is read: what is committed meanwhile is noticed
            manifest = load_manifest(index_dir)
            if manifest is None:
                hint = "search again when the process that is writing has indexed an episode, or run `podindex reindex`"
                raise SearchError("index-missing", "nothing is indexed yet", hint)
            try:
                return cls(index_dir, manifest, identity)
            except DAMAGE as error:
                if load_manifest(index_dir) == manifest:
                    raise damaged(f"{type(error).__name__}: {error}") from error
        raise damaged("it changes faster than it can be opened")

    def close(self) -> None:
        """Close the files."""
        if "_threads" in self.__dict__:
            self._threads.shutdown()
        for segment in self._segments:
            segment.files.close()

    def is_current(self) -> bool:
        """Tell whether nothing has been indexed since this was opened."""
        return self._identity is not None and self._identity == _identity(self._dir)

    def search(self, request: SearchRequest) -> SearchPage:
        """Answer a query; it never fails for what the query says.

        Raises:
            SearchError: `index-damaged`.
        """
        started = time.perf_counter()
        with self._reading():
            page = self._search(request)
        return replace(page, took_ms=(time.perf_counter() - started) * 1000)

    def _search(self, request: SearchRequest) -> SearchPage:
        parsed = parse_query(request.query)
        filters = _all_filters(parsed, request)
        plan = self._plan(parsed)
        found = self._find(plan, filters)
        match: MatchKind = "exact"
        suggestion = None
        if plan.root is not None and not any(len(part.hits) for part in found):
            suggestion = self._suggest(parsed, filters)
            plan = self._plan(parsed, similar=True)
            found = self._find(plan, filters)
            match = "similar"
        standings = self._standings(found)
        return SearchPage(
            query=request.query,
            total=sum(len(part.hits) for part in found),
            total_episodes=len(standings.counts),
            hits=tuple(self._iter_page(standings, found, plan, request, match)),
            did_you_mean=suggestion,
            notes=(*parsed.notes, *plan.notes),
        )

    def _suggest(self, parsed: ParsedQuery, filters: tuple[Filters, ...]) -> str | None:
        """Return a query with other words that does find something."""
        suggestion = did_you_mean(parsed, self._lexicon)
        if suggestion is None:
            return None
        found = self._find(self._plan(parse_query(suggestion)), filters)
        return suggestion if any(len(part.hits) for part in found) else None

    def moments(self, request: SearchRequest) -> dict[str, NDArray[np.int64]]:
        """Say when each episode's hits are said, all of them: for marks and counts, without looking at their text.

        Returns:
            By episode id: int64 [hits, 2], start and end of each, ms, in the order of the episode. What paging says is
            ignored.

        Raises:
            SearchError: `index-damaged`.
        """
        parsed = parse_query(request.query)
        with self._reading():
            found = self._find(self._plan(parsed), _all_filters(parsed, request))
            moments: dict[str, NDArray[np.int64]] = {}
            for segment, part in zip(self._segments, found, strict=True):
                times_ms = segment.files.stream.times_ms(part.hits)
                begins = np.cumsum(part.counts) - part.counts
                for episode in np.flatnonzero(part.counts).tolist():
                    begin = int(begins[episode])
                    moments[segment.files.episodes.ids[episode]] = times_ms[begin : begin + int(part.counts[episode])]
        return moments

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Find out whether what goes wrong is due to damaged files."""
        try:
            yield
        except DAMAGE as error:
            wrong = damaged_files(self._dir, self.manifest)
            if not wrong:
                raise
            raise damaged(f"{wrong[0]} has changed ({error})") from error

    # --- finding

    def _plan(self, parsed: ParsedQuery, *, similar: bool = False) -> Plan:
        return bound(expand(parsed, self._lexicon, similar=similar), self._terms())

    def _terms(self) -> Terms:
        return Terms(self._lexicon.frequencies, self._total_tokens)

    def _find(self, plan: Plan, filters: tuple[Filters, ...]) -> list[_Found]:
        terms = self._terms()

        def find(segment: "_OpenSegment") -> _Found:
            return self._find_in(segment, plan, terms, filters)

        hits = 0 if plan.root is None else terms.expected(plan.root)
        if hits < _PARALLEL_FROM_HITS or len(self._segments) == 1:
            return [find(segment) for segment in self._segments]
        return list(self._threads.map(find, self._segments))

    @cached_property
    def _threads(self) -> "ThreadPoolExecutor":
        """Threads that each search a segment; numpy lets them run side by side."""
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="podindex-search")

    def _find_in(self, segment: "_OpenSegment", plan: Plan, terms: Terms, filters: tuple[Filters, ...]) -> _Found:
        stream = segment.files.stream
        matcher = Matcher(stream, terms)
        hits = NOTHING if plan.root is None else matcher.find(plan.root)
        if len(hits):
            hits = segment.narrowing.apply(hits, filters)
        if plan.root is None or not len(hits):
            return _Found(NOTHING, NOTHING.weights, np.zeros(len(stream.episodes) - 1, np.int64))
        phrases = [matcher.find(phrase) for phrase in as_phrase(plan.root)]
        scores = score_hits(
            hits,
            least=least_tokens(plan.root),
            is_phrase=hits.contained_in(phrases) if phrases else None,
            passages=stream.passages,
            titles=self._title_weights(segment, plan),
            episode_passages=stream.episode_passages,
        )
        return _Found(hits, scores, counts(hits.starts, stream.episodes))

    def _title_weights(self, segment: "_OpenSegment", plan: Plan) -> Scores | None:
        """Weigh the titles of a segment's episodes; None where none holds a word of the query."""
        texts = list(dict.fromkeys(leaf.text for leaf in iter_leaves(plan.root)))[:_MAX_TITLE_LEAVES]
        shares: Scores | None = None
        for text in texts:
            episodes = segment.files.documents.episodes_titled(title_keys(text, self._lexicon.languages()))
            if len(episodes):
                shares = np.zeros(len(segment.id_ranks), np.float32) if shares is None else shares
                shares[episodes] += np.float32(1 / len(texts))
        return None if shares is None else title_weights(shares)

    # --- paging

    def _standings(self, found: list[_Found]) -> _Standings:
        # One row without episodes, for a query that finds none.
        columns: list[tuple[NDArray[Any], ...]] = [tuple(np.empty(0, dtype) for dtype in _STANDINGS_DTYPES)]
        for number, (part, segment) in enumerate(zip(found, self._segments, strict=True)):
            present = np.flatnonzero(part.counts)
            if not len(present):
                continue
            firsts = (np.cumsum(part.counts) - part.counts)[present]
            columns.append(
                (
                    np.full(len(present), number),
                    present,
                    firsts,
                    part.counts[present],
                    np.maximum.reduceat(part.scores, firsts),
                    segment.files.episodes.published_s[present],
                    segment.id_ranks[present],
                )
            )
        return _Standings(*(np.concatenate(column) for column in zip(*columns, strict=True)))

    def _iter_page(
        self, standings: _Standings, found: list[_Found], plan: Plan, request: SearchRequest, match: MatchKind
    ) -> Iterator[Hit]:
        """Yield the hits of the page that is asked for; only these are looked at one by one."""
        marks = marks_of(plan)
        order = order_episodes(standings.best, standings.published_s, standings.id_ranks, request.sort)
        shown = standings.counts[order]
        per_episode, offset = min(request.per_episode, _MOST_HITS), min(request.offset, _MOST_HITS)
        if per_episode:
            shown = np.minimum(shown, per_episode)
        ends = np.cumsum(shown)
        page_end = offset + request.limit
        first = int(np.searchsorted(ends, offset, side="right"))
        for place in range(first, len(order)):
            begin = int(ends[place] - shown[place])
            if begin >= page_end:
                return
            episode = order[place]
            segment_number, count = standings.segments[episode], int(standings.counts[episode])
            part, segment = found[segment_number], self._segments[segment_number]
            first_hit = int(standings.firsts[episode])
            chosen = order_hits(part.scores[first_hit : first_hit + count], per_episode, request.sort)
            for number in chosen[max(0, offset - begin) : page_end - begin] + first_hit:
                yield segment.build_hit(
                    int(standings.numbers[episode]),
                    (int(part.hits.starts[number]), int(part.hits.ends[number])),
                    marks,
                    match=match,
                    score=float(part.scores[number]),
                    more=count - len(chosen),
                    context_ms=request.context_ms,
                )


class _OpenSegment:
    """A segment, which of its episodes count, and how they stand among all."""

    id_ranks: NDArray[np.int64]
    """int64 [episodes], place of each one's id in alphabetical order."""

    def __init__(self, index_dir: Path, entry: SegmentEntry) -> None:
        self.files = Segment(index_dir / entry.name)
        dead = set(entry.dead)
        alive = np.array([episode_id not in dead for episode_id in self.files.episodes.ids], np.bool_)
        self.narrowing = Narrowing(self.files, alive)

    def build_hit(
        self,
        episode_number: int,
        interval: tuple[int, int],
        marks: Marks,
        *,
        match: MatchKind,
        score: float,
        more: int,
        context_ms: int | None,
    ) -> Hit:
        """Look a hit's time, text and speaker up."""
        stream, episode = self.files.stream, self.files.episodes.episode(episode_number)
        first, last = interval[0], interval[1] - 1
        text, spans = build_snippet(stream, self.files.documents, interval, marks, context_ms)
        start_ms = int(stream.start_ms[first])
        return Hit(
            episode_id=episode.id,
            show=episode.show,
            title=episode.title,
            published=episode.published,
            start_ms=start_ms,
            end_ms=max(start_ms, stream.end_ms(last)),
            jump_ms=max(0, start_ms - LEAD_IN_MS),
            speaker=self.files.speaker(stream.passage_of(first)),
            match=match,
            text=text,
            spans=spans,
            score=score,
            more_in_episode=more,
        )


def _all_filters(parsed: ParsedQuery, request: SearchRequest) -> tuple[Filters, ...]:
    names: dict[TextField, str | None] = {
        "show": request.show,
        "speaker": request.speaker,
        "episode": request.episode,
    }
    texts = tuple(TextFilter(name, value) for name, value in names.items() if value)
    options = Filters(texts=texts, since=request.since, until=request.until)
    return tuple(each for each in (parsed.filters, options) if each != Filters())


def _identity(index_dir: Path) -> _Identity:
    try:
        status = (index_dir / MANIFEST_NAME).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
