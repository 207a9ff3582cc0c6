"""How many typing errors apart words are, and how likely ones, one word against many at once. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.int16]

MAX_LENGTH = 255
"""Characters that are counted, to be kept as a byte; no token is as long."""

_VOWELS = "aeiouy"
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


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
    lengths, codes = _letters(others)
    width = len(codes)
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


def unlikelihoods(typed: str, meant: Sequence[str]) -> Distances:
    """Weigh the errors that make what was typed of each of the words that may have been meant.

    People swap neighbours, leave a letter out, double one, write another vowel or hit the key beside: each counts 1.
    Any other letter too many or instead of another counts 2. An error in the first letter, which they see best, counts
    1 more.

    Returns:
        int16 [meant], the least sum of each.
    """
    if not meant:
        return np.empty(0, np.int16)
    lengths, codes = _letters(meant)
    width = len(codes)
    before_last = last = _filled(codes.shape)
    last[1:] = np.arange(2, width + 2, dtype=np.int16)[:, None]  # letters left out, the first among them
    for i, letter in enumerate(typed, 1):
        is_first, again = i == 1, i > 1 and letter == typed[i - 2]
        instead = np.where(codes == ord(letter), 0, np.where(np.isin(codes, _slips(letter)), 1, 2)).astype(np.int16)
        too_many = 1 if again else 2 + is_first
        current = _filled(codes.shape)
        current[0] = last[0] + too_many
        for j in range(1, width + 1):
            replaced = last[j - 1] + instead[j - 1] + (is_first and j == 1) * (instead[j - 1] > 0)
            best = np.minimum(np.minimum(current[j - 1] + 1 + (j == 1), last[j] + too_many), replaced)
            if i > 1 and j > 1:
                swapped = (codes[j - 1] == ord(typed[i - 2])) & (codes[j - 2] == ord(letter))
                best = np.where(swapped, np.minimum(best, before_last[j - 2] + 1), best)
            current[j] = best
        before_last, last = last, current
    sums: Distances = last[lengths, np.arange(len(meant))]
    return sums


def _filled(shape: tuple[int, ...]) -> Distances:
    return np.zeros((shape[0] + 1, shape[1]), np.int16)


def _letters(words: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
    """Return the lengths of words, and their letters, [letter, word]: what is computed for all lies together."""
    lengths = np.array([len(word) for word in words])
    codes = np.zeros((len(words), int(lengths.max())), np.uint32)
    codes[np.arange(codes.shape[1]) < lengths[:, None]] = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    return lengths, np.ascontiguousarray(codes.T)


def _slips(letter: str) -> list[int]:
    """Return the code points that are easily written for a letter: other vowels for a vowel, and the keys around it."""
    near = _VOWELS if letter in _VOWELS else ""
    for row, keys in enumerate(_KEYS):
        place = keys.find(letter)
        if place >= 0:
            near += keys[max(0, place - 1) : place + 2]
            # Each row stands half a key further to the right than the one above it.
            near += _KEYS[row - 1][place : place + 2] if row else ""
            near += _KEYS[row + 1][max(0, place - 1) : place + 1] if row + 1 < len(_KEYS) else ""
    return [ord(other) for other in near]
