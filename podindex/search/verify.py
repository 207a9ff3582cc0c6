"""Looking at the whole index, byte by byte: does it say what episodes/ says? I/O: reads everything."""

from pathlib import Path

from podindex.errors import SearchError
from podindex.search.engine import SearchIndex
from podindex.search.manifest import damaged_files
from podindex.search.staleness import count_changes
from podindex.store import EpisodeStore


def verify_index(index_dir: Path, store: EpisodeStore) -> list[str]:
    """Return what is wrong with an index, as sentences; an index that is not there yet is not wrong.

    Raises:
        SearchError: `index-not-trusted`.
    """
    try:
        index = SearchIndex.open(index_dir)
    except SearchError as error:
        if error.code == "index-missing":
            return []
        if error.code != "index-damaged":
            raise
        return [error.message]
    wrong = [f"{name} is not as it was written" for name in damaged_files(index_dir, index.manifest)]
    index.close()
    if not index.is_current():  # somebody has just written another, and removed this one's files
        return []
    return wrong + (["it is not up to date with episodes/"] if count_changes(index.manifest, store.root) else [])
