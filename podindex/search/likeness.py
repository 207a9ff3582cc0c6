"""How many typing errors apart words are, one word against many at once. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.int16]

MAX_LENGTH = 255
"""Characters that are counted, to be kept as a byte; no token is as long."""


def signature(word: str) -> int:
    """Return a bit for each letter that occurs in a word: 26 for a to z, the rest for all others by code point.

    Words that are one edit apart differ in two bits at most.
    """
    bits = 0
    for character in word:
        place = ord(character) - 97
        bits |= 1 << (place if 0 <= place < 26 else 26 + ord(character) % 38)
    return bits


def candidates(word: str, signatures: NDArray[np.uint64], lengths: NDArray[np.uint8], limit: int) -> NDArray[np.intp]:
    """Find the words that may be at most `limit` edits away from one, going by their letters and lengths alone.

    Args:
        word: the one.
        signatures: of the many, see `signature`.
        lengths: of the many, in characters; a longer one than `MAX_LENGTH` has that.
        limit: edits.

    Returns:
        Their indexes, ascending.
    """
    length, own = min(len(word), MAX_LENGTH), np.uint64(signature(word))
    near = np.bitwise_count(signatures ^ own) <= 2 * limit
    near &= (lengths >= length - limit) & (lengths <= length + limit)
    found = near.nonzero()[0]
    # An edit adds a letter to those that occur, or takes one away, or both; one that makes the word longer only adds.
    longer, theirs = lengths[found].astype(np.int16) - length, signatures[found]
    added = np.bitwise_count(theirs & ~own) <= limit + np.minimum(longer, 0)
    taken = np.bitwise_count(own & ~theirs) <= limit - np.maximum(longer, 0)
    chosen: NDArray[np.intp] = found[added & taken]
    return chosen


def edit_distances(word: str, others: Sequence[str], limit: int) -> Distances:
    """Count the insertions, deletions, replacements and swaps of neighbours that make each of the others of a word.

    Optimal string alignment (the restricted Damerau-Levenshtein distance): no part is edited twice. Cells of the table
    are computed for all words together.

    Args:
        word: the one.
        others: the many.
        limit: distances above it may come out as anything above it.

    Returns:
        int16 [others].
    """
    if not others:
        return np.empty(0, np.int16)
    lengths = np.array([len(other) for other in others])
    width = int(lengths.max())
    # Whatever is computed for all words together stands together in memory.
    codes = np.zeros((len(others), width), np.uint32)
    codes[np.arange(width) < lengths[:, None]] = np.frombuffer("".join(others).encode("utf-32-le"), np.uint32)
    codes = np.ascontiguousarray(codes.T)
    far = np.int16(limit + 1)
    before_last: Distances = np.full((width + 1, len(others)), far, np.int16)
    last: Distances = np.repeat(np.arange(width + 1, dtype=np.int16)[:, None], len(others), axis=1)
    for i, letter in enumerate(map(ord, word), 1):
        current: Distances = np.full_like(last, far)
        current[0] = i
        for j in range(max(1, i - limit), min(width, i + limit) + 1):
            replaced = last[j - 1] + (codes[j - 1] != letter)
            best = np.minimum(np.minimum(current[j - 1], last[j]) + 1, replaced)
            if i > 1 and j > 1:
                swapped = (codes[j - 1] == ord(word[i - 2])) & (codes[j - 2] == letter)
                best = np.where(swapped, np.minimum(best, before_last[j - 2] + 1), best)
            current[j] = best
        before_last, last = last, current
    distances: Distances = last[lengths, np.arange(len(others))]
    return distances
