"""What a worker process does with audio, apart from who does it. Pure.

The pool talks to engines through this; `transcribe.whisper` is the real one and `podindex.testing` has fakes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from podindex.models import Chunk, ChunkResult, TranscribeOptions

Device = Literal["cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """Everything a worker needs to build its engine; crosses the process border once."""

    factory: str
    """`module:function` that takes this spec and returns an `Engine`."""
    model_path: "Path"
    options: "TranscribeOptions"
    device: Device = "cpu"
    device_index: int = 0
    threads: int = 1
    batch_size: int = 1


class Engine(Protocol):
    """Turns audio into words. One thread uses it."""

    def transcribe(self, chunk: "Chunk", language: str | None) -> "ChunkResult":
        """Transcribe a chunk; what cannot be transcribed becomes a gap.

        Raises:
            TranscribeError: nothing of the chunk could be transcribed.
        """

    def detect_language(self, windows: "Sequence[NDArray[np.int16]]") -> str:
        """Detect the language (ISO 639-1) spoken in most of the windows, each int16 [n], mono, 16 kHz."""
