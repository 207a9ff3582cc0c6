"""An index of a few episodes, of which each holds the word `police` once."""

from pathlib import Path

from transcripts import ORIGIN, make_segment

from podindex.hits import SearchRequest
from podindex.models import Episode, Transcript
from podindex.search.engine import SearchIndex
from podindex.search.index.build import update_index
from podindex.store import EpisodeStore


def add(store: EpisodeStore, number: int) -> None:
    """Save another episode, which the index does not have yet."""
    store.save_episode(Episode(f"show/ep-{number}", "Show", "Title"))
    segments = (make_segment(f"police number {number}"),)
    store.save_transcript(Transcript(f"show/ep-{number}", "en", segments, ORIGIN))


def make_segments(root: Path) -> EpisodeStore:
    """Make an index of three segments, in `search`: the next one makes four, which are merged."""
    store = EpisodeStore(root / "episodes")
    for number in range(3):
        add(store, number)
        update_index(root / "search", store)
    return store


def total(index_dir: Path) -> int:
    """Count the hits in a newly opened index."""
    index = SearchIndex.open(index_dir)
    try:
        return index.search(SearchRequest("police")).total
    finally:
        index.close()
