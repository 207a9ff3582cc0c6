"""What comes first. Pure.

A hit's score is (rarity x nearness) x (density x title), in 32-bit floats, worked out for all hits:

    rarity      sum over the slots that matched of ln(1 + N / f), see `terms`
    nearness    tokens that would suffice / tokens it stretches over, and 1 more for a hit that has all words of the
                query in a row, or 7 more where they are just as typed: so the exact phrase comes first, whatever
                density and title make of others (at most 2 x 2.2 x 1.5), then what is closer together
    density     2.2 t / (t + 1.2), where t is the number of hits that begin in the same passage: Okapi BM25's saturation
                with its usual k1 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009)
    title       1 + a half of the share of the query's words and phrases that the episode's title holds

Episodes stand in the order of their best hit; of equals the more recent, then the one whose id comes first. Hits of an
episode stand by score, of equals as they were said. docs/search.md says it in words.
"""

import numpy as np
from numpy.typing import NDArray

from podindex.hits import SortOrder
from podindex.search.query.plan import AllOf, AnyOf, InOrder, Node
from podindex.search.sets.intervals import Indexes, Intervals, Positions, Weights, occupied

Scores = NDArray[np.float32]

_K1 = 1.2
_TITLE = 0.5
_AS_TYPED = np.float32(6)  # and 1 for all words in a row


def score_hits(
    hits: Intervals,
    *,
    least: int,
    in_a_row: Weights | None,
    passages: Positions,
    titles: Scores | None,
    episode_passages: Positions,
) -> Scores:
    """Score all hits of a segment.

    Args:
        hits: with their rarity as weights.
        least: tokens that would suffice, see `least_tokens`.
        in_a_row: float32 [hits], 1 for those that have all words of the query in a row just as typed, less for other
            forms of them, 0 for other hits; None: none has.
        passages: int32 [passages + 1], first token of each passage, and the one behind the last.
        titles: float32 [episodes], see `title_weights`; None: no title holds any of the words.
        episode_passages: int32 [episodes + 1], first passage of each episode, and the one behind the last.

    Returns:
        float32 [hits].
    """
    owners, often = occupied(hits.starts, passages)
    around = density(often)
    if titles is not None:
        around *= titles[np.searchsorted(episode_passages, owners.astype(np.int32), side="right") - 1]
    lengths = np.maximum(hits.ends - hits.starts, least)
    scores: Scores = np.repeat(around, often)
    if in_a_row is None and (lengths == least).all():
        scores *= hits.weights
        return scores
    near = np.float32(least) / lengths.astype(np.float32)
    if in_a_row is not None:
        near += in_a_row > 0
        near += (in_a_row == 1) * _AS_TYPED
    near *= hits.weights
    scores *= near
    return scores


def density(hits_in_passage: Indexes) -> Scores:
    """Return the weight of hits for the number of hits in their passage."""
    often = hits_in_passage.astype(np.float32)
    return np.float32(_K1 + 1) * often / (often + np.float32(_K1))


def title_weights(shares: Scores) -> Scores:
    """Return the weight of each episode for the share of the query's words that its title holds."""
    return np.float32(1) + np.float32(_TITLE) * shares


def least_tokens(node: Node) -> int:
    """Return how many tokens the words of a query need when they stand in a row; of alternatives, the most."""
    match node:
        case AnyOf(children=children):
            return max(least_tokens(child) for child in children)
        case AllOf(whole=InOrder() as whole):
            return least_tokens(whole)
        case AllOf(children=children):
            return sum(least_tokens(child) for child in children)
        case InOrder(slots=slots):
            return sum(min(len(row) for row in slot.alternatives) for slot in slots)


def order_episodes(
    best: Scores, published_s: NDArray[np.float64], id_ranks: NDArray[np.int64], sort: SortOrder
) -> Indexes:
    """Return the order in which episodes are shown.

    Args:
        best: float32 [episodes], the score of each one's best hit.
        published_s: float64 [episodes], seconds since 1970, NaN where unknown: such an episode comes last.
        id_ranks: int64 [episodes], place of each one's id in alphabetical order.
        sort: by best hit, newest first, or oldest first.
    """
    newest_first = np.where(np.isnan(published_s), np.inf, -published_s)
    if sort == "relevance":
        return np.lexsort((id_ranks, newest_first, -best))
    if sort == "date":
        return np.lexsort((id_ranks, newest_first))
    return np.lexsort((id_ranks, np.where(np.isnan(published_s), np.inf, published_s)))


def order_hits(scores: Scores, limit: int, sort: SortOrder) -> Indexes:
    """Return the indexes of an episode's best hits, in the order in which they are shown.

    Args:
        scores: float32 [hits of the episode].
        limit: how many; 0: all.
        sort: by score, or else as they were said.
    """
    if len(scores) == 1 or (sort != "relevance" and (not limit or len(scores) <= limit)):
        return np.arange(len(scores))
    best = (-scores).argsort(kind="stable")[: limit or len(scores)]
    return best if sort == "relevance" else np.sort(best)
