"""Does the index say what episodes/ says? I/O: looks at episodes/ without reading it."""

from pathlib import Path

from podindex.search.manifest import Manifest
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
