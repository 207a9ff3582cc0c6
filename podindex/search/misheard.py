"""Rows of words that together sound as one word does: what a recogniser writes for a name that it does not know. Pure.

`PagerDuty` became `page or duty`. The keys of its words in a row are the key of the name, so each way to part that key
gives, by the lexicon, rows that may be said; which of them are said only the word stream knows.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from podindex.search.index.lexicon import MappedLexicon
from podindex.search.matching.terms import Terms
from podindex.search.query.plan import InOrder, Slot, TermSet
from podindex.search.query.variants import MIN_SOUNDS
from podindex.search.sets.ids import unite
from podindex.search.words import analysis
from podindex.search.words.likeness import edit_distances
from podindex.search.words.phonetic import sound_key, sound_shape

SOUNDS = range(MIN_SOUNDS, 25)
"""How many sounds a name may have; `getmainstagingdiagrams` has 14. Each part of them is looked up."""

MAX_WORDS = 4
"""The most words that one is heard as; `update transaction from block` has as many."""

MAX_RAREST = 5_000
"""How often the rarest of the words may occur in the library: of frequent ones alone anything can be made."""


def sounding_rows(folded: str, lexicon: MappedLexicon) -> Iterator[InOrder]:
    """Yield the rows of words, each word one of those with its key, that may be what a folded word was heard as."""
    key = sound_key(folded)
    weighed = Terms(lexicon.frequencies, lexicon.total)
    parts: dict[tuple[int, int], TermSet] = {}

    def terms(start: int, end: int) -> TermSet:
        if (start, end) not in parts:
            parts[start, end] = _terms(key, start, end, lexicon)
        return parts[start, end]

    def rows(start: int, most: int) -> Iterator[tuple[TermSet, ...]]:
        """Yield the ways to say the key from here on in so many words at most."""
        for end in range(start + 1, len(key) + 1):
            first = terms(start, end)
            if not first.ids.size:
                continue
            if end == len(key):
                yield (first,)
            elif most > 1:
                yield from ((first, *others) for others in rows(end, most - 1))

    for row in rows(0, MAX_WORDS) if len(key) in SOUNDS else ():
        if len(row) > 1 and min(map(weighed.frequency, row)) <= MAX_RAREST:
            yield InOrder(tuple(Slot(((each,),)) for each in row), 0, folded)


def _terms(key: str, start: int, end: int, lexicon: MappedLexicon) -> TermSet:
    """Return the words with the sounds of a part of a key; inside it vowels, and sounds said twice, are not written."""
    part = key[start:end]
    keys = {part, f"A{part}", key[start - 1] + part} if start else {part}
    ids = unite(map(lexicon.ids_with_sound, keys), np.uint32)
    return TermSet(ids, ids)


def likeliest(folded: str, said: Mapping[tuple[str, ...], int]) -> list[tuple[str, ...]]:
    """Return the rows of tokens that sound as a folded word does, vowels too, by letters that differ, then by number.

    As words of like sound, they differ in at most half of the letters.

    Args:
        folded: the word.
        said: how often each row is said.
    """
    joined = {row: analysis.fold("".join(row)) for row in said if "".join(row).isalpha()}
    shape, most = sound_shape(folded), len(folded) // 2
    alike = [row for row, letters in joined.items() if sound_shape(letters) == shape]
    edits = edit_distances(folded, [joined[row] for row in alike], most).tolist()
    ranked = sorted(zip(edits, (-said[row] for row in alike), alike, strict=True))
    return [row for distance, _, row in ranked if distance <= most]
