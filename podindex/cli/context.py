"""What the commands of one run share: the library, and how to speak to the person in front of it.

I/O: the terminal. Results go to stdout, everything else to stderr.
"""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import typer

from podindex.errors import PodindexError
from podindex.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console

    from podindex.library import Library


_UNLIMITED_WIDTH = 10_000

INTERRUPTED = PodindexError("interrupted", "what is finished is kept", "run the same command again to go on")
"""What Ctrl-C is for programs."""


@dataclass(slots=True)
class Session:
    """One run of the command line."""

    library_dir: Path = field(default_factory=Path)
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    wants_json: bool = False
    """Whether stdout is still to get a JSON document, be it an error."""
    _library: "Library | None" = None

    @property
    def library(self) -> "Library":
        """The library, opened when it is first asked for."""
        return self._library or self.library_with(LineProgress(self))

    def library_with(self, progress: Progress) -> "Library":
        """Open the library with a listener for long work."""
        from podindex.library import Library

        self._library = Library(self.library_dir, progress=progress)
        return self._library

    def close(self) -> None:
        """Let go of the library."""
        if self._library is not None:
            self._library.close()

    def say(self, text: str) -> None:
        """Print a line for the person, not for programs, unless they asked for quiet."""
        if not self.quiet:
            tell(text)

    def say_error(self, error: PodindexError) -> None:
        """Print an error as one line, with the traceback where that is wanted, and for programs as JSON, too."""
        if self.verbose and error.__traceback__:  # what the command line itself refuses has none
            for line in error.info.traceback.splitlines():
                tell(line)
        tell(f"error: {error}")
        self.print_error(error)

    def print_error(self, error: PodindexError) -> None:
        """Print an error for programs, where one waits for its JSON."""
        if self.wants_json:
            from podindex.views import error_json

            self.print_json({"error": error_json(error.info)})

    def print_json(self, document: object) -> None:
        """Print the one JSON document of a command."""
        # ASCII escapes: nothing in a title can then control a terminal or break an encoding.
        typer.echo(json.dumps(document, indent=2))
        self.wants_json = False  # one is all

    def print_lines(self, lines: Iterable[str]) -> None:
        """Print styled lines; plain ones where nobody would see the styles, or wants them."""
        for line in lines:
            typer.echo(line, color=False if self._is_plain else None)

    @property
    def _is_plain(self) -> bool:
        return self.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"

    def console(self, *, stderr: bool = False) -> "Console":
        """Return a rich console that follows --no-color, NO_COLOR and TERM."""
        from rich.console import Console

        class Lines(Console):
            def on_broken_pipe(self) -> None:
                raise BrokenPipeError  # which is no failure of ours; rich would end with exit code 1

        # A program that reads a listing wants all of it, however long its lines are.
        width = None if (sys.stderr if stderr else sys.stdout).isatty() else _UNLIMITED_WIDTH
        return Lines(
            stderr=stderr,
            no_color=self._is_plain,
            # Not even bold or dim, just as in `search`, whose lines are not rich's.
            color_system=None if self._is_plain else "auto",
            highlight=False,
            emoji=False,
            markup=False,
            soft_wrap=True,
            width=width,
        )


class LineProgress(Progress):
    """Says notes as lines, and draws no bar; the outcomes are said by whoever runs a batch."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def note(self, message: str) -> None:
        """Print a note, unless the person asked for quiet."""
        self._session.say(message)

    def say(self, text: str) -> None:
        """Print a line, cleaned."""
        tell(text)


def session_of(ctx: typer.Context) -> Session:
    """Return the run that a command belongs to."""
    return ctx.ensure_object(Session)


def tell(text: str) -> None:
    """Print a line to stderr; work does not end because nobody can hear of it, as where a log's disk is full."""
    with suppress(OSError):
        typer.echo(clean(text), err=True)


# Of the format characters, what belongs to ordinary text: what joins or parts words (in Thai and Khmer, each from the
# next), and marks of direction that end by themselves.
_ORDINARY = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u061c\u200e\u200f"


def clean(text: str) -> str:
    """Make text from outside fit for one line of a terminal.

    Control characters (which could move the cursor, or retitle the window), line breaks, direction overrides and bytes
    that are no text become visible escapes.
    """
    return "".join(character if _is_harmless(character) else _escape(character) for character in text)


def _is_harmless(character: str) -> bool:
    # Cc, Cf, Cs, Co, Cn: control, format, surrogate, private, unassigned; Zl and Zp break lines.
    category = unicodedata.category(character)
    return character in _ORDINARY or (category[0] != "C" and category not in ("Zl", "Zp"))


def _escape(character: str) -> str:
    if character in "\t\n\r":
        return " "
    return character.encode("unicode_escape").decode("ascii")
