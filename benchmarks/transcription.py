"""How fast `podindex add` is beside faster-whisper on the same files, everything included.

    python benchmarks/transcription.py AUDIO… [--runs 3] [--sequential] [--whisper-ctranslate2]

Each contender is a process of its own, from start to exit, and they take turns, so that a machine that slows down slows
all of them. podindex also decodes in chunks, stitches, stores and indexes; the peers only transcribe. Model, compute
type and beam are the same; everybody makes word times. podindex's models run in processes of their own: what its first
process takes is all it does besides.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from measuring import Run, describe_machine, markdown_table, run_process, spread

PEER = Path(__file__).with_name("peer_faster_whisper.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sequential", action="store_true", help="measure sequential decoding, too")
    parser.add_argument("--whisper-ctranslate2", action="store_true", help="measure that command, batched, too")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--beam-size", type=int, default=5)
    arguments = parser.parse_args()

    modes = ["batched", *(["sequential"] if arguments.sequential else [])]
    peers: dict[str, Callable[[argparse.Namespace], Run]] = {mode: partial(run_faster_whisper, mode) for mode in modes}
    if arguments.whisper_ctranslate2:
        peers["whisper-ctranslate2"] = run_whisper_ctranslate2
    runs: dict[str, list[Run]] = {name: [] for name in ("podindex", *peers)}
    for _ in range(arguments.runs):
        for name, run_peer in peers.items():
            runs[name].append(run_peer(arguments))
        runs["podindex"].append(run_podindex(arguments))
    report(runs, sum(map(duration_s, arguments.audio)))


def run_podindex(arguments: argparse.Namespace) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--model", arguments.model, "--beam-size", str(arguments.beam_size)]
        command = [sys.executable, "-m", "podindex", "--library", folder, "-q", "add", *options, "--"]
        return run_process([*command, *arguments.audio])


def run_faster_whisper(mode: str, arguments: argparse.Namespace) -> Run:
    return run_process([sys.executable, PEER, mode, arguments.model, str(arguments.beam_size), *arguments.audio])


def run_whisper_ctranslate2(arguments: argparse.Namespace) -> Run:
    from podindex.transcribe.models import choose_model

    options = {
        "model_directory": choose_model(arguments.model).path,
        "beam_size": arguments.beam_size,
        "compute_type": "int8",
        "threads": len(os.sched_getaffinity(0)),
        "batched": True,
        "batch_size": 8,
        "word_timestamps": True,
        "output_format": "json",
        "verbose": False,
    }
    command = Path(sys.executable).with_name("whisper-ctranslate2")
    with tempfile.TemporaryDirectory() as folder:
        options["output_dir"] = folder
        return run_process([command, *(f"--{name}={value}" for name, value in options.items()), *arguments.audio])


def duration_s(path: Path) -> float:
    from podindex.audio.probe import probe

    return (probe(path).duration_ms or 0) / 1000


def report(runs: dict[str, list[Run]], audio_s: float) -> None:
    rows = []
    for name, found in runs.items():
        wall = [run.wall_s for run in found]
        ratios = [peer.wall_s / ours.wall_s for peer, ours in zip(found, runs["podindex"], strict=True)]
        rows.append(
            [
                name,
                f"{audio_s / statistics.median(wall):.1f}×",
                spread(wall, 1),
                spread([run.cpu_s for run in found], 1),
                f"{100 * statistics.median(run.parent_cpu_s / run.cpu_s for run in found):.1f} %",
                f"{max(run.peak_bytes for run in found) / 2**20:.0f}",
                "" if name == "podindex" else spread(ratios),
            ]
        )
    print(describe_machine())
    print(f"{audio_s / 60:.0f} minutes of audio; median (range) of {len(runs['podindex'])} runs in turn\n")
    header = ["", "real time", "wall s", "CPU s", "of it in the first process", "peak MiB", "podindex is faster by"]
    print(markdown_table(header, rows))


if __name__ == "__main__":
    main()
