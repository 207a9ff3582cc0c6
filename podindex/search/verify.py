"""Looking at the whole index, byte by byte: is it as it was written? I/O: reads everything."""

from pathlib import Path

from podindex.errors import SearchError
from podindex.search.engine import SearchIndex
from podindex.search.index.manifest import damaged_files


def verify_index(index_dir: Path) -> list[str]:
    """Return what is wrong with an index, as sentences; one that is not there yet, or out of date, is not wrong.

    Raises:
        SearchError: `index-unreadable` or `index-not-trusted`.
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
    # Else somebody has just written another, and removed this one's files.
    return wrong if index.is_current() else []
