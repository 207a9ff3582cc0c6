"""How many words are wrong, and how late do words begin? podindex beside faster-whisper's two modes, same weights.

    python benchmarks/accuracy.py AUDIO… [--model tiny.en] [--beam-size 5] [--language en] [--alone]

Needs `pip install jiwer whisper-normalizer`. The truth stands beside each file, under the same name with `.json`: a
list of turns, or {"segments": [turns]}, each with `start` in seconds and `text`; or with `.txt`, the text alone. Two
measures a file and for all:

- WER: wrong words of a hundred, after Whisper's own normalizer (words substituted, deleted, inserted).
- jump: how far the first word of a turn is from the turn's true start, if recognised: median, share ≤ 300 ms.
"""

import argparse
import difflib
import json
import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from measuring import describe_machine, markdown_table

from podindex.audio.chunk import iter_chunks
from podindex.audio.decode import Decoder
from podindex.models import TranscribeOptions
from podindex.transcribe.models import ModelChoice, choose_model
from podindex.transcribe.stitch import stitch
from podindex.transcribe.workers import WorkerPool


class Turn(NamedTuple):
    """What was said, and when it began."""

    start_ms: int | None
    """None: nobody says when, only what."""
    text: str


class SpokenWord(NamedTuple):
    """A word as some system wrote it."""

    text: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Score:
    """What a system made of a file, or of all."""

    substituted: int
    deleted: int
    inserted: int
    reference_words: int
    jumps_ms: tuple[int, ...]

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.substituted + other.substituted,
            self.deleted + other.deleted,
            self.inserted + other.inserted,
            self.reference_words + other.reference_words,
            self.jumps_ms + other.jumps_ms,
        )

    @property
    def wer(self) -> float:
        """Wrong words of a hundred."""
        return 100 * (self.substituted + self.deleted + self.inserted) / max(1, self.reference_words)

    def format_wer(self) -> str:
        return f"{self.wer:.1f} ({self.substituted}, {self.deleted}, {self.inserted})"

    def format_jump(self) -> str:
        sizes = [abs(jump) for jump in self.jumps_ms]
        if not sizes:
            return "–"
        return f"{statistics.median(sizes):.0f} ms, {sum(size <= 300 for size in sizes) / len(sizes):.0%}"


Transcribe = Callable[[Path], list[SpokenWord]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="+", type=Path)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--language", default="en")
    parser.add_argument("--alone", action="store_true", help="podindex without the peers")
    arguments = parser.parse_args()
    choice = choose_model(arguments.model)
    options = TranscribeOptions(language=arguments.language, beam_size=arguments.beam_size)

    peers = {} if arguments.alone else load_peers(choice, options)
    with WorkerPool(choice, options, device="cpu") as pool:
        systems: dict[str, Transcribe] = {"podindex": lambda path: transcribe(pool, path, arguments.language), **peers}
        scores = {path: measure(path, systems.values(), arguments.language) for path in arguments.audio}
    print(describe_machine())
    print(f"model {choice.name}, int8, beam {options.beam_size}\n")
    report(scores, list(systems))


def transcribe(pool: WorkerPool, path: Path, language: str) -> list[SpokenWord]:
    with Decoder(path) as decoder:
        futures = [pool.submit(chunk, language) for chunk in iter_chunks(decoder)]
    segments = stitch([future.result() for future in futures])
    return [SpokenWord(word.text, word.start_ms) for segment in segments for word in segment.words or ()]


def load_peers(choice: ModelChoice, options: TranscribeOptions) -> dict[str, Transcribe]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(choice.path), device="cpu", compute_type="int8")
    common = {"language": options.language, "beam_size": options.beam_size, "word_timestamps": True}

    def words(segments: Iterable[object]) -> list[SpokenWord]:
        spoken = (word for segment in segments for word in segment.words)  # type: ignore[attr-defined]
        return [SpokenWord(word.word, round(word.start * 1000)) for word in spoken]

    def batched(path: Path) -> list[SpokenWord]:
        return words(BatchedInferencePipeline(model).transcribe(str(path), batch_size=8, **common)[0])

    def sequential(path: Path) -> list[SpokenWord]:
        return words(model.transcribe(str(path), **common)[0])

    return {"faster-whisper batched": batched, "faster-whisper sequential": sequential}


def measure(path: Path, systems: Iterable[Transcribe], language: str) -> list[Score]:
    turns = load_truth(path)
    return [score(turns, system(path), language) for system in systems]


def load_truth(path: Path) -> list[Turn]:
    if not path.with_suffix(".json").exists():
        return [Turn(None, path.with_suffix(".txt").read_text("utf-8"))]
    truth = json.loads(path.with_suffix(".json").read_text("utf-8"))
    turns = truth["segments"] if isinstance(truth, dict) else truth
    return [Turn(round(turn["start"] * 1000), turn["text"]) for turn in turns]


def score(turns: Sequence[Turn], words: Sequence[SpokenWord], language: str = "en") -> Score:
    import jiwer
    from whisper_normalizer.basic import BasicTextNormalizer
    from whisper_normalizer.english import EnglishTextNormalizer

    normalize = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
    reference = normalize(" ".join(turn.text for turn in turns))
    counts = jiwer.process_words(reference, normalize(" ".join(word.text.strip() for word in words)))
    return Score(
        counts.substitutions,
        counts.deletions,
        counts.insertions,
        counts.hits + counts.substitutions + counts.deletions,
        tuple(find_jumps(turns, words)),
    )


def find_jumps(turns: Sequence[Turn], words: Sequence[SpokenWord]) -> list[int]:
    """Return, for each turn whose first word was recognised, how much later than the truth it begins, in ms."""
    reference: list[str] = []
    firsts: dict[int, int] = {}
    for turn in turns:
        if turn.start_ms is not None:
            firsts[len(reference)] = turn.start_ms
        reference.extend(plain_words(turn.text))
    hypothesis = [(part, word.start_ms) for word in words for part in plain_words(word.text)]
    matcher = difflib.SequenceMatcher(None, reference, [part for part, _ in hypothesis], autojunk=False)
    return [
        hypothesis[block.b + step][1] - firsts[block.a + step]
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
        if block.a + step in firsts
    ]


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def report(scores: dict[Path, list[Score]], systems: Sequence[str]) -> None:
    totals = [sum(column, Score(0, 0, 0, 0, ())) for column in zip(*scores.values(), strict=True)]
    rows = [[path.stem, *(score.format_wer() for score in line)] for path, line in scores.items()]
    rows.append(["**all**", *(total.format_wer() for total in totals)])
    rows.append(["jump, all: median, share ≤ 300 ms", *(total.format_jump() for total in totals)])
    print(markdown_table(["WER % (substituted, deleted, inserted)", *systems], rows))


if __name__ == "__main__":
    main()
