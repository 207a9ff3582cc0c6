"""Keys that words of like sound share, for names that a recogniser or a person misspells. Pure.

The rules are those of Metaphone (Lawrence Philips, "Hanging on the Metaphone", Computer Language 7(12), 1990), made for
English; names of other languages keep their consonants well enough. One difference: words that begin with a vowel all
begin alike, because recognisers hear vowels least surely (`Ekeland`, `Aikeland`).
"""

import re
from collections.abc import Iterable

_CONSONANTS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"([abd-z])\1+", r"\1"),  # "cc" is two sounds in "accent"
        (r"^(?:[gkp](?=n)|a(?=e)|w(?=r))", ""),  # knife, gnome, wrong
        (r"^x", "s"),
        (r"^wh", "w"),
        (r"(?<=m)b$", ""),  # thumb
        (r"ch(?=[lr])", "K"),  # Chris
        (r"t?ch|sh|c(?=ia)|s(?=i[ao])|t(?=i[ao])", "X"),  # church, sheep, special, vision, nation
        (r"(?<=s)X", "K"),  # school
        (r"th", "0"),
        (r"ph", "F"),
        (r"(?<=s)c(?=[eiy])", ""),  # scene
        (r"c(?=[eiy])", "S"),
        (r"c[kq]?|q", "K"),
        (r"dg(?=[eiy])", "J"),  # edge
        (r"d", "T"),
        (r"gh(?=[^aeiouy]|$)|g(?=n(?:ed)?$)", ""),  # night, sign
        (r"gh", "K"),  # ghost
        (r"g(?=[eiy])", "J"),
        (r"g", "K"),
        (r"(?<=[aeiou])h(?![aeiou])|(?<=[KSPTXr])h", ""),  # ah, rhythm
        (r"v", "F"),
        (r"x", "KS"),
        (r"z", "S"),
    )
)
_VOWELS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[wy](?![aeiou])", ""),  # now, day
        (r"^[aeiou]+", "A"),
        (r"[aeiou]", ""),
    )
)


def sound_key(folded: str) -> str:
    """Return the key of a folded token; "" for what is not written in Latin letters, which sounds like nothing."""
    return _once(_replaced(_replaced(folded, _CONSONANTS), _VOWELS))


def sound_shape(folded: str) -> str:
    """Return the sounds of a word with an A wherever vowels are: `strava` and `star of` share a key, and no shape."""
    sounds = re.sub("(?<=[^aeiou])e$", "", _replaced(folded, _CONSONANTS))  # made
    return _once(re.sub("[wy](?![aeiou])|[aeiou]+", "a", sounds))


def _replaced(text: str, rules: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, sound in rules:
        text = pattern.sub(sound, text)
    return text


def _once(sounds: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sounds.upper())
