"""`podindex shows`."""

import typer

from podindex.cli.context import session_of
from podindex.cli.options import JsonOption


def shows(ctx: typer.Context, json_output: JsonOption = False) -> None:
    """List the shows with their episodes, hours and words."""
    session = session_of(ctx)
    summaries = session.library.shows()
    if json_output:
        from podindex.views import shows_json

        session.print_json(shows_json(summaries))
        return
    from podindex.cli.render import shows_table

    console = session.console()
    console.print(shows_table(summaries, console.width))
