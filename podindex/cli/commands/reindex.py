"""`podindex reindex`."""

import typer

from podindex.cli.context import session_of
from podindex.wording import count


def reindex(ctx: typer.Context) -> None:
    """Rebuild index/ from the transcripts, without audio or models."""
    session = session_of(ctx)
    session.say(f"indexed {count(session.library.reindex(), 'episode')}")
