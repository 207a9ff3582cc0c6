"""`podindex serve`."""

from typing import Annotated

import typer

from podindex.cli import EXIT_INTERRUPTED
from podindex.cli.context import LineProgress, session_of


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Address to listen on; one that other machines can reach needs the printed token."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="Port; 0: any free one.")] = 8765,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Search and listen in the browser."""
    from podindex.web.server import serve as run

    session = session_of(ctx)
    session.library.require()

    def started(address: str) -> None:
        typer.echo(address)
        session.say("Ctrl-C stops it")
        if open_browser:
            typer.launch(address)

    try:
        run(session.library_dir, host=host, port=port, progress=LineProgress(session), started=started)
    except KeyboardInterrupt as error:  # how a person stops it: there is nothing to say and nothing to go on with
        raise typer.Exit(EXIT_INTERRUPTED) from error
