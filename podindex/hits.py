"""What is asked of the index, and what it answers. Pure; imports nothing of ours.

The types of a search stand apart from those of `models.py` because a search in a fresh process loads nothing else of
them, and so answers sooner. Times and intervals are as there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

MatchKind = Literal["exact", "similar"]
SortOrder = Literal["relevance", "date", "time"]


class SearchRequest(NamedTuple):
    """A query and everything that narrows, orders and pages its hits."""

    query: str
    show: str | None = None
    speaker: str | None = None
    episode: str | None = None
    """An episode id."""
    since: date | None = None
    """First day of publication, included."""
    until: date | None = None
    """Last day of publication, included."""
    limit: int = 10
    offset: int = 0
    sort: SortOrder = "relevance"
    per_episode: int = 3
    """Hits an episode may have on a page; 0: no limit."""
    context_ms: int | None = None
    """Speech shown around a hit; None: what fits two lines."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence of what was searched, from the first to the last matched word."""

    episode_id: str
    show: str
    title: str
    published: datetime | None
    start_ms: int
    end_ms: int
    jump_ms: int
    """Where a player should start: a short lead-in before `start_ms`, inside the episode."""
    speaker: str | None
    match: MatchKind
    text: str
    spans: tuple[tuple[int, int], ...]
    """Half-open character ranges of `text` that matched."""
    score: float
    more_in_episode: int
    """Hits of this episode that `per_episode` left out; the same on each of its hits."""

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms <= self.end_ms:
            raise ValueError(f"not an interval: {self.start_ms} to {self.end_ms} ms")
        position = 0
        for start, end in self.spans:
            if not position <= start < end <= len(self.text):
                raise ValueError(f"spans are not in order inside the text: {self.spans}")
            position = end


class SearchPage(NamedTuple):
    """A page of hits and what is to be said of all of them."""

    query: str
    total: int
    """All hits, exactly."""
    total_episodes: int
    hits: tuple[Hit, ...]
    took_ms: float = 0.0
    did_you_mean: str | None = None
    notes: tuple[str, ...] = ()
    """What was not understood, or what else a reader should know, as sentences."""
