"""Whatever instant a batch is killed at, the next run goes on from there and ends with the same transcript."""

import dataclasses
import json
import os
import signal
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from audio_files import write_audio
from commands import PODINDEX, heed_ctrl_c, podindex_json, run_podindex

from podindex.audio.decode import read_window
from podindex.models import Transcript
from podindex.store import EpisodeStore

SAMPLES = "episodes"
EPISODES = 3


def transcripts(library: Path) -> dict[str, Transcript]:
    store = EpisodeStore(library / "episodes")
    epoch = datetime(2026, 1, 1, tzinfo=UTC)
    found = {episode_id: store.load_transcript(episode_id) for episode_id in store.iter_ids()}
    return {
        episode_id: dataclasses.replace(found, origin=dataclasses.replace(found.origin, created=epoch))
        for episode_id, found in found.items()
    }


def checkpoints(library: Path) -> dict[Path, int]:
    """Every finished chunk with the time it was written."""
    return {path: path.stat().st_mtime_ns for path in library.glob("episodes/*/*.chunks/[0-9]*.json")}


def files(library: Path) -> set[str]:
    """List the files under episodes/; some may go meanwhile."""
    walked = os.walk(library / "episodes")
    return {f"{folder}/{name}" for folder, _, names in walked for name in names if name.endswith(".json")}


def run_until(library: Path, audio: Path, wanted: int, *options: str) -> bool:
    """Add, and kill the process as soon as so many files have come under episodes/. Tell whether it was killed."""
    before = files(library)
    come: set[str] = set()  # of which some go again
    process = subprocess.Popen(
        [*PODINDEX, "--library", str(library), "add", *options, str(audio)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None:
        come |= files(library) - before
        if len(come) >= wanted:
            process.kill()
            process.wait()
            return True
    return False


def test_a_killed_batch_goes_on_where_it_was(sample_library: Path, repo_dir: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    finished: dict[Path, int] = {}
    for wanted in (1, 3, 2):  # before all episodes are registered, and twice with finished chunks
        assert run_until(library, repo_dir / SAMPLES, wanted)
        left = checkpoints(library)
        for chunk, written in finished.items():
            # With a transcript they go, one after the other, and a kill may come between.
            is_transcribed = chunk.parent.with_suffix(".transcript.json").exists()
            assert left.get(chunk, written) == written, "a finished chunk was transcribed again"
            assert chunk in left or is_transcribed, "a finished chunk is gone"
        finished = left
    document = podindex_json("--library", library, "add", "--json", repo_dir / SAMPLES)
    assert {outcome["status"] for outcome in document["outcomes"]} <= {"done", "unchanged"}
    assert transcripts(library) == transcripts(sample_library)
    assert not checkpoints(library)
    assert podindex_json("--library", library, "check", "--repair", "--json") == {"problems": []}
    assert podindex_json("--library", library, "search", "--json", "facial")["total"] > 0


def test_sync_goes_on_with_the_options_of_a_killed_add(repo_dir: Path, tmp_path: Path) -> None:
    library, audio = tmp_path / "library", tmp_path / "audio"
    audio.mkdir()
    sample = next((repo_dir / SAMPLES).glob("*/*.opus"))
    write_audio(audio / "short.wav", read_window(sample, 5_000, 10_000))
    write_audio(audio / "long.wav", read_window(sample, 15_000, 90_000))
    # Metadata and request of both episodes, and a chunk.
    assert run_until(library, audio, 5, "--beam-size", "1")
    document = podindex_json("--library", library, "sync", "--json")
    assert {outcome["status"] for outcome in document["outcomes"]} == {"done"}
    assert {found.origin.options["beam_size"] for found in transcripts(library).values()} == {1}
    problems = json.loads(run_podindex("--library", library, "check", "--json").stdout)["problems"]
    # What was being written when the kill came may be left, under its temporary name; nothing else.
    assert {problem["code"] for problem in problems} <= {"leftover-file"}
    assert podindex_json("--library", library, "check", "--repair", "--json") == {"problems": []}


def test_ctrl_c_is_130_and_keeps_what_is_finished(repo_dir: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    process = subprocess.Popen(
        [*PODINDEX, "--library", str(library), "add", "--json", str(repo_dir / SAMPLES)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509
    )
    assert process.stderr
    for line in process.stderr:  # the model has been chosen: the workers start
        if line.startswith("model"):
            break
    os.killpg(process.pid, signal.SIGINT)
    output, complaint = process.communicate()
    assert process.returncode == 130
    assert json.loads(output)["error"]["code"] == "interrupted"
    assert "Traceback" not in complaint
    assert "run the same command again" in complaint
    episodes = podindex_json("--library", library, "episodes", "--json")["episodes"]
    assert len(episodes) == EPISODES


def test_ctrl_c_before_anything_is_loaded_is_130_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nraise SystemExit(1)\n")
    result = subprocess.run(
        [*PODINDEX, "--help"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=heed_ctrl_c,
    )
    assert (result.returncode, result.stderr) == (130, "")


def test_workers_end_with_a_killed_parent(repo_dir: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*PODINDEX, "--library", str(tmp_path / "library"), "add", str(repo_dir / SAMPLES)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    for line in process.stderr:
        if line.startswith("model"):
            break
    process.kill()
    # The workers inherit no pipe of ours but stderr: it ends when the last of them has.
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    # It closes that a moment before it is gone; what is left then waits for nothing but init.
    assert any(not _states(process.pid) - {"Z"} for _ in range(100))


def _states(session: int) -> set[str]:
    """Return the states of a session's processes, a letter each."""
    states = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            state, _, _, its_session = path.read_text().rpartition(")")[2].split()[:4]
            states |= {state} if int(its_session) == session else set()
    return states
