"""One worker process, seen from its parent. I/O: starts it, sends and receives messages, ends it."""

import os
import pickle
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO, Any

from podindex.errors import TranscribeError
from podindex.transcribe.devices import pays_avx512, read_cpuinfo
from podindex.transcribe.engine import EngineSpec

# -P keeps the current directory, which may hold anybody's `queue.py`, off the path until ours replaces it.
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from podindex.transcribe.worker import main; main()"
# One core a worker is the point of the layout; libraries that start a thread a core would undo it.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

# How glibc manages what the model computes with. Blocks under 120 MB stay with the process until a chunk is finished:
# given back and fetched again for every window, each page would have to be cleared anew, a sixth of all time; huge
# pages make that cheaper. One arena keeps the threads from holding a copy each. The names:
# https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html
_MEMORY_VARIABLES = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": str(120 * 10**6),
    "MALLOC_MMAP_THRESHOLD_": str(120 * 10**6),
    # oneDNN, which multiplies matrices on processors other than Intel's, compiles code for each shape and keeps that
    # of the last 1,024: half a megabyte a window, for hours. With 32 decoding is as fast (docs/benchmarks.md).
    # https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "32",
}


class WorkerDiedError(Exception):
    """The process ended while something was expected of it, or cannot be understood any more."""


class WorkerProcess:
    """A running worker. One thread talks to it; any thread may kill it."""

    def __init__(self, spec: EngineSpec) -> None:
        """Start the process; it loads the model once `load` is called.

        Raises:
            TranscribeError: the system gives no process, or no files to speak with it.
        """
        self._spec = spec
        self._complaints = _open_complaints()
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-P", "-c", _PROGRAM, *map(os.path.abspath, sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=_environment(spec.threads),
            )
        except OSError as error:
            self._complaints.close()
            message = f"no process could be started to transcribe: {error.strerror or error}"
            raise TranscribeError(
                "worker-not-started", message, "close other programs, or raise `ulimit -n`"
            ) from error
        self._inbox = _pipe(self._process.stdin)
        self._outbox = _pipe(self._process.stdout)

    def load(self) -> None:
        """Load the model and wait until it is loaded.

        Raises:
            WorkerDiedError: the process died of it.
            ModelError: the model cannot be loaded.
        """
        self._send(self._spec)
        self._receive()

    def call(self, method: str, arguments: tuple[Any, ...]) -> object:
        """Have the engine do something.

        Raises:
            WorkerDiedError: the process died of it.
            PodindexError: what the engine raised.
        """
        self._send((method, arguments))
        return self._receive()

    def kill(self) -> None:
        """End the process at once; whoever waits for it meets `WorkerDiedError`."""
        self._process.kill()

    def bury(self) -> str:
        """End the process, release what belongs to it and say what it died of."""
        self._process.kill()
        code = self._process.wait()
        for pipe in (self._inbox, self._outbox):
            with suppress(OSError):  # what was not sent any more
                pipe.close()
        with self._complaints:
            self._complaints.seek(0)
            lines = self._complaints.read()[-2000:].decode("utf-8", "replace").splitlines()
        if code < 0:
            return f"signal {-code}" + (", perhaps for lack of memory" if code == -9 else "")
        return next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")

    def _send(self, message: object) -> None:
        try:
            pickle.dump(message, self._inbox, pickle.HIGHEST_PROTOCOL)
            self._inbox.flush()
        except (OSError, MemoryError) as error:  # part of it may have been sent
            raise WorkerDiedError from error

    def _receive(self) -> object:
        try:
            message: object = pickle.load(self._outbox)  # noqa: S301  # from our own child
        except (EOFError, OSError, MemoryError, pickle.UnpicklingError) as error:
            raise WorkerDiedError from error
        if isinstance(message, Exception):
            raise message
        return message


def _environment(threads: int) -> dict[str, str]:
    """Return the variables of a worker: what people set themselves counts, but for the threads."""
    ours = _MEMORY_VARIABLES | _processor_variables()
    return ours | os.environ | dict.fromkeys(_THREAD_VARIABLES, str(threads))


def _processor_variables() -> dict[str, str]:
    """Return what CTranslate2 is told of the processor: 7 % less time where AVX-512 pays."""
    return {"CT2_FORCE_CPU_ISA": "AVX512"} if pays_avx512(read_cpuinfo()) else {}


def _open_complaints() -> IO[bytes]:
    """Open a file for a worker's stderr; the null device where no file can be made, as on a full disk."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "w+b")  # noqa: PTH123


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101  # Popen was told to make it
    return pipe
