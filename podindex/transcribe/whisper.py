"""The real engine: faster-whisper, and the only module that knows it. I/O: loads weights, computes.

Works with faster-whisper's parts (features, encoder, decoder, word alignment) rather than with its two pipelines,
because those are a choice between losing text (batched) and losing time (sequential).
"""

import logging
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

# Read by libraries when they are first imported. The weights are here by now: whatever still asked would ask in vain.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else onnxruntime ≥ 1.29 numbers this machine and reports to Microsoft

import numpy as np
from ctranslate2 import StorageView
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from podindex.errors import ModelError, TranscribeError
from podindex.models import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Chunk, ChunkResult, Gap, TranscribeOptions
from podindex.transcribe.careful import CarefulDecoder, Manner, Task
from podindex.transcribe.decoding import Decoding, has_row_twice, keep_finished
from podindex.transcribe.engine import EngineSpec
from podindex.transcribe.language import choose_language
from podindex.transcribe.listen import listen
from podindex.transcribe.quality import judge
from podindex.transcribe.sections import FRAME_MS, measure_loudness
from podindex.transcribe.segments import HeardWord, Tokens, build_segments
from podindex.transcribe.speech import VAD_FRAME_MS, SpeechMap, Stretch
from podindex.transcribe.timing import correct_times

_MODEL_FRAMES = 3_000  # the most that the encoder looks at: 30 s
# Silence after a shorter window. The model was trained on thirty seconds filled up with it, but six are enough; with
# two it gets one word in a hundred more wrong (docs/benchmarks.md).
_SILENT_FRAMES = 600
_VAD_FRAME_SAMPLES = VAD_FRAME_MS * SAMPLES_PER_MS
_VAD_CONTEXT_SAMPLES = 64  # of the frame before, which the network sees, too
_VAD_PIECE_FRAMES = 250  # 8 s
_VAD_LEAD_FRAMES = 31  # 1 s, in which the network settles
_MAX_INITIAL_TIMESTAMP = 50  # in 20 ms: speech begins in the first second, as in openai/whisper
# Over so many frames the model's attention is smoothed before words are aligned with it. Over 7, as faster-whisper has
# it, aligning takes half as long again, for the same times (docs/benchmarks.md).
_MEDIAN_FRAMES = 3
_NO_REPEAT_TOKENS = 5  # the length of a row that may not be written twice
# English is hardly ever written with more tokens. In circles the model goes on to the end, which is 224.
_USUAL_TOKENS, _USUAL_TOKENS_PER_S = 24, 4
_RATED_LENGTH = 64  # of the text that a language is chosen by; CTranslate2 writes half as many tokens
# Punctuation that belongs to the word after it and before it; faster-whisper's own defaults.
_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"


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
            "model-unreadable",
            f"cannot load the model in {spec.model_path}: {error}",
            "download it again, or free memory",
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
        samples = chunk.samples.astype(np.float32) / 32768.0
        loudness = measure_loudness(chunk.samples)
        speech = SpeechMap(measure_speech(samples))
        decoder = self._make_decoder(samples, language or "en")
        heard = listen(decoder, loudness, speech, chunk.duration_ms, self._batch_size)
        if heard.failed and not heard.words:
            raise TranscribeError("transcription-failed", "the model failed on the whole stretch", "try another model")
        words = [_in_episode(word, chunk) for word in correct_times(heard.words, loudness, speech)]
        gaps = [Gap(chunk.offset_ms + start, chunk.offset_ms + end, "model-failed") for start, end in heard.failed]
        unheard = [(chunk.offset_ms + start, chunk.offset_ms + end) for start, end in heard.unheard]
        return ChunkResult(
            chunk.index,
            chunk.offset_ms,
            chunk.duration_ms,
            chunk.overlap_ms,
            tuple(map(judge, build_segments(words))),
            tuple(gaps),
            tuple(unheard),
        )

    def _make_decoder(self, samples: NDArray[np.float32], language: str) -> CarefulDecoder:
        tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language=language if self._model.model.is_multilingual else "en",
        )
        return CarefulDecoder(
            _ChunkModel(self._model, self._options, tokenizer, samples),
            is_prompted=bool(self._options.prompt or self._options.hotwords),
            is_wordy=tokenizer.language_code != "en",
        )

    def detect_language(self, windows: Sequence[NDArray[np.int16]]) -> str:
        """Detect the language spoken in most of the windows; where several are likely, by what is heard in each."""
        if not self._model.model.is_multilingual:
            return "en"
        sounds = [window[: 30 * SAMPLE_RATE_HZ].astype(np.float32) / 32768.0 for window in windows if len(window)]
        encoded = [self._model.encode(pad_or_trim(self._model.feature_extractor(sound))) for sound in sounds]
        guesses = [self._model.model.detect_language(window)[0] for window in encoded]
        by_language = [{token[2:-2]: probability for token, probability in guess} for guess in guesses]
        return choose_language(by_language, lambda language: self._rate(encoded, language))

    def _rate(self, encoded: Sequence[StorageView], language: str) -> float:
        """Return how sure the model is of the first words that it hears in a language: mean log probability."""
        tokenizer = Tokenizer(self._model.hf_tokenizer, multilingual=True, task="transcribe", language=language)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True)
        suppressed = get_suppressed_tokens(tokenizer, [-1])
        scores: list[float] = [
            self._model.model.generate(
                window,
                [prompt],
                beam_size=1,
                max_length=_RATED_LENGTH,
                no_repeat_ngram_size=_NO_REPEAT_TOKENS,  # circles are easy to be sure of
                return_scores=True,
                suppress_tokens=suppressed,
            )[0].scores[0]
            for window in encoded
        ]
        return sum(scores) / len(scores)


def measure_speech(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ask Silero for the probability of speech in each 32 ms.

    As faster-whisper's `SileroVADModel` does, with its session, but a piece at a time: a whole chunk at once takes
    another 70 MB, and what the network remembers of minutes makes it deaf to a voice on the telephone, or far quieter
    than what was before. So it begins each piece anew, a second early.

    Args:
        samples: float32 [n], -1 to 1, at `SAMPLE_RATE_HZ`.

    Returns:
        float32 [n / 512, rounded up].
    """
    frames = -(-len(samples) // _VAD_FRAME_SAMPLES)
    if not frames:
        return np.zeros(0, np.float32)
    padded = np.pad(samples, (_VAD_CONTEXT_SAMPLES, frames * _VAD_FRAME_SAMPLES - len(samples)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, _VAD_CONTEXT_SAMPLES + _VAD_FRAME_SAMPLES)
    inputs = seen[::_VAD_FRAME_SAMPLES]
    session = get_vad_model().session
    probabilities = np.zeros(frames, np.float32)
    fresh = np.zeros((1, 1, 128), np.float32)
    for first in range(0, frames, _VAD_PIECE_FRAMES):
        lead = min(first, _VAD_LEAD_FRAMES)
        piece = np.ascontiguousarray(inputs[first - lead : first + _VAD_PIECE_FRAMES])
        output, _, _ = session.run(None, {"input": piece, "h": fresh, "c": fresh})
        probabilities[first : first + _VAD_PIECE_FRAMES] = output.reshape(-1)[lead:]
    return probabilities


class _ChunkModel:
    """Whisper with the sound of one chunk, in the language of a tokenizer; a `careful.Model`."""

    def __init__(
        self, model: WhisperModel, options: TranscribeOptions, tokenizer: Tokenizer, samples: NDArray[np.float32]
    ) -> None:
        self._model = model
        self._options = options
        self._tokenizer = tokenizer
        self._samples = samples
        self._is_on_cpu = model.model.device == "cpu"
        self._encoded: dict[Stretch, NDArray[np.float32]] = {}  # what was encoded last
        self._suppressed = get_suppressed_tokens(tokenizer, [-1])

    def write(self, tasks: Sequence[Task], manner: Manner, *, at_length: bool) -> list[Decoding]:
        """Encode, decode and align windows together."""
        windows = [task.window for task in tasks]
        encoded = self._encode(windows)
        prompts = self._prompts([task.said for task in tasks], prompted=manner.prompted)
        most = self._most_tokens(windows, at_length=at_length)
        results = self._model.model.generate(
            encoded,
            prompts,
            beam_size=self._options.beam_size,
            # CTranslate2 takes half of it, less where the prompt leaves less.
            max_length=min(max(2 * most, len(prompts[0]) + most), self._model.max_length),
            no_repeat_ngram_size=0 if manner.may_repeat else _NO_REPEAT_TOKENS,
            return_scores=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
            max_initial_timestamp_index=_MAX_INITIAL_TIMESTAMP,
        )
        begin, end_of_text = self._tokenizer.timestamp_begin, self._tokenizer.eot
        kept = [keep_finished(r.sequences_ids[0], begin, task.last) for r, task in zip(results, tasks, strict=True)]
        texts = [[token for token in tokens if token < end_of_text] for tokens, _ in kept]
        alignments = self._align(windows, texts, encoded)
        decodings = []
        for task, result, (whole, complete), alignment in zip(tasks, results, kept, alignments, strict=True):
            tokens = result.sequences_ids[0]
            score = result.scores[0] * len(tokens) / (len(tokens) + 1)
            repeats = has_row_twice(tokens, _NO_REPEAT_TOKENS)
            cut_off = len(tokens) >= most
            words = _words(alignment, task.window)
            if cut_off and len(whole) == len(tokens):
                words = words[:-1]  # half a word, or half a letter: in many scripts one takes several tokens
            decodings.append(Decoding(words, score, complete, told=bool(task.said), repeats=repeats, cut_off=cut_off))
        return decodings

    def _most_tokens(self, windows: Sequence[Stretch], *, at_length: bool) -> int:
        """Return how much the model may write of each window."""
        most: int = self._model.max_length // 2
        longest_ms = max(window.end_ms - window.start_ms for window in windows)
        return most if at_length else min(_USUAL_TOKENS + _USUAL_TOKENS_PER_S * longest_ms // 1000, most)

    def _encode(self, windows: Sequence[Stretch]) -> StorageView:
        """Encode windows together on a GPU; on a CPU alone, and what was encoded last not again: a third of the work.

        What several windows need at once fits into no processor's cache.
        """
        if not self._is_on_cpu:
            return self._model.encode(self._stack_features(windows))
        if not self._encoded.keys() >= set(windows):
            features = self._stack_features(windows)[:, np.newaxis]
            self._encoded = {w: np.array(self._model.encode(f)) for w, f in zip(windows, features, strict=True)}
        return StorageView.from_array(np.concatenate([self._encoded[window] for window in windows]))

    def _align(
        self, windows: Sequence[Stretch], texts: list[list[int]], encoded: StorageView
    ) -> Iterator[list[dict[str, Any]]]:
        """Find when each word was said; on a CPU window by window, as for encoding."""
        align = partial(self._model.find_alignment, self._tokenizer, median_filter_width=_MEDIAN_FRAMES)
        if not self._is_on_cpu:
            yield from align(texts, encoded, [_frames(window) for window in windows])
            return
        for window, text in zip(windows, texts, strict=True):
            alone = StorageView.from_array(self._encoded[window])
            yield from align([text], alone, [_frames(window)])

    def _prompts(self, said: Sequence[Tokens], *, prompted: bool) -> list[list[int]]:
        """Return what the model is told before each window: CTranslate2 wants the same number of tokens for all.

        It writes times, too: it then hears more. Hotwords and what stands before the window share the half of what it
        can hold that faster-whisper would give to each: with both full, no room would be left for what it hears.
        """
        prompt, hotwords = (self._options.prompt, self._options.hotwords) if prompted else (None, None)
        wanted = self._tokenizer.encode(" " + prompt.strip()) if prompt else []
        expected = self._tokenizer.encode(" " + hotwords.strip()) if hotwords else []
        room = max(self._model.max_length // 2 - 1 - len(expected), 0)
        shortest = min(len(tokens) for tokens in said)
        before = [[*wanted, *tokens[len(tokens) - shortest :]] for tokens in said]
        return [
            self._model.get_prompt(self._tokenizer, tokens[max(len(tokens) - room, 0) :], hotwords=hotwords)
            for tokens in before
        ]

    def _stack_features(self, windows: Sequence[Stretch]) -> NDArray[np.float32]:
        frames = min(max(_frames(window) for window in windows) + _SILENT_FRAMES, _MODEL_FRAMES)
        return np.stack([self._features(window, frames + frames % 2) for window in windows])

    def _features(self, window: Stretch, frames: int) -> NDArray[np.float32]:
        samples = self._samples[window.start_ms * SAMPLES_PER_MS : window.end_ms * SAMPLES_PER_MS]
        features = self._model.feature_extractor(samples)[..., :frames]
        padded = np.zeros((features.shape[0], frames), dtype=np.float32)
        padded[:, : features.shape[1]] = features
        return padded


def _frames(window: Stretch) -> int:
    return (window.end_ms - window.start_ms) // FRAME_MS


def _words(alignment: list[dict[str, Any]], window: Stretch) -> tuple[HeardWord, ...]:
    merge_punctuations(alignment, _PREPENDED, _APPENDED)
    words = []
    earliest_ms = window.start_ms
    for item in alignment:
        if item["word"]:
            start_ms = min(max(window.start_ms + round(float(item["start"]) * 1000), earliest_ms), window.end_ms)
            end_ms = min(max(window.start_ms + round(float(item["end"]) * 1000), start_ms), window.end_ms)
            words.append(HeardWord(item["word"], start_ms, end_ms, float(item["probability"]), tuple(item["tokens"])))
            earliest_ms = start_ms
    return tuple(words)


def _in_episode(word: HeardWord, chunk: Chunk) -> HeardWord:
    return word._replace(start_ms=word.start_ms + chunk.offset_ms, end_ms=word.end_ms + chunk.offset_ms)
