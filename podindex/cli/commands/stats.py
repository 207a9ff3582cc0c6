"""`podindex stats`."""

from pathlib import Path
from typing import Annotated

import typer

from podindex.cli.context import session_of
from podindex.cli.options import JsonOption


def stats(
    ctx: typer.Context,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Also draw it: a file named .svg or .png.")] = None,
    json_output: JsonOption = False,
) -> None:
    """Show hours, words, speed, models and doubtful text by show."""
    session = session_of(ctx)
    if plot is not None:
        from podindex.plots import plot_format

        kind = plot_format(plot.suffix)
    found = session.library.stats()
    if plot is not None:
        from podindex.atomic import write_atomically
        from podindex.plots import plot_stats

        write_atomically(plot, plot_stats(found, kind))
        session.say(str(plot))
    if json_output:
        from podindex.views import stats_json

        session.print_json(stats_json(found))
        return
    from podindex.cli.render import stats_table

    console = session.console()
    console.print(stats_table(found, console.width))
