"""`podindex add`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from podindex.cli.context import session_of
from podindex.cli.ingest_run import run_ingest
from podindex.cli.options import DAY, JsonOption, WordTimestampsOption
from podindex.config import load_settings
from podindex.errors import ConfigError


def add(
    ctx: typer.Context,
    paths: Annotated[  # one that may not be read fails by itself, as in a folder: not here
        list[Path], typer.Argument(metavar="PATH…", readable=False, help="Audio files and folders.")
    ],
    *,
    show: Annotated[
        str | None, typer.Option(metavar="NAME", help="The show; default: from tags, else the folder's name.")
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The title of a single file.")] = None,
    published: Annotated[
        date | None, typer.Option("--date", parser=DAY, metavar="DAY", help="Day of publication, such as 2026-11-22.")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Keep a copy of the audio in the library.")] = False,
    seek_safe: Annotated[
        bool,
        typer.Option("--seek-safe", help="If players jump to wrong times in a file, keep an exact copy."),
    ] = False,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="A size, a folder, a Hugging Face id, or auto.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Such as en; default: detected.")] = None,
    device: Annotated[str | None, typer.Option(metavar="NAME", help="auto, cpu or cuda.")] = None,
    compute_type: Annotated[str | None, typer.Option(metavar="NAME", help="Such as int8; default: auto.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Worker processes; 0: one per core or GPU.")] = None,
    beam_size: Annotated[int | None, typer.Option(metavar="N", help="Hypotheses kept while decoding.")] = None,
    prompt: Annotated[str | None, typer.Option(metavar="TEXT", help="Text that sets style and spelling.")] = None,
    hotwords: Annotated[str | None, typer.Option(metavar="TEXT", help="Words that the model should expect.")] = None,
    transcript: Annotated[
        Path | None, typer.Option(metavar="FILE", readable=False, help="Use this VTT, SRT or JSON; do not transcribe.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Transcribe again, even if there is a transcript.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; do nothing.")] = False,
    json_output: JsonOption = False,
    word_timestamps: WordTimestampsOption = None,  # noqa: ARG001
) -> None:
    """Bring in audio files: register, transcribe, index."""
    session = session_of(ctx)
    usual = load_settings(session.library_dir)
    try:
        settings = usual.override(
            model=model,
            language=language,
            device=device,
            compute_type=compute_type,
            workers=workers,
            beam_size=beam_size,
            prompt=prompt,
            hotwords=hotwords,
        )
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from error
    run_ingest(
        session,
        lambda library: library.add(
            paths,
            show=show,
            title=title,
            published=published,
            copy=copy,
            seek_safe=seek_safe,
            transcript=transcript,
            force=force,
            dry_run=dry_run,
            settings=settings,
        ),
        as_json=json_output,
        nothing="found no audio to add",
    )
