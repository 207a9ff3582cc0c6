"""The real engine: faster-whisper, and the only module that knows it. I/O: loads weights, computes.

Works with faster-whisper's parts (features, encoder, decoder, word alignment) rather than with its two pipelines,
because those are a choice between losing text (batched) and losing time (sequential).
"""

import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

# Read by libraries when they are first imported. The weights are here by now: whatever still asked would ask in vain.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
from numpy.typing import NDArray

from podindex.errors import ModelError, TranscribeError
from podindex.models import SAMPLE_RATE_HZ, Chunk, ChunkResult, Gap, TranscribeOptions
from podindex.transcribe.engine import EngineSpec
from podindex.transcribe.segments import HeardWord, build_segments
from podindex.transcribe.windows import FRAME_SAMPLES, Window, cut_windows

_WINDOW_MS = 20_000
_MODEL_FRAMES = 3_000  # what the encoder looks at: 30 s
# Punctuation that belongs to the word after it and before it; faster-whisper's own defaults.
_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"


def count_cuda_devices() -> int:
    """Count the GPUs that CTranslate2 can use."""
    import ctranslate2

    count: int = ctranslate2.get_cuda_device_count()
    return count


def load_engine(spec: EngineSpec) -> "WhisperEngine":
    """Load the weights; the factory that workers are given.

    Raises:
        ModelError: they cannot be loaded.
    """
    logging.getLogger("faster_whisper").setLevel(logging.ERROR)
    try:
        model = WhisperModel(
            str(spec.model_path),
            device=spec.device,
            device_index=spec.device_index,
            compute_type=spec.options.compute_type,
            cpu_threads=spec.threads,
            local_files_only=True,
        )
    except ValueError as error:  # what CTranslate2 raises for a compute type the device does not have
        raise ModelError(
            "model-unsupported", f"cannot use {spec.model_path.name}: {error}", "use another --compute-type or --device"
        ) from error
    except (RuntimeError, OSError, KeyError) as error:
        raise ModelError(
            "model-unreadable", f"cannot load the model in {spec.model_path}: {error}", "get it anew, or free memory"
        ) from error
    return WhisperEngine(model, spec.options, spec.batch_size)


class WhisperEngine:
    """Whisper in one process, for one thread."""

    def __init__(self, model: WhisperModel, options: TranscribeOptions, batch_size: int) -> None:
        self._model = model
        self._options = options
        self._batch_size = batch_size

    def transcribe(self, chunk: Chunk, language: str | None) -> ChunkResult:
        """Transcribe a chunk; a window that fails becomes a gap.

        Raises:
            TranscribeError: all windows failed.
        """
        decoder = _Decoder(self._model, self._options, language or "en")
        samples = chunk.samples.astype(np.float32) / 32768.0
        windows = cut_windows(chunk.samples, _WINDOW_MS)
        words: list[HeardWord] = []
        gaps: list[Gap] = []
        for first in range(0, len(windows), self._batch_size):
            for window, heard in decoder.decode(samples, windows[first : first + self._batch_size]):
                if heard is None:
                    gaps.append(Gap(*_episode_interval(chunk, window), "window-failed"))
                else:
                    words.extend(_in_episode(heard, chunk, words[-1].start_ms if words else 0))
        if windows and len(gaps) == len(windows):
            raise TranscribeError("transcription-failed", "the model failed on every window", "try another model")
        return ChunkResult(
            chunk.index, chunk.offset_ms, chunk.duration_ms, chunk.overlap_ms, build_segments(words), tuple(gaps)
        )

    def detect_language(self, windows: Sequence[NDArray[np.int16]]) -> str:
        """Detect the language spoken in most of the windows: the one with the highest sum of probabilities."""
        if not self._model.model.is_multilingual:
            return "en"
        sums: dict[str, float] = defaultdict(float)
        for window in windows:
            if not len(window):
                continue
            samples = window[: 30 * SAMPLE_RATE_HZ].astype(np.float32) / 32768.0
            _, _, probabilities = self._model.detect_language(samples)
            for language, probability in probabilities:
                sums[language] += probability
        return max(sums, key=sums.__getitem__) if sums else "en"


class _Decoder:
    """Decodes windows of one chunk in one language."""

    def __init__(self, model: WhisperModel, options: TranscribeOptions, language: str) -> None:
        self._model = model
        self._options = options
        multilingual = model.model.is_multilingual
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, multilingual, task="transcribe", language=language if multilingual else "en"
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])

    def decode(
        self, samples: NDArray[np.float32], windows: Sequence[Window]
    ) -> Iterator[tuple[Window, list[HeardWord] | None]]:
        """Decode windows together; each comes with its words in chunk time, or None where the model failed."""
        try:
            yield from zip(windows, self._decode_batch(samples, windows), strict=True)
        except Exception:  # noqa: BLE001  # alignment fails in many ways (faster-whisper #1342)
            if len(windows) == 1:
                yield windows[0], None
                return
            for window in windows:  # one bad window must not take its neighbours with it
                yield from self.decode(samples, [window])

    def _decode_batch(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> list[list[HeardWord]]:
        encoded = self._model.encode(np.stack([self._features(samples[w.start : w.end]) for w in windows]))
        prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=True, hotwords=self._options.hotwords)
        results = self._model.model.generate(
            encoded,
            [prompt] * len(windows),
            beam_size=self._options.beam_size,
            max_length=self._model.max_length,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
        )
        tokens = [[t for t in result.sequences_ids[0] if t < self._tokenizer.eot] for result in results]
        frames = [max(1, (w.end - w.start) // FRAME_SAMPLES) for w in windows]
        alignments = self._model.find_alignment(self._tokenizer, tokens, encoded, frames)
        return [_words(a, w.start * 1000 // SAMPLE_RATE_HZ) for a, w in zip(alignments, windows, strict=True)]

    def _features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        features = self._model.feature_extractor(samples)[..., :_MODEL_FRAMES]
        padded = np.zeros((features.shape[0], _MODEL_FRAMES), dtype=np.float32)
        padded[:, : features.shape[1]] = features
        return padded


def _words(alignment: list[dict[str, Any]], offset_ms: int) -> list[HeardWord]:
    merge_punctuations(alignment, _PREPENDED, _APPENDED)
    return [
        HeardWord(
            item["word"],
            offset_ms + round(float(item["start"]) * 1000),
            offset_ms + round(float(item["end"]) * 1000),
            float(item["probability"]),
        )
        for item in alignment
        if item["word"]
    ]


def _episode_interval(chunk: Chunk, window: Window) -> tuple[int, int]:
    start_ms = chunk.offset_ms + window.start * 1000 // SAMPLE_RATE_HZ
    return start_ms, chunk.offset_ms + window.end * 1000 // SAMPLE_RATE_HZ


def _in_episode(words: Sequence[HeardWord], chunk: Chunk, earliest_ms: int) -> Iterator[HeardWord]:
    """Move words from chunk time to episode time, inside the chunk and in order."""
    end_of_chunk_ms = chunk.offset_ms + chunk.duration_ms
    for word in words:
        start_ms = min(max(word.start_ms + chunk.offset_ms, earliest_ms), end_of_chunk_ms)
        end_ms = min(max(word.end_ms + chunk.offset_ms, start_ms), end_of_chunk_ms)
        earliest_ms = start_ms
        yield HeardWord(word.text, start_ms, end_ms, word.probability)
