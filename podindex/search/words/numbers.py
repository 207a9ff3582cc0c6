"""Numbers and days as they are written and as they are said, in English: `2026`, `twenty twenty six`. Pure.

`read_numbers` finds the numbers in a row of tokens and gives the other rows of tokens that mean the same. Only English
is spoken here: recognisers write digits in the other languages podindex stems, and an English reading of `hundert`
would be wrong anyway. Digits and signs (`1000`, `1.000`, `50 %`) are the same in all.
"""

# ruff: noqa: SIM905 (word lists read better without quotes around each word)

import re
from collections.abc import Iterator
from typing import NamedTuple

from podindex.search.words.numerals import (
    BEGINNINGS,
    MAX_VALUE,
    SCALES,
    Number,
    Row,
    read_digits,
    read_number,
    read_year,
    say_number,
)

MAX_READINGS = 32
"""Readings of one number; `$199,900` has 31."""

_SHORT_SCALES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion", "t": "trillion", "tn": "trillion"}

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
"""Ways to write and to say a unit; one that others begin with comes after them."""

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

_HUNDRED_PERCENT = ("hundred", "percent")
"""A hundred that needs no "a". No row of 100 is said so: "two hundred percent" ends like that."""

_BEGINNINGS = BEGINNINGS | _CURRENCIES.keys() | _MONTHS.keys() | {_HUNDRED_PERCENT[0]}
"""What a number or a day begins with that does not begin with a digit."""

_SHORT_SCALED = re.compile(rf"(\d{{1,3}}(?:\.\d{{1,2}})?)({'|'.join(_SHORT_SCALES)})", re.ASCII)


class NumberSpan(NamedTuple):
    """A number in a row of tokens."""

    start: int
    end: int
    """Half-open range of the tokens that say it."""
    readings: tuple[Row, ...]
    """Other rows of folded tokens of the same meaning, likeliest first; never the row itself."""


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
    number = read_number(tokens, first)
    if not number or number.kind not in ("cardinal", "ordinal") or not 1 <= int(number.digits) <= 31:
        return None
    end = first + number.length
    if month_first:
        month = tokens[start]
        # "may 5 percent", "june 5 million": the number is of something else.
        if _unit_at(tokens, end)[0] or (end < len(tokens) and tokens[end] in SCALES):
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
    cardinals = [row for row in say_number(Number(str(day), 1)) if len(row) == 1 or row[0] != "a"]
    ordinals = list(say_number(Number(str(day), 1, "ordinal")))
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
    """Read a number with what stands beside it: "$5", "5 million", "fifty percent", "ten thirty am"."""
    sign = tokens[start] if tokens[start] in _CURRENCIES else ""
    first = start + bool(sign)
    if short := _short_at(tokens, start, first):
        return short
    is_hundred_percent = tokens[first : first + 2] == _HUNDRED_PERCENT
    number = Number("100", 1) if is_hundred_percent else read_number(tokens, first)
    if not number:
        return None
    rows, end = _with_scale(number, tokens, first)
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


def _with_scale(number: Number, tokens: Row, first: int) -> tuple[list[Row], int]:
    """Return the rows that say a number, with the scale behind it if there is one, and where it ends."""
    rows, end = list(say_number(number)), first + number.length
    if end < len(tokens) and tokens[end] in SCALES and (tokens[first][0].isdigit() or number.kind == "decimal"):
        # "5 million", "$1.5 billion": the scale was not read as a part of the number.
        scaled = _scaled(number, SCALES[tokens[end]])
        said = say_number(scaled) if scaled else ()
        return [*((*row, tokens[end]) for row in rows if row[0] != "a"), *said], end + 1
    if number == read_year(tokens, first):
        rows.append((number.digits[:-2], number.digits[-2:]))  # "ten thirty" is 10:30, too
    return rows, end


def _short_at(tokens: Row, start: int, first: int) -> NumberSpan | None:
    """Read "$1.5m" and "10k"; without a sign "5m" is a distance, and "4k" a screen."""
    short = _SHORT_SCALED.fullmatch(tokens[first]) if first < len(tokens) else None
    if not short or not (first > start or (short[2] == "k" and len(short[1]) > 1)):
        return None
    before, unit = tokens[start:first], tokens[first + 1 : first + 3]
    whole = (*before, short[1], _SHORT_SCALES[short[2]], *unit)
    number, span = read_digits(short[1]), _number_at(whole, 0)
    if not number or not span:
        return None
    end = start + span.end - 1
    parted = ((*before, *row, short[2], *tokens[first + 1 : end]) for row in say_number(number))
    rows = (whole[: span.end], *parted, *span.readings)
    return NumberSpan(start, end, tuple(row for row in rows if row != tokens[start:end])[:MAX_READINGS])


def _scaled(number: Number, scale: int) -> Number | None:
    """Return the whole number that digits before a scale make."""
    if number.kind not in ("cardinal", "decimal"):
        return None
    whole, _, decimals = number.digits.partition(".")
    value, rest = divmod(int(whole + decimals) * scale, 10 ** len(decimals))
    return Number(str(value), 1) if not rest and value < MAX_VALUE else None


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
            if row[1:] and row[1] in SCALES:
                yield from ((sign, row[0] + short) for short, scale in _SHORT_SCALES.items() if scale == row[1])
        yield from ((*row, unit) for unit in _CURRENCIES[sign])
        if row[0][0].isdigit():
            yield (*row, sign)
