"""The real engine with the packaged tiny.en: what it hears of the samples, and what it does not hear in noise."""

import json
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from podindex.audio.decode import read_window
from podindex.errors import ModelError
from podindex.models import Chunk, ChunkResult, TranscribeOptions
from podindex.transcribe.engine import EngineSpec
from podindex.transcribe.models import choose_model
from podindex.transcribe.whisper import WhisperEngine, load_engine

SECOND = 16_000


@pytest.fixture(scope="module")
def engine() -> WhisperEngine:
    return load_engine(EngineSpec("", choose_model("tiny.en").path, TranscribeOptions(beam_size=1)))


def transcribe(engine: WhisperEngine, samples: NDArray[np.int16], offset_ms: int = 0) -> ChunkResult:
    return engine.transcribe(Chunk(0, offset_ms, len(samples) // 16, samples), "en")


@pytest.fixture(scope="module")
def sample(repo_dir: Path) -> tuple[NDArray[np.int16], list[dict[str, object]]]:
    """The first 70 s of a sample episode, and the lines said in it."""
    episode = json.loads((repo_dir / "tests" / "data" / "samples.json").read_text("utf-8"))["episodes"][0]
    samples = read_window(repo_dir / "episodes" / episode["path"], 0, 70_000)
    return samples, [line for line in episode["lines"] if line["end_ms"] < 70_000]


@pytest.fixture(scope="module")
def result(engine: WhisperEngine, sample: tuple[NDArray[np.int16], list[dict[str, object]]]) -> ChunkResult:
    return transcribe(engine, sample[0])


def plain(text: str) -> list[str]:
    return "".join(c for c in text.lower() if c.isalnum() or c in " '").split()


def test_what_was_said_is_heard(result: ChunkResult, sample: tuple[NDArray[np.int16], list[dict[str, object]]]) -> None:
    said = plain(" ".join(str(line["text"]) for line in sample[1]))
    heard = plain(" ".join(segment.text for segment in result.segments if segment.start_ms < 70_000))
    blocks = SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in blocks) >= 0.85 * len(said)
    assert not result.missing


def test_turns_begin_when_they_were_said(
    result: ChunkResult, sample: tuple[NDArray[np.int16], list[dict[str, object]]]
) -> None:
    starts = np.array([word.start_ms for segment in result.segments for word in segment.words or ()])
    late = [int(np.abs(starts - int(str(line["start_ms"]))).min()) for line in sample[1]]
    assert float(np.median(late)) <= 100
    assert sum(ms <= 300 for ms in late) >= 0.9 * len(late)


def test_the_same_chunk_gives_the_same_words(
    engine: WhisperEngine, result: ChunkResult, sample: tuple[NDArray[np.int16], list[dict[str, object]]]
) -> None:
    assert transcribe(engine, sample[0]) == result


def test_times_are_those_of_the_episode(
    engine: WhisperEngine, sample: tuple[NDArray[np.int16], list[dict[str, object]]]
) -> None:
    later = transcribe(engine, sample[0][: 10 * SECOND], offset_ms=1_000_000)
    assert later.segments[0].start_ms >= 1_000_000
    assert later.segments[-1].end_ms <= 1_010_000


@pytest.mark.parametrize("length", [0, 1, 159, 200, SECOND, 40 * SECOND])
def test_nobody_speaks_in_silence(engine: WhisperEngine, length: int) -> None:
    assert transcribe(engine, np.zeros(length, dtype=np.int16)).segments == ()


def test_nobody_speaks_in_noise_or_a_tone(engine: WhisperEngine) -> None:
    noise = np.random.default_rng(7).normal(0, 2000, 20 * SECOND)
    tone = 8000 * np.sin(np.arange(20 * SECOND) * 2 * np.pi * 440 / SECOND)
    for sound in (noise, tone):
        assert transcribe(engine, sound.astype(np.int16)).segments == ()


def test_a_model_that_knows_english_only_detects_nothing_else(engine: WhisperEngine) -> None:
    assert engine.detect_language([np.zeros(SECOND, dtype=np.int16)]) == "en"


def test_weights_that_are_none_are_an_error_people_can_read(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    with pytest.raises(ModelError) as caught:
        load_engine(EngineSpec("", tmp_path, TranscribeOptions()))
    assert caught.value.code == "model-unreadable"


def test_a_compute_type_that_the_device_lacks_is_an_error_people_can_read() -> None:
    spec = EngineSpec("", choose_model("tiny.en").path, TranscribeOptions(compute_type="int3"))
    with pytest.raises(ModelError) as caught:
        load_engine(spec)
    assert caught.value.code == "model-unsupported"
