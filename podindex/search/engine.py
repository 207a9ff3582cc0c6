"""Answering queries from one state of the index.

I/O: maps `index/search/`. A `SearchIndex` is a snapshot: what is indexed later is found by a new one.
"""

import time
from bisect import bisect
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate, islice
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from podindex import wording
from podindex.errors import SearchError
from podindex.hits import Hit, MatchKind, SearchPage, SearchRequest
from podindex.search.answering import Answerer, count_hits
from podindex.search.index.heap import keep_freed_memory
from podindex.search.index.lexicon import MappedLexicon
from podindex.search.index.manifest import (
    DAMAGE,
    MANIFEST_NAME,
    Manifest,
    damaged,
    explain,
    load_manifest,
)
from podindex.search.matching.finding import Found, OpenSegment
from podindex.search.matching.rank import Scores, order_episodes, order_hits
from podindex.search.query.filters import NO_FILTERS, Filters, TextField, TextFilter, contradiction
from podindex.search.query.parser import MAX_NOTES, parse_query
from podindex.search.query.plan import Plan
from podindex.search.query.tree import ParsedQuery
from podindex.search.sets.intervals import NOTHING, Indexes
from podindex.search.snippets import Marks, build_snippet, marks_of

LEAD_IN_MS = 500
"""How long before a hit a player should start: time to recognise the voice before the word."""

# More than any library has; what is asked for is cut to it, because numpy fails at numbers that it cannot hold.
_MOST_HITS = 2**40

_UNKNOWN_NAME: dict[TextField, str] = {
    "show": "No show is called {}.",
    "speaker": "No speaker is called {}.",
    "title": "No title has the words {}.",
    "lang": "No episode is in the language {}.",
    "episode": "No episode has the id {}.",
}

# Opening may meet a commit that removes what it is about to open.
_MAX_TRIES = 3

_Identity = tuple[int, int] | None
"""What a manifest file is told apart from the next one by; None: there was none."""


class _Standings(NamedTuple):
    """The episodes with hits, as arrays of equal length; episodes and hits are numbered through all segments."""

    episodes: Indexes
    """Number of each."""
    firsts: Indexes
    """Number of its first hit."""
    counts: Indexes
    """Its hits."""
    best: Scores


class SearchIndex:
    """One state of the index, open for searching. Safe for use by several threads."""

    def __init__(self, index_dir: Path, manifest: Manifest, identity: _Identity) -> None:
        """Open the files of a manifest; see `open`."""
        self.manifest = manifest
        """What this is a snapshot of."""
        self._dir = index_dir
        self._identity = identity
        self._lexicon = MappedLexicon.open(index_dir / manifest.lexicon)
        self._segments = [OpenSegment(index_dir, entry) for entry in manifest.segments]
        # Of all episodes, segment by segment.
        tables = [segment.files.episodes for segment in self._segments]
        self._first_episodes = list(accumulate(map(len, tables), initial=0))
        self._published_s = np.concatenate([np.empty(0), *(table.published_s for table in tables)])
        ids = [episode_id for table in tables for episode_id in table.ids]
        rank_of = {episode_id: rank for rank, episode_id in enumerate(sorted(ids))}
        self._id_ranks = np.array([rank_of[episode_id] for episode_id in ids], np.int64)

    @classmethod
    def open(cls, index_dir: Path) -> Self:
        """Open the current state.

        Raises:
            SearchError: `index-missing`, `index-damaged`, `index-unreadable` or `index-not-trusted`.
        """
        keep_freed_memory()
        for _ in range(_MAX_TRIES):
            identity = _identity(index_dir)  # before it is read: what is committed meanwhile is noticed
            try:
                manifest = _load_current(index_dir)
            except SearchError:
                if identity != _identity(index_dir):
                    continue
                raise
            try:
                return cls(index_dir, manifest, identity)
            except DAMAGE as error:
                if identity != _identity(index_dir):
                    continue
                known = explain(error, index_dir, manifest)
                raise known or damaged(f"{type(error).__name__}: {error}") from error
        raise damaged("it changes faster than it can be opened")

    def close(self) -> None:
        """Close the files."""
        for segment in self._segments:
            segment.files.close()

    def is_current(self) -> bool:
        """Tell whether nothing has been indexed since this was opened."""
        return self._identity is not None and self._identity == _identity(self._dir)

    def search(self, request: SearchRequest) -> SearchPage:
        """Answer a query; it never fails for what the query says.

        Raises:
            SearchError: `index-damaged` or `index-unreadable`.
        """
        with self._reading():
            return self._search(request, time.perf_counter())

    def _search(self, request: SearchRequest, started: float) -> SearchPage:
        parsed = parse_query(request.query)
        filters = _all_filters(parsed, request)
        plan, found, match, suggestion, advice = self._answerer(parsed, filters).answer()
        standings = _standings(found)
        hits = tuple(self._iter_page(standings, found, plan, request, match))
        return SearchPage(
            query=request.query,
            total=count_hits(found),
            total_episodes=len(standings.counts),
            hits=hits,
            took_ms=(time.perf_counter() - started) * 1000,
            did_you_mean=suggestion,
            notes=(
                *parsed.notes,
                *filter(None, [contradiction(_options(request))]),
                *plan.notes,
                *advice,
                *(() if hits else self._unknown(filters)),
                *self._undated(filters),
            ),
        )

    def _undated(self, filters: tuple[Filters, ...]) -> Iterator[str]:
        """Say how many episodes days leave out only because nobody knows when they were published."""
        if any(each.has_days for each in filters):
            undated = sum(segment.narrowing.count_undated(filters) for segment in self._segments)
            if undated:
                yield f"Left out: {wording.count(undated, 'episode')} without a date."

    def _unknown(self, filters: tuple[Filters, ...]) -> Iterator[str]:
        """Say which names and days in filters nothing has: with a typing error there, no query finds anything."""
        names = dict.fromkeys(text for each in filters for text in each.texts if not text.negated)
        unknown = (name for name in names if not any(segment.narrowing.has_name(name) for segment in self._segments))
        for name in islice(unknown, MAX_NOTES):
            yield _UNKNOWN_NAME[name.field].format(name.value)
        dated = any(each.has_days for each in filters) and not any(map(contradiction, filters))
        if dated and not any(segment.narrowing.has_days(filters) for segment in self._segments):
            yield "No episode is from these days."

    def moments(self, request: SearchRequest, *, similar: bool = False) -> dict[str, NDArray[np.int64]]:
        """Say when each episode's hits are said, all of them: for marks and counts, without looking at their text.

        Args:
            request: what is searched for.
            similar: where there are none, those of what may have been meant, as `search` has them.

        Returns:
            By episode id: int64 [hits, 2], start and end of each, ms, in the order of the episode. What paging says is
            ignored.

        Raises:
            SearchError: `index-damaged` or `index-unreadable`.
        """
        parsed = parse_query(request.query)
        with self._reading():
            filters = _all_filters(parsed, request)
            answerer = self._answerer(parsed, filters)
            found = answerer.answer().found if similar else answerer.as_typed()
            moments: dict[str, NDArray[np.int64]] = {}
            for segment, part in zip(self._segments, found, strict=True):
                times_ms = segment.files.stream.times_ms(part.hits)
                begins = np.cumsum(part.counts) - part.counts
                for episode in np.flatnonzero(part.counts).tolist():
                    begin = int(begins[episode])
                    moments[segment.files.episodes.ids[episode]] = times_ms[begin : begin + int(part.counts[episode])]
        return moments

    def _answerer(self, parsed: ParsedQuery, filters: tuple[Filters, ...]) -> Answerer:
        return Answerer(parsed, filters, self._lexicon, self._segments)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Find out whether what goes wrong is due to damaged files."""
        try:
            yield
        except DAMAGE as error:
            known = explain(error, self._dir, self.manifest)
            if known is None:
                raise
            raise known from error

    # --- paging

    def _iter_page(
        self, standings: _Standings, found: list[Found], plan: Plan, request: SearchRequest, match: MatchKind
    ) -> Iterator[Hit]:
        """Yield the hits of the page that is asked for; only these are looked at one by one."""
        marks = marks_of(plan)
        published_s, id_ranks = self._published_s[standings.episodes], self._id_ranks[standings.episodes]
        order = order_episodes(standings.best, published_s, id_ranks, request.sort)
        per_episode, offset = min(request.per_episode, _MOST_HITS), min(request.offset, _MOST_HITS)
        page_end = offset + request.limit
        first_hits = list(accumulate((len(part.hits) for part in found), initial=0))
        for episode, first, count, begin in _on_page(standings, order, per_episode, offset, page_end):
            where = bisect(self._first_episodes, episode) - 1
            part, segment = found[where], self._segments[where]
            first_here = first - first_hits[where]
            chosen = order_hits(part.scores[first_here : first_here + count], per_episode, request.sort)
            for place in chosen[max(0, offset - begin) : page_end - begin].tolist():
                number = first_here + place
                yield _build_hit(
                    segment,
                    episode - self._first_episodes[where],
                    (int(part.hits.starts[number]), int(part.hits.ends[number])),
                    marks,
                    match=match,
                    score=float(part.scores[number]),
                    more=count - len(chosen),
                    context_ms=request.context_ms,
                )


def _load_current(index_dir: Path) -> Manifest:
    manifest = load_manifest(index_dir)
    if manifest is None:
        hint = "search again when the process that is writing has indexed an episode, or run `podindex reindex`"
        raise SearchError("index-missing", "nothing is indexed yet", hint)
    return manifest


def _standings(found: list[Found]) -> _Standings:
    # An index without episodes has no segments.
    often = np.concatenate([np.empty(0, np.intp), *(part.counts for part in found)])
    scores = np.concatenate([NOTHING.weights, *(part.scores for part in found)])
    episodes = often.nonzero()[0]
    often = often[episodes]
    firsts = often.cumsum() - often
    return _Standings(episodes, firsts, often, best=np.maximum.reduceat(scores, firsts))


def _on_page(
    standings: _Standings, order: Indexes, per_episode: int, offset: int, page_end: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the episodes of a page: number, number of the first hit, hits, and hits shown of the episodes before it."""
    shown = standings.counts[order]
    if per_episode:
        shown = np.minimum(shown, per_episode)
    ends = shown.cumsum()
    begins = ends - shown
    on_page = slice(int(ends.searchsorted(offset, side="right")), int(begins.searchsorted(page_end)))
    places = order[on_page]
    columns = (standings.episodes[places], standings.firsts[places], standings.counts[places], begins[on_page])
    return zip(*(column.tolist() for column in columns), strict=True)


def _build_hit(
    segment: OpenSegment,
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
    stream, episodes = segment.files.stream, segment.files.episodes
    first, last = interval[0], interval[1] - 1
    text, spans = build_snippet(stream, segment.files.documents, interval, marks, context_ms)
    start_ms = stream.start_ms_of(first)
    return Hit(
        episode_id=episodes.ids[episode_number],
        show=episodes.shows[episode_number],
        title=episodes.titles[episode_number],
        published=episodes.published(episode_number),
        start_ms=start_ms,
        end_ms=max(start_ms, stream.end_ms_of(last)),
        jump_ms=max(0, start_ms - LEAD_IN_MS),
        speaker=segment.files.speaker(stream.passage_of(first)),
        match=match,
        text=text,
        spans=spans,
        score=score,
        more_in_episode=more,
    )


def _all_filters(parsed: ParsedQuery, request: SearchRequest) -> tuple[Filters, ...]:
    return tuple(each for each in (parsed.filters, _options(request)) if each != NO_FILTERS)


def _options(request: SearchRequest) -> Filters:
    names: dict[TextField, str | None] = {
        "show": request.show,
        "speaker": request.speaker,
        "episode": request.episode,
    }
    texts = tuple(TextFilter(name, value) for name, value in names.items() if value)
    return Filters(texts=texts, since=request.since, until=request.until)


def _identity(index_dir: Path) -> _Identity:
    try:
        status = (index_dir / MANIFEST_NAME).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
