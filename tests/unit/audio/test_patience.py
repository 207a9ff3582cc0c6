"""What never ends is not waited for."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event, Thread

import pytest

from podindex.audio.patience import OutOfPatienceError, give_up_at, wait_for


@pytest.fixture
def end() -> Iterator[Event]:
    """Ends what no test waits for."""
    event = Event()
    yield event
    event.set()


def test_what_work_returns_and_raises_comes_out() -> None:
    assert wait_for(lambda: 3, most_cpu_s=9) == 3
    with pytest.raises(ZeroDivisionError):
        wait_for(lambda: 1 / 0, most_cpu_s=9)


def test_work_that_computes_for_ever_is_left(end: Event) -> None:
    def work() -> None:
        while not end.is_set():
            pass

    with pytest.raises(OutOfPatienceError):
        wait_for(work, most_cpu_s=0.001)


def test_ctrl_c_is_heard_while_work_is_waited_for(end: Event) -> None:
    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        end.wait()

    with pytest.raises(KeyboardInterrupt):
        wait_for(work, most_cpu_s=9)


def test_a_thread_that_cannot_hear_ctrl_c_waits_no_longer_when_it_is_told(end: Event) -> None:
    told = Event()

    def work() -> None:
        told.set()
        end.wait()

    with ThreadPoolExecutor(1, initializer=give_up_at, initargs=(told,)) as pool, pytest.raises(CancelledError):
        pool.submit(wait_for, work, most_cpu_s=9).result()


def test_a_thread_that_was_told_so_begins_nothing_more() -> None:
    told, begun = Event(), Event()
    told.set()
    with ThreadPoolExecutor(1, initializer=give_up_at, initargs=(told,)) as pool, pytest.raises(CancelledError):
        pool.submit(wait_for, begun.set, most_cpu_s=9).result()
    assert not begun.is_set()


def test_what_others_compute_meanwhile_takes_no_patience() -> None:
    def compute() -> None:
        while time.process_time() < others_end_s:
            pass

    def work() -> str:
        other.join()
        return "done"

    others_end_s = time.process_time() + 0.6
    other = Thread(target=compute)
    other.start()
    assert wait_for(work, most_cpu_s=0.2) == "done"


def test_where_a_thread_has_no_clock_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> int:
        raise OSError(38, "no clock")

    monkeypatch.setattr(time, "pthread_getcpuclockid", refuse)
    with pytest.raises(OSError, match="no clock"):
        wait_for(lambda: 3, most_cpu_s=9)
