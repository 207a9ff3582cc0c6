"""The program a worker process runs. I/O: reads tasks from standard input, writes results to standard output.

Its own program, and not a function given to `multiprocessing`, because that runs the parent's main module again: a
user's script without `if __name__ == "__main__"` would then start itself in every worker. Messages are pickles between
two processes of ours. When the parent is gone, however it went, standard input ends and the worker ends with it.
"""

import ctypes
import importlib
import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

from podindex.errors import PodindexError, TranscribeError

if TYPE_CHECKING:
    from podindex.transcribe.engine import Engine, EngineSpec


def main() -> None:
    """Serve one parent until it hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    warnings.simplefilter("ignore")
    inbox, outbox = _claim_pipes()
    spec: EngineSpec = pickle.load(inbox)  # noqa: S301  # from our own parent
    tasks: SimpleQueue[tuple[str, tuple[Any, ...]]] = SimpleQueue()
    threading.Thread(target=_read_tasks, args=(inbox, tasks), daemon=True).start()
    try:
        engine = _build_engine(spec)
    except PodindexError as error:
        _send(outbox, error)
        return
    _send(outbox, None)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; others hold on to less
    while True:
        method, arguments = tasks.get()
        _send(outbox, _perform(engine, method, arguments))
        if trim:  # chunks need blocks of many sizes; what lies between them would grow all day
            trim(0)


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes for messages alone: whatever a library prints goes to standard error."""
    inbox = os.fdopen(os.dup(0), "rb")
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return inbox, outbox


def _read_tasks(inbox: BinaryIO, tasks: "SimpleQueue[tuple[str, tuple[Any, ...]]]") -> None:
    while True:
        try:
            tasks.put(pickle.load(inbox))  # noqa: S301  # from our own parent
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)  # also out of a decoding that nobody waits for any more
        except MemoryError:  # die as the system lets one die of that: the parent would wait for an answer for ever
            signal.raise_signal(signal.SIGKILL)


def _build_engine(spec: "EngineSpec") -> "Engine":
    module, _, function = spec.factory.partition(":")
    engine: Engine = getattr(importlib.import_module(module), function)(spec)
    return engine


def _perform(engine: "Engine", method: str, arguments: tuple[Any, ...]) -> object:
    try:
        return getattr(engine, method)(*arguments)
    except PodindexError as error:
        return error
    except Exception as error:  # noqa: BLE001  # the process must live on, and the parent must hear of it
        message = f"the model failed: {type(error).__name__}: {error}"
        known = TranscribeError("transcription-failed", message, "try again, or another model")
        known.__cause__ = error
        return known


def _send(outbox: BinaryIO, message: object) -> None:
    if isinstance(message, PodindexError):  # of which a pickle has no traceback
        message.add_note("".join(traceback.format_exception(message)))
    try:
        pickle.dump(message, outbox, pickle.HIGHEST_PROTOCOL)
        outbox.flush()
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
