"""Does the index say what episodes/ says? I/O: looks at episodes/ without reading it."""

from pathlib import Path

from podindex.search.manifest import Manifest
from podindex.stamps import Stamp, has_transcript, read_stamps


def count_changes(manifest: Manifest | None, episodes_dir: Path) -> int:
    """Count the episodes that are new, changed or gone since an index was written (None: there is none).

    Raises:
        StoreError: a folder of episodes/ cannot be read.
    """
    indexed = {} if manifest is None else manifest.stamps()
    current = current_stamps(episodes_dir)
    if indexed == current:
        return 0
    return sum(indexed.get(episode_id) != current.get(episode_id) for episode_id in indexed.keys() | current.keys())


def current_stamps(episodes_dir: Path) -> dict[str, Stamp]:
    """Return the stamps of the episodes that have a transcript.

    Raises:
        StoreError: a folder cannot be read.
    """
    return {episode_id: stamp for episode_id, stamp in read_stamps(episodes_dir).items() if has_transcript(stamp)}
