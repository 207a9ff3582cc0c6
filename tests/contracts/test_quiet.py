"""Nobody reads a warning of ours, not even where the first command compiles everything, as after `uv tool install`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("command", [["reindex"], ["search", "breach"], ["check"]])
def test_the_first_run_warns_of_nothing(library_dir: Path, tmp_path: Path, command: list[str]) -> None:
    program = [sys.executable, "-m", "podindex", "--library", str(library_dir), *command]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr


def test_decoding_for_the_first_time_warns_of_nothing(tmp_path: Path) -> None:
    code = (
        "import numpy; from podindex.audio.chunk import iter_chunks; list(iter_chunks([numpy.zeros(16_000, 'int16')]))"
    )
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
