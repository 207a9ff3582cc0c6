"""`podindex check`."""

from typing import Annotated

import typer

from podindex.cli.context import clean, session_of
from podindex.cli.options import JsonOption


def check(
    ctx: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be repaired.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Verify library and index; exit 1 if anything is wrong."""
    session = session_of(ctx)
    problems = session.library.check(repair=repair)
    if json_output:
        from podindex.views import problems_json

        session.print_json(problems_json(problems))
    else:
        for problem in problems:
            mendable = " (--repair repairs it)" if problem.repairable else ""
            typer.echo(clean(f"{problem.code}: {problem.where}: {problem.message}{mendable}"))
        if not problems:
            from podindex.upkeep import describe_index_lag

            session.say("nothing wrong")
            if behind := describe_index_lag(session.library.path):
                session.say(behind)
    if problems:
        raise typer.Exit(1)
