"""Options and their parsers that several commands share. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

import typer

from podindex.cli.coercion import as_typed
from podindex.cli.context import session_of
from podindex.config import CONFIG_NAME
from podindex.days import YEARS, parse_period
from podindex.errors import ConfigError
from podindex.timecode import parse_time

T = TypeVar("T")


def parsed_by(parse: Callable[[str], T]) -> Callable[[object], T]:
    """Make an option's parser of a function that raises ValueError.

    What is no text comes from podindex.toml, whose days, times of day and numbers are written as one would type them.
    """

    def parse_option(value: object) -> T:
        try:
            return parse(as_typed(value))
        except ValueError as error:
            if isinstance(value, str):
                raise typer.BadParameter(str(error)) from error
            raise ConfigError("bad-setting", f"{CONFIG_NAME}: {error}", "correct it there") from error

    return parse_option


def parse_day(text: str) -> date:
    """Parse `2026-11-22`, the day of a podcast.

    Raises:
        ValueError: the text is not a day, or of a year that no podcast is of.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 2026-11-22") from None
    if day.year not in YEARS:
        raise ValueError(f"{text!r} is not in the years {YEARS[0]} to {YEARS[-1]}")
    return day


DAY = parsed_by(parse_day)
FIRST_DAY = parsed_by(lambda text: parse_period(text)[0])
LAST_DAY = parsed_by(lambda text: parse_period(text)[1])
TIME = parsed_by(parse_time)


def _want_json(ctx: typer.Context, wanted: bool) -> bool:
    session_of(ctx).wants_json = wanted
    return wanted


# Eager: what is wrong with another option is said in JSON, too.
JsonOption = Annotated[
    bool, typer.Option("--json", callback=_want_json, is_eager=True, help="Print one JSON document.")
]
ShowOption = Annotated[str | None, typer.Option("--show", metavar="NAME", help="Only this show.")]
WordTimestampsOption = Annotated[
    str | None,
    typer.Option("--word_timestamps", parser=str, hidden=True, help="Accepted for users of whisper; always true."),
]
