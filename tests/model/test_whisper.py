"""The real engine with the packaged tiny.en: what it hears of the samples, and what it does not hear in noise."""

import json
import os
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from ctranslate2 import StorageView
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from podindex.audio.chunk import iter_chunks
from podindex.audio.decode import Decoder, read_window
from podindex.errors import ModelError
from podindex.models import Chunk, ChunkResult, TranscribeOptions
from podindex.transcribe.careful import Task
from podindex.transcribe.decoding import Decoding
from podindex.transcribe.engine import EngineSpec
from podindex.transcribe.models import choose_model
from podindex.transcribe.speech import Stretch
from podindex.transcribe.whisper import _VAD_PIECE_FRAMES, WhisperEngine, _ChunkModel, load_engine, measure_speech

SECOND = 16_000

Sample = tuple[NDArray[np.int16], list[dict[str, Any]]]
"""Sound, and the lines that are said in it."""


@pytest.fixture(scope="module")
def engine() -> WhisperEngine:
    return load_engine(EngineSpec("", choose_model("tiny.en").path, TranscribeOptions(beam_size=1)))


def transcribe(engine: WhisperEngine, samples: NDArray[np.int16], offset_ms: int = 0) -> ChunkResult:
    return engine.transcribe(Chunk(0, offset_ms, len(samples) // 16, samples), "en")


@pytest.fixture(scope="module")
def sample(repo_dir: Path) -> Sample:
    """The first 70 s of a sample episode, and the lines said in it."""
    episode = json.loads((repo_dir / "tests" / "data" / "samples.json").read_text("utf-8"))["episodes"][0]
    samples = read_window(repo_dir / "episodes" / episode["path"], 0, 70_000)
    return samples, [line for line in episode["lines"] if line["end_ms"] < 70_000]


@pytest.fixture(scope="module")
def result(engine: WhisperEngine, sample: Sample) -> ChunkResult:
    return transcribe(engine, sample[0])


def plain(text: str) -> list[str]:
    return "".join(c for c in text.lower() if c.isalnum() or c in " '").split()


def share_heard(result: ChunkResult, lines: list[dict[str, Any]]) -> float:
    """Return the share of the words said that are in the result, in order."""
    said = plain(" ".join(line["text"] for line in lines))
    heard = plain(" ".join(segment.text for segment in result.segments))
    blocks = SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(said)


def test_what_was_said_is_heard(result: ChunkResult, sample: Sample) -> None:
    assert share_heard(result, sample[1]) >= 0.85
    assert not result.missing


@pytest.mark.parametrize("sound", ["telephone", "quiet", "clipped"])
def test_bad_sound_is_heard_nearly_as_well(engine: WhisperEngine, sample: Sample, tmp_path: Path, sound: str) -> None:
    samples, lines = sample
    if sound == "telephone":  # 8 kHz, as a phone company codes it
        path = tmp_path / "call.wav"
        write_telephone(path, samples)
        bad = read_window(path, 0, 70_000)
    elif sound == "quiet":  # 46 dB below what it was
        bad = (samples // 200).astype(np.int16)
    else:
        bad = np.clip(samples.astype(np.int32) * 20, -32768, 32767).astype(np.int16)
    assert share_heard(transcribe(engine, bad), lines) >= 0.75


@pytest.mark.parametrize("beginning", ["Our story", "It sells cameras", "On Tuesday, a"])
def test_what_is_said_twice_is_heard_twice_alike(engine: WhisperEngine, sample: Sample, beginning: str) -> None:
    samples, lines = sample
    line = next(line for line in lines if line["text"].startswith(beginning))
    spoken = samples[line["start_ms"] * 16 : line["end_ms"] * 16]
    result = transcribe(engine, np.concatenate([spoken, np.zeros(SECOND // 2, np.int16), spoken]))
    heard = plain(" ".join(segment.text for segment in result.segments))
    assert heard[: len(heard) // 2] == heard[len(heard) // 2 :]


def test_what_is_said_many_times_is_heard_as_often(engine: WhisperEngine, sample: Sample) -> None:
    """The text compresses as that of a model that goes in circles."""
    samples, lines = sample
    line = next(line for line in lines if line["text"].startswith("It sells cameras"))
    spoken = samples[line["start_ms"] * 16 : line["end_ms"] * 16]
    result = transcribe(engine, np.concatenate([spoken, np.zeros(SECOND // 2, np.int16)] * 4))
    heard = plain(" ".join(segment.text for segment in result.segments))
    assert heard == heard[: len(heard) // 4] * 4


def test_names_that_nobody_says_do_not_set_it_going_in_circles(repo_dir: Path) -> None:
    names = (
        "Ekaterina Voskresenskaya, Bartholomew Quigley, Tegucigalpa, Xochimilco, Ouagadougou, Szczecin, Llanfair, "
        "Njoroge, Abernathy, Brzezinski, Castellanos, Dostoevsky, Eyjafjallajokull, Fitzwilliam, Gruenewald, "
        "Haraldsson, Iturbide, Jankowski, Kowalczyk, Lindqvist, Mbeki, Nakagawa, Okonkwo, Papadopoulos, Quintanilla, "
        "Rasmussen, Sokolov, Thorvaldsen, Uzodinma, Villanueva, Wojciechowski, Xanthopoulos, Yamamoto, Zbigniew"
    )
    options = TranscribeOptions(hotwords=names, compute_type="int8")
    told = load_engine(EngineSpec("", choose_model("tiny.en").path, options))
    episode = json.loads((repo_dir / "tests" / "data" / "samples.json").read_text("utf-8"))["episodes"][1]
    with Decoder(repo_dir / "episodes" / episode["path"]) as decoder:
        results = [told.transcribe(chunk, "en") for chunk in iter_chunks(decoder)]
    heard = sum(len(plain(segment.text)) for result in results for segment in result.segments)
    assert heard <= 1.03 * sum(len(plain(line["text"])) for line in episode["lines"])  # 1.08 when it did


def test_a_long_prompt_and_many_names_leave_room_for_what_is_said(sample: Sample) -> None:
    options = TranscribeOptions(beam_size=1, prompt="They talk about faces. " * 50, hotwords="Gutenberg, Jenson, " * 50)
    told = load_engine(EngineSpec("", choose_model("tiny.en").path, options))
    lines = [line for line in sample[1] if line["end_ms"] < 30_000]
    assert share_heard(transcribe(told, sample[0][: 30 * SECOND]), lines) > 0.8


@pytest.mark.parametrize("batch_size", [1, 4])
def test_what_is_decoded_again_is_not_encoded_again(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    options = TranscribeOptions(beam_size=1)
    engine = load_engine(EngineSpec("", choose_model("tiny.en").path, options, batch_size=batch_size))
    begins: list[bytes] = []
    decoded: list[Stretch] = []
    encode, write = WhisperModel.encode, _ChunkModel.write

    def note_encoded(model: WhisperModel, features: NDArray[np.float32]) -> StorageView:
        begins.append(features[..., :100].tobytes())  # the first second; what follows may be padded otherwise
        return encode(model, features)

    def note_decoded(model: _ChunkModel, tasks: list[Task], *rest: Any, **more: Any) -> list[Decoding]:
        decoded.extend(task.window for task in tasks)
        return write(model, tasks, *rest, **more)

    monkeypatch.setattr("podindex.transcribe.careful.GOOD_SCORE", 0.0)  # nothing is good enough
    monkeypatch.setattr("podindex.transcribe.whisper.has_row_twice", lambda *_: True)
    monkeypatch.setattr(WhisperModel, "encode", note_encoded)
    monkeypatch.setattr(_ChunkModel, "write", note_decoded)
    transcribe(engine, sample[0])
    assert len(set(decoded)) < len(decoded)
    assert len(set(begins)) == len(begins) == len(set(decoded))


def test_the_model_is_told_what_it_wrote_however_its_tokenizer_spells(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = load_engine(EngineSpec("", choose_model("tiny.en").path, TranscribeOptions(beam_size=1)))
    told: list[list[int]] = []
    wrote: list[list[int]] = []
    get_prompt, align, encode = WhisperModel.get_prompt, WhisperModel.find_alignment, Tokenizer.encode

    def note_told(model: WhisperModel, tokenizer: Tokenizer, before: list[int], **options: Any) -> list[int]:
        told.append(before)
        prompt: list[int] = get_prompt(model, tokenizer, before, **options)
        return prompt

    def note_written(
        model: WhisperModel, tokenizer: Tokenizer, texts: list[list[int]], *rest: Any, **options: Any
    ) -> object:
        wrote.extend(texts)
        return align(model, tokenizer, texts, *rest, **options)

    # As the tokenizer of a multilingual base model that is about splits " that" into " " and "that".
    monkeypatch.setattr(Tokenizer, "encode", lambda self, text: [t for letter in text for t in encode(self, letter)])
    monkeypatch.setattr(WhisperModel, "get_prompt", note_told)
    monkeypatch.setattr(WhisperModel, "find_alignment", note_written)
    transcribe(engine, sample[0])
    rows = [row for row in told if row]
    assert rows
    assert all(any(text[: len(row)] == row for text in wrote) for row in rows)


def write_telephone(path: Path, samples: NDArray[np.int16]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_mulaw", rate=8_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None, :], "s16", "mono")
        frame.sample_rate = SECOND
        for narrow in av.AudioResampler("s16", "mono", 8_000).resample(frame):
            container.mux(stream.encode(narrow))
        container.mux(stream.encode(None))


def test_speech_is_where_faster_whisper_finds_it(sample: Sample) -> None:
    floats = sample[0].astype(np.float32) / np.float32(32768)
    ours = measure_speech(floats)
    assert len(ours) > 2 * _VAD_PIECE_FRAMES
    piece = floats[: _VAD_PIECE_FRAMES * 512]
    # They silence the end of the last frame.
    np.testing.assert_allclose(ours[: _VAD_PIECE_FRAMES - 1], get_vad_model()(piece).reshape(-1)[:-1], atol=1e-5)


def test_a_guest_on_the_telephone_is_heard_after_minutes(sample: Sample) -> None:
    spectrum = np.fft.rfft(sample[0])
    hertz = np.fft.rfftfreq(len(sample[0]), 1 / SECOND)
    guest = np.fft.irfft(np.where((hertz > 300) & (hertz < 3400), spectrum, 0), len(sample[0]))
    heard = np.concatenate((sample[0], guest, guest)).astype(np.float32)
    speech = measure_speech(heard / np.float32(32768)) > 0.35
    assert speech[-2_000:].mean() > 0.65 * speech[:2_000].mean()


def test_turns_begin_when_they_were_said(result: ChunkResult, sample: Sample) -> None:
    starts = np.array([word.start_ms for segment in result.segments for word in segment.words or ()])
    late = [int(np.abs(starts - line["start_ms"]).min()) for line in sample[1]]
    assert float(np.median(late)) <= 100
    assert sum(ms <= 300 for ms in late) >= 0.9 * len(late)


def test_who_says_more_than_is_usual_is_heard_to_the_end(
    engine: WhisperEngine,
    sample: Sample,
    result: ChunkResult,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("podindex.transcribe.whisper._USUAL_TOKENS", 5)
    monkeypatch.setattr("podindex.transcribe.whisper._USUAL_TOKENS_PER_S", 1)
    assert transcribe(engine, sample[0]) == result


def test_the_word_at_which_the_model_is_stopped_is_left_to_the_next_window(
    engine: WhisperEngine, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Hindi, 224 tokens are some fifteen seconds of speech, and end inside a letter one time in five."""
    decoder = engine._make_decoder(sample[0].astype(np.float32) / np.float32(32768), "en")
    decoder._is_wordy = True

    def heard() -> list[str]:
        [found] = decoder.decode([Stretch(0, 25_000)], last=[True], said=[()])
        assert found
        return [word.text for word in found.words]

    whole = heard()
    for most in range(20, 32):
        monkeypatch.setattr(_ChunkModel, "_most_tokens", lambda *_, most=most, **__: most)
        words = heard()
        assert words == whole[: len(words)]


def test_the_same_chunk_gives_the_same_words(engine: WhisperEngine, result: ChunkResult, sample: Sample) -> None:
    assert transcribe(engine, sample[0]) == result


def test_times_are_those_of_the_episode(engine: WhisperEngine, sample: Sample) -> None:
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


def test_onnxruntime_neither_numbers_this_machine_nor_gathers_what_to_tell_its_makers(tmp_path: Path) -> None:
    code = "import podindex.transcribe.whisper, faster_whisper.vad; faster_whisper.vad.get_vad_model()"
    environment = {"HOME": str(tmp_path), "PYTHONPATH": os.environ["PYTHONPATH"]}  # where CI is known it never does
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
