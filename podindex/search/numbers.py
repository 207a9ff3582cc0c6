"""Numbers and days as they are written and as they are said, in English: `2026`, `twenty twenty six`. Pure.

`read_numbers` finds the numbers in a row of tokens and gives the other rows of tokens that mean the same. Only English
is spoken here: recognisers write digits in the other languages podindex stems, and an English reading of `hundert`
would be wrong anyway. Digits and signs (`1000`, `1.000`, `50 %`) are the same in all.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

MAX_READINGS = 32
"""Readings of one number; `$199,900` has 31."""

MAX_VALUE = 10**15
"""Numbers from here on have no names: a longer row of digits is an identifier, which nobody says as one number."""

Row = tuple[str, ...]

_ONES = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion", "t": "trillion", "tn": "trillion"}
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
_ORDINAL_SCALES = {f"{scale}th": size for scale, size in (("hundred", 100), *_SCALES.items())}
_ORDINALS |= _ORDINAL_SCALES
_DECADE_WORDS = {word: 10 * tens for tens, word in enumerate(_DECADES) if tens > 1}

_CENTURIES = range(10, 21)
"""Hundreds that years are counted in when they are said in two halves: `ten sixty six`, `twenty twenty six`."""
_SAID_WITH_OH = range(1, 21)
"""What stands before "oh" and a digit: `twenty oh five`, `four oh four`, and the hour in `seven oh five`."""

_CURRENCIES = {
    "$": ("dollars", "dollar", "bucks"),
    "€": ("euros", "euro"),
    "£": ("pounds", "pound", "quid"),
    "¥": ("yen",),
    "₹": ("rupees", "rupee"),
}
_CURRENCY_WORDS = {word: sign for sign, words in _CURRENCIES.items() for word in words}
_UNITS: dict[str, tuple[Row, ...]] = {
    "%": (("%",), ("percent",), ("per", "cent")),
    "°c": (("°", "c"), ("degrees", "celsius"), ("degrees", "centigrade")),
    "°f": (("°", "f"), ("degrees", "fahrenheit")),
    "°": (("°",), ("degrees",)),
}
"""Ways to write and to say a unit; what others begin with stands behind them."""

_SHORT_MONTHS: dict[str, Row] = {
    name: (name[:3],) for name in "january february march april june july august october november december".split()
} | {"may": (), "september": ("sept", "sep")}
_MONTHS = {name: name for name in _SHORT_MONTHS} | {
    short: name for name, shorts in _SHORT_MONTHS.items() for short in shorts
}
# Words of their own, or names as `jan`: beside them only digits are a day (`may 5th`, not `may first`).
_DOUBTFUL_MONTHS = (_MONTHS.keys() - _SHORT_MONTHS) | {"march", "may"}

_HALVES_OF_DAY = (("am",), ("pm",))
_TIMES_END = 1260  # `1259` is a time, as in "twelve fifty nine p.m."
_AND_A_HALF = ("and", "a", "half")

_SAID_DIGITS = {word: str(digit) for digit, word in enumerate(_ONES[:10])} | {"oh": "0", "o": "0"}
_TWO_DIGITS = range(10, 100)
"""Decimals that are said as one number, too, as those of versions are: `three point eleven`."""

_ROMAN = {"ii": 2, "iii": 3, "vii": 7, "viii": 8}
"""Roman numerals that are no other word, as `vi` and `xi` are: World War II."""

_BEGINNINGS = frozenset(("a", "hundred", *_SMALL, *_ROMAN, *_ORDINALS, *_DECADE_WORDS, *_CURRENCIES, *_MONTHS))
"""What a number or a day begins with that does not begin with a digit."""

_DIGITS = re.compile(r"\d{1,12}", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,12})\.(\d{1,6})", re.ASCII)
_ORDINAL_DIGITS = re.compile(r"(\d{1,12})(?:st|nd|rd|th)", re.ASCII)
_SHORT_SCALED = re.compile(rf"(\d{{1,3}}(?:\.\d{{1,2}})?)({'|'.join(_SHORT_SCALES)})", re.ASCII)
_DECADE_DIGITS = re.compile(r"(\d\d)?(\d0)s", re.ASCII)


class NumberSpan(NamedTuple):
    """A number in a row of tokens."""

    start: int
    end: int
    """Half-open range of the tokens that say it."""
    readings: tuple[Row, ...]
    """Other rows of folded tokens of the same meaning, likeliest first; never the row itself."""


class _Number(NamedTuple):
    """A number that was read, in digits, and how many tokens say it."""

    digits: str
    length: int
    kind: str = "cardinal"
    """`cardinal`, `ordinal`, `decade` or `decimal`."""


def read_numbers(tokens: Row) -> tuple[NumberSpan, ...]:
    """Find the numbers in a row of folded tokens, from left to right, as long as possible each."""
    spans: list[NumberSpan] = []
    position = 0
    while position < len(tokens):
        span = _span_at(tokens, position)
        if span:
            spans.append(span)
        position = span.end if span else position + 1
    return tuple(spans)


def _span_at(tokens: Row, start: int) -> NumberSpan | None:
    if tokens[start] not in _BEGINNINGS and not tokens[start][0].isdigit():
        return None
    return _day_at(tokens, start) or _number_at(tokens, start)


def _day_at(tokens: Row, start: int) -> NumberSpan | None:
    """Read a day of a month: "october 14", "october the fourteenth", "14th of october"."""
    month_first = tokens[start] in _MONTHS
    first = start + month_first
    first += month_first and tokens[first : first + 1] == ("the",)
    number = _read(tokens, first)
    if not number or number.kind not in ("cardinal", "ordinal") or not 1 <= int(number.digits) <= 31:
        return None
    end = first + number.length
    if month_first:
        month = tokens[start]
        # "may 5 percent", "june 5 million": the number is of something else.
        if _unit_at(tokens, end)[0] or (end < len(tokens) and tokens[end] in _SCALES):
            return None
    else:
        end += tokens[end : end + 1] == ("of",)
        month = tokens[end] if end < len(tokens) else ""
        end += 1
    if month not in _MONTHS or (month in _DOUBTFUL_MONTHS and not tokens[first][0].isdigit()):
        return None
    readings = tuple(row for row in _day_rows(_MONTHS[month], int(number.digits)) if row != tokens[start:end])
    return NumberSpan(start, end, readings)


def _day_rows(month: str, day: int) -> Iterator[Row]:
    cardinals = [row for row in _rows(_Number(str(day), 1)) if len(row) == 1 or row[0] != "a"]
    ordinals = list(_rows(_Number(str(day), 1, "ordinal")))
    yield from _rows_beside(month, cardinals, ordinals)
    for short in _SHORT_MONTHS[month]:
        yield from _rows_beside(short, cardinals[:1], ordinals[:1])  # in digits, as one writes them there


def _rows_beside(month: str, cardinals: list[Row], ordinals: list[Row]) -> Iterator[Row]:
    for row in (*ordinals, *cardinals):
        yield (month, *row)
    for row in ordinals:
        yield (month, "the", *row)
        yield (*row, "of", month)
    for row in (*ordinals, *cardinals):
        yield (*row, month)


def _number_at(tokens: Row, start: int) -> NumberSpan | None:
    sign = tokens[start] if tokens[start] in _CURRENCIES else ""
    first = start + bool(sign)
    if short := _short_at(tokens, start, first):
        return short
    number = _read(tokens, first)
    if not number:
        return None
    end = first + number.length
    rows = list(_rows(number))
    if end < len(tokens) and tokens[end] in _SCALES and (tokens[first][0].isdigit() or number.kind == "decimal"):
        # "5 million", "$1.5 billion": the scale was not read as a part of the number.
        scaled = _scaled(number, _SCALES[tokens[end]])
        rows = [*((*row, tokens[end]) for row in rows if row[0] != "a"), *(_rows(scaled) if scaled else ())]
        end += 1
    elif number == _read_year(tokens, first):
        rows.append((number.digits[:-2], number.digits[-2:]))  # "ten thirty" is 10:30, too
    unit, end = ("", end) if sign else _unit_at(tokens, end)
    sign = sign or unit
    if sign:
        rows = list(_with_unit(sign, rows))
    elif tokens[end : end + 1] in _HALVES_OF_DAY and number.kind == "cardinal" and int(number.digits) < _TIMES_END:
        joined = ((*row[:-1], row[-1] + tokens[end]) for row in rows if row[-1].isdigit())
        rows = [*((*row, tokens[end]) for row in rows), *joined]
        end += 1
    own = tokens[start:end]
    readings = tuple(dict.fromkeys(row for row in rows if row != own))[:MAX_READINGS]
    return NumberSpan(start, end, readings) if readings else None


def _short_at(tokens: Row, start: int, first: int) -> NumberSpan | None:
    """Read "$1.5m" and "10k"; without a sign "5m" is a distance, and "4k" a screen."""
    short = _SHORT_SCALED.fullmatch(tokens[first]) if first < len(tokens) else None
    if not short or not (first > start or (short[2] == "k" and len(short[1]) > 1)):
        return None
    before, unit = tokens[start:first], tokens[first + 1 : first + 3]
    whole = (*before, short[1], _SHORT_SCALES[short[2]], *unit)
    number, span = _read_digits(short[1]), _number_at(whole, 0)
    if not number or not span:
        return None
    end = start + span.end - 1
    parted = ((*before, *row, short[2], *tokens[first + 1 : end]) for row in _rows(number))
    rows = (whole[: span.end], *parted, *span.readings)
    return NumberSpan(start, end, tuple(row for row in rows if row != tokens[start:end])[:MAX_READINGS])


def _scaled(number: _Number, scale: int) -> _Number | None:
    """Return the whole number that digits before a scale make."""
    if number.kind not in ("cardinal", "decimal"):
        return None
    whole, _, decimals = number.digits.partition(".")
    value, rest = divmod(int(whole + decimals) * scale, 10 ** len(decimals))
    return _Number(str(value), 1) if not rest and value < MAX_VALUE else None


def _unit_at(tokens: Row, end: int) -> tuple[str, int]:
    """Return the sign of the unit that stands at `end`, and where it ends."""
    following = tokens[end : end + 2]
    if following[:1] and following[0] in _CURRENCY_WORDS:
        return _CURRENCY_WORDS[following[0]], end + 1
    # In "top 5 $10 gifts" the sign is of what follows.
    if following[:1] and following[0] in _CURRENCIES and not following[-1][0].isdigit():
        return following[0], end + 1
    for sign, rows in _UNITS.items():
        for row in rows:
            if following[: len(row)] == row:
                return sign, end + len(row)
    return "", end


def _with_unit(sign: str, rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        if sign in _UNITS:
            yield from ((*row, *unit) for unit in _UNITS[sign])
            continue
        if row[0][0].isdigit():
            yield (sign, *row)
            if row[1:] and row[1] in _SCALES:
                yield from ((sign, row[0] + short) for short, scale in _SHORT_SCALES.items() if scale == row[1])
        yield from ((*row, unit) for unit in _CURRENCIES[sign])
        if row[0][0].isdigit():
            yield (*row, sign)


# --- reading ------------------------------------------------------------------------------------------------------


def _read(tokens: Row, start: int) -> _Number | None:
    number = _read_whole(tokens, start)
    if number and number.kind == "cardinal":
        end = start + number.length
        if tokens[end : end + 3] == _AND_A_HALF:
            return _Number(f"{number.digits}.5", number.length + 3, "decimal")
    return number


def _read_whole(tokens: Row, start: int) -> _Number | None:
    if start >= len(tokens):
        return None
    if tokens[start][0].isdigit():
        return _read_digits(tokens[start])
    cardinal = _read_cardinal(tokens, start)
    year = _read_year(tokens, start)
    number = max((n for n in (year, cardinal) if n), key=lambda n: n.length, default=None)
    return _extend(number, tokens, start + number.length) if number else _read_single(tokens[start])


def _read_digits(token: str) -> _Number | None:
    for pattern, kind in (
        (_DIGITS, "cardinal"),
        (_GROUPED, "cardinal"),
        (_DECIMAL, "decimal"),
        (_ORDINAL_DIGITS, "ordinal"),
        (_DECADE_DIGITS, "decade"),
    ):
        if pattern.fullmatch(token):
            digits = token.rstrip("stndrh")
            return _Number(digits.replace(".", "") if pattern is _GROUPED else digits, 1, kind)
    return None


def _read_single(word: str) -> _Number | None:
    if word in _ROMAN:
        return _Number(str(_ROMAN[word]), 1)
    if word in _DECADE_WORDS:
        return _Number(str(_DECADE_WORDS[word]), 1, "decade")
    if word in _ORDINALS:
        return _Number(str(_ORDINALS[word]), 1, "ordinal")
    return None


def _extend(number: _Number, tokens: Row, end: int) -> _Number:
    """Add what makes a decimal ("point five"), an ordinal ("third") or a decade ("nineties") of a cardinal."""
    value = int(number.digits)
    joint = tokens[end : end + 1] == ("and",) and value >= 100
    following = tokens[end + joint] if end + joint < len(tokens) else ""
    if not joint and following == "point":
        decimals, length = _read_decimals(tokens, end + 1)
        return _Number(f"{value}.{decimals}", number.length + 1 + length, "decimal") if decimals else number
    if not joint and (scale := _ORDINAL_SCALES.get(following)):
        times = value % (1_000 if scale == 100 else 1_000 * scale)
        if 0 < times < scale:  # "two hundredth", and the end of "one thousand two hundredth"
            return _Number(str(value + times * (scale - 1)), number.length + 1, "ordinal")
    if following in _ORDINALS and _fits_below(_ORDINALS[following], value):
        return _Number(str(value + _ORDINALS[following]), number.length + joint + 1, "ordinal")
    if not joint and following in _DECADE_WORDS and value in range(16, 22):
        return _Number(str(100 * value + _DECADE_WORDS[following]), number.length + 1, "decade")
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


def _read_cardinal(tokens: Row, start: int) -> _Number | None:
    """Read "two thousand and twenty six", "a hundred", "fifty"."""
    total, group, position = 0, 0, start
    if tokens[start] == "a" and start + 1 < len(tokens) and tokens[start + 1] in ("hundred", *_SCALES):
        group, position = 1, start + 1
    elif tokens[start : start + 2] == ("hundred", "percent"):  # no row of 100: "two hundred percent" ends so
        return _Number("100", 1)
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
        elif word in _SCALES and 0 < group < 1_000 and _SCALES[word] < last_scale:
            last_scale = _SCALES[word]
            total, group = total + group * last_scale, 0
        else:
            break
        position += 1
        end = position
        if word == "zero":
            break
    return _Number(str(total + group), end - start)


def _read_year(tokens: Row, start: int) -> _Number | None:
    """Read "twenty twenty six", "nineteen oh five", "four oh four": two numbers, the second of two digits."""
    century = _SMALL.get(tokens[start], 0)
    rest = tokens[start + 1 : start + 3]
    if century in _SAID_WITH_OH and rest[:1] in (("oh",), ("o",)) and 0 < _SMALL.get("".join(rest[1:]), 0) < 10:
        return _Number(f"{century}0{_SMALL[rest[1]]}", 3)
    if century not in _CENTURIES:
        return None
    tens = _SMALL.get(rest[0], 0) if rest else 0
    if tens < 10:
        return None
    ones = _SMALL.get(rest[1], 0) if len(rest) == 2 else 0
    if tens >= 20 and 0 < ones < 10:
        return _Number(f"{century}{tens + ones}", 3)
    return _Number(f"{century}{tens}", 2)


# --- saying -------------------------------------------------------------------------------------------------------


def _rows(number: _Number) -> Iterator[Row]:
    """Yield every row of tokens for a number, digits first."""
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
    for scale, size in _SCALES.items():
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
    for scale, size in reversed(_SCALES.items()):
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
