"""`podindex export`."""

import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from podindex.atomic import is_file, is_folder, store_error, write_atomically
from podindex.cli.context import Session, session_of
from podindex.cli.ingest_run import EXIT_SOME_FAILED
from podindex.cli.options import WordTimestampsOption
from podindex.errors import ConfigError, StoreError, UsageError

if TYPE_CHECKING:
    from podindex.library import Library


def _format_name(given: str) -> str:
    from podindex.formats import FORMATS

    name = given.lower()
    if name not in (*FORMATS, "all"):
        raise typer.BadParameter(f"there is no format {given!r} (choose one of {', '.join(FORMATS)}, all)")
    return name


class _Folder(PosixPath):
    """A path with a slash at its end, which `Path` forgets: a folder, there or not."""


def _read_path(path: str) -> Path:
    return _Folder(path) if path.endswith(("/", "/.")) else Path(path)


def export(
    ctx: typer.Context,
    episodes: Annotated[list[str], typer.Argument(metavar="EPISODE…", help="Episode ids.")],
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            "--output_format",
            metavar="NAME",
            callback=_format_name,
            help="vtt, srt, json, txt, tsv, md, chapters, words, all.",
        ),
    ] = "vtt",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            "--output_dir",
            metavar="PATH",
            parser=_read_path,
            help="A file, a folder, or - for stdout.",
        ),
    ] = None,
    word_timestamps: WordTimestampsOption = None,  # noqa: ARG001
) -> None:
    """Write transcripts as VTT, SRT, JSON, text and more."""
    from podindex.formats import FORMATS

    session = session_of(ctx)
    names = list(FORMATS) if format_name == "all" else [format_name]
    documents = len(episodes) * len(names)
    if output is not None and str(output) in ("-", "/dev/stdout"):
        output = None
        if documents > 1:
            raise UsageError("one-document-only", "stdout holds one document", "name a folder with -o")
    elif output is None and documents > 1:
        output = Path()
    if output is None:
        typer.echo(session.library.export(episodes[0], names[0]), nl=False)
        return
    targets = {
        episode: {name: _target(output, stem + FORMATS[name].suffix, alone=documents == 1) for name in names}
        for episode, stem in _file_names(episodes).items()
    }
    _refuse_own_files(session.library, [target for named in targets.values() for target in named.values()])
    done = [_export(session, episode, named, alone=len(targets) == 1) for episode, named in targets.items()]
    if not all(done):
        raise typer.Exit(EXIT_SOME_FAILED)


def _file_names(episode_ids: Sequence[str]) -> dict[str, str]:
    """Name each episode's files by its slug, with the show's before it where episodes of two shows have the same.

    No slug has an underscore, so such a name is that of no other episode.
    """
    slugs = {episode_id: episode_id.partition("/")[2] for episode_id in episode_ids}
    shared = Counter(slugs.values())
    return {each: each.replace("/", "_") if shared[slug] > 1 else slug for each, slug in slugs.items()}


def _target(output: Path, file_name: str, *, alone: bool) -> Path:
    """Return the file for one document: `output` itself when it is or names a file, else one of this name in it."""
    if not alone or is_folder(output) or isinstance(output, _Folder):
        return output / file_name
    is_one = is_file(output) or _is_special(output) or bool(output.suffix)
    return output if is_one else output / file_name


def _refuse_own_files(library: "Library", targets: Iterable[Path]) -> None:
    """Refuse to write over what the library keeps, before anything is written: `json` in the folder of a show is."""
    for target in targets:
        if library.keeps(target):
            message = f"{target} is where the library keeps an episode's own data"
            raise ConfigError("output-not-writable", message, "choose another place with -o")


def _export(session: Session, episode: str, targets: dict[str, Path], *, alone: bool) -> bool:
    """Write an episode's documents, by the names of their formats; say what is wrong with one of several, and go on."""
    try:
        contents = {name: session.library.export(episode, name) for name in targets}
    except StoreError as error:
        if alone:
            raise
        session.say_error(error)
        return False
    for name, target in targets.items():
        _write(target, contents[name].encode("utf-8", "replace"))
        session.say(str(target))
    return True


def _is_special(path: Path) -> bool:
    """Tell whether there is something that must not be replaced by a file: a device, a pipe, a link to whatever."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _write(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot write to {target.parent}: {error.strerror}"
        raise ConfigError("output-not-writable", message, "choose another place with -o") from error
    if not _is_special(target):
        write_atomically(target, content)
        return
    try:
        target.write_bytes(content)
    except OSError as error:
        raise store_error(error, target) from error
