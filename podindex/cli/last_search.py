"""The hits of the last search, so that `podindex play 3` knows the third.

I/O: `<library>/index/last-search.json`; a convenience that may be missing.
"""

import json
from contextlib import suppress
from pathlib import Path

from podindex.atomic import write_atomically
from podindex.config import INDEX_NAME
from podindex.errors import StoreError
from podindex.hits import SearchPage
from podindex.slugs import is_episode_id

_NAME = "last-search.json"


def save_last_search(library_dir: Path, page: SearchPage, offset: int) -> None:
    """Remember where the hits of a page are, by the numbers they were printed with; a failure is no matter."""
    hits = {str(offset + number): [hit.episode_id, hit.jump_ms] for number, hit in enumerate(page.hits, 1)}
    with suppress(StoreError):
        write_atomically(library_dir / INDEX_NAME / _NAME, json.dumps(hits).encode(), durable=False)


def load_last_search(library_dir: Path, number: int) -> tuple[str, int] | None:
    """Return the episode and the time of a hit of the last search; None where there was no such hit."""
    with suppress(OSError, ValueError, TypeError, LookupError, OverflowError):
        found = json.loads((library_dir / INDEX_NAME / _NAME).read_bytes())[str(number)]
        episode_id, jump_ms = str(found[0]), int(found[1])
        if is_episode_id(episode_id) and jump_ms >= 0:
            return episode_id, jump_ms
    return None
