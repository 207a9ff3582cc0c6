"""Single numbers in digits and in English words: read from a row of folded tokens, and said in all other ways. Pure.

What stands beside a number, and makes a price, a day or a time of it, is the business of `numbers.py`.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Literal, NamedTuple

MAX_VALUE = 10**15
"""Numbers from here on have no names: a longer row of digits is an identifier, which nobody says as one number."""

Row = tuple[str, ...]
Kind = Literal["cardinal", "ordinal", "decade", "decimal"]

_ONES = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINAL_ONES = tuple(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
) + tuple(f"{teen}th" for teen in _ONES[13:])
_DECADES = tuple(f"{tens[:-1]}ies" if tens else "" for tens in _TENS)

_SMALL = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * tens for tens, word in enumerate(_TENS) if tens > 1
}
_ORDINALS = {word: value for value, word in enumerate(_ORDINAL_ONES)} | {
    f"{word[:-1]}ieth": 10 * tens for tens, word in enumerate(_TENS) if tens > 1
}
_ORDINAL_SCALES = {f"{scale}th": size for scale, size in (("hundred", 100), *SCALES.items())}
_ORDINALS |= _ORDINAL_SCALES
_DECADE_WORDS = {word: 10 * tens for tens, word in enumerate(_DECADES) if tens > 1}

_CENTURIES = range(10, 21)
"""Hundreds that years are counted in when they are said in two halves: `ten sixty six`, `twenty twenty six`."""
_SAID_WITH_OH = range(1, 21)
"""What stands before "oh" and a digit: `twenty oh five`, `four oh four`, and the hour in `seven oh five`."""

_AND_A_HALF = ("and", "a", "half")

_SAID_DIGITS = {word: str(digit) for digit, word in enumerate(_ONES[:10])} | {"oh": "0", "o": "0"}
_TWO_DIGITS = range(10, 100)
"""Decimals that are said as one number, too, as those of versions are: `three point eleven`."""

_ROMAN = {"ii": 2, "iii": 3, "vii": 7, "viii": 8}
"""Roman numerals that are no other word, as `vi` and `xi` are: World War II."""

BEGINNINGS = frozenset(("a", *_SMALL, *_ROMAN, *_ORDINALS, *_DECADE_WORDS))
"""What a number begins with that does not begin with a digit."""

_WRITTEN: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(\d{1,12})", re.ASCII), "cardinal"),
    (re.compile(r"(\d{1,3}(?:\.\d{3})+)", re.ASCII), "cardinal"),
    (re.compile(r"(\d{1,12}\.\d{1,6})", re.ASCII), "decimal"),
    (re.compile(r"(\d{1,12})(?:st|nd|rd|th)", re.ASCII), "ordinal"),
    (re.compile(r"((?:\d\d)?\d0)s", re.ASCII), "decade"),
)
"""Numbers in digits. The first that fits counts: `1.000` is a thousand, `1.00` a decimal."""


class Number(NamedTuple):
    """A number that was read, in digits, and how many tokens say it."""

    digits: str
    length: int
    kind: Kind = "cardinal"


# --- reading ------------------------------------------------------------------------------------------------------


def read_number(tokens: Row, start: int) -> Number | None:
    """Read the number that begins at a token, as long as possible; None where none does."""
    number = _read_whole(tokens, start)
    if number and number.kind == "cardinal":
        end = start + number.length
        if tokens[end : end + 3] == _AND_A_HALF:
            return Number(f"{number.digits}.5", number.length + 3, "decimal")
    return number


def _read_whole(tokens: Row, start: int) -> Number | None:
    if start >= len(tokens):
        return None
    if tokens[start][0].isdigit():
        return read_digits(tokens[start])
    cardinal = _read_cardinal(tokens, start)
    year = read_year(tokens, start)
    number = max((n for n in (year, cardinal) if n), key=lambda n: n.length, default=None)
    return _extend(number, tokens, start + number.length) if number else _read_single(tokens[start])


def read_digits(token: str) -> Number | None:
    """Read a token in digits: "1000", "1.000", "2.5", "14th", "90s"; None where it is something else."""
    for pattern, kind in _WRITTEN:
        if match := pattern.fullmatch(token):
            return Number(match[1] if kind == "decimal" else match[1].replace(".", ""), 1, kind)
    return None


def _read_single(word: str) -> Number | None:
    if word in _ROMAN:
        return Number(str(_ROMAN[word]), 1)
    if word in _DECADE_WORDS:
        return Number(str(_DECADE_WORDS[word]), 1, "decade")
    if word in _ORDINALS:
        return Number(str(_ORDINALS[word]), 1, "ordinal")
    return None


def _extend(number: Number, tokens: Row, end: int) -> Number:
    """Add what makes a decimal ("point five"), an ordinal ("third") or a decade ("nineties") of a cardinal."""
    value = int(number.digits)
    joint = tokens[end : end + 1] == ("and",) and value >= 100
    following = tokens[end + joint] if end + joint < len(tokens) else ""
    if not joint and following == "point":
        decimals, length = _read_decimals(tokens, end + 1)
        return Number(f"{value}.{decimals}", number.length + 1 + length, "decimal") if decimals else number
    if not joint and (scale := _ORDINAL_SCALES.get(following)):
        times = value % (1_000 if scale == 100 else 1_000 * scale)
        if 0 < times < scale:  # "two hundredth", and the end of "one thousand two hundredth"
            return Number(str(value + times * (scale - 1)), number.length + 1, "ordinal")
    if following in _ORDINALS and _fits_below(_ORDINALS[following], value):
        return Number(str(value + _ORDINALS[following]), number.length + joint + 1, "ordinal")
    if not joint and following in _DECADE_WORDS and value in range(16, 22):
        return Number(str(100 * value + _DECADE_WORDS[following]), number.length + 1, "decade")
    return number


def _fits_below(part: int, whole: int) -> bool:
    """Tell whether "whole part" is one number: "twenty third" is, "three third" is not."""
    return whole >= 20 and part > 0 and whole % (10 if part < 10 else 100) == 0


def _read_decimals(tokens: Row, start: int) -> tuple[str, int]:
    """Read what stands behind "point": "one four", "oh", "fourteen"; the digits, and how many tokens say them."""
    digits = "".join(takewhile(bool, (_SAID_DIGITS.get(token, "") for token in tokens[start : start + 6])))
    if digits or start >= len(tokens):
        return digits, len(digits)
    number = _read_cardinal(tokens, start)
    return (number.digits, number.length) if number and int(number.digits) in _TWO_DIGITS else ("", 0)


def _read_cardinal(tokens: Row, start: int) -> Number | None:
    """Read "two thousand and twenty six", "a hundred", "fifty"."""
    total, group, position = 0, 0, start
    if tokens[start] == "a" and start + 1 < len(tokens) and tokens[start + 1] in ("hundred", *SCALES):
        group, position = 1, start + 1
    elif tokens[start] not in _SMALL:
        return None
    last_scale = MAX_VALUE
    end = position
    while position < len(tokens):
        word = tokens[position]
        if word == "and" and end == position and (group >= 100 or (not group and total)):
            position += 1
            continue
        if word in _SMALL and (position == start or not group or _fits_below(_SMALL[word], group)):
            group += _SMALL[word]
        elif word == "hundred" and 0 < group < 100:
            group *= 100
        elif word in SCALES and 0 < group < 1_000 and SCALES[word] < last_scale:
            last_scale = SCALES[word]
            total, group = total + group * last_scale, 0
        else:
            break
        position += 1
        end = position
        if word == "zero":
            break
    return Number(str(total + group), end - start)


def read_year(tokens: Row, start: int) -> Number | None:
    """Read "twenty twenty six", "nineteen oh five", "four oh four": two numbers, the second of two digits."""
    century = _SMALL.get(tokens[start], 0)
    rest = tokens[start + 1 : start + 3]
    if century in _SAID_WITH_OH and rest[:1] in (("oh",), ("o",)) and 0 < _SMALL.get("".join(rest[1:]), 0) < 10:
        return Number(f"{century}0{_SMALL[rest[1]]}", 3)
    if century not in _CENTURIES:
        return None
    tens = _SMALL.get(rest[0], 0) if rest else 0
    if tens < 10:
        return None
    ones = _SMALL.get(rest[1], 0) if len(rest) == 2 else 0
    if tens >= 20 and 0 < ones < 10:
        return Number(f"{century}{tens + ones}", 3)
    return Number(f"{century}{tens}", 2)


# --- saying -------------------------------------------------------------------------------------------------------


def say_number(number: Number) -> Iterator[Row]:
    """Yield every row of tokens that means a number, digits first."""
    if number.kind == "decimal":
        whole, decimals = number.digits.split(".")
        yield (number.digits,)
        for row in _cardinal_rows(int(whole)):
            yield from ((*row, "point", *said) for said in _decimal_rows(decimals))
        if decimals == "5" and whole != "0":
            yield from ((*row, *_AND_A_HALF) for row in ((whole,), *_cardinal_rows(int(whole))))
        return
    value = int(number.digits)
    if number.kind == "ordinal":
        yield (f"{value}{_ordinal_suffix(value)}",)
        yield from (_ordinal_row(row) for row in _cardinal_rows(value))
    elif number.kind == "decade":
        yield from _decade_rows(value)
    else:
        yield (number.digits,)
        if len(number.digits) == 2 and number.digits[0] == "0" and value:
            yield ("oh", _ONES[value])  # 7:05
        if value >= 10_000 or number.digits[0] != "0":
            yield from _grouped_rows(value)
        if number.digits[0] != "0" or number.digits == "0":  # nobody says `007` as seven
            yield from _cardinal_rows(value)
            yield from _year_rows(value)
            yield from _round_rows(value)
            yield from ((roman,) for roman, meant in _ROMAN.items() if meant == value)


def _decimal_rows(decimals: str) -> Iterator[Row]:
    said = tuple(_ONES[int(digit)] for digit in decimals)
    yield said
    if "zero" in said:
        yield tuple("oh" if digit == "zero" else digit for digit in said)
    if len(decimals) == 2 and int(decimals) in _TWO_DIGITS:
        yield _say(int(decimals), ())


def _grouped_rows(value: int) -> Iterator[Row]:
    """Yield digits in groups of three as other languages write them: `1.000` and `1 000`."""
    if value >= 1_000:
        groups = f"{value:,}".split(",")
        yield (".".join(groups),)
        yield tuple(groups)


def _round_rows(value: int) -> Iterator[Row]:
    """Yield `5 million` for 5,000,000, `1.5 million` for 1,500,000, and `10k` for 10,000."""
    for scale, size in SCALES.items():
        whole, rest = divmod(value, size)
        if 0 < whole < 1_000 and rest % (size // 10) == 0:
            digits = f"{whole}.{rest * 10 // size}" if rest else str(whole)
            yield (digits, scale)
            if scale == "thousand" and len(digits) > 1:
                yield (f"{digits}k",)


def _cardinal_rows(value: int) -> Iterator[Row]:
    if value >= MAX_VALUE:
        return
    american = _say(value, ())
    yield american
    british = _say(value, ("and",))
    if british != american:
        yield british
    for row in dict.fromkeys((american, british)):
        if row[0] == "one" and len(row) > 1:
            yield ("a", *row[1:])


def _say(value: int, joint: Row) -> Row:
    """Say a number, with `joint` where British English has "and"."""
    if value == 0:
        return (_ONES[0],)
    words: Row = ()
    rest = value
    for scale, size in reversed(SCALES.items()):
        if rest >= size:
            words += (*_say(rest // size, joint), scale)
            rest %= size
    if rest >= 100:
        words += (_ONES[rest // 100], "hundred")
        rest %= 100
    if rest and words:
        words += joint
    if rest >= 20:
        words += (_TENS[rest // 10],)
        rest %= 10
    return (*words, _ONES[rest]) if rest else words


def _year_rows(value: int) -> Iterator[Row]:
    """Yield `twenty oh five` for 2005, `four oh four` for 404, and `twenty five hundred` for 2500."""
    century, rest = divmod(value, 100)
    if rest == 0 and 10 < century < 100 and century % 10:
        yield (*_say(century, ()), "hundred")
    elif 0 < rest < 10 and century in _SAID_WITH_OH:
        yield (*_say(century, ()), "oh", _ONES[rest])
    elif rest and century in _CENTURIES:
        yield (*_say(century, ()), *_say(rest, ()))


def _ordinal_suffix(value: int) -> str:
    if value % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def _ordinal_row(row: Row) -> Row:
    last = row[-1]
    if last in _ONES:
        last = _ORDINAL_ONES[_ONES.index(last)]
    elif last in _TENS:
        last = f"{last[:-1]}ieth"
    else:
        last += "th"
    return (*row[:-1], last)


def _decade_rows(value: int) -> Iterator[Row]:
    if value < 100:  # of the century in which one says it so: the nineties, the 00s
        value += 1900 if value else 2000
    century, tens = divmod(value, 100)
    yield (f"{value}s",)
    if tens >= 20:
        word = _DECADES[tens // 10]
        yield (*_say(century, ()), word)
        yield (f"{tens}s",)
        yield (word,)
    elif not tens:
        if value == 2000:
            yield ("00s",)
        yield (*_say(century, ()), "hundreds") if century % 10 else (*_say(century * 100, ())[:-1], "thousands")
