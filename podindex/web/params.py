"""Reading what a request asks for. Pure.

A parameter that cannot be used is a `RequestError` that names it; one that nobody knows is none of our business.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from starlette.datastructures import QueryParams

from podindex.days import parse_period
from podindex.errors import RequestError

T = TypeVar("T")

# Longer than any name or number.
_MAX_CHARACTERS = 1_000


def query(params: QueryParams) -> str | None:
    """Return the query as it was typed, stripped, however long; the search says how much of it it reads."""
    return params.get("q", "").strip() or None


def text(params: QueryParams, name: str) -> str | None:
    """Return a parameter's text, stripped; None where it is missing or empty."""
    value = params.get(name, "").strip()
    if len(value) > _MAX_CHARACTERS:
        raise _bad(name, "is too long", f"ask with at most {_MAX_CHARACTERS} characters")
    return value or None


def whole(params: QueryParams, name: str, default: int, at_least: int, at_most: int) -> int:
    """Return a whole number in a range."""
    value = text(params, name)
    if value is None:
        return default
    if not (value.isascii() and value.isdecimal() and len(value) <= 12 and at_least <= int(value) <= at_most):
        raise _bad(name, f"is {value[:20]!r}", f"give a whole number from {at_least} to {at_most}")
    return int(value)


def period(params: QueryParams, name: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of a day, a month or a year."""
    hint = "give a day, month or year such as 2026-11-22, 2026-11 or 2026"
    return parsed(params, name, parse_period, hint) or (None, None)


def choice(params: QueryParams, name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return one of several words."""
    value = text(params, name) or default
    if value not in choices:
        raise _bad(name, f"is {value[:20]!r}", f"give one of {', '.join(choices)}")
    return value


def parsed(params: QueryParams, name: str, parse: Callable[[str], T], hint: str) -> T | None:
    """Return what `parse` makes of a parameter's text; its ValueError is the request's."""
    value = text(params, name)
    if value is None:
        return None
    try:
        return parse(value)
    except ValueError as error:
        raise _bad(name, f"is {value[:20]!r}", hint) from error


def _bad(name: str, what: str, hint: str) -> RequestError:
    return RequestError("bad-parameter", f"the parameter {name} {what}", hint)
