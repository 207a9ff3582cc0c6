"""Indexing in the background of a batch: it may fail and may have much to say, and the batch goes on."""

import errno
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from transcripts import EPISODE, make_transcript

from podindex import Library
from podindex.atomic import TEMPORARY_SUFFIX
from podindex.audio.derived import derived_path, make_folders
from podindex.errors import SearchError
from podindex.indexing import Indexer
from podindex.progress import Notes, Progress
from podindex.store import EpisodeStore


def store_with(library_dir: Path, text: str = "It was clear.") -> EpisodeStore:
    store = EpisodeStore(library_dir / "episodes")
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript([text]))
    return store


def wait(indexer: Indexer) -> None:
    """Wait for the process without asking what it said, as a batch that is busy with other things."""
    assert indexer._running
    indexer._running.wait()


def test_that_indexing_failed_does_not_end_the_batch(tmp_path: Path) -> None:
    store_with(tmp_path)
    (tmp_path / "index").write_text("a file where a folder belongs")
    with Indexer(tmp_path, Progress()) as indexer:
        indexer.start()
        wait(indexer)
        indexer.start()
        with pytest.raises(SearchError):
            indexer.finish()
    (tmp_path / "index").unlink()
    with Indexer(tmp_path, Progress()) as indexer:
        assert indexer.finish() == 1


def test_where_no_process_can_be_started_the_batch_goes_on_and_its_end_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    store_with(tmp_path)
    with monkeypatch.context() as patched, Indexer(tmp_path, Progress()) as indexer:
        patched.setattr(subprocess, "Popen", refuse)
        indexer.start()
        with pytest.raises(SearchError, match="Too many open files") as caught:
            indexer.finish()
    assert caught.value.code == "indexing-not-started"
    with Indexer(tmp_path, Progress()) as indexer:
        assert indexer.finish() == 1


def test_where_its_process_broke_is_in_the_report_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_with(tmp_path)
    (tmp_path / "filelock.py").write_text("raise RuntimeError('broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(SearchError, match="error: RuntimeError: broken") as caught:
        Library.open(tmp_path).reindex()
    assert caught.value.hint.endswith("report it with the output of --verbose")
    assert f'"{tmp_path}/filelock.py", line 1' in caught.value.info.traceback


def test_what_it_has_to_say_may_be_longer_than_a_pipe_holds(tmp_path: Path) -> None:
    store, notes = store_with(tmp_path), Notes()
    for number in range(400):
        metadata = store.root / "show" / f"{'long-' * 15}{number}.json"
        metadata.write_text("{")
        metadata.with_suffix(".transcript.json").write_text("{")
    with Indexer(tmp_path, notes) as indexer:
        indexer.start()
        wait(indexer)
        assert indexer.finish() == 1
    assert sum(map(len, notes.messages)) > 64 * 1024


def test_a_word_that_was_split_while_mending_stays_in_the_index(tmp_path: Path) -> None:
    store = store_with(tmp_path, "I like icecream too")
    path = store.root / f"{EPISODE.id}.transcript.json"
    path.write_text(path.read_text("utf-8").replace('"I like icecream too"', '"I like ice cream too"'))
    library = Library.open(tmp_path)
    assert library.search("ice").total == 1
    assert "ice cream" in library.export(EPISODE.id, "vtt")


def test_what_was_made_from_the_audio_of_an_episode_goes_with_it(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    other = "show/other"
    store.save_episode(replace(EPISODE, id=other))
    audio = tmp_path / "audio.mp3"
    audio.touch()
    made = {
        episode_id: [
            derived_path(tmp_path / "index" / kind, episode_id, audio, suffix)
            for kind, suffix in (("peaks", ".dat"), ("audio", ".m4a"))
        ]
        for episode_id in (EPISODE.id, other)
    }
    unknown = tmp_path / "index" / "audio" / "show" / "other.m4a"
    for path in (*made[EPISODE.id], *made[other], unknown):
        make_folders(path)
        path.touch()
    library = Library.open(tmp_path)
    library.reindex()
    assert all(path.exists() for path in made[other])
    (store.root / f"{other}.json").unlink()
    library.reindex()
    assert [path.exists() for path in made[other]] == [False, False]
    assert all(path.exists() for path in (*made[EPISODE.id], unknown))
    (store.root / f"{EPISODE.id}.json").unlink()
    library.reindex()
    assert all(path.exists() for path in made[EPISODE.id]), "no episode at all: a disk that is missing"


@pytest.mark.parametrize("renamed", [(".json", ".transcript.json"), (".transcript.json",)])
@pytest.mark.parametrize("name", ["e" * 81, "Episode 1", "a.b"])
def test_check_names_transcripts_that_nothing_finds(tmp_path: Path, name: str, renamed: tuple[str, ...]) -> None:
    store = store_with(tmp_path)
    (folder,) = {path.parent for path in store.root.rglob("*.transcript.json")}
    for suffix in renamed:
        (folder / f"{EPISODE.id.partition('/')[2]}{suffix}").rename(folder / f"{name}{suffix}")
    library = Library.open(tmp_path)
    library.reindex()
    assert library.search("ice").total == 0
    (problem,) = (problem for problem in library.check() if problem.code.endswith("-transcript"))
    assert (problem.code, problem.where) == ("misnamed-transcript", str(folder / f"{name}.transcript.json"))


def test_check_leaves_the_files_of_a_running_writer_alone(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    unfinished = store.root / "show" / f".copy.ab{TEMPORARY_SUFFIX}"
    unfinished.touch()
    library = Library.open(tmp_path)
    library.reindex()
    with store.writer_lock():
        assert library.check() == []
    assert [problem.code for problem in library.check()] == ["leftover-file"]
    assert library.check(repair=True) == []
    assert not unfinished.exists()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system does not say what is mapped")
def test_a_library_that_stays_open_lets_go_of_old_indexes(tmp_path: Path) -> None:
    mapped = []
    with Library.open(tmp_path) as library:
        for number in range(4):
            store_with(tmp_path, f"It was clear {number} times.")
            library._index._look_again_s = 0.0
            assert library.search(f"{number} times").total == 1
            mapped.append(Path("/proc/self/maps").read_text().count(str(tmp_path)))
    assert len(set(mapped)) == 1


def test_who_looks_ahead_forks_once_and_not_beside_other_threads(
    library_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked: list[int] = []

    def fork(fork: Callable[[], int] = os.fork) -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", fork)
    with Library.open(library_dir) as library:
        other = threading.Timer(3_600, print)
        other.start()
        library.look_ahead()
        other.cancel()
        other.join()
        assert not forked
        library.look_ahead()
        library.look_ahead()
        assert len(forked) == 1
        assert library.search("breach").total == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(forked[0], os.WNOHANG)
