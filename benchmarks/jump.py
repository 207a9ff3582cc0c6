"""Does a search lead to the second it was said? First words of turns and clips, looked for as phrases.

    python benchmarks/jump.py AUDIO… [--library DIR] [--model tiny.en]

The truth stands beside each file, under the same name with `.json`: a list of turns, or {"segments": [turns]}, each
with `start` in seconds and `text`. The sample episodes are measured as well. Of every turn the first five words are
searched as a phrase in its episode, and the hit nearest to the true start counts. Three questions, each with its share:

- recognised: do these words stand in the transcript, in a row, within three seconds of where they are said?
- found: of those, does the search give a hit within three seconds?
- right: of those, how far is the hit's start from the true start?

A turn that was not recognised says something about the model; one that was and is not found is podindex's mistake.
"""

import argparse
import json
import re
import statistics
import tempfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import describe_machine, markdown_table

from podindex import Library
from podindex.config import load_settings

FIRST_WORDS = 5
NEAR_MS = 3_000
SAMPLES_DIR = Path(__file__).parents[1] / "episodes"
SAMPLES_TRUTH_PATH = Path(__file__).parents[1] / "tests" / "data" / "samples.json"


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of speech of which it is known when it begins."""

    start_ms: int
    words: tuple[str, ...]
    """Its first words, without punctuation."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a turn."""

    recognised: bool
    error_ms: int | None
    """Start of the nearest hit less the true start; None: no hit near it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="*", type=Path)
    parser.add_argument("--library", type=Path, help="keep the transcripts here (default: a folder that is deleted)")
    parser.add_argument("--model", default="tiny.en")
    arguments = parser.parse_args()

    turns = {path.resolve(): load_turns(path.with_suffix(".json")) for path in arguments.audio} | sample_turns()
    with tempfile.TemporaryDirectory() as folder, Library.open(arguments.library or folder) as library:
        found = measure(library, turns, arguments.model)
    print(describe_machine())
    print(f"model {arguments.model}; the first {FIRST_WORDS} words of every turn, as a phrase in its episode\n")
    report(found)


def load_turns(path: Path) -> list[Turn]:
    truth = json.loads(path.read_text("utf-8"))
    segments = truth["segments"] if isinstance(truth, dict) else truth
    return [Turn(round(segment["start"] * 1000), first_words(segment["text"])) for segment in segments]


def sample_turns() -> dict[Path, list[Turn]]:
    episodes = json.loads(SAMPLES_TRUTH_PATH.read_text("utf-8"))["episodes"]
    return {
        SAMPLES_DIR / episode["path"]: [Turn(line["start_ms"], first_words(line["text"])) for line in episode["lines"]]
        for episode in episodes
    }


def first_words(text: str) -> tuple[str, ...]:
    return tuple(plain_words(text)[:FIRST_WORDS])


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def measure(library: Library, turns: dict[Path, list[Turn]], model: str) -> dict[str, list[Found]]:
    """Transcribe and search; returns what became of the turns by the name of their audio's folder."""
    settings = load_settings(library.path).override(model=model)
    found: dict[str, list[Found]] = defaultdict(list)
    for outcome in list(library.add(list(turns), settings=settings)):  # the index is there when all are done
        if outcome.episode_id is None or outcome.path is None or outcome.status not in ("done", "unchanged"):
            raise SystemExit(f"{outcome.path}: {outcome.status}: {outcome.error}")
        recognised = list(iter_words(library, outcome.episode_id))
        for turn in turns[outcome.path.resolve()]:
            if turn.words:
                found[group_of(outcome.path)].append(look_for(library, outcome.episode_id, turn, recognised))
    return found


def group_of(path: Path) -> str:
    return "samples" if path.is_relative_to(SAMPLES_DIR) else path.parent.name


def iter_words(library: Library, episode_id: str) -> Iterator[tuple[int, str]]:
    """Yield the words of a transcript, split as the truth is, each with its `start_ms`."""
    for segment in library.transcript(episode_id).segments:
        for word in segment.words or ():
            for part in plain_words(word.text):
                yield word.start_ms, part


def look_for(library: Library, episode_id: str, turn: Turn, recognised: Sequence[tuple[int, str]]) -> Found:
    phrase = '"' + " ".join(turn.words) + '"'
    page = library.search(phrase, episode=episode_id, limit=1000, per_episode=0)
    errors_ms = [hit.start_ms - turn.start_ms for hit in page.hits if hit.match == "exact"]
    nearest_ms = min(errors_ms, key=abs, default=None)
    near = nearest_ms is not None and abs(nearest_ms) <= NEAR_MS
    return Found(stands_there(turn, recognised), nearest_ms if near else None)


def stands_there(turn: Turn, recognised: Sequence[tuple[int, str]]) -> bool:
    first = bisect_left(recognised, (turn.start_ms - NEAR_MS, ""))
    last = bisect_left(recognised, (turn.start_ms + NEAR_MS + 1, ""))
    size = len(turn.words)
    return any(
        tuple(word for _, word in recognised[place : place + size]) == turn.words for place in range(first, last)
    )


def report(found: dict[str, list[Found]]) -> None:
    header = [
        "",
        "turns",
        "recognised",
        "of these found",
        "found besides",
        "median ±ms",
        "95 % ±ms",
        "bias ms",
        "≤ 500 ms",
    ]
    rows = [[group, *summarise(turns)] for group, turns in sorted(found.items())]
    print(markdown_table(header, rows))


def summarise(turns: Sequence[Found]) -> list[object]:
    recognised = [turn for turn in turns if turn.recognised]
    errors_ms = [turn.error_ms for turn in recognised if turn.error_ms is not None]
    besides = sum(turn.error_ms is not None for turn in turns) - len(errors_ms)
    counts = [len(turns), share(len(recognised), len(turns)), share(len(errors_ms), len(recognised)), besides]
    if not errors_ms:
        return [*counts, "–", "–", "–", "–"]
    absolute = sorted(map(abs, errors_ms))
    return [
        *counts,
        round(statistics.median(absolute)),
        absolute[int(len(absolute) * 0.95)],
        round(statistics.median(errors_ms)),
        share(sum(error <= 500 for error in absolute), len(absolute)),
    ]


def share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else "–"


if __name__ == "__main__":
    main()
