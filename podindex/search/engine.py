"""Answering queries from one state of the index.

I/O: maps `index/search/`. A `SearchIndex` is a snapshot: what is indexed later is found by a new one.
"""

import pickle
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from podindex.errors import SearchError
from podindex.models import Hit, MatchKind, SearchPage, SearchRequest
from podindex.search.expand import expand
from podindex.search.filters import Filters, TextField, TextFilter
from podindex.search.intervals import NOTHING, Intervals
from podindex.search.lexicon import MappedLexicon
from podindex.search.manifest import MANIFEST_NAME, Manifest, SegmentEntry, damaged, load_manifest
from podindex.search.matching import Matcher, as_phrase
from podindex.search.plan import Plan, TermIds, iter_leaves
from podindex.search.query import parse_query
from podindex.search.rank import (
    EpisodeHits,
    Scores,
    best_hits,
    density,
    least_tokens,
    nearness,
    order_episodes,
    title_weights,
)
from podindex.search.segment import IndexedEpisode, Segment
from podindex.search.snippets import build_snippet
from podindex.search.suggest import did_you_mean

LEAD_IN_MS = 500
"""How long before a hit a player should start: time to recognise the voice before the word."""

# What reading damaged files raises, from numpy's headers to Whoosh's pickles.
_DAMAGE = (OSError, ValueError, IndexError, KeyError, EOFError, struct.error, pickle.UnpicklingError, zlib.error)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The hits of one segment, in order, and what ranks them."""

    hits: Intervals
    scores: Scores
    counts: NDArray[np.int64]
    """int64 [episodes]: how many hits each episode has."""


class SearchIndex:
    """One state of the index, open for searching. Safe for use by several threads."""

    def __init__(self, index_dir: Path, manifest: Manifest) -> None:
        """Open the files of a manifest; see `open`."""
        self._manifest_path = index_dir / MANIFEST_NAME
        self._identity = _identity(self._manifest_path)
        self._lexicon = MappedLexicon(index_dir / manifest.lexicon)
        frequencies = np.asarray(self._lexicon.frequencies).astype(np.float64)
        tokens = max(1.0, float(frequencies.sum()))
        self._rarity = np.log1p(tokens / np.maximum(frequencies, 1)).astype(np.float32)
        self._segments = [_OpenSegment(index_dir, entry) for entry in manifest.segments]

    @classmethod
    def open(cls, index_dir: Path) -> Self:
        """Open the current state.

        Raises:
            SearchError: `index-missing`, `index-damaged` or `index-not-trusted`.
        """
        manifest = load_manifest(index_dir)
        if manifest is None:
            raise SearchError("index-missing", "nothing is indexed yet", "`podindex reindex` makes the index")
        try:
            return cls(index_dir, manifest)
        except _DAMAGE as error:
            raise damaged(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Close the files."""
        for segment in self._segments:
            segment.files.close()

    def is_current(self) -> bool:
        """Tell whether nothing has been indexed since this was opened."""
        try:
            return self._identity == _identity(self._manifest_path)
        except OSError:
            return False

    def search(self, request: SearchRequest) -> SearchPage:
        """Answer a query; it never fails for what the query says.

        Raises:
            SearchError: `index-damaged`.
        """
        started = time.perf_counter()
        try:
            page = self._search(request)
        except _DAMAGE as error:
            raise damaged(f"{type(error).__name__}: {error}") from error
        return replace(page, took_ms=(time.perf_counter() - started) * 1000)

    def _search(self, request: SearchRequest) -> SearchPage:
        parsed = parse_query(request.query)
        filters = (parsed.filters, _filters_of(request))
        plan = expand(parsed, self._lexicon)
        found = self._find(plan, filters)
        match: MatchKind = "exact"
        suggestion = None
        if not any(len(part.hits) for part in found) and plan.root is not None:
            suggestion = did_you_mean(parsed, self._lexicon)
            plan = expand(parsed, self._lexicon, similar=True)
            found = self._find(plan, filters)
            match = "similar"
        episodes = self._list_episodes(found)
        return SearchPage(
            query=request.query,
            total=sum(len(part.hits) for part in found),
            total_episodes=len(episodes),
            hits=tuple(self._iter_page(order_episodes(episodes, request.sort), found, plan, request, match)),
            did_you_mean=suggestion,
            notes=(*parsed.notes, *plan.notes),
        )

    def moments(self, request: SearchRequest) -> dict[str, NDArray[np.int64]]:
        """Say when each episode's hits begin, all of them: for marks and counts, without looking at their text.

        Returns:
            By episode id: int64 [hits], ms, in the order of the episode. What paging says is ignored.

        Raises:
            SearchError: `index-damaged`.
        """
        parsed = parse_query(request.query)
        try:
            found = self._find(expand(parsed, self._lexicon), (parsed.filters, _filters_of(request)))
            moments: dict[str, NDArray[np.int64]] = {}
            for segment, part in zip(self._segments, found, strict=True):
                starts_ms = segment.files.stream.start_ms[part.hits.starts].astype(np.int64)
                begins = np.cumsum(part.counts) - part.counts
                for episode in np.flatnonzero(part.counts).tolist():
                    begin = int(begins[episode])
                    moments[segment.files.episodes[episode].id] = starts_ms[begin : begin + int(part.counts[episode])]
        except _DAMAGE as error:
            raise damaged(f"{type(error).__name__}: {error}") from error
        return moments

    # --- finding

    def _find(self, plan: Plan, filters: tuple[Filters, ...]) -> list[_Found]:
        return [self._find_in(segment, plan, filters) for segment in self._segments]

    def _find_in(self, segment: "_OpenSegment", plan: Plan, filters: tuple[Filters, ...]) -> _Found:
        stream = segment.files.stream
        matcher = Matcher(stream, self._rarity)
        hits = segment.narrow(matcher.find(plan.root), filters) if plan.root else NOTHING
        counts = matcher.counts(hits, stream.episodes)
        scores = hits.weights
        if len(hits) and plan.root:
            phrases = [matcher.find(phrase) for phrase in as_phrase(plan.root)]
            lengths = hits.ends - hits.starts
            in_passage = matcher.counts(hits, stream.passages)
            titles = title_weights(segment.title_shares(plan, self._lexicon.languages()))
            scores = (
                hits.weights
                * nearness(lengths, least_tokens(plan.root), hits.contained_in(phrases))
                * np.repeat(density(in_passage), in_passage)
                * np.repeat(titles, counts)
            )
        return _Found(hits, scores, counts)

    # --- paging

    def _list_episodes(self, found: list[_Found]) -> list[EpisodeHits]:
        episodes = []
        for number, part in enumerate(found):
            present = np.flatnonzero(part.counts)
            if not len(present):
                continue
            firsts = (np.cumsum(part.counts) - part.counts)[present]
            best = np.maximum.reduceat(part.scores, firsts)
            known = self._segments[number].files.episodes
            for episode, first, score in zip(present.tolist(), firsts.tolist(), best.tolist(), strict=True):
                published = known[episode].published
                episodes.append(
                    EpisodeHits(
                        episode_id=known[episode].id,
                        published=published.timestamp() if published else -np.inf,
                        count=int(part.counts[episode]),
                        best=score,
                        segment=number,
                        episode=episode,
                        first_hit=first,
                    )
                )
        return episodes

    def _iter_page(
        self,
        episodes: list[EpisodeHits],
        found: list[_Found],
        plan: Plan,
        request: SearchRequest,
        match: MatchKind,
    ) -> Iterator[Hit]:
        """Yield the hits of the page that is asked for; only these are looked at one by one."""
        matched = _matched_ids(plan)
        shown = [min(episode.count, request.per_episode or episode.count) for episode in episodes]
        page_end = request.offset + request.limit
        for episode, count, end in zip(episodes, shown, accumulate(shown), strict=True):
            if end <= request.offset:
                continue
            if end - count >= page_end:
                return
            part, segment = found[episode.segment], self._segments[episode.segment]
            scores = part.scores[episode.first_hit : episode.first_hit + episode.count]
            begin = end - count
            for place, chosen in enumerate(best_hits(scores, request.per_episode), begin):
                if request.offset <= place < page_end:
                    number = episode.first_hit + chosen
                    interval = int(part.hits.starts[number]), int(part.hits.ends[number])
                    yield segment.build_hit(
                        segment.files.episodes[episode.episode],
                        interval,
                        matched,
                        match=match,
                        score=float(scores[chosen]),
                        more=episode.count - count,
                        context_ms=request.context_ms,
                    )


class _OpenSegment:
    """A segment and which of its episodes count."""

    def __init__(self, index_dir: Path, entry: SegmentEntry) -> None:
        self.files = Segment(index_dir / entry.name)
        self._alive = np.array([episode.id in entry.episodes for episode in self.files.episodes], np.bool_)

    def narrow(self, hits: Intervals, filters: tuple[Filters, ...]) -> Intervals:
        """Keep the hits of episodes that count and that all filters let through."""
        stream = self.files.stream
        allowed = self._alive
        wanted = [narrowing for narrowing in filters if narrowing != Filters()]
        if wanted:
            allowed = allowed & np.array(
                [all(_lets_through(narrowing, episode) for narrowing in wanted) for episode in self.files.episodes],
                np.bool_,
            )
        if not allowed.all():
            hits = hits.take(_spread(allowed, hits, stream.episodes))
        for narrowing in wanted:
            if any(text.field == "speaker" for text in narrowing.texts):
                speakers = self.files.documents.passages_of_speakers(
                    lambda name, narrowing=narrowing: narrowing.matches("speaker", name)  # type: ignore[misc]
                )
                hits = hits.take(_spread(speakers, hits, stream.passages))
            if narrowing.after_ms is not None:
                hits = hits.take(stream.start_ms[hits.starts] >= narrowing.after_ms)
            if narrowing.before_ms is not None:
                hits = hits.take(stream.start_ms[hits.starts] < narrowing.before_ms)
        return hits

    def title_shares(self, plan: Plan, languages: tuple[str, ...]) -> Scores:
        """Return the share of the query's words that the title or the show of each episode holds."""
        from podindex.search.documents import name_stems

        shares = np.zeros(len(self.files.episodes), np.float32)
        leaves = list(dict.fromkeys(leaf.text for leaf in iter_leaves(plan.root)))[:_MAX_TITLE_LEAVES]
        for text in leaves:
            by_language = {stem for language in languages for stem in name_stems(text, language)}
            shares[self.files.documents.episodes_named(by_language)] += 1 / len(leaves)
        return shares

    def build_hit(
        self,
        episode: IndexedEpisode,
        interval: tuple[int, int],
        matched: TermIds,
        *,
        match: MatchKind,
        score: float,
        more: int,
        context_ms: int | None,
    ) -> Hit:
        """Look a hit's time, text and speaker up."""
        stream, documents = self.files.stream, self.files.documents
        first, last = interval[0], interval[1] - 1
        text, spans = build_snippet(stream, documents, interval, matched, context_ms)
        start_ms = int(stream.start_ms[first])
        passage = int(np.searchsorted(stream.passages, first, side="right")) - 1
        return Hit(
            episode_id=episode.id,
            show=episode.show,
            title=episode.title,
            published=episode.published,
            start_ms=start_ms,
            end_ms=max(start_ms, stream.end_ms(last)),
            jump_ms=max(0, start_ms - LEAD_IN_MS),
            speaker=documents.speaker(passage),
            match=match,
            text=text,
            spans=spans,
            score=score,
            more_in_episode=more,
        )


# A long query is no title.
_MAX_TITLE_LEAVES = 8


def _spread(allowed: NDArray[np.bool_], hits: Intervals, bounds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of each hit whether the stretch it begins in is allowed."""
    return np.repeat(allowed, np.diff(np.searchsorted(hits.starts, bounds)))


def _lets_through(filters: Filters, episode: IndexedEpisode) -> bool:
    names: dict[TextField, str] = {
        "show": episode.show,
        "title": episode.title,
        "lang": episode.language,
        "episode": episode.id,
    }
    if not all(filters.matches(name, value) for name, value in names.items()):
        return False
    if filters.since is None and filters.until is None:
        return True
    if episode.published is None:
        return False
    day = episode.published.date()
    return (filters.since is None or filters.since <= day) and (filters.until is None or day <= filters.until)


def _filters_of(request: SearchRequest) -> Filters:
    names: dict[TextField, str | None] = {
        "show": request.show,
        "speaker": request.speaker,
        "episode": request.episode,
    }
    texts = tuple(TextFilter(name, value) for name, value in names.items() if value)
    return Filters(texts=texts, since=request.since, until=request.until)


def _matched_ids(plan: Plan) -> TermIds:
    ids = [
        terms.ids
        for leaf in iter_leaves(plan.root)
        for slot in leaf.slots
        for row in slot.alternatives
        for terms in row
    ]
    return np.unique(np.concatenate(ids)) if ids else np.empty(0, np.uint32)


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_ino
