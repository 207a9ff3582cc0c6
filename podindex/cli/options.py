"""Options and their parsers that several commands share. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

import typer

from podindex.timecode import parse_time

T = TypeVar("T")


def parsed_by(parse: Callable[[str], T], metavar: str) -> Callable[[str], T]:
    """Make an option's parser of a function that raises ValueError."""

    def parse_option(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    parse_option.__name__ = metavar  # what the help calls the value
    return parse_option


def parse_day(text: str) -> date:
    """Parse `2026-11-22`.

    Raises:
        ValueError: the text is not a day.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 2026-11-22") from None


DAY = parsed_by(parse_day, "YYYY-MM-DD")
TIME = parsed_by(parse_time, "TIME")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
ShowOption = Annotated[str | None, typer.Option("--show", metavar="NAME", help="Only this show.")]
