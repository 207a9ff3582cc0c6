"""Is an episode taken for the language it is in? podindex beside faster-whisper's own guess, same weights.

    python benchmarks/language.py AUDIO… --model DIR --language en

All of AUDIO is in the one language given. Three guesses a file:

- podindex: half minutes from three places, and what is heard in them where several languages are likely;
- their sound: the same half minutes by the probabilities alone;
- faster-whisper: the first half minute, which is what it goes by where it is told no language.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from measuring import describe_machine, markdown_table
from numpy.typing import NDArray

from podindex.audio.probe import probe
from podindex.ingest import read_language_windows
from podindex.models import TranscribeOptions
from podindex.transcribe.engine import EngineSpec
from podindex.transcribe.language import choose_language
from podindex.transcribe.models import choose_model
from podindex.transcribe.whisper import load_engine

SYSTEMS = ("podindex", "their sound", "faster-whisper")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="+", type=Path)
    parser.add_argument("--model", required=True, help="one that knows many languages")
    parser.add_argument("--language", default="en", help="what all of the files are in")
    arguments = parser.parse_args()
    from faster_whisper import WhisperModel, decode_audio

    choice = choose_model(arguments.model)
    model = WhisperModel(str(choice.path), device="cpu", compute_type="int8")
    engine = load_engine(EngineSpec("", choice.path, TranscribeOptions()))

    def guess(samples: NDArray[np.float32]) -> dict[str, float]:
        return dict(model.detect_language(samples)[2])

    def detect(path: Path) -> tuple[str, ...]:
        windows = read_language_windows(path, probe(path).duration_ms or 0)
        by_sound = choose_language([guess(window.astype(np.float32) / 32768.0) for window in windows], lambda _: 0.0)
        return engine.detect_language(windows), by_sound, model.detect_language(decode_audio(str(path)))[0]

    found: dict[Path, Sequence[str]] = {path: detect(path) for path in arguments.audio}
    print(describe_machine())
    print(f"model {choice.name}, int8\n")
    report(found, arguments.language)


def report(found: dict[Path, Sequence[str]], truth: str) -> None:
    rows = [[path.stem, *languages] for path, languages in found.items() if set(languages) != {truth}]
    right = (sum(language == truth for language in column) for column in zip(*found.values(), strict=True))
    rows.append([f"**right, of {len(found)}**", *(str(count) for count in right)])
    print(markdown_table([f"not {truth}", *SYSTEMS], rows))


if __name__ == "__main__":
    main()
