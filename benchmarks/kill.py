"""Kill `podindex add` again and again: is finished work ever redone, and does the transcript come out the same?

    python benchmarks/kill.py AUDIO [--kills 50] [--seed 1]

The audio is added once in peace and once with kills (SIGKILL to the whole process group) at random instants. A chunk
counts as redone when the file of one that was finished before a kill is written again after it.
"""

import argparse
import dataclasses
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from measuring import describe_machine

from podindex.models import Transcript
from podindex.store import EpisodeStore


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        peaceful = add(Path(folder, "peace"), arguments.audio)
        peaceful.wait()
        whole_s = time.perf_counter() - started
        killed = Killed(Path(folder, "killed"), arguments.audio, random.Random(arguments.seed))
        killed.run(arguments.kills, whole_s)
        same = read_transcript(Path(folder, "peace")) == read_transcript(Path(folder, "killed"))
    print(describe_machine(), end="\n\n")
    print(f"{killed.kills} kills: {killed.redone} finished chunks redone, {killed.finished} finished in all,")
    print(f"the transcript is {'the same' if same else 'DIFFERENT'}")
    sys.exit(killed.redone > 0 or not same)


class Killed:
    """A library that is added to under fire."""

    def __init__(self, library: Path, audio: Path, chance: random.Random) -> None:
        self.library, self.audio, self.chance = library, audio, chance
        self.kills = self.redone = self.finished = 0

    def run(self, kills: int, whole_s: float) -> None:
        known: dict[str, int] = {}
        while self.kills < kills:
            process = add(self.library, self.audio)
            # Some runs get far enough to finish a chunk, others die while they start.
            try:
                process.wait(self.chance.uniform(0.1, whole_s / 2))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                self.kills += 1
                found = checkpoints(self.library)
                if not any(self.library.glob("episodes/*/*.transcript.json")):  # then they go, and none is redone
                    self.redone += sum(found.get(name) != written for name, written in known.items())
                self.finished += len(found.keys() - known.keys())
                known = found
            else:
                break_up(self.library)  # it was done before its time: begin anew
                known = {}
        add(self.library, self.audio).wait()


def add(library: Path, audio: Path) -> "subprocess.Popen[bytes]":
    command: list[str | Path] = [sys.executable, "-m", "podindex", "--library", library, "-q", "add", audio]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def checkpoints(library: Path) -> dict[str, int]:
    """Return when each finished chunk was written."""
    return {path.name: path.stat().st_mtime_ns for path in library.glob("episodes/*/*.chunks/[0-9]*.json")}


def break_up(library: Path) -> None:
    for path in library.glob("episodes/*/*.json"):
        path.unlink()


def read_transcript(library: Path) -> Transcript:
    store = EpisodeStore(library / "episodes")
    (episode_id,) = store.iter_ids()
    transcript = store.load_transcript(episode_id)
    origin = dataclasses.replace(transcript.origin, created=datetime(2026, 1, 1, tzinfo=UTC))
    return dataclasses.replace(transcript, origin=origin)


if __name__ == "__main__":
    main()
