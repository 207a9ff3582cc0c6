"""Fakes and factories for tests, ours and those of programs that build on podindex. Pure unless a name says otherwise.

Every fake does what its protocol promises, with less: nothing here records calls that the real thing could not.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from podindex.errors import ModelError, TranscribeError
from podindex.models import Chunk, ChunkResult, Segment, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from podindex.transcribe.engine import EngineSpec


class FakeTranscriber:
    """Transcribes at once and without a model: one word a second, which says where its second begins.

    Attributes:
        chunks: the chunks that were handed in, in order.
    """

    workers = 2

    def __init__(self, *, capacity: int = 2, fail: Callable[[Chunk], Exception | None] = lambda _: None) -> None:
        """Make one; `fail` may return an error for a chunk."""
        self.capacity = capacity
        self.chunks: list[Chunk] = []
        self._fail = fail

    def submit(self, chunk: Chunk, language: str | None) -> "Future[ChunkResult]":
        """Return a future that is already done."""
        future: Future[ChunkResult] = Future()
        self.chunks.append(chunk)
        error = self._fail(chunk)
        if error:
            future.set_exception(error)
        else:
            future.set_result(fake_result(chunk, language))
        return future

    def detect_language(self, windows: "Sequence[NDArray[np.int16]]") -> "Future[str]":
        """Hear English in everything."""
        future: Future[str] = Future()
        future.set_result("en" if windows else "")
        return future


def fake_result(chunk: Chunk, language: str | None) -> ChunkResult:
    """Return what `FakeTranscriber` makes of a chunk."""
    end_ms = chunk.offset_ms + chunk.duration_ms
    starts_ms = range(chunk.offset_ms + chunk.overlap_ms, end_ms - 999, 1000)
    words = tuple(Word(f"{language}{start_ms}", start_ms, start_ms + 900, 0.9) for start_ms in starts_ms)
    segments: tuple[Segment, ...] = ()
    if words:
        text = " ".join(word.text for word in words)
        segments = (Segment(words[0].start_ms, words[-1].end_ms, text, words),)
    return ChunkResult(chunk.index, chunk.offset_ms, chunk.duration_ms, chunk.overlap_ms, segments)


FAKE_ENGINE = "podindex.testing:load_fake_engine"


class FakeEngine:
    """An engine for worker processes, without a model. Odd languages make it fail in the ways real ones do."""

    def transcribe(self, chunk: Chunk, language: str | None) -> ChunkResult:
        """Return `fake_result`, unless the language is `die`, `fail`, `bug`, `hang` or `chatter`: then do that."""
        if language == "die":
            os.abort()
        if language == "fail":
            raise TranscribeError("transcription-failed", "the fake was told to fail", "tell it something else")
        if language == "bug":
            raise ZeroDivisionError
        while language == "hang":
            pass
        if language == "chatter":
            os.write(1, b"a library says hello")
        return fake_result(chunk, language)

    def detect_language(self, windows: "Sequence[NDArray[np.int16]]") -> str:
        """Hear as many letters as there are windows."""
        return "e" * len(windows)


def load_fake_engine(spec: "EngineSpec") -> FakeEngine:
    """Build a `FakeEngine`; the model folder `unreadable` cannot be loaded, `deadly` kills the worker.

    Raises:
        ModelError: as said.
    """
    if spec.model_path.name == "unreadable":
        raise ModelError("model-unreadable", "the fake was told not to load", "tell it something else")
    if spec.model_path.name == "deadly":
        os.abort()
    return FakeEngine()
