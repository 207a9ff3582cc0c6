"""Looking at the whole index, byte by byte: does it say what episodes/ says? I/O: reads everything."""

from pathlib import Path

from podindex.errors import SearchError
from podindex.search.engine import SearchIndex
from podindex.search.manifest import damaged_files, load_manifest
from podindex.search.staleness import count_changes
from podindex.store import EpisodeStore


def verify_index(index_dir: Path, store: EpisodeStore) -> list[str]:
    """Return what is wrong with an index, as sentences; an index that is not there yet is not wrong.

    Raises:
        SearchError: `index-not-trusted`.
    """
    try:
        manifest = load_manifest(index_dir)
        if manifest is None:
            return []
        wrong = [f"{name} is not as it was written" for name in damaged_files(index_dir, manifest)]
        if not wrong:
            SearchIndex.open(index_dir).close()
    except SearchError as error:
        if error.code != "index-damaged":
            raise
        return [error.message]
    return wrong + (["it is not up to date with episodes/"] if count_changes(manifest, store.root) else [])
