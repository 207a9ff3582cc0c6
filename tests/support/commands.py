"""Running podindex as a person would: as a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PODINDEX = [sys.executable, "-m", "podindex"]

_WITHOUT_POWERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Before a command of root's, to whom permissions are nothing."""


def run_podindex(
    *arguments: str | bytes | Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    heeds_permissions: bool = False,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    prefix: list[str] = []
    if heeds_permissions and os.geteuid() == 0:
        if not shutil.which("setpriv") or subprocess.run([*_WITHOUT_POWERS, "true"], check=False).returncode:
            pytest.skip("root may use everything")
        prefix = _WITHOUT_POWERS
    return subprocess.run(
        [*prefix, *PODINDEX, *arguments],
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


def heed_ctrl_c() -> None:
    """Let Ctrl-C end a new process, as its `preexec_fn`: in the background of a shell one inherits to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
