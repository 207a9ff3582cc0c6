"""An index writer that dies at any instant leaves an index that answers, and the next writer goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from transcripts import ORIGIN, make_segment

from podindex.hits import SearchRequest
from podindex.models import Episode, Transcript
from podindex.search.build import update_index
from podindex.search.engine import SearchIndex
from podindex.search.verify import verify_index
from podindex.store import EpisodeStore

# Dies before the n-th time that something under the index is opened, made, renamed or removed.
_WRITER = """
import os, sys
from pathlib import Path
from podindex.search.build import update_index
from podindex.store import EpisodeStore

left = int(sys.argv[2])
root = Path(sys.argv[1])

def hook(event, arguments):
    global left
    writes = event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir")
    if writes and str(root / "search") in str(arguments[0]):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(hook)
update_index(root / "search", EpisodeStore(root / "episodes"))
"""


def add(store: EpisodeStore, number: int) -> None:
    store.save_episode(Episode(f"show/ep-{number}", "Show", "Title"))
    segments = (make_segment(f"police number {number}"),)
    store.save_transcript(Transcript(f"show/ep-{number}", "en", segments, ORIGIN))


def total(index_dir: Path) -> int:
    return SearchIndex.open(index_dir).search(SearchRequest("police")).total


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    store = EpisodeStore(tmp_path / "episodes")
    # Three segments: the next one makes four, which are merged.
    for number in range(3):
        add(store, number)
        update_index(tmp_path / "search", store)
    return store


def test_a_writer_killed_anywhere(tmp_path: Path, store: EpisodeStore) -> None:
    index_dir = tmp_path / "search"
    add(store, 3)
    seen = set()
    steps = 0
    while True:
        command = [sys.executable, "-c", _WRITER, os.fspath(tmp_path), str(steps)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode in (0, 9), result.stderr
        seen.add(total(index_dir))
        if result.returncode == 0:
            break
        steps += 7
    assert steps > 40
    assert seen <= {3, 4}
    assert total(index_dir) == 4
    assert verify_index(index_dir, store) == []
    # What killed writers left behind is gone.
    update_index(index_dir, store)
    assert len(list(index_dir.iterdir())) == 3
