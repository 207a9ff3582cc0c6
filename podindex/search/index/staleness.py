"""Does the index say what episodes/ says? I/O: looks at episodes/ without reading it, also in a process of its own."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from podindex.search.index.manifest import Manifest, load_manifest
from podindex.stamps import METADATA_SUFFIX, TRANSCRIPT_SUFFIX, Stamp, has_transcript, read_stamps

UNREAD: Stamp = []
"""Of episodes that the system did not let us read: nothing in their files says when it does."""


def count_changes(manifest: Manifest | None, episodes_dir: Path) -> int:
    """Count the episodes that are new, changed, gone or readable since an index was written (None: there is none).

    Raises:
        StoreError: a folder of episodes/ cannot be read.
    """
    indexed = {} if manifest is None else manifest.stamps()
    current = current_stamps(episodes_dir)
    if indexed == current:
        return 0
    changed = (id_ for id_ in indexed.keys() | current.keys() if indexed.get(id_) != current.get(id_))
    return sum(indexed.get(id_) != UNREAD or _can_be_read(episodes_dir / id_) for id_ in changed)


def begin_to_count(index_dir: Path, episodes_dir: Path) -> Callable[[Manifest | None], int]:
    """Begin to count the changes in a process of its own, and return a `count_changes` that waits for the answer.

    Looking at thousands of files is a tenth of a search in a fresh process, which meanwhile loads what it needs
    (docs/benchmarks.md). It forks, so no other thread may run.

    Raises:
        OSError: there can be no other process, or no pipe to it.
    """
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        try:
            manifest = load_manifest(index_dir)
            if manifest and not count_changes(manifest, episodes_dir):
                os.write(writer, str(manifest.generation).encode())
        finally:  # without an answer, as after an error, whoever waits for it counts by itself
            os._exit(0)
    os.close(writer)

    def count(manifest: Manifest | None) -> int:
        with os.fdopen(reader, "rb") as answer:
            is_current = manifest is not None and answer.read() == str(manifest.generation).encode()
        with suppress(ChildProcessError):  # where SIGCHLD is ignored the system has forgotten it
            os.waitpid(process, 0)
        return 0 if is_current else count_changes(manifest, episodes_dir)

    return count


def _can_be_read(episode: Path) -> bool:
    """Tell whether the files of an episode can be read now, or have gone."""
    try:
        for suffix in (METADATA_SUFFIX, TRANSCRIPT_SUFFIX):
            episode.with_name(episode.name + suffix).read_bytes()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return True


def current_stamps(episodes_dir: Path) -> dict[str, Stamp]:
    """Return the stamps of the episodes that have a transcript.

    Raises:
        StoreError: a folder cannot be read.
    """
    return {episode_id: stamp for episode_id, stamp in read_stamps(episodes_dir).items() if has_transcript(stamp)}
