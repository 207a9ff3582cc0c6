"""From text to tokens, and from a token to the keys it is found by. Pure.

One analysis serves transcripts and queries, in every language and script:

- `tokens(text)` gives *normal forms*: lower case, compatibility forms unified (NFKC), but accents, apostrophes and the
  dots of acronyms kept (`Müller's` → `müller's`, `A.I.` → `a.i.`). The word stream holds these.
- `fold(token)` is what typing variants share: no accents, no apostrophes, no dots (`mullers`, `ai`).
- `stem(token, language)` is what inflections share, folded too.

Everything else that may vary (spelling, numbers, compounds) is worked out for a query alone (`query/`), so that
one transcript word gives the same tokens always and a token's position is exact.
"""

import re
import unicodedata
from functools import lru_cache

from podindex.search.words.stemmers import STEMMERS

MAX_TOKEN_LENGTH = 64
"""Characters. Longer tokens are cut, in transcripts and queries alike: the longest German word that people say has 63
letters, and damaged transcripts hold megabytes without a space."""

# Scripts written without spaces (and Hangul, whose particles are glued to the word): one token per character, with its
# combining marks. A word is then a row of tokens, which the word stream finds as fast as a phrase.
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
_HAN_AND_HANGUL = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_HAN_PLANE_2_AND_3 = "\U00020000-\U0003ffff"
_SOUTH_EAST_ASIA = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103e\u1780-\u17d3"
_UNSPACED = f"{_KANA}{_HAN_AND_HANGUL}{_HAN_PLANE_2_AND_3}{_SOUTH_EAST_ASIA}"
_UNSPACED_CHARACTER = f"[{_UNSPACED}]"
_SOUTH_EAST_ASIAN_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
# Marks that belong to the letter before them but are no letters to Python's \w: Latin, Cyrillic, Hebrew, Arabic, Indic.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0980-\u0983\u09bc-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6"
    "\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d82\u0d83\u0dca-\u0ddf"
)
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_PART = rf"(?:[^\W_{_UNSPACED}][{_MARKS}]*)"

SIGNS = "$€£¥₹₽₩₿%°&@"
"""Signs that are said, and so are tokens of their own."""

# Patterns are texts, which `re` compiles when they are first needed, and remembers: together they take longer than many
# a search, and plain words need none of them.
_TOKEN = rf"""(?x)
    (?P<acronym>(?<![\w.])(?:ph|{_LETTER})(?:\.{_LETTER})+(?:\.|(?!\w))(?!\w))   # A.I., U.S and Ph.D.
    | (?P<number>(?<![\w.,])\d{{1,3}}0's(?!\w)                              # 1990's
               |(?:(?<!\w)v(?=\d+\.\d))?\d+(?:[.,'_]\d+)*{_PART}*)      # 1,000  3.5  1st  1990s  5g  v3.11
    | (?P<sharp>(?<!\w)[a-z](?:\+\+|\#)(?!\w))                          # C++ C#
    | (?P<word>{_PART}+(?:'{_PART}+)*)
    | (?P<character>[{_UNSPACED}][{_SOUTH_EAST_ASIAN_MARKS}{_MARKS}\u3099\u309a]*)
    | (?P<symbol>[{SIGNS}])
"""

_MAX_NAME_LENGTH = 500  # characters; longer ones are not kept in memory

_ONLY_ASCII_LETTERS = re.compile(r"[A-Za-z]+")
_APOSTROPHES = "[\u2018\u2019\u201b\u02bc\u02b9\u0060\u00b4\uff07\u2032\u055a\ua78c]"
_INVISIBLE = "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0640]"
_UNSAID = "[\u2122\u2120]"  # trade and service marks, of which NFKC makes letters
# What NFKC would add to the digits before it: 3½ is 3.5, and 10⁶ is not 106.
_FRACTIONS = {"\u00bc": ".25", "\u00bd": ".5", "\u00be": ".75"}
_AFTER_DIGIT = "(?<=[0-9])[\u00bc-\u00be\u00b2\u00b3\u00b9\u2070-\u2079\u2150-\u215e]"
_FOREIGN_DIGIT = "[^\\D0-9]"  # ٢٠٢٦ is 2026
_THOUSANDS = r"\d{1,3}(?:[,'_]\d{3})+(?![.,'_\d])|\d{1,3}(?:[,'_]\d{3})+(?=\.\d)"

# A French, Italian or Catalan article or pronoun before an apostrophe is a word of its own: `l'homme`, `dell'acqua`.
_ELISION = (
    r"(?P<article>[ldjmtscn]|qu|jusqu|lorsqu|puisqu|quoiqu|(?:de|a|ne|da|su|co)ll|un|quest|quell|tutt|mezz|sant)'"
    r"(?=[aeiouyhàáâãæéèêëíìîïóòôõœúùûü])"
)

CAPITAL_ACRONYMS = {"IT": "i.t.", "US": "u.s.", "WHO": "w.h.o."}
"""Acronyms that only capitals tell from a very common word, and the token they are: as with dots. In a transcript in
capitals the common word gets this token, too, so a search for `us` looks for both."""
_CAPITAL_ACRONYM = rf"(?<![\w.'])(?:{'|'.join(CAPITAL_ACRONYMS)})(?![\w'])"

SPOKEN_SYMBOLS = {"&": "and", "@": "at"}
"""Symbols that are always said, and so are the same token as the word."""


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script without spaces, or of Hangul, and so a token of its own."""
    return re.match(_UNSPACED_CHARACTER, character) is not None


def is_letter(character: str) -> bool:
    """Tell whether a character is a letter, of which words are made with others."""
    return character.isalpha() and not is_unspaced(character)


def tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of a transcript word, a query or any other text, in order.

    Text without a letter, a digit or a symbol that is said has none. Hyphens, dashes, slashes and the dots of names
    like `example.com` separate. Cached: a library has few different words.
    """
    if _ONLY_ASCII_LETTERS.fullmatch(text) and len(text) <= MAX_TOKEN_LENGTH:
        return (CAPITAL_ACRONYMS.get(text) or text.lower(),)
    return _tokens(text) if len(text) <= MAX_TOKEN_LENGTH else _split(text)


@lru_cache(maxsize=1 << 16)
def _tokens(text: str) -> tuple[str, ...]:
    return _split(text)


def _split(text: str) -> tuple[str, ...]:
    found: list[str] = []
    text = re.sub(_CAPITAL_ACRONYM, lambda acronym: CAPITAL_ACRONYMS[acronym[0]], text)
    for match in re.finditer(_TOKEN, normalize(text)):
        token = match[0]
        match match.lastgroup:
            case "acronym":
                token = token.rstrip(".") + "."
            case "number":
                # Cut first: whether it is grouped in threes would be asked at each of its groups, up to the last.
                token = token[:MAX_TOKEN_LENGTH]
                token = re.sub(_THOUSANDS, lambda number: re.sub("[,'_]", "", number[0]), token)
                token = re.sub("['_]", "", token).removeprefix("v").replace(",", ".")
            case "symbol":
                token = SPOKEN_SYMBOLS.get(token, token)
            case "word" if "'" in token and (elided := re.match(_ELISION, token)):
                found.append(elided["article"])
                token = token[elided.end() :]
        found.append(token[:MAX_TOKEN_LENGTH])
    return tuple(found)


def normalize(text: str) -> str:
    """Unify what looks alike: compatibility forms (NFKC), kinds of apostrophe, case; drop what cannot be seen."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = re.sub(_AFTER_DIGIT, lambda sign: _FRACTIONS.get(sign[0], f" {sign[0]}"), re.sub(_UNSAID, "", text))
    text = unicodedata.normalize("NFKC", re.sub(_APOSTROPHES, "'", text))
    text = re.sub(_FOREIGN_DIGIT, lambda digit: str(int(digit[0])), text)
    # Lowered, İ is an i with a dot above it, which is no letter.
    return unicodedata.normalize("NFC", re.sub(_INVISIBLE, "", text).replace("İ", "i").lower())


_FOLDED_LETTERS = str.maketrans(
    {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ŋ": "n", "ħ": "h",
     "ς": "σ", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ँ": "ं"}
)  # fmt: skip
# Accents that are typed or not at will. Not the marks that make another letter: Japanese dakuten, Indic vowel signs,
# and the breve of Cyrillic й. The dot of Hindi is as often left out.
_ACCENT = "(?<!\u0438)[\u0300-\u036f\u093c\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]"

# In Hindi a nasal before a consonant of its own row may be a dot above: हिन्दी, हिंदी.
_NASAL = "ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])"


def fold(token: str) -> str:
    """Return the key that a token shares with its variants in accents, apostrophes and acronym dots."""
    if token.isascii():
        if token.isalnum():  # nothing to take away, as in most
            return token
    else:
        decomposed = unicodedata.normalize("NFD", token.translate(_FOLDED_LETTERS))
        token = unicodedata.normalize("NFC", re.sub(_NASAL, "ं", re.sub(_ACCENT, "", decomposed)))
    if token[:1].isdigit():
        return token
    return token.replace("'", "").replace(".", "")


def folded(text: str) -> tuple[str, ...]:
    """Return the folded tokens of a name, or of what is compared with names; those are looked at again and again."""
    return _folded(text) if len(text) <= _MAX_NAME_LENGTH else tuple(map(fold, tokens(text)))


@lru_cache(maxsize=1 << 14)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(map(fold, tokens(text)))


def base_language(code: str | None) -> str:
    """Return the primary subtag of a language code in lower case (`en-US` → `en`), "" where there is none."""
    return re.split("[-_]", code or "", maxsplit=1)[0].strip().lower()


def stem(token: str, language: str) -> str:
    """Return the folded stem of a token in a language (ISO 639-1); the folded token where no stemmer is known."""
    if language not in STEMMERS or not token.replace("'", "").isalpha():
        return fold(token)
    return _stem(token, language)


@lru_cache(maxsize=1 << 14)
def _stem(token: str, language: str) -> str:
    return fold(STEMMERS[language](token))
