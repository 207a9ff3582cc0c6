"""`podindex watch`."""

from pathlib import Path
from typing import Annotated

import typer

from podindex.cli.context import LineProgress, session_of
from podindex.cli.ingest_run import say_outcome


def watch(
    ctx: typer.Context,
    folder: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="A folder to watch besides episodes/; may be repeated.")
    ] = None,
    settle: Annotated[
        float,
        typer.Option(min=0, max=3600, metavar="SECONDS", help="Take a file when it has not changed for this long."),
    ] = 5.0,
) -> None:
    """Sync continuously, as new files arrive. Ctrl-C ends it."""
    session = session_of(ctx)
    progress = LineProgress(session)  # no bars: they would be drawn anew ten times a second, for days
    for outcome in session.library_with(progress).watch(folder or [], settle_s=settle):
        say_outcome(progress.say, session, outcome)
