"""All ways to write one word of a query that occur in the index. Pure.

What varies at one position becomes a `TermSet` (inflections, accents, British and American spelling); what varies in
the number of tokens becomes further alternatives of a slot (compounds joined and split, acronyms spelled out, numbers).
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from collections.abc import Iterable, Iterator

import numpy as np

from podindex.search.query.plan import MAX_PREFIX_IDS, Alternative, Lexicon, TermIds, TermSet
from podindex.search.sets.ids import unite
from podindex.search.words import analysis
from podindex.search.words.compounds import may_join
from podindex.search.words.homographs import AMBIGUOUS, OTHERS_WITH_DOTS, is_contraction, is_other_word
from podindex.search.words.likeness import edit_distances
from podindex.search.words.numbers import NumberSpan, read_numbers
from podindex.search.words.phonetic import sound_key
from podindex.search.words.spelling import spellings
from podindex.search.words.stemmers import STEMMERS

MAX_ACRONYM_LENGTH = 5
"""The most letters of a word in capitals that is taken for an acronym; a longer one is as likely shouted."""

MAX_STEMMED_TERMS = 200
"""How many words of a query are stemmed in every language, at up to half a millisecond each. Further ones have only the
inflections of the languages in which they occur as typed, which the lexicon knows without stemming."""

MIN_SIMILAR_LENGTH = 4
"""The least letters of a word for which similar ones are looked for: nearly all shorter ones are alike."""

MIN_TWO_EDITS_LENGTH = 6
"""The least letters of a word whose similar ones may be two edits away, where none is one edit away."""

MIN_SOUNDS = 3
"""The least sounds of a word for which words of like sound are looked for; `TM` is too many words. They also differ in
no more than half of the letters: `Sylvain` and `xylophone` have the same four consonants."""

MAX_SIMILAR_TERMS = 8
"""For how many words of a query similar ones are looked for; each is compared with the whole lexicon."""

# What is no acronym that has its plural: with an s it is another one, or `https`, or `Mrs`.
_NO_SINGULARS = frozenset("cm dn fp gp http mr sm tl".split())
_LETTERS = re.compile(r"[^\W\d_]+")

_ELIDING = frozenset({"fr", "it"})
_ARTICLES = frozenset("l d dell all nell dall sull coll un".split())

_NAME_AND_NUMBER = re.compile(r"(?P<name>[^\W\d_]+)(?P<number>\d+)")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_VERSION = re.compile(r"\d+(?:\.\d+)*")

_VOWELS = frozenset("aeiouy")

_GERMAN_SPELLING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


class Variants:
    """Looks words up, each once."""

    def __init__(self, lexicon: Lexicon, text: str, *, similar: bool, doubted: str | None) -> None:
        """Look words up in a lexicon that were typed in a text, where capitals tell acronyms; see `expand`."""
        self._lexicon = lexicon
        self._acronyms = _acronyms(text)
        self._stemmed = [language for language in lexicon.languages() if language in STEMMERS]
        self._stemmings_left = MAX_STEMMED_TERMS
        self._similar_wanted = similar
        self._doubted = doubted
        self._similar_left = MAX_SIMILAR_TERMS
        self._similar: dict[str, TermIds] = {}
        self._found: dict[tuple[str, bool], TermSet] = {}
        self._prefixes: dict[str, TermSet] = {}
        self.cut_prefixes: list[str] = []
        """Prefixes that more entries have than are searched."""

    def word(self, token: str, *, inflected: bool) -> TermSet:
        """Return the entries that stand for a token as typed, with or without its inflections.

        With similar ones where they are wanted and the token does not occur, or is doubted: any other is meant so.
        """
        terms = self._variants(token, inflected=inflected)
        if not self._similar_wanted or (terms.exact_ids.size and token != self._doubted):
            return terms
        if token not in self._similar:
            self._similar[token] = self._similar_to(token)
        return TermSet(_union(terms.ids, self._similar[token]), terms.exact_ids)

    def prefix(self, token: str) -> TermSet:
        """Return the entries that begin so."""
        if token not in self._prefixes:
            folded = analysis.fold(token)
            ids = self._lexicon.ids_with_prefix(folded)
            if ids.size >= MAX_PREFIX_IDS:
                self.cut_prefixes.append(token)
            exact = self._exact(token)
            self._prefixes[token] = TermSet(_union(ids, exact), exact)
        return self._prefixes[token]

    def fuzzy(self, token: str, max_edits: int) -> TermSet:
        """Return the entries that differ by few letters."""
        exact = self._exact(token)
        return TermSet(_union(exact, self._lexicon.ids_within(analysis.fold(token), max_edits)), exact)

    def split(self, token: str, *, inflected: bool) -> list[Alternative]:
        """Return the rows of two words that a token may be made of, as `face recognition` for `facerecognition`.

        Digits and letters (`gpt4`) may always be two, letters only where both parts are long enough.
        """
        alternatives = []
        if self._may_be_acronym(token):
            letters = tuple(self._variants(letter, inflected=False) for letter in analysis.fold(token))
            alternatives += [letters] if all(terms.ids.size for terms in letters) else []
        for i in range(1, len(token)):
            left, right = token[:i], token[i:]
            if not (may_join(left, right) and (head := self._exact(left)).size):
                continue
            first = TermSet(head, head)
            # `e-mails` for `email`, too; to look for every inflection of what may be no word takes too long.
            if self._exact(right).size or (inflected and self._exact(f"{right}s").size):
                second = self._variants(right, inflected=inflected)
                alternatives += [(first, second), *((*row, second) for row in self._spoken(left))]
            alternatives += [(first, *row) for row in self._spoken(right)]
        return alternatives

    def version(self, name: str, rest: str) -> list[Alternative]:
        """Return the rows for a name with the number behind it: `python3` and `6` are `python`, `3.6`."""
        parts = _NAME_AND_NUMBER.fullmatch(name)
        if not parts or not _VERSION.fullmatch(rest):
            return []
        number = f"{parts['number']}.{rest}"
        versions: list[Alternative] = [(self._variants(number, inflected=False),), *self._spoken(number)]
        return _occurring((self._variants(parts["name"], inflected=False), *row) for row in versions)

    def joined(self, left: str, right: str, *, inflected: bool, hyphenated: bool = False) -> TermSet | None:
        """Return the entries that are two tokens written as one; None where there are none.

        With a hyphen between them as typed, any two tokens may be one, but for two numbers.
        """
        left, right = (analysis.fold(token) if "." in token else token for token in (left, right))  # `5 p.m.`
        if not may_join(left, right) and (not hyphenated or (left[-1].isdigit() and right[0].isdigit())):
            return None
        if not self._exact(left + right).size:
            return None
        return self._variants(left + right, inflected=inflected)

    def initials(self, letters: Iterable[str]) -> TermSet | None:
        """Return the entries that are letters of an acronym or of a name as one; None where there are none."""
        token = "".join(f"{letter}." for letter in letters)
        return self._variants(token, inflected=False) if self._exact(token).size else None

    def has_article(self, text: str) -> bool:
        """Tell whether a word as typed has an article before it, as in the languages of the library that elide it."""
        article = analysis.tokens(text)[0]
        is_elided = analysis.normalize(text).startswith(f"{article}'")
        return is_elided and article in _ARTICLES and not _ELIDING.isdisjoint(self._stemmed)

    def number(self, span: NumberSpan) -> list[Alternative]:
        """Return the other rows that say a number and of which every token occurs."""
        return _occurring(tuple(self._variants(token, inflected=False) for token in row) for row in span.readings)

    def _spoken(self, digits: str) -> list[Alternative]:
        """Return the other rows that say a number in digits; none for what is no number."""
        spans = read_numbers((digits,)) if digits[0].isdigit() else ()
        return [row for span in spans for row in self.number(span)]

    def _variants(self, token: str, *, inflected: bool) -> TermSet:
        key = (token, inflected)
        if key not in self._found:
            self._found[key] = self._find(token, inflected=inflected)
        return self._found[key]

    def _find(self, token: str, *, inflected: bool) -> TermSet:
        exact = self._exact(token)
        others = spellings(analysis.fold(token))
        ids = _union(exact, *(self._lexicon.ids(other) for other in others), self._german(token))
        if not inflected and len(ids) == len(exact):
            return TermSet(exact, exact)
        if inflected:
            ids = _union(ids, self._plural(token), self._longer_versions(token))
        # An acronym has no other inflections: without dots and capitals it would be another word.
        is_acronym = "." in token or token in self._acronyms
        if inflected and not is_acronym and not is_contraction(token, names := self._lexicon.tokens(exact)):
            occurs = any(("'" in name) == ("'" in token) for name in names)
            stemmed = self._lexicon.ids_with_stem_of(self._with_same_apostrophes(token, ids))
            ids = _union(ids, stemmed, *self._inflections(token, others, occurs=occurs))
        return TermSet(self._without_homographs(token, ids), exact)

    def _plural(self, token: str) -> TermIds:
        """Return the entries that are the plural of an acronym, or what it is the plural of; else none.

        Stemmers know those with a vowel (`APIs`), but not where the acronym looks like another word's form.
        """
        folded = analysis.fold(token)
        singular = self._acronyms.get(token, folded)
        is_acronym = "." in token or token in self._acronyms or not _VOWELS.intersection(folded)
        if not is_acronym or not folded.isalpha() or not len(singular) >= 2 or singular in OTHERS_WITH_DOTS:
            return _union()
        if singular in _NO_SINGULARS or (len(singular) == 2 and singular.endswith("s")):
            return _union()
        return _union(self._exact(singular), self._lexicon.ids(f"{singular}s"))

    def _longer_versions(self, token: str) -> TermIds:
        """Return the entries of the versions that begin so: `3.8.3` of `3.8`; not `1.000.000`, of `1.000`."""
        is_version = "." in token and _VERSION.fullmatch(token) and not _GROUPED.fullmatch(token)
        return self._lexicon.ids_with_prefix(f"{token}.") if is_version else _union()

    def _exact(self, token: str) -> TermIds:
        folded = analysis.fold(token)
        ids = self._lexicon.ids(folded)
        return self._without_homographs(token, ids) if folded in AMBIGUOUS else ids

    def _inflections(self, token: str, others: tuple[str, ...], *, occurs: bool) -> Iterator[TermIds]:
        """Yield the entries with the stem of a token that does not occur, and with those of its other spellings.

        A token that occurs has the inflections of the languages in which it does: `men` is not the Spanish `menos`.
        """
        if not self._stemmings_left:
            return
        self._stemmings_left -= 1
        for language in () if occurs else self._stemmed:
            yield self._lexicon.ids_with_stem(analysis.stem(token, language), language)
        if "en" in self._stemmed:
            for other in others:
                yield self._lexicon.ids_with_stem(analysis.stem(other, "en"), "en")

    def _with_same_apostrophes(self, token: str, ids: TermIds) -> TermIds:
        """Keep the entries that have apostrophes as the token has: `a's` looks like `as`, but is no form of it."""
        return _select(ids, [("'" in name) == ("'" in token) for name in self._lexicon.tokens(ids)])

    def _german(self, token: str) -> TermIds:
        """Return the entries that are the token with `ue` for `ü` or the other way round."""
        if not token.isascii() and (written_out := token.translate(_GERMAN_SPELLING)) != token:
            return self._lexicon.ids(analysis.fold(written_out))
        contracted = token.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        if contracted == token:
            return _union()
        candidates = self._lexicon.ids(analysis.fold(contracted))
        names = self._lexicon.tokens(candidates)
        # `poet` is not `pot`: only words that do have an umlaut.
        return _select(candidates, [name.translate(_GERMAN_SPELLING) == token for name in names])

    def _similar_to(self, token: str) -> TermIds:
        if len(token) < MIN_SIMILAR_LENGTH or not token.isalpha() or self._similar_left == 0:
            return _union()
        self._similar_left -= 1
        folded = analysis.fold(token)
        alike = self._lexicon.ids_within(folded, 1)
        if alike.size and token != self._doubted:
            return alike
        if len(token) >= MIN_TWO_EDITS_LENGTH:
            # Who errs twice does so behind the first letter.
            farther = self._lexicon.ids_within(folded, 2)
            alike = _union(alike, _select(farther, [other[0] == folded[0] for other in self._folded(farther)]))
        if len(sound_key(folded)) >= MIN_SOUNDS:
            sounding = self._lexicon.ids_sounding_like(folded)
            most = len(folded) // 2
            edits = edit_distances(folded, self._folded(sounding), most)
            alike = _union(alike, sounding[edits <= most])
        return alike

    def _folded(self, ids: TermIds) -> list[str]:
        return [analysis.fold(name) for name in self._lexicon.tokens(ids)]

    def _may_be_acronym(self, token: str) -> bool:
        if "." in token:
            return not token[0].isdigit()
        if not 2 <= len(token) <= MAX_ACRONYM_LENGTH or token in OTHERS_WITH_DOTS:
            return False
        return any("." in name for name in self._lexicon.tokens(self._exact(token)))

    def _without_homographs(self, token: str, ids: TermIds) -> TermIds:
        """Drop the entries that are other words; see `is_other_word`."""
        kept = [not is_other_word(name, token) for name in self._lexicon.tokens(ids)]
        if not any(kept) and analysis.fold(token) != token:
            # An index that writes neither apostrophes nor dots has only the word that looks the same.
            return ids
        return _select(ids, kept)


def _acronyms(text: str) -> dict[str, str]:
    """Return the tokens that two capitals in a text tell to be acronyms or names, each without a plural s."""
    found = {}
    for word in _LETTERS.findall(text):
        singular = word.removesuffix("s")
        if sum(map(str.isupper, singular)) > 1 and not (singular.isupper() and len(singular) > MAX_ACRONYM_LENGTH):
            found[word.lower()] = analysis.fold(singular.lower())
    return found


def _occurring(rows: Iterable[Alternative]) -> list[Alternative]:
    return [row for row in rows if all(terms.ids.size for terms in row)]


def merge_single(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Make one alternative of those that are a single token, because one set of ids is found faster than several.

    What was exact of the first alternative stays exact.
    """
    first, *others = alternatives
    single = [terms for (terms,) in (row for row in (first, *others) if len(row) == 1)]
    if len(single) < 2:
        return (first, *others)
    exact_ids = single[0].exact_ids if len(first) == 1 else _union()
    merged = (TermSet(_union(*(terms.ids for terms in single)), exact_ids),)
    longer = [row for row in others if len(row) > 1]
    return (merged, *longer) if len(first) == 1 else (first, merged, *longer)


def _union(*parts: TermIds) -> TermIds:
    return unite(parts, np.uint32)


def _select(ids: TermIds, kept: list[bool]) -> TermIds:
    selected: TermIds = ids[np.array(kept, dtype=bool)]
    return selected
