"""`podindex show`."""

import json
from dataclasses import replace
from typing import Annotated

import typer

from podindex.cli.context import clean, session_of
from podindex.cli.options import TIME, JsonOption
from podindex.timecode import format_time


def show(
    ctx: typer.Context,
    episode: Annotated[str, typer.Argument(metavar="EPISODE", help="An episode id, see `podindex episodes`.")],
    at: Annotated[
        int | None, typer.Option(parser=TIME, metavar="TIME", help="Begin at this time: 754.5, 12:34, 1:02:03.")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Print what is said in an episode, with times."""
    session = session_of(ctx)
    transcript = session.library.transcript(episode)
    begin_ms = at or 0
    # Those without times all begin and end at 0.
    kept = [segment for segment in transcript.segments if segment.end_ms > begin_ms or segment.start_ms >= begin_ms]
    rest = replace(transcript, segments=tuple(kept))
    if json_output:
        from podindex.codec import format_transcript

        session.print_json(json.loads(format_transcript(rest)))
        return
    from rich.text import Text

    details = session.library.episode(episode)
    session.say(f"{details.show} · {details.title}")
    for gap in transcript.origin.missing:
        session.say(f"missing: {format_time(gap.start_ms)} to {format_time(gap.end_ms)}: {gap.reason}")
    if transcript.segments and not transcript.has_times:
        session.say("this transcript has no times")
    elif not kept:
        session.say(f"nothing is said from {format_time(begin_ms)} on")
    console = session.console()
    for segment in rest.segments:
        line = Text(f"{format_time(segment.start_ms)}  " if transcript.has_times else "", style="cyan")
        if segment.speaker:
            line.append(f"{clean(segment.speaker)}: ", style="bold")
        line.append(clean(segment.text), style="default")
        if segment.quality:
            line.append(f"  [{clean(', '.join(segment.quality))}]", style="yellow")
        console.print(line)
