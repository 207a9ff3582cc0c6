"""The store when the disk is full, when it is killed, and when others hold it."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from transcripts import EPISODE, make_transcript

from podindex.atomic import make_folder
from podindex.errors import LibraryBusyError, StoreError
from podindex.models import ChunkResult
from podindex.store import EpisodeStore

_OLD = make_transcript(["old"])
_NEW = make_transcript(["new text that is much longer than the old one"] * 200)


@contextmanager
def _room_for(size_bytes: int) -> Iterator[None]:
    """Let files grow to a size and no further, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _files_left(count: int) -> Iterator[None]:
    """Let this process open so many files more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Others may be open above the first that is free.
    free = [os.open(os.devnull, os.O_RDONLY) for _ in range(count + 1)]
    for descriptor in free:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[-1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _names(store: EpisodeStore) -> list[str]:
    return sorted(path.relative_to(store.root).as_posix() for path in store.root.rglob("*"))


@pytest.mark.parametrize("room", [0, 1, 4096])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, room: int) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    store.save_transcript(_OLD)
    before = _names(store)
    chunk = ChunkResult(0, 0, 99_000, 0, _NEW.segments)
    attempts: list[Callable[[], object]] = [
        lambda: store.save_transcript(_NEW),
        lambda: store.save_episode(replace(EPISODE, description="x" * 10_000)),
        lambda: store.checkpoints("show/ep").save("fp", chunk),
    ]
    with _room_for(room):
        for attempt in attempts:
            with pytest.raises(StoreError) as caught:
                attempt()
            assert caught.value.code == "disk-full"
            assert caught.value.hint
    assert store.load_transcript("show/ep") == _OLD
    assert store.load_episode("show/ep") == EPISODE
    assert [name for name in _names(store) if name != "show/ep.chunks"] == before


@pytest.mark.parametrize("count", [0, 1])
def test_where_no_more_files_can_be_opened_folders_say_so(tmp_path: Path, count: int) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    with _files_left(count), pytest.raises(StoreError) as caught:
        store.stamps()
    assert caught.value.code == "disk-error"
    assert "ulimit -n" in caught.value.hint
    with _files_left(2):
        assert list(store.stamps()) == ["show/ep"]


def test_a_folder_that_cannot_be_made_durable_is_an_error_that_is_explained(tmp_path: Path) -> None:
    with _files_left(0), pytest.raises(StoreError) as caught:
        make_folder(tmp_path / "new")
    assert caught.value.code == "disk-error"


def test_a_replaced_transcript_stays_where_the_new_one_is_in_its_place_and_may_not_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    store.save_transcript(_OLD)
    [old] = store.root.glob("*/*.transcript.json")
    written = old.read_bytes()
    open_any = os.open

    def open_no_folder_afterwards(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_DIRECTORY and old.read_bytes() != written:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return open_any(path, flags, mode)

    monkeypatch.setattr(os, "open", open_no_folder_afterwards)
    with pytest.raises(StoreError) as caught:
        store.save_transcript(_NEW)
    assert caught.value.code == "disk-error"
    assert store.load_transcript("show/ep") == _NEW
    assert [path.read_bytes() for path in old.parent.glob(f"{old.name}.replaced-*")] == [written]


def test_a_folder_of_chunks_that_nobody_can_look_at_is_an_error_that_is_explained(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    (store.root / "show" / "ep.chunks").symlink_to("x" * 300)  # longer than the name of any file
    with pytest.raises(StoreError) as caught:
        store.checkpoints("show/ep").clear()
    assert caught.value.code == "disk-error"


def test_a_full_disk_leaves_no_half_of_a_copy(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    source = tmp_path / "a.mp3"
    source.write_bytes(bytes(100_000))
    with _room_for(50_000), pytest.raises(StoreError) as caught:
        store.copy_audio("show/ep", source)
    assert caught.value.code == "disk-full"
    assert _names(store) == ["show"]


_SAVE_FOR_EVER = """
import sys
from pathlib import Path
from transcripts import make_transcript
from podindex.models import ChunkResult
from podindex.store import EpisodeStore

store = EpisodeStore(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    number += 1
    transcript = make_transcript([f"version {number}"] * 300)
    store.save_transcript(transcript)
    store.checkpoints("show/ep").save("fp", ChunkResult(number % 3, 0, 99_000_000, 0, transcript.segments))
"""


def test_a_kill_at_any_instant_leaves_old_or_new(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    support_dir = Path(__file__).parent.parent / "support"
    last = 0
    for attempt in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", _SAVE_FOR_EVER, str(store.root)],
            stdout=subprocess.PIPE,
            cwd=support_dir,
        )
        assert process.stdout is not None
        process.stdout.readline()
        # No pause but work of this process: every kill meets another instant.
        while not store.has_transcript("show/ep"):
            pass
        for _ in range(attempt):
            _check_whole(store)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        last = max(last, _check_whole(store))
    assert last > 0
    left = {path for path in store.root.rglob("*") if path.is_file()} - {*store.iter_temporary_files()}
    left -= {*store.root.rglob("*.transcript.json.replaced-*")}
    chunks = {f"{index:05}.json" for index in range(3)}
    assert {path.name for path in left} <= {"ep.json", "ep.transcript.json", *chunks}


def _check_whole(store: EpisodeStore) -> int:
    """Check that everything is from one save, and return which."""
    texts = {segment.text for segment in store.load_transcript("show/ep").segments}
    (text,) = texts
    for chunk in store.checkpoints("show/ep").load("fp").values():
        assert len(chunk.segments) == 300
    folder = store.root / "show" / "ep.chunks"
    names = {path.name for path in folder.glob("*.json")} if folder.is_dir() else set()
    assert len(store.checkpoints("show/ep").load("fp")) >= len(names)
    return int(text.split()[1])


_HOLD = """
import sys
from pathlib import Path
from podindex.store import EpisodeStore

with EpisodeStore(Path(sys.argv[1])).writer_lock():
    {then}
    print("held", flush=True)
    sys.stdin.read()
"""
# Ends when the test closes the standard input that it shares with its parent.
_START_CHILD = """import subprocess
    subprocess.Popen([sys.executable, "-c", "import sys; print('child', flush=True); sys.stdin.read()"])"""


@contextmanager
def _holder(root: Path, then: str = "") -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-c", _HOLD.replace("{then}", then), str(root)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


def test_another_process_that_writes_is_noticed_until_it_is_killed(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    with _holder(store.root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LibraryBusyError) as caught, store.writer_lock():
            pass
        assert caught.value.exit_code == 11
        process.kill()
        process.wait()
        with store.writer_lock():
            pass


def test_a_child_that_outlives_the_writer_does_not_hold_the_lock(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    with _holder(store.root, _START_CHILD) as process:
        assert process.stdout is not None
        assert {process.stdout.readline(), process.stdout.readline()} == {b"held\n", b"child\n"}
        process.kill()
        process.wait()
        with store.writer_lock():
            pass
