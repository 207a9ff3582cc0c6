"""Waiting for what av may be at for days, and not waiting for ever. I/O: a thread, the processor's clock.

Opening a file cannot be stopped: while libavformat sorts tags, it asks nobody whether to go on, and Ctrl-C does nothing
in the thread that called it. So another thread calls it, and whoever wants the result waits for that.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_LOOK_EVERY_S = 0.25


class OutOfPatienceError(Exception):
    """The work goes on in its thread, which ends with the process."""


def wait_for(work: Callable[[], T], *, most_cpu_s: float) -> T:
    """Return what work returns, or raise what it raises; on Ctrl-C and when it takes too long, leave it alone.

    Args:
        work: what it uses must not be closed by anybody else when it is left.
        most_cpu_s: how long the process may keep processors busy meanwhile: waiting for a slow disk takes no patience.

    Raises:
        OutOfPatienceError: it takes longer.
    """
    result: Future[T] = Future()
    begun_s = time.process_time()
    Thread(target=_run, args=(work, result), name="patience", daemon=True).start()
    while not wait([result], timeout=_LOOK_EVERY_S).done:
        if time.process_time() - begun_s > most_cpu_s:
            raise OutOfPatienceError
    return result.result()


def _run(work: Callable[[], T], result: Future[T]) -> None:
    try:
        result.set_result(work())
    except BaseException as error:  # noqa: BLE001  whoever waits raises it
        result.set_exception(error)
