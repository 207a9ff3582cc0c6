"""A pool of worker processes that transcribe chunks. I/O: starts processes and talks to them through pipes.

Each worker loads the model once. A worker that dies (killed for memory, say) is replaced and its task tried once more;
then the task's future fails and the pool goes on. Workers end when the pool closes and when this process dies.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from podindex.cores import count_cores
from podindex.errors import ModelError, TranscribeError
from podindex.models import Chunk, ChunkResult, TranscribeOptions
from podindex.transcribe.devices import count_gpus, measure_weights, plan_workers, read_cpuinfo
from podindex.transcribe.engine import Device, EngineSpec
from podindex.transcribe.process import WorkerDiedError, WorkerProcess

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from podindex.transcribe.models import ModelChoice

WHISPER = "podindex.transcribe.whisper:load_engine"

_ATTEMPTS = 2
# A chunk in each worker's hands and one waiting for each: no worker idles, and memory stays bounded.
_CHUNKS_PER_WORKER = 2


@dataclass(frozen=True, slots=True)
class _Task:
    method: str
    arguments: tuple[Any, ...]
    future: "Future[Any]"


class WorkerPool:
    """Worker processes as a context manager; leaving it ends them at once and cancels what is unfinished."""

    def __init__(
        self,
        choice: "ModelChoice",
        options: TranscribeOptions,
        *,
        device: Device,
        workers: int = 0,
        factory: str = WHISPER,
    ) -> None:
        """Start all workers; they load the model while the caller decodes.

        Args:
            choice: the weights.
            options: how to decode, with a compute type that the device has.
            device: where to compute; see `resolve_device`.
            workers: how many; 0: one a core, or one a GPU.
            factory: what builds a worker's engine, as `module:function`.
        """
        plan = plan_workers(
            device,
            workers,
            cores=count_cores(),
            gpus=count_gpus() if device == "cuda" else 0,
            cpuinfo=read_cpuinfo(),
            weights_bytes=measure_weights(choice.path),
        )
        self.workers = len(plan.device_indexes)
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._closed = threading.Event()
        self._model_error: ModelError | None = None
        specs = [
            EngineSpec(factory, choice.path, options, device, index, plan.threads, plan.batch_size)
            for index in plan.device_indexes
        ]
        self._slots = [_Slot(spec) for spec in specs]
        self._threads = [threading.Thread(target=self._serve, args=(slot,), daemon=True) for slot in self._slots]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def capacity(self) -> int:
        """How many chunks are worth having in flight; more only cost memory."""
        return self.workers * _CHUNKS_PER_WORKER

    def submit(self, chunk: Chunk, language: str | None) -> "Future[ChunkResult]":
        """Transcribe a chunk in some worker.

        The future raises `TranscribeError` (the model failed, or two workers died of it) or `ModelError` (the model
        cannot be loaded).
        """
        return self._put("transcribe", chunk, language)

    def detect_language(self, windows: "Sequence[NDArray[np.int16]]") -> "Future[str]":
        """Detect the language (ISO 639-1) spoken in most of the windows; fails as `submit` does."""
        return self._put("detect_language", tuple(windows))

    def close(self) -> None:
        """End the workers at once; cancel what they have not begun and fail what they have."""
        self._closed.set()
        with suppress(Empty):
            while True:
                task = self._tasks.get_nowait()
                if task:
                    task.future.cancel()
        for slot in self._slots:
            slot.stop()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _put(self, method: str, *arguments: object) -> "Future[Any]":
        if self._closed.is_set():
            raise RuntimeError("the pool is closed")
        future: Future[Any] = Future()
        self._tasks.put(_Task(method, arguments, future))
        return future

    def _serve(self, slot: "_Slot") -> None:
        """Live one worker's life in a thread of this process: start it, hand it tasks, replace it when it dies."""
        try:
            slot.ensure()
        except Exception:  # noqa: BLE001  # met again, and reported, with the first task
            slot.bury()
        while task := self._tasks.get():
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                task.future.set_result(self._perform(slot, task))
            except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to the one who waits
                task.future.set_exception(error)
        slot.bury()

    def _perform(self, slot: "_Slot", task: _Task) -> object:
        reason = ""
        for _ in range(_ATTEMPTS):
            if self._model_error:
                raise self._model_error
            try:
                return slot.ensure().call(task.method, task.arguments)
            except WorkerDiedError:
                reason = slot.bury()
            except ModelError as error:
                slot.bury()
                self._model_error = error
            if self._closed.is_set():
                raise TranscribeError("interrupted", "transcription was stopped", "run it again to go on")
        raise self._model_error or TranscribeError(
            "worker-died",
            f"the transcribing process died {_ATTEMPTS} times: {reason}",
            "use fewer --workers or a smaller model",
        )


class _Slot:
    """Place of one worker process after another. One thread uses it, but for `stop`."""

    def __init__(self, spec: EngineSpec) -> None:
        self._spec = spec
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def ensure(self) -> WorkerProcess:
        """Return a worker that has loaded the model.

        Raises:
            WorkerDiedError: it died before it was ready, or the slot was stopped.
            ModelError: the model cannot be loaded.
            TranscribeError: no process could be started.
        """
        if self._worker:
            return self._worker
        with self._lock:
            if self._stopped:
                raise WorkerDiedError
            worker = self._worker = WorkerProcess(self._spec)
        worker.load()
        return worker

    def bury(self) -> str:
        """Give up the worker; say what it died of."""
        with self._lock:
            worker, self._worker = self._worker, None
        return worker.bury() if worker else ""

    def stop(self) -> None:
        """End the worker for good; from any thread."""
        with self._lock:
            self._stopped = True
            if self._worker:
                self._worker.kill()
