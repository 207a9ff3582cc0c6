"""The walls of docs/architecture.md stand: who may import what is said in pyproject.toml and checked here."""

import subprocess
import sys
from pathlib import Path


def test_import_contracts_are_kept(repo_dir: Path) -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=repo_dir, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
