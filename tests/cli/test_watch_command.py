"""`podindex watch` as a process: real files, real events, the real model. Conditions are waited for, never times."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from audio_files import write_audio
from commands import PODINDEX, heed_ctrl_c, podindex_json, run_podindex

from podindex.audio.decode import read_window

SPOKEN_MS = 8_000


@pytest.fixture
def spoken(repo_dir: Path, tmp_path: Path) -> Path:
    """Some seconds of speech that no library knows."""
    sample = next((repo_dir / "episodes").glob("*/*.opus"))
    return write_audio(tmp_path / "spoken.wav", read_window(sample, 5_000, SPOKEN_MS))


class Watching:
    """A running `podindex watch`."""

    def __init__(self, library: Path, folder: Path) -> None:
        self.library = library
        self.process = subprocess.Popen(
            [*PODINDEX, "--library", library, "watch", "--folder", folder, "--settle", "0.2"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509
        )
        self.lines: list[str] = []

    def wait_for(self, begin: str) -> str:
        """Read what it says until a line begins so."""
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line)
            if line.startswith(begin):
                return line
        raise AssertionError("".join(self.lines))

    def interrupt(self) -> str:
        """Press Ctrl-C and return the last it says."""
        os.killpg(self.process.pid, signal.SIGINT)
        _, rest = self.process.communicate()
        return rest


@pytest.fixture
def watching(sample_library: Path, tmp_path: Path) -> Iterator[Watching]:
    folder = tmp_path / "incoming"
    folder.mkdir()
    running = Watching(shutil.copytree(sample_library, tmp_path / "library"), folder)
    yield running
    if running.process.poll() is None:
        os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert running.process.stderr
    running.process.stderr.close()


def titles(library: Path) -> set[str]:
    return {episode["title"] for episode in podindex_json("--library", library, "episodes", "--json")["episodes"]}


def test_new_files_are_taken_when_they_are_whole(watching: Watching, spoken: Path, tmp_path: Path) -> None:
    content = spoken.read_bytes()
    watching.wait_for("watching")
    with (tmp_path / "incoming" / "growing.wav").open("wb", buffering=0) as growing:
        growing.write(content[: len(content) // 2])
        # One that appears later and is whole at once is taken; the half one is not, though it has long been there.
        samples = read_window(spoken, 0, SPOKEN_MS // 2)
        write_audio(tmp_path / "whole.wav", samples).rename(tmp_path / "incoming" / "whole.wav")
        assert "whole" in watching.wait_for("done: ")
        assert "growing" not in titles(watching.library)
        growing.write(content[len(content) // 2 :])
    assert "growing" in watching.wait_for("done: ")
    episodes = podindex_json("--library", watching.library, "episodes", "--json")["episodes"]
    (growing_episode,) = [episode for episode in episodes if episode["title"] == "growing"]
    assert (growing_episode["status"], growing_episode["duration_ms"]) == ("ready", SPOKEN_MS)

    loose = watching.library / "episodes" / "new-show" / "loose.flac"
    loose.parent.mkdir()
    write_audio(tmp_path / "loose.flac", np.flip(samples)).rename(loose)
    assert "new-show/loose" in watching.wait_for("done: ")

    (tmp_path / "incoming" / "not-audio.mp3").write_text("<html>an error page</html>")
    assert "not-audio" in watching.wait_for("error: ")

    assert "run the same command again" in watching.interrupt()
    assert watching.process.returncode == 130
    assert not any("Traceback" in line for line in watching.lines)
    assert podindex_json("--library", watching.library, "check", "--json") == {"problems": []}


def test_a_renamed_file_stays_the_same_episode(watching: Watching, spoken: Path, tmp_path: Path) -> None:
    watching.wait_for("watching")
    path = spoken.rename(tmp_path / "incoming" / "first.wav")
    watching.wait_for("done: ")
    path.rename(tmp_path / "incoming" / "second.wav")
    assert "first" in watching.wait_for("unchanged: ")
    watching.interrupt()
    episodes = podindex_json("--library", watching.library, "episodes", "--json")["episodes"]
    (episode,) = [episode for episode in episodes if episode["title"] == "first"]
    assert episode["audio_path"] == str(tmp_path / "incoming" / "second.wav")


def test_without_a_library_there_is_nothing_to_watch(tmp_path: Path) -> None:
    assert run_podindex("--library", tmp_path / "none", "watch").returncode == 10
