"""Keeping the index in step with episodes/, in a short-lived process of its own.

I/O: starts `python -m podindex.indexing`, which writes `<library>/index/search`. A process of its own, because a batch
that runs for days must not grow by what indexing needs, and because Whoosh keeps its lock when a commit fails inside a
process that lives on. Only the holder of the store's writer lock starts one; one that outlives a killed parent
finishes on its own, and the next waits for it.
"""

import errno
import json
import os
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Self

from podindex.atomic import store_error
from podindex.config import EPISODES_NAME, peaks_dir, search_dir, seekable_dir
from podindex.errors import PodindexError, SearchError, StoreError
from podindex.progress import Notes, Progress
from podindex.stamps import read_stamps

_LOCK_NAME = "writer.lock"


def run(library_dir: Path, progress: Progress, *, rebuild: bool = False) -> int:
    """Bring the index up to date and wait for it.

    Args:
        library_dir: the library; the caller holds its writer lock.
        progress: is told what the index had to say.
        rebuild: start from nothing.

    Returns:
        How many episodes are indexed.

    Raises:
        SearchError: the index cannot be written.
    """
    return _wait(_start(library_dir, rebuild=rebuild), progress)


class Indexer:
    """Indexes in the background of a batch, one process at a time, and once more at its end."""

    def __init__(self, library_dir: Path, progress: Progress) -> None:
        self._library_dir = library_dir
        self._progress = progress
        self._running: _Running | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._running is not None:
            self._running.end()  # whatever it was writing is not part of the index before its last step

    def start(self) -> None:
        """Begin to index what is finished so far, unless that is going on."""
        if self._running is not None and not self._running.is_done():
            return
        self._join()
        with suppress(SearchError):  # as in `_join`
            self._running = _start(self._library_dir, rebuild=False)

    def finish(self) -> int:
        """Index everything that is finished, and return how many episodes are indexed.

        Raises:
            SearchError: the index cannot be written.
        """
        self._join()
        return run(self._library_dir, self._progress)

    def _join(self) -> None:
        """Wait for the process. That it failed does not end the batch: `finish` says it if it is still so."""
        if self._running is not None:
            running, self._running = self._running, None
            with suppress(SearchError):
                _wait(running, self._progress)


class _Running:
    """An indexing process. What it says is read while it runs: a pipe holds little, and the batch has other work."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said = "", ""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        self._said = self._process.communicate()

    def is_done(self) -> bool:
        return not self._reader.is_alive()

    def wait(self) -> tuple[str, str]:
        """Wait for its end; return its report, and what it complained of."""
        self._reader.join()
        return self._said

    def end(self) -> None:
        self._process.kill()
        self._reader.join()


def _start(library_dir: Path, *, rebuild: bool) -> _Running:
    # -P: a folder called podindex in the current directory must not be run in place of this package.
    command = [sys.executable, "-P", "-m", __name__, os.fspath(library_dir)]
    package_dir = Path(__file__).parent.parent
    search_path = os.pathsep.join(filter(None, [os.fspath(package_dir), os.environ.get("PYTHONPATH")]))
    try:
        process = subprocess.Popen(  # noqa: S603  our own module, and a path as one argument
            [*command, *(["--rebuild"] if rebuild else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            env={**os.environ, "PYTHONPATH": search_path, "PYTHONIOENCODING": "utf-8"},
            process_group=0,  # Ctrl-C is for the batch; it ends this process itself
        )
    except OSError as error:
        message = f"no process could be started to index: {error.strerror or error}"
        hint = "close other programs, or raise `ulimit -n`; then run the same command again"
        raise SearchError("indexing-not-started", message, hint) from error
    return _Running(process)


def _wait(running: _Running, progress: Progress) -> int:
    try:
        output, complaint = running.wait()
    finally:
        running.end()
    try:
        report = json.loads(output)
    except ValueError:
        last_line = (complaint.strip().splitlines() or ["no reason given"])[-1]
        hint = "run `podindex reindex`; if it fails too, report it with the output of --verbose"
        died = SearchError("indexing-died", f"the indexing process ended with an error: {last_line}", hint)
        died.add_note(complaint)
        raise died from None
    for note in report["notes"]:
        progress.note(note)
    if error := report.get("error"):
        raise SearchError(error["code"], error["message"], error["hint"])
    return int(report["indexed"])


def _remove_orphans(library_dir: Path) -> None:
    from podindex.audio.derived import remove_orphans

    folders = peaks_dir(library_dir), seekable_dir(library_dir)
    with suppress(StoreError):
        remove_orphans(folders, partial(read_stamps, library_dir / EPISODES_NAME))


def _main(library: str, *flags: str) -> None:
    from filelock import FileLock

    from podindex.search.index.build import rebuild_index, update_index
    from podindex.store import EpisodeStore

    os.umask(os.umask(0o077) | 0o022)  # an index that others can write to is not trusted
    library_dir, notes = Path(library), Notes()
    report: dict[str, object] = {"notes": notes.messages}
    index_dir = search_dir(library_dir)
    build = rebuild_index if "--rebuild" in flags else update_index

    def write() -> int:
        index_dir.parent.mkdir(mode=0o755, exist_ok=True)
        with FileLock(index_dir.parent / _LOCK_NAME):
            return build(index_dir, EpisodeStore(library_dir / EPISODES_NAME), notes)

    try:
        try:
            report["indexed"] = write()
        except (FileNotFoundError, StoreError) as error:
            if not isinstance(error.__cause__ or error, FileNotFoundError):
                raise
            report["indexed"] = write()  # index/ may be deleted at any time, now as well
        _remove_orphans(library_dir)
    except PodindexError as error:
        report["error"] = {"code": error.code, "message": error.message, "hint": error.hint}
    except (OSError, MemoryError) as error:
        refused = error if isinstance(error, OSError) else OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        message = f"cannot write the index: {refused.strerror or refused}"
        hint = f"{store_error(refused, index_dir).hint}; you can delete index/ at any time"
        report["error"] = {"code": "index-unwritable", "message": message, "hint": hint}
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
