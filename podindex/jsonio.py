"""Taking foreign JSON apart without trusting it, and writing JSON that carries any file name. Pure.

Each check takes a value and where it stands, and returns it as the type it must have; `ValueError` says what was
expected there and what was found.
"""

import json
import math
import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar, cast

from podindex.timecode import MAX_MS

JsonObject = dict[str, object]
T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")
# Lone surrogates and control characters: JSON allows them, or Python writes them, but other programs misread them.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parse_json(raw: bytes) -> object:
    """Parse UTF-8 JSON, with or without a byte order mark.

    Raises:
        ValueError: it is not that, is nested too deeply, or holds NaN, Infinity or what is too large for a number.
    """
    try:
        text = raw.decode("utf-8-sig")
        data: object = json.loads(text, parse_constant=_reject_constant, parse_float=_parse_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return data


def format_json(value: object, *, indent: int | None = None) -> str:
    """Format with non-ASCII letters as they are, on one line unless indented.

    Raises:
        ValueError: it holds a number that JSON cannot.
    """
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    # A file name that is not UTF-8 reaches us as lone surrogates (PEP 383); JSON can carry them only escaped.
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _parse_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is too large a number")
    return value


def _reject_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which cannot be printed, stored or sent; only file names may hold them."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def unexpected(where: str, expected: str, value: object) -> ValueError:
    """Build the error for a value that is not what it must be."""
    shown = type(value).__name__ if isinstance(value, list | dict) else repr(value)
    return ValueError(f"{where}: expected {expected}, got {shown if len(shown) <= 40 else shown[:39] + '…'}")


def as_object(value: object, where: str) -> JsonObject:
    """Check for an object."""
    if not isinstance(value, dict):
        raise unexpected(where, "an object", value)
    return cast(JsonObject, value)


def as_array(value: object, where: str) -> list[object]:
    """Check for an array."""
    if not isinstance(value, list):
        raise unexpected(where, "an array", value)
    return cast(list[object], value)


def as_path(value: object, where: str) -> str:
    """Check for a file name, of any bytes but NUL."""
    try:
        if isinstance(value, str) and value and "\0" not in value:
            os.fsencode(value)  # PEP 383: not every surrogate stands for a byte
            return value
    except UnicodeEncodeError:
        pass
    raise unexpected(where, "a path", value)


def as_text(value: object, where: str) -> str:
    """Check for text; lone surrogates are replaced."""
    if not isinstance(value, str):
        raise unexpected(where, "text", value)
    return without_surrogates(value)


def as_count(value: object, where: str) -> int:
    """Check for a number from 0 that every program can hold."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise unexpected(where, "a number from 0", value)
    return value


def as_factor(value: object, where: str) -> float:
    """Check for a number above 0, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**63:
        raise unexpected(where, "a number above 0", value)
    return float(value)


def as_ms(value: object, where: str) -> int:
    """Check for a time inside an episode."""
    if type(value) is not int or not 0 <= value <= MAX_MS:
        raise unexpected(where, "milliseconds", value)
    return value


def as_date(value: object, where: str) -> datetime:
    """Check for a date in ISO 8601 and return it aware, in UTC, which is meant where no zone is given."""
    try:
        moment = datetime.fromisoformat(as_text(value, where))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise unexpected(where, "a date such as 2026-11-01T00:00:00Z", value) from None


def as_choice(value: object, where: str, choices: Sequence[str]) -> str:
    """Check for one of some words."""
    if not isinstance(value, str) or value not in choices:
        raise unexpected(where, f"one of {', '.join(choices)}", value)
    return value


def optional(data: JsonObject, key: str, check: Callable[[object, str], T]) -> T | None:
    """Check a field that may be null or missing."""
    value = data.get(key)
    return None if value is None else check(value, key)


def format_date(moment: datetime) -> str:
    """Format an aware date as `as_date` reads it, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
