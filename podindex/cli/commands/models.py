"""`podindex models` and `podindex models pull`."""

from typing import Annotated

import typer

from podindex.cli.context import clean, session_of
from podindex.cli.options import JsonOption

group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@group.callback()
def models(ctx: typer.Context, json_output: JsonOption = False) -> None:
    """List speech models: installed, packaged or downloadable."""
    if ctx.invoked_subcommand:
        return
    from podindex.transcribe.models import list_models

    session = session_of(ctx)
    entries = list_models()
    if json_output:
        from dataclasses import asdict

        session.print_json({"models": [{**asdict(entry), "path": entry.path and str(entry.path)} for entry in entries]})
        return
    for entry in entries:
        size = f"{entry.download_mb} MB"
        typer.echo(f"{clean(entry.name):<20} {entry.state:<13} {size:>8}  {clean(str(entry.path or ''))}".rstrip())


@group.command()
def pull(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="A size or a Hugging Face id.")]
) -> None:
    """Download a speech model."""
    from podindex.transcribe.models import choose_model

    session = session_of(ctx)
    choice = choose_model(name, notify=session.say)
    session.say(f"{choice.name} is at {choice.path}")
