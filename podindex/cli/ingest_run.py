"""What `add` and `sync` share: watching a batch go by and saying how it ended.

I/O: the terminal.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING

import typer

from podindex.cli.context import INTERRUPTED, LineProgress, Session
from podindex.errors import explain
from podindex.timecode import format_time
from podindex.wording import times

if TYPE_CHECKING:
    from podindex.library import Library
    from podindex.models import EpisodeOutcome, ErrorInfo, OutcomeStatus

EXIT_SOME_FAILED = 3

_STATUSES: "tuple[OutcomeStatus, ...]" = ("done", "unchanged", "pending", "partial", "failed")
"""In the order in which a summary counts them: what is to be looked into last."""
_MANY_LINES = 20
"""After so many, what was said before has left the screen."""


def run_ingest(
    session: Session,
    start: "Callable[[Library], Iterator[EpisodeOutcome]]",
    *,
    as_json: bool,
    nothing: str = "nothing to do",
) -> None:
    """Run a batch to its end, telling of each episode as it is done.

    Where an error ends it early, programs get it beside the outcomes that there are; alone where there are none.

    Args:
        session: says it.
        start: begins the batch.
        as_json: whether programs get the outcomes.
        nothing: what there is to say of a batch of no files.

    Raises:
        typer.Exit: some episodes failed (3).
    """
    from podindex.cli.progress_bar import BarProgress
    from podindex.views import outcomes_json

    bars = sys.stderr.isatty() and not session.quiet
    progress = BarProgress(session) if bars else LineProgress(session)
    outcomes: list[EpisodeOutcome] = []
    library = session.library_with(progress)
    try:
        with progress:
            for outcome in start(library):
                outcomes.append(outcome)
                say_outcome(progress.say, session, outcome)
    except BaseException as error:
        if as_json and outcomes:  # what is done is done, even where the model or the index then failed
            session.print_json(outcomes_json(outcomes, library.indexed, _describe(error)))
        raise
    if as_json:
        session.print_json(outcomes_json(outcomes, library.indexed))
    else:
        _say_end(session, outcomes, nothing)
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(EXIT_SOME_FAILED)


def _describe(error: BaseException) -> "ErrorInfo":
    return (explain(error) if isinstance(error, Exception) else INTERRUPTED).info


def say_outcome(say: Callable[[str], None], session: Session, outcome: "EpisodeOutcome") -> None:
    """Print how an episode ended, as one line; before it, where that is wanted, the traceback of an error."""
    if outcome.error and session.verbose:
        for line in outcome.error.traceback.splitlines():
            say(line)
    if outcome.error or not session.quiet:
        say(_line(outcome))


def _line(outcome: "EpisodeOutcome") -> str:
    name = outcome.episode_id or str(outcome.path or "")
    kept = f"; the old transcript is kept as {outcome.kept.name}" if outcome.kept else ""
    if outcome.error:
        kind = "partial" if outcome.status == "partial" else "error"
        return ": ".join(filter(None, (kind, name, f"{outcome.error.message} ({outcome.error.hint})"))) + kept
    length = format_time(outcome.duration_ms) if outcome.duration_ms is not None else ""
    speed = f"  {times(outcome.real_time_factor)} real time" if outcome.real_time_factor else ""
    return f"{outcome.status}: {name}  {length}{speed}".rstrip() + kept


def _say_end(session: Session, outcomes: "list[EpisodeOutcome]", nothing: str) -> None:
    """Print how many ended how; on a terminal what failed again, where so much was said since that nobody sees it."""
    counts = Counter(outcome.status for outcome in outcomes)
    summary = ", ".join(f"{counts[status]} {status}" for status in _STATUSES if counts[status]) or nothing
    since = list(dropwhile(lambda outcome: not outcome.error, outcomes))
    failed = [outcome for outcome in since if outcome.error]
    if not sys.stderr.isatty() or len(since) - len(failed) < _MANY_LINES:
        failed = []
    session.say(f"{summary}:" if failed else summary)
    for outcome in failed:
        session.say(_line(outcome))
