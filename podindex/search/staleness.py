"""Does the index say what episodes/ says? I/O: reads the manifest, and looks at episodes/ without reading it."""

from pathlib import Path

from podindex.errors import SearchError
from podindex.search.manifest import StampList, load_manifest
from podindex.stamps import Stamp, read_stamps


def is_stale(index_dir: Path, episodes_dir: Path) -> bool:
    """Tell whether the index lacks what is under episodes/, is damaged, or is not there.

    Raises:
        SearchError: `index-not-trusted`.
        StoreError: a folder of episodes/ cannot be read.
    """
    try:
        manifest = load_manifest(index_dir)
    except SearchError as error:
        if error.code == "index-damaged":
            return True
        raise
    return manifest is None or manifest.stamps() != current_stamps(episodes_dir)


def current_stamps(episodes_dir: Path) -> dict[str, StampList]:
    """Return the stamps of the episodes that have a transcript, as the manifest holds them.

    Raises:
        StoreError: a folder cannot be read.
    """
    stamps = read_stamps(episodes_dir)
    return {episode_id: _as_list(stamp) for episode_id, stamp in stamps.items() if stamp.transcript is not None}


def _as_list(stamp: Stamp) -> StampList:
    return [list(stamp.metadata), stamp.transcript and list(stamp.transcript)]
