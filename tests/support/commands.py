"""Running podindex as a person would: as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PODINDEX = [sys.executable, "-m", "podindex"]


def run_podindex(
    *arguments: str | bytes | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        [*PODINDEX, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def podindex_json(*arguments: str | Path, code: int = 0) -> Any:
    """Run a command that prints JSON and return the document; stdout must hold nothing else."""
    result = run_podindex(*arguments)
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout)
