"""`podindex episodes`."""

from typing import Annotated

import typer

from podindex.cli.context import session_of
from podindex.cli.options import JsonOption


def episodes(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD", help="Only episodes with these words, or words that begin like this, in the title."
        ),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """List the episodes and their state."""
    session = session_of(ctx)
    summaries = session.library.episodes(" ".join(words) if words else None)
    if json_output:
        from podindex.views import episodes_json

        session.print_json(episodes_json(summaries))
        return
    from podindex.cli.render import episodes_table

    console = session.console()
    console.print(episodes_table(summaries, console.width))
    if words and not summaries:
        session.say("no title has these words")
    for summary in summaries:
        if summary.error:
            session.say(f"{summary.episode_id}: {summary.error.message} ({summary.error.hint})")
