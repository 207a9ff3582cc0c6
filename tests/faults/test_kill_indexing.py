"""An index writer that dies or is stopped at any instant leaves an index that answers, and the next writer goes on.

One whose index is deleted meanwhile makes it anew.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_index import add, make_segments, total

from podindex.progress import Notes
from podindex.search.index.build import update_index
from podindex.search.index.manifest import MANIFEST_NAME, load_manifest
from podindex.search.verify import verify_index
from podindex.store import EpisodeStore

# Ends before the n-th time that something under the index is opened, made, renamed or removed: at once, as when it is
# killed, or by an exception, as when it is stopped.
_WRITER = """
import os, sys
from pathlib import Path
from podindex.search.index.build import update_index
from podindex.store import EpisodeStore

left = int(sys.argv[2])
root = Path(sys.argv[1])

def hook(event, arguments):
    global left
    writes = event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir")
    if writes and str(root / "search") in str(arguments[0]):
        left -= 1
        if left == -1:
            if sys.argv[3] == "killed":
                os._exit(9)
            raise KeyboardInterrupt

sys.addaudithook(hook)
update_index(root / "search", EpisodeStore(root / "episodes"))
"""


# Deletes index/ before the n-th time that something in it is opened, made, renamed or removed.
_DELETER = """
import shutil, sys
from pathlib import Path
from podindex import indexing

left = int(sys.argv[2])
index_dir = Path(sys.argv[1]) / "index"

def hook(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir") and str(index_dir) in str(arguments[0]):
        left -= 1
        if left == -1:
            shutil.rmtree(index_dir, ignore_errors=True)

sys.addaudithook(hook)
indexing._main(sys.argv[1])
sys.exit(left < 0)
"""

_ALL_STEPS = 1_000_000


def write_index(root: Path, steps: int, ending: str, *, room_bytes: int | None = None) -> int:
    """Bring the index up to date in a process that ends after some steps; return how it ended.

    Args:
        root: where the library is.
        steps: how many there are before its end.
        ending: "killed" or "stopped".
        room_bytes: how long its files can become; None: as long as they like.
    """

    def limit() -> None:
        if room_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, room_bytes))

    result = subprocess.run(
        [sys.executable, "-c", _WRITER, os.fspath(root), str(steps), ending],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode in ({0, 9, -signal.SIGINT} if room_bytes is None else {1}), result.stderr
    return result.returncode


def names(index_dir: Path) -> set[str]:
    return {path.name for path in index_dir.iterdir()}


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    return make_segments(tmp_path)


def test_a_writer_killed_anywhere(tmp_path: Path, store: EpisodeStore) -> None:
    index_dir = tmp_path / "search"
    add(store, 3)
    seen = set()
    steps = 0
    while True:
        ended = write_index(tmp_path, steps, "killed")
        seen.add(total(index_dir))
        if ended == 0:
            break
        steps += 7
    assert steps > 40
    assert seen <= {3, 4}
    assert total(index_dir) == 4
    assert verify_index(index_dir) == []
    # What killed writers left behind is gone.
    update_index(index_dir, store)
    assert len(list(index_dir.iterdir())) == 3


def test_a_writer_stopped_anywhere_takes_what_it_wrote_with_it(tmp_path: Path, store: EpisodeStore) -> None:
    index_dir = tmp_path / "search"
    add(store, 3)
    steps = 0
    while write_index(tmp_path, steps, "stopped"):
        manifest = load_manifest(index_dir)
        assert manifest
        assert names(index_dir) == {MANIFEST_NAME, *(Path(name).parts[0] for name in manifest.files)}
        assert total(index_dir) in (3, 4)
        steps += 11
    assert steps > 40
    assert verify_index(index_dir) == []


@pytest.mark.parametrize("room_bytes", [0, 100, 1_000, 3_000])
def test_what_found_no_room_takes_none(tmp_path: Path, store: EpisodeStore, room_bytes: int) -> None:
    index_dir = tmp_path / "search"
    before = names(index_dir)
    add(store, 3)
    write_index(tmp_path, _ALL_STEPS, "killed", room_bytes=room_bytes)
    assert names(index_dir) == before
    assert total(index_dir) == 3
    update_index(index_dir, store)
    assert total(index_dir) == 4


def test_a_first_index_that_was_cut_off_is_not_damaged(tmp_path: Path) -> None:
    store, index_dir, notes = EpisodeStore(tmp_path / "episodes"), tmp_path / "search", Notes()
    add(store, 0)
    write_index(tmp_path, _ALL_STEPS, "killed", room_bytes=100)
    assert names(index_dir) == set()
    for steps in (2, 10, 30):
        assert write_index(tmp_path, steps, "killed") == 9
        assert verify_index(index_dir) == []
        assert load_manifest(index_dir) is None
    assert names(index_dir)
    update_index(index_dir, store, notes)
    assert notes.messages == []
    assert names(tmp_path) == {"episodes", "search"}
    assert total(index_dir) == 1
    # Here, something that was finished has gone.
    add(store, 1)
    update_index(index_dir, store)
    (index_dir / MANIFEST_NAME).unlink()
    assert verify_index(index_dir)


def test_an_index_deleted_while_it_is_written_is_made_anew(tmp_path: Path) -> None:
    add(EpisodeStore(tmp_path / "episodes"), 0)
    steps = 0
    while True:
        command = [sys.executable, "-c", _DELETER, os.fspath(tmp_path), str(steps)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert json.loads(result.stdout) == {"notes": [], "indexed": 1}, steps
        if result.returncode == 0:
            break
        steps += 7
        shutil.rmtree(tmp_path / "index", ignore_errors=True)
    assert steps > 40
    assert total(tmp_path / "index" / "search") == 1
