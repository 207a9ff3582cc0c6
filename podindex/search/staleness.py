"""Does the index say what episodes/ says? I/O: looks at episodes/ without reading it."""

from pathlib import Path

from podindex.search.manifest import Manifest
from podindex.stamps import Stamp, has_transcript, read_stamps


def is_stale(manifest: Manifest | None, episodes_dir: Path) -> bool:
    """Tell whether an index lacks what is under episodes/, or has what is not there any more.

    Raises:
        StoreError: a folder of episodes/ cannot be read.
    """
    return manifest is None or manifest.stamps() != current_stamps(episodes_dir)


def current_stamps(episodes_dir: Path) -> dict[str, Stamp]:
    """Return the stamps of the episodes that have a transcript.

    Raises:
        StoreError: a folder cannot be read.
    """
    return {episode_id: stamp for episode_id, stamp in read_stamps(episodes_dir).items() if has_transcript(stamp)}
