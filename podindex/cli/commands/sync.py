"""`podindex sync`."""

import typer

from podindex.cli.context import session_of
from podindex.cli.ingest_run import run_ingest
from podindex.cli.options import JsonOption


def sync(ctx: typer.Context, json_output: JsonOption = False) -> None:
    """Finish what is unfinished: new files, failed episodes, the index."""
    run_ingest(session_of(ctx), lambda library: library.sync(), as_json=json_output)
