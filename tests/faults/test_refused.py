"""What the system refuses in passing is no statement about a file: it is said, and nothing is given up for it."""

import errno
import gc
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path

import pytest
from refusing import PASSING, refusing
from small_index import add, make_segments, total

from podindex.errors import PodindexError, SearchError
from podindex.progress import Notes
from podindex.search.index.build import rebuild_index, update_index
from podindex.search.verify import verify_index
from podindex.store import EpisodeStore


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    return make_segments(tmp_path)


@pytest.fixture
def index_dir(tmp_path: Path, store: EpisodeStore) -> Path:
    assert store.root.parent == tmp_path
    return tmp_path / "search"


def state(index_dir: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in index_dir.parent.glob("search*/**/*")}


@contextmanager
def letting_whoosh_leave_files_open() -> Iterator[None]:
    """As it does where writing fails; podindex writes an index in a process that then ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.parametrize("use", [total, verify_index])
def test_a_refusal_while_an_index_is_read_is_said_and_no_damage(index_dir: Path, use: Callable[[Path], object]) -> None:
    before, usual = state(index_dir), use(index_dir)
    for number, error_number in zip(count(), cycle(PASSING), strict=False):
        with refusing(index_dir, number, error_number) as refusal:
            answer, said = usual, None
            try:
                answer = use(index_dir)
            except SearchError as error:
                said = error.code, error.message
        assert answer == usual
        assert said in (None, ("index-unreadable", f"cannot read the index: {os.strerror(error_number)}"))
        if not refusal.was_met:
            break
    assert number > 10
    assert state(index_dir) == before


@pytest.mark.parametrize("write", [update_index, rebuild_index])
def test_a_refusal_while_an_index_is_written_leaves_it_as_it_was(
    index_dir: Path, store: EpisodeStore, write: Callable[..., int]
) -> None:
    add(store, 3)
    kept = shutil.copytree(index_dir, index_dir.with_name("kept"))
    for number, error_number in zip(count(step=5), cycle(PASSING), strict=False):
        shutil.rmtree(index_dir)  # some refusals do no harm, and the next round is to write as well
        shutil.copytree(kept, index_dir)
        notes = Notes()
        with refusing(index_dir, number, error_number) as refusal, letting_whoosh_leave_files_open():
            said = ""
            try:
                write(index_dir, store, notes)
            except (OSError, PodindexError) as error:
                said = str(error)
        assert os.strerror(error_number) in said or not said
        assert notes.messages == []
        assert list(index_dir.parent.glob("search.damaged-*")) == []
        assert total(index_dir) in (3, 4)
        if not refusal.was_met:
            break
    assert number > 40
    assert total(index_dir) == 4
    assert verify_index(index_dir) == []
    update_index(index_dir, store)
    assert len(list(index_dir.iterdir())) == len({"manifest", "lexicon", "segment"})


def test_an_index_that_may_not_be_looked_at_is_not_taken_for_none(
    index_dir: Path, store: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system says of a folder's state is asked by `stat`, which tells no hook."""
    before, stat = state(index_dir), Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path == index_dir:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(path))
        return stat(path, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", refuse)
        for use in (total, verify_index, lambda folder: update_index(folder, store)):
            with pytest.raises(SearchError) as caught:
                use(index_dir)
            assert caught.value.code == "index-unreadable"
    assert state(index_dir) == before


@pytest.mark.parametrize("write", [update_index, rebuild_index])
def test_an_index_is_written_though_an_old_file_cannot_be_removed_yet(
    index_dir: Path, store: EpisodeStore, write: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On folders shared with other systems, whoever has a file open keeps it from being removed: a server, for one."""
    unlink = os.unlink

    def refuse(path: os.PathLike[str] | str, **options: int) -> None:
        if any(map(Path(path).name.startswith, ("lexicon-", "stream."))):
            raise OSError(errno.ETXTBSY, os.strerror(errno.ETXTBSY), os.fspath(path))
        unlink(path, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refuse)
        for number in (3, 4):
            add(store, number)
            assert write(index_dir, store) == total(index_dir) == number + 1
    update_index(index_dir, store)
    assert len(list(index_dir.glob("lexicon-*"))) == 1
    assert verify_index(index_dir) == []
