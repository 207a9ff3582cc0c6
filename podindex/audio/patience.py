"""Waiting for what av may be at for days, and not waiting for ever. I/O: a thread, the processor's clock.

Opening a file cannot be stopped: while libavformat sorts tags, it asks nobody whether to go on, and Ctrl-C does nothing
in the thread that called it. So another thread calls it, and whoever wants the result waits for that.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from threading import Event, Thread, get_ident, local
from typing import TypeVar

T = TypeVar("T")

_LOOK_EVERY_S = 0.25
_waiting = local()
"""Of each thread: `end`, see `give_up_at`."""


class OutOfPatienceError(Exception):
    """The work goes on in its thread, which ends with the process."""


def give_up_at(end: Event) -> None:
    """Have the thread that calls this wait no longer once an event is set: Ctrl-C is heard in the main thread alone."""
    _waiting.end = end


def wait_for(work: Callable[[], T], *, most_cpu_s: float) -> T:
    """Return what work returns, or raise what it raises; on Ctrl-C and when it takes too long, leave it alone.

    Args:
        work: what it uses must not be closed by anybody else when it is left.
        most_cpu_s: how long it may keep a processor busy: waiting for a slow disk takes no patience.

    Raises:
        OutOfPatienceError: it takes longer.
        CancelledError: the event of `give_up_at` is set, before or meanwhile.
    """
    _heed_end()
    clock: Future[Callable[[], float]] = Future()
    result: Future[T] = Future()
    Thread(target=_run, args=(work, clock, result), name="patience", daemon=True).start()
    spent_s = clock.result()
    while not wait([result], timeout=_LOOK_EVERY_S).done:
        _heed_end()
        if spent_s() > most_cpu_s:
            raise OutOfPatienceError
    return result.result()


def _heed_end() -> None:
    end: Event | None = getattr(_waiting, "end", None)
    if end is not None and end.is_set():
        raise CancelledError


def _run(work: Callable[[], T], clock: "Future[Callable[[], float]]", result: Future[T]) -> None:
    try:
        clock.set_result(_clock_of_this_thread())
        result.set_result(work())
    except BaseException as error:  # noqa: BLE001  whoever waits raises it
        (result if clock.done() else clock).set_exception(error)


def _clock_of_this_thread() -> Callable[[], float]:
    """Return what tells any thread how long, in s, this one has kept a processor busy."""
    if sys.platform == "darwin":  # only the whole process has a clock there
        begun_s = time.process_time()
        return lambda: time.process_time() - begun_s
    number = time.pthread_getcpuclockid(get_ident())

    def spent_s() -> float:
        try:
            return time.clock_gettime(number)
        except OSError:  # the thread has just ended
            return 0.0

    return spent_s
