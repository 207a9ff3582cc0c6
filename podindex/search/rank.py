"""What comes first. Pure.

A hit's score is a product, all of it worked out for all hits:

    rarity      sum over its matched tokens of ln(1 + N / f): N tokens in the library, f like this one; tokens that are
                not what was typed count three quarters (`matching.INEXACT`)
    nearness    tokens that would suffice / tokens it stretches over, and 1 more for a hit that is the query word for
                word: so the exact phrase comes first, then what is closer together
    density     2.2 t / (t + 1.2), where t is the number of hits in the same passage: Okapi BM25's saturation with its
                usual k1 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009)
    title       1 + a half of the share of the query's words that the episode's title or show holds

Episodes stand in the order of their best hit; of equals the more recent, then the one whose id comes first. Hits of an
episode stand in the order in which they were said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podindex.models import SortOrder
from podindex.search.plan import AllOf, AnyOf, Node
from podindex.search.plan import Sequence as PlanSequence

Scores = NDArray[np.float32]

_K1 = 1.2
_TITLE = 0.5


def nearness(lengths: NDArray[np.int64], least: int, is_phrase: NDArray[np.bool_]) -> Scores:
    """Return how close together the words of each hit stand.

    Args:
        lengths: int64 [hits], in tokens.
        least: tokens that would suffice; a compound in one token may be shorter, and counts as that short.
        is_phrase: bool [hits], the query word for word.
    """
    return (np.minimum(least / np.maximum(lengths, 1), 1.0) + is_phrase).astype(np.float32)


def density(hits_in_passage: NDArray[np.int64]) -> Scores:
    """Return the weight of each passage, or hit, for the number of hits around."""
    return ((_K1 + 1) * hits_in_passage / (hits_in_passage + _K1)).astype(np.float32)


def title_weights(shares: Scores) -> Scores:
    """Return the weight of each episode for the share of the query's words that its title or show holds."""
    return (1 + _TITLE * shares).astype(np.float32)


def least_tokens(node: Node) -> int:
    """Return how many tokens the words of a query need when they stand in a row."""
    match node:
        case AnyOf(children=children):
            return max(least_tokens(child) for child in children)
        case AllOf(children=children):
            return sum(least_tokens(child) for child in children)
        case PlanSequence(slots=slots):
            return sum(min(len(row) for row in slot.alternatives) for slot in slots)


@dataclass(frozen=True, slots=True)
class EpisodeHits:
    """What is known of the hits of an episode before any of them is looked at."""

    episode_id: str
    published: float
    """Seconds since 1970; minus infinity where unknown."""
    count: int
    best: float
    segment: int
    """Which segment of the index it is in."""
    episode: int
    """Its number in the segment."""
    first_hit: int
    """Index of its first hit among the segment's."""


def order_episodes(found: Sequence[EpisodeHits], sort: SortOrder) -> list[EpisodeHits]:
    """Put episodes in the order in which their hits are shown."""
    if sort == "relevance":
        return sorted(found, key=lambda hits: (-hits.best, -hits.published, hits.episode_id))
    if sort == "date":
        return sorted(found, key=lambda hits: (-hits.published, hits.episode_id))
    return sorted(found, key=lambda hits: (hits.published, hits.episode_id))


def best_hits(scores: Scores, limit: int) -> list[int]:
    """Return the indexes of the best hits of an episode, in the order in which they were said.

    Args:
        scores: float32 [hits of the episode].
        limit: how many; 0: all.
    """
    if not limit or len(scores) <= limit:
        return list(range(len(scores)))
    best = np.lexsort((np.arange(len(scores)), -scores))[:limit]
    return sorted(best.tolist())
