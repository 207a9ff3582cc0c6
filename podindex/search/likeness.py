"""How many typing errors apart words are, one word against many at once. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.int16]


def signature(word: str) -> int:
    """Return a bit for each letter that occurs in a word: 26 for a to z, the rest for all others by code point.

    Words that are one edit apart differ in two bits at most.
    """
    bits = 0
    for character in word:
        place = ord(character) - 97
        bits |= 1 << (place if 0 <= place < 26 else 26 + ord(character) % 38)
    return bits


def edit_distances(word: str, others: Sequence[str], limit: int) -> Distances:
    """Count the insertions, deletions, replacements and swaps of neighbours that make each of the others of a word.

    Optimal string alignment (the restricted Damerau-Levenshtein distance): no part is edited twice. Rows of the table
    are computed for all words together.

    Args:
        word: the one.
        others: the many, each at most `limit` characters longer or shorter.
        limit: distances above it may come out as anything above it.

    Returns:
        int16 [others].
    """
    if not others:
        return np.empty(0, np.int16)
    width = max(map(len, others))
    codes = np.zeros((len(others), width), np.uint32)
    for row, other in enumerate(others):
        codes[row, : len(other)] = np.frombuffer(other.encode("utf-32-le"), np.uint32)
    lengths = np.array([len(other) for other in others])
    far = np.int16(limit + 1)
    before_last: Distances = np.full((len(others), width + 1), far, np.int16)
    last: Distances = np.tile(np.arange(width + 1, dtype=np.int16), (len(others), 1))
    for i, letter in enumerate(map(ord, word), 1):
        current: Distances = np.full_like(last, far)
        current[:, 0] = i
        for j in range(max(1, i - limit), min(width, i + limit) + 1):
            replaced = last[:, j - 1] + (codes[:, j - 1] != letter)
            best = np.minimum(np.minimum(current[:, j - 1], last[:, j]) + 1, replaced)
            if i > 1 and j > 1:
                swapped = (codes[:, j - 1] == ord(word[i - 2])) & (codes[:, j - 2] == letter)
                best = np.where(swapped, np.minimum(best, before_last[:, j - 2] + 1), best)
            current[:, j] = best
        before_last, last = last, current
    distances: Distances = last[np.arange(len(others)), lengths]
    return distances
