"""What is committed depends on no machine, no registry's address or path of somebody's disk, and all tests are run."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

# Brackets keep each pattern from finding itself here.
REGISTRY_HOSTS = r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|deb[.]debian[.]org"
MACHINE_PATHS = r"/wor[k]/|/roo[t]/|/op[t]/|/hom[e]/|/tmp/la[b]"
FORBIDDEN = re.compile(f"{REGISTRY_HOSTS}|{MACHINE_PATHS}")


def _committed_files(repo_dir: Path) -> list[Path]:
    if not (repo_dir / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=repo_dir, capture_output=True, text=True, check=True
    )
    return [repo_dir / name for name in listing.stdout.split("\0") if name and (repo_dir / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_one_machine(repo_dir: Path) -> None:
    found = []
    for path in _committed_files(repo_dir):
        content = path.read_bytes()
        if b"\0" in content:  # audio and the like
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
            if match := FORBIDDEN.search(line):
                found.append(f"{path.relative_to(repo_dir)}:{number}: {match[0]}")
    assert found == []


def test_nobody_asks_a_path_what_it_is(repo_dir: Path) -> None:
    """Where nobody may look, `Path.is_file` raises before Python 3.14, and says no from then on; atomic.py has both."""
    question = re.compile(r"\.(?:exists|is_dir|is_file|is_symlink|is_mount)\(\)")
    sources = sorted((repo_dir / "podindex").rglob("*.py"))
    assert sources
    assert [path.name for path in sources if question.search(path.read_text("utf-8"))] == []


def test_every_folder_of_tests_is_run(repo_dir: Path) -> None:
    options = tomllib.loads((repo_dir / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    tests_dir = repo_dir / "tests"
    folders = {path.relative_to(tests_dir).parts[0] for path in tests_dir.rglob("test_*.py")}
    assert {f"tests/{folder}" for folder in folders} == set(options["testpaths"])
