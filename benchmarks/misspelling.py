"""Misspelling words as people do, each way with a name. Pure."""

import re
from collections.abc import Callable, Iterator
from random import Random

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = "aeiou"

# What sounds the same or nearly so in English, each way round.
_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("s", "z"),
    ("x", "ks"),
    ("w", "wh"),
    ("qu", "kw"),
    ("y", "i"),
    ("v", "w"),
)
_ENDINGS = (("ible", "able"), ("ance", "ence"), ("ant", "ent"), ("er", "or"), ("tion", "sion"), ("ary", "ery"))

Misspell = Callable[[str, Random], str | None]


def _neighbours(letter: str) -> str:
    """Return the keys beside a letter's and those it touches in the rows above and below."""
    for number, row in enumerate(_ROWS):
        place = row.find(letter)
        if place >= 0:
            beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            above = _ROWS[number - 1][place : place + 2] if number else ""
            below = _ROWS[number + 1][max(0, place - 1) : place + 1] if number < len(_ROWS) - 1 else ""
            return beside + above + below
    return ""


def _neighbouring_key(word: str, random: Random) -> str | None:
    place = random.randrange(len(word))
    keys = _neighbours(word[place])
    return word[:place] + random.choice(keys) + word[place + 1 :] if keys else None


def _left_out(word: str, random: Random) -> str | None:
    place = random.randrange(1, len(word))
    return word[:place] + word[place + 1 :]


def _doubled(word: str, random: Random) -> str | None:
    place = random.randrange(len(word))
    return word[:place] + word[place] + word[place:]


def _undoubled(word: str, _: Random) -> str | None:
    return re.sub(r"(.)\1", r"\1", word, count=1)


def _swapped(word: str, random: Random) -> str | None:
    place = random.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _wrong_vowel(word: str, random: Random) -> str | None:
    places = [place for place, letter in enumerate(word) if letter in _VOWELS]
    if not places:
        return None
    place = random.choice(places)
    return word[:place] + random.choice(_VOWELS.replace(word[place], "")) + word[place + 1 :]


def _ie_ei(word: str, _: Random) -> str | None:
    return re.sub(r"ie|ei", lambda found: found[0][::-1], word, count=1)


def _by_sound(pairs: tuple[tuple[str, str], ...], pattern: str) -> Misspell:
    def misspell(word: str, random: Random) -> str | None:
        ways = [way for pair in pairs for way in (pair, pair[::-1]) if re.search(pattern.format(way[0]), word)]
        if not ways:
            return None
        written, instead = random.choice(ways)
        return re.sub(pattern.format(written), instead, word, count=1)

    return misspell


def _twice(word: str, random: Random) -> str | None:
    if len(word) < 9:
        return None
    once = random.choice(_ONCE)(word, random)
    return random.choice(_ONCE)(once, random) if once else None


def _split(word: str, random: Random) -> str | None:
    if len(word) < 7:
        return None
    place = random.randrange(3, len(word) - 2)
    return f"{word[:place]} {word[place:]}"


_ONCE: tuple[Misspell, ...] = (_neighbouring_key, _left_out, _doubled, _swapped, _wrong_vowel)

WAYS: dict[str, Misspell] = {
    "neighbouring key": _neighbouring_key,
    "letter left out": _left_out,
    "letter doubled": _doubled,
    "double letter single": _undoubled,
    "neighbours swapped": _swapped,
    "wrong vowel": _wrong_vowel,
    "ie, ei": _ie_ei,
    "like sound": _by_sound(_SOUNDS, "{}"),
    "ending": _by_sound(_ENDINGS, "{}(?=s?$)"),
    "two errors": _twice,
    "split": _split,
}
"""What goes wrong, and how."""


def misspellings(word: str, random: Random) -> Iterator[tuple[str, str]]:
    """Yield the ways in which a word of small letters can be misspelt, and what it becomes; each way once at most."""
    for way, misspell in WAYS.items():
        wrong = misspell(word, random)
        if wrong and wrong != word:
            yield way, wrong
