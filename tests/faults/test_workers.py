"""Workers die, hang and chatter; the pool goes on, and nothing survives it."""

import errno
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from podindex.errors import ModelError, TranscribeError
from podindex.models import Chunk, ChunkResult, TranscribeOptions
from podindex.testing import FAKE_ENGINE, fake_result
from podindex.transcribe.models import ModelChoice
from podindex.transcribe.workers import WorkerPool

TIMEOUT_S = 60  # a limit for a hanging test, not an expectation


def chunk(index: int = 0) -> Chunk:
    return Chunk(index, index * 3000, 3000, np.zeros(48_000, dtype=np.int16))


def open_pool(model: str = "fake", workers: int = 1) -> WorkerPool:
    choice = ModelChoice(model, Path(model), "00", multilingual=True, reason="test")
    return WorkerPool(choice, TranscribeOptions(), workers=workers, device="cpu", factory=FAKE_ENGINE)


def wait_for(future: "Future[ChunkResult]") -> ChunkResult:
    return future.result(timeout=TIMEOUT_S)


def children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return sorted(int(child) for listed in lists for child in listed.read_text().split())


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def worker_processes() -> list[int]:
    program = b"podindex.transcribe.worker"
    return [pid for pid in children(os.getpid()) if program in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_chunks_come_back_as_they_went_in() -> None:
    with open_pool(workers=2) as pool:
        futures = [pool.submit(chunk(index), "en") for index in range(8)]
        assert [wait_for(future) for future in futures] == [fake_result(chunk(index), "en") for index in range(8)]
        assert pool.detect_language([chunk().samples] * 2).result(timeout=TIMEOUT_S) == "ee"
        assert pool.capacity >= pool.workers == 2


def test_a_worker_that_dies_twice_of_a_chunk_fails_it_and_the_next_one_is_transcribed() -> None:
    with open_pool() as pool:
        doomed, healthy = pool.submit(chunk(0), "die"), pool.submit(chunk(1), "en")
        with pytest.raises(TranscribeError) as caught:
            wait_for(doomed)
        assert caught.value.code == "worker-died"
        assert wait_for(healthy).index == 1


def test_a_worker_killed_from_outside_is_replaced_and_its_chunk_done() -> None:
    with open_pool() as pool:
        wait_for(pool.submit(chunk(0), "en"))
        for pid in worker_processes():
            os.kill(pid, signal.SIGKILL)
        assert wait_for(pool.submit(chunk(1), "en")).index == 1


@pytest.mark.parametrize(("language", "code"), [("fail", "transcription-failed"), ("bug", "transcription-failed")])
def test_an_engine_that_raises_fails_its_chunk_only(language: str, code: str) -> None:
    with open_pool() as pool:
        with pytest.raises(TranscribeError) as caught:
            wait_for(pool.submit(chunk(), language))
        assert caught.value.code == code
        assert "worker.py" in caught.value.info.traceback, "where it was met, in the other process"
        assert wait_for(pool.submit(chunk(), "en"))


def test_what_a_library_prints_does_not_reach_the_results(capfd: pytest.CaptureFixture[str]) -> None:
    with open_pool() as pool:
        assert wait_for(pool.submit(chunk(), "chatter"))
    assert capfd.readouterr() == ("", "")


def test_a_model_that_cannot_be_loaded_fails_everything_once_and_for_all() -> None:
    with open_pool("unreadable", workers=2) as pool:
        for future in [pool.submit(chunk(index), "en") for index in range(4)]:
            with pytest.raises(ModelError):
                wait_for(future)


def test_workers_that_die_while_loading_are_reported() -> None:
    with open_pool("deadly") as pool, pytest.raises(TranscribeError, match="died"):
        wait_for(pool.submit(chunk(), "en"))


def test_where_no_process_can_be_started_every_task_fails_and_nothing_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with open_pool(workers=2) as pool:
        for future in [pool.submit(chunk(index), "en") for index in range(4)]:
            with pytest.raises(TranscribeError, match="Too many open files") as caught:
                wait_for(future)
            assert caught.value.code == "worker-not-started"


def test_a_full_disk_does_not_keep_workers_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with open_pool() as pool:
        assert wait_for(pool.submit(chunk(), "en"))
        with pytest.raises(TranscribeError, match="died"):
            wait_for(pool.submit(chunk(), "die"))


class TooLarge:
    """Takes more memory than there is, where it is read."""

    def __reduce__(self) -> tuple[type[bytes], tuple[int]]:
        return bytes, (2**62,)


def test_a_worker_without_memory_for_a_chunk_fails_it_and_nothing_hangs() -> None:
    samples: Any = TooLarge()
    with open_pool() as pool:
        with pytest.raises(TranscribeError, match="memory") as caught:
            wait_for(pool.submit(replace(chunk(0), samples=samples), "en"))
        assert caught.value.code == "worker-died"
        assert wait_for(pool.submit(chunk(1), "en")).index == 1


def test_without_memory_for_a_result_no_chunk_gets_that_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(pipe: BinaryIO) -> None:
        monkeypatch.undo()
        pipe.read(1)
        raise MemoryError

    with open_pool() as pool:
        wait_for(pool.submit(chunk(0), "en"))
        monkeypatch.setattr(pickle, "load", run_out)
        assert [wait_for(pool.submit(chunk(index), "en")).index for index in (1, 2)] == [1, 2]


def test_leaving_the_pool_ends_workers_in_the_middle_of_their_work() -> None:
    with open_pool() as pool:
        busy, queued = pool.submit(chunk(0), "hang"), pool.submit(chunk(1), "en")
        while not busy.running():
            pass
        workers = worker_processes()
    with pytest.raises(TranscribeError, match="stopped"):
        wait_for(busy)
    assert queued.cancelled()
    assert workers
    assert not any(map(is_alive, workers))
    with pytest.raises(RuntimeError):
        pool.submit(chunk(), "en")


# No `if __name__ == "__main__"`: multiprocessing would run it again in every worker.
USER_SCRIPT = """
import sys
import numpy as np
from pathlib import Path
from podindex.models import Chunk, TranscribeOptions
from podindex.testing import FAKE_ENGINE
from podindex.transcribe.models import ModelChoice
from podindex.transcribe.workers import WorkerPool

choice = ModelChoice("fake", Path("fake"), "00", multilingual=True, reason="test")
pool = WorkerPool(choice, TranscribeOptions(), workers=2, device="cpu", factory=FAKE_ENGINE)
chunk = Chunk(0, 0, 3000, np.zeros(48_000, dtype=np.int16))
pool.submit(chunk, "en").result()
print("started", flush=True)
pool.submit(chunk, sys.argv[1]).result()
"""


@pytest.mark.parametrize("by", ["file", "-c"])
def test_a_script_without_a_main_guard_is_run_once(tmp_path: Path, by: str) -> None:
    script = tmp_path / "mine.py"
    script.write_text(USER_SCRIPT)
    # What a worker must not import instead of the library of that name.
    (tmp_path / "queue.py").write_text("raise SystemExit('imported from the current directory')")
    command = [sys.executable, str(script)] if by == "file" else [sys.executable, "-P", "-c", USER_SCRIPT]
    (tmp_path / "queue.py").rename(tmp_path / ("queue.py" if by == "-c" else "queue_.py"))
    done = subprocess.run(
        [*command, "en"], cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", USER_SCRIPT, "hang"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout
    assert parent.stdout.readline() == "started\n"
    workers = children(parent.pid)
    assert len(workers) == 2
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + TIMEOUT_S
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        os.sched_yield()
    assert not any(map(is_alive, workers))


def test_ctrl_c_does_not_end_workers_behind_the_parents_back() -> None:
    with open_pool() as pool:
        wait_for(pool.submit(chunk(0), "en"))
        before = worker_processes()
        for pid in before:
            os.kill(pid, signal.SIGINT)
        assert wait_for(pool.submit(chunk(1), "en"))
        assert worker_processes() == before
