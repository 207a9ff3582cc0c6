"""`podindex search`."""

import re
from datetime import date
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from podindex.cli.context import session_of
from podindex.cli.options import FIRST_DAY, LAST_DAY, JsonOption, ShowOption

_EXCLUDED = re.compile(r"-(?!-|h$)\S")


class Search(TyperCommand):
    """Takes `-police` for what it is in a query: not this word. The options of a search have two minuses."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  Typer keeps the type private
        """Put a space before what is excluded, so that it is not taken for options."""
        return super().parse_args(ctx, [f" {arg}" if _EXCLUDED.match(arg) else arg for arg in args])


def search(
    ctx: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help='Words, "a phrase", AND OR NOT, wor*, wrod~.')],
    *,
    show: ShowOption = None,
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this speaker says.")] = None,
    episode: Annotated[str | None, typer.Option(metavar="ID", help="Only this episode.")] = None,
    since: Annotated[
        date | None,
        typer.Option(parser=FIRST_DAY, metavar="DAY", help="Published on or after this day, month or year."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(parser=LAST_DAY, metavar="DAY", help="Published on or before this day, month or year."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Hits per page.")] = 10,
    offset: Annotated[int, typer.Option(min=0, metavar="N", help="Hits to skip.")] = 0,
    sort: Annotated[
        Literal["relevance", "date", "time"],
        typer.Option(help="relevance, date (newest first) or time (as it was said)."),
    ] = "relevance",
    per_episode: Annotated[int, typer.Option(min=0, metavar="N", help="Hits per episode; 0: all.")] = 3,
    context: Annotated[
        float | None, typer.Option(min=0, max=600, metavar="SECONDS", help="Speech to show around each hit.")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Find where something is said, to the word."""
    from podindex.cli.last_search import save_last_search

    session = session_of(ctx)
    session.library.look_ahead()
    page = session.library.search(
        " ".join(word.strip() for word in query),
        show=show,
        speaker=speaker,
        episode=episode,
        since=since,
        until=until,
        limit=limit,
        offset=offset,
        sort=sort,
        per_episode=per_episode,
        context_ms=None if context is None else round(context * 1000),
    )
    save_last_search(session.library_dir, page, offset)
    if json_output:
        from podindex.views import page_json

        session.print_json(page_json(page))
        return
    from podindex.cli.page_lines import iter_hint_lines, iter_page_lines

    session.print_lines(iter_page_lines(page, offset))
    for line in iter_hint_lines(page):
        session.say(line)
