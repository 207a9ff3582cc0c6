"""Which words look the same without apostrophes, dots and capitals, and are others: `well` and `we'll`. Pure."""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

from collections.abc import Iterable

from podindex.search.words import analysis

# What a verb shrinks to behind an apostrophe. The rest is no stem: `you're` is no form of `your`.
_CONTRACTED = ("n't", "'d", "'ll", "'m", "'re", "'ve")
# Contractions that, without apostrophe, are other words; `dont` may stay ambiguous.
_OTHERS_WITH_APOSTROPHE = frozenset("hell id ill its shed shell wed well were whore".split())
# What stemmers take for a plural, though it is none: `ios` is not `io`, nor `aws` what `awful` has as its stem.
_NO_PLURALS = frozenset(("aws", "ios", "its"))

OTHERS_WITH_DOTS = frozenset({"am", "it", "us", "who"})
"""Acronyms that, without dots and capitals, are other words."""

AMBIGUOUS = _OTHERS_WITH_APOSTROPHE | OTHERS_WITH_DOTS
"""Folded tokens that are several words."""


def is_other_word(name: str, token: str) -> bool:
    """Tell whether an entry that looks like a token, or has its stem, is none of its forms.

    `well` is not `we'll`. Nor are all forms of one stem: `you're` is none of `your`.
    """
    bare = analysis.fold(name)
    is_same = bare == analysis.fold(token)  # else it is an inflection, or another spelling
    if name.endswith("'s") and not is_same:
        return False  # `it's` is a form of `it`, and none of `its`
    if bare in _OTHERS_WITH_APOSTROPHE and ("'" in name) != ("'" in token):
        return True
    if is_same:
        # Typed without dots an acronym may still be meant; typed with dots the word is not.
        return bare in OTHERS_WITH_DOTS and "." in token and "." not in name
    return name.endswith(_CONTRACTED) or not _NO_PLURALS.isdisjoint((name, token))


def is_contraction(token: str, names: Iterable[str]) -> bool:
    """Tell whether a token is `you're`, or `youre`, by the names of the entries that look like it."""
    if "'" in token or token in _OTHERS_WITH_APOSTROPHE:
        return token.endswith(_CONTRACTED)
    return any(name.endswith(_CONTRACTED) for name in names)
