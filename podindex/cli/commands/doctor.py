"""`podindex doctor`."""

import typer

from podindex.cli.context import clean, session_of
from podindex.cli.options import JsonOption


def doctor(ctx: typer.Context, json_output: JsonOption = False) -> None:
    """Show what this machine can do: cores, GPU, codecs, models."""
    from podindex.cli.players import installed_players
    from podindex.doctor import examine

    session = session_of(ctx)
    findings = {**examine(session.library_dir), "players": installed_players()}
    if json_output:
        session.print_json(findings)
        return
    for name, value in findings.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        typer.echo(f"{name.replace('_', ' '):<16} {clean(str(shown if shown not in ('', None) else 'none'))}")
