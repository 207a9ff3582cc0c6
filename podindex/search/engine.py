"""Answering queries from one state of the index.

I/O: maps `index/search/`. A `SearchIndex` is a snapshot: what is indexed later is found by a new one.
"""

import time
from bisect import bisect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate, islice
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from podindex import wording
from podindex.errors import SearchError
from podindex.hits import Hit, MatchKind, SearchPage, SearchRequest
from podindex.search.bounds import bound
from podindex.search.expand import expand
from podindex.search.filters import NO_FILTERS, Filters, TextField, TextFilter, contradiction
from podindex.search.finding import Found, OpenSegment, Question, find_in_all
from podindex.search.heap import keep_freed_memory
from podindex.search.intervals import NOTHING, Indexes
from podindex.search.lexicon import MappedLexicon
from podindex.search.manifest import (
    DAMAGE,
    MANIFEST_NAME,
    Manifest,
    damaged,
    explain,
    load_manifest,
)
from podindex.search.plan import AllOf, InOrder, Plan
from podindex.search.query import MAX_NOTES, And, ParsedQuery, Phrase, Word, iter_parts, parse_query
from podindex.search.rank import Scores, order_episodes, order_hits
from podindex.search.snippets import Marks, build_snippet, marks_of
from podindex.search.suggest import (
    MORE_THAN_CHANCE,
    MUCH_MORE_OFTEN,
    all_occur,
    as_said,
    names,
    nearest,
    other_word,
    parted,
    shorter,
    suggestions,
)
from podindex.search.terms import Terms

LEAD_IN_MS = 500
"""How long before a hit a player should start: time to recognise the voice before the word."""

# So few hits may be typing errors that the query shares with transcripts; what was meant is said more often.
_FEW_HITS = 3

# More than any library has; what is asked for is cut to it, because numpy fails at numbers that it cannot hold.
_MOST_HITS = 2**40

_UNKNOWN_NAME: dict[TextField, str] = {
    "show": "No show is called {}.",
    "speaker": "No speaker is called {}.",
    "title": "No title has the words {}.",
    "lang": "No episode is in the language {}.",
    "episode": "No episode has the id {}.",
}

_NOT_ALL_NOTE = "Nothing has all of these words near each other."

# The words of a query of which it is said whether anybody says them.
_MOST_EXPLAINED = 64

# Opening may meet a commit that removes what it is about to open.
_MAX_TRIES = 3

_Identity = tuple[int, int] | None
"""What a manifest file is told apart from the next one by; None: there was none."""


class _Answer(NamedTuple):
    """What is found of a query, or of what may have been meant by it."""

    plan: Plan
    found: list[Found]
    match: MatchKind
    suggestion: str | None
    advice: tuple[str, ...] = ()


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
        self._total_tokens = int(self._lexicon.frequencies.sum(dtype=np.int64))
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
        plan, found, match, suggestion, advice = self._answer(parsed, filters)
        standings = _standings(found)
        hits = tuple(self._iter_page(standings, found, plan, request, match))
        return SearchPage(
            query=request.query,
            total=_count_hits(found),
            total_episodes=len(standings.counts),
            hits=hits,
            took_ms=(time.perf_counter() - started) * 1000,
            did_you_mean=suggestion,
            notes=(
                *parsed.notes,
                *filter(None, [contradiction(_options(request))]),
                *plan.notes,
                *advice,
                *(() if hits else self._unknown_names(filters)),
                *self._undated(filters),
            ),
        )

    def _answer(self, parsed: ParsedQuery, filters: tuple[Filters, ...]) -> _Answer:
        """Find what a query says, or else what may have been meant."""
        plan = asked = self._plan(parsed)
        found = self._find(plan, filters)
        if plan.root is None or _count_hits(found):
            return _Answer(plan, found, "exact", self._meant(parsed, filters, found))
        proposed = list(suggestions(parsed, self._lexicon))
        suggestion, suggested = self._first_with_hits(proposed, filters)
        two_words, in_a_row = self._first_with_hits(parted(parsed, self._lexicon), filters)
        plan = self._plan(parsed, similar=True)
        found = self._find(plan, filters)
        if in_a_row and _count_hits(found) < MUCH_MORE_OFTEN * _count_hits(in_a_row[1]):
            return _Answer(*in_a_row, "similar", two_words)
        if _count_hits(found):
            return _Answer(plan, found, "similar", as_said(parsed, self._lexicon, self._best_said(found)) or suggestion)
        if named := self._misspelt_name(parsed, filters):
            return named
        if suggested:
            return _Answer(*suggested, "similar", suggestion)
        return _Answer(plan, found, "similar", *self._advise(parsed, asked, proposed, filters))

    def _advise(
        self, parsed: ParsedQuery, plan: Plan, proposed: list[str], filters: tuple[Filters, ...]
    ) -> tuple[str | None, tuple[str, ...]]:
        """Return what finds something in fewer words, if anything does, and notes on why the query finds nothing.

        What is proposed finds nothing either.
        """
        fewer, _ = self._first_with_hits(shorter(parsed, self._lexicon), filters)
        if fewer is not None or (not filters and all_occur(parsed, self._lexicon)):
            return fewer, (_NOT_ALL_NOTE,)
        for respelt in proposed[:1]:
            fewer, _ = self._first_with_hits(shorter(parse_query(respelt), self._lexicon), filters)
        return fewer, tuple(islice(self._said_nowhere(parsed, plan), MAX_NOTES))

    def _said_nowhere(self, parsed: ParsedQuery, plan: Plan) -> Iterator[str]:
        """Say which of several words or phrases nobody says: without it, the query might find something."""
        if not isinstance(parsed.root, And) or not isinstance(plan.root, AllOf):  # else they may be said joined
            return
        for part in parsed.root.children[:_MOST_EXPLAINED]:
            row = self._plan(replace(parsed, root=part)).root
            if isinstance(part, Word | Phrase) and isinstance(row, InOrder) and not self._terms().expected(row):
                other = nearest(part, self._lexicon) if isinstance(part, Word) else None
                yield f"Nobody says {row.text}; some say {other}." if other else f"Nobody says {row.text}."

    def _misspelt_name(self, parsed: ParsedQuery, filters: tuple[Filters, ...]) -> _Answer | None:
        """Find the name, if it is one, of which a word is misspelt as another that occurs."""
        most, answer = 0, None
        for phrase, doubted in names(parsed):
            plan = self._plan(phrase, similar=True, doubted=doubted)
            if not isinstance(plan.root, InOrder):
                continue
            found = self._find(plan, filters)
            hits = _count_hits(found)
            if hits > max(most, MORE_THAN_CHANCE * self._terms().by_chance(plan.root)):
                meant = as_said(parsed, self._lexicon, self._best_said(found), doubted)
                most, answer = hits, _Answer(plan, found, "similar", meant)
        return answer

    def _undated(self, filters: tuple[Filters, ...]) -> Iterator[str]:
        """Say how many episodes days leave out only because nobody knows when they were published."""
        if any(each.has_days for each in filters):
            undated = sum(segment.narrowing.count_undated(filters) for segment in self._segments)
            if undated:
                yield f"Left out: {wording.count(undated, 'episode')} without a date."

    def _meant(self, parsed: ParsedQuery, filters: tuple[Filters, ...], found: list[Found]) -> str | None:
        """Return what may have been meant where very little is found, or by a word that nobody says in that form.

        None for phrases, which are as typed.
        """
        hits = _count_hits(found)
        if not hits or any(isinstance(part, Phrase) for part in iter_parts(parsed.root)):
            return None
        if hits > _FEW_HITS:
            return self._first_with_hits(other_word(parsed, self._lexicon), filters)[0]
        suggestion, suggested = self._first_with_hits(suggestions(parsed, self._lexicon), filters)
        return suggestion if suggested and _count_hits(suggested[1]) > hits else None

    def _best_said(self, found: list[Found]) -> list[str]:
        """Return the tokens of the best hit."""
        part, segment = max(zip(found, self._segments, strict=True), key=lambda each: each[0].scores.max(initial=0))
        best = int(part.scores.argmax())
        return self._lexicon.tokens(segment.files.stream.tokens[part.hits.starts[best] : part.hits.ends[best]])

    def _unknown_names(self, filters: tuple[Filters, ...]) -> Iterator[str]:
        """Say which names in filters nothing has: with a typing error there, no query finds anything."""
        names = dict.fromkeys(text for each in filters for text in each.texts if not text.negated)
        unknown = (name for name in names if not any(segment.narrowing.has_name(name) for segment in self._segments))
        for name in islice(unknown, MAX_NOTES):
            yield _UNKNOWN_NAME[name.field].format(name.value)

    def _first_with_hits(
        self, queries: Iterable[str], filters: tuple[Filters, ...]
    ) -> tuple[str | None, tuple[Plan, list[Found]] | None]:
        """Return the first query that does find something, its plan, and what it finds."""
        for query in queries:
            plan = self._plan(parse_query(query))
            found = self._find(plan, filters)
            if _count_hits(found):
                return query, (plan, found)
        return None, None

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
            found = self._answer(parsed, filters).found if similar else self._find(self._plan(parsed), filters)
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
            known = explain(error, self._dir, self.manifest)
            if known is None:
                raise
            raise known from error

    # --- finding

    def _plan(self, parsed: ParsedQuery, *, similar: bool = False, doubted: str | None = None) -> Plan:
        return bound(expand(parsed, self._lexicon, similar=similar, doubted=doubted), self._terms())

    def _terms(self) -> Terms:
        return Terms(self._lexicon.frequencies, self._total_tokens)

    def _find(self, plan: Plan, filters: tuple[Filters, ...]) -> list[Found]:
        if plan.root is None:
            return [segment.nothing for segment in self._segments]
        question = Question(plan.root, self._terms(), filters, self._lexicon.languages())
        return find_in_all(self._segments, question)

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


def _count_hits(found: list[Found]) -> int:
    return sum(len(part.hits) for part in found)


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
