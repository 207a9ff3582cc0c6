"""requirements.lock: everything the two commands install, by version and hash, under licences that allow any use."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# podindex is MIT and asks nothing of its users that MIT does not: no package may bring in the GPL or AGPL.
ALLOWED_LICENCES = re.compile(
    r"MIT|BSD|Apache|ISC|MPL|PSF|Python Software Foundation|Unlicense|CC0|Zlib|0BSD", re.IGNORECASE
)
FORBIDDEN_LICENCES = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


@pytest.fixture(scope="module")
def lock(repo_dir: Path) -> dict[str, list[Requirement]]:
    locked: dict[str, list[Requirement]] = {}
    for line in (repo_dir / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix("\\"))
            locked.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return locked


def test_every_version_is_pinned_and_hashed_and_nothing_else_is_said(repo_dir: Path) -> None:
    text = (repo_dir / "requirements.lock").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n?", "", text, flags=re.MULTILINE).strip()):
        pin, *hashes = [line.strip(" \\") for line in entry.splitlines()]
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [\w\s.'<>=!()]+)?", pin), pin
        assert hashes, pin
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), pin


def test_what_the_project_asks_for_is_locked_at_a_version_it_allows(
    repo_dir: Path, lock: dict[str, list[Requirement]]
) -> None:
    project = tomllib.loads((repo_dir / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["offline"],
        *project["dependency-groups"]["dev"],
    ]
    for requirement in map(Requirement, asked):
        pins = lock.get(canonicalize_name(requirement.name), [])
        assert pins, f"{requirement.name} is not locked: make lock"
        for pin in pins:
            version = next(iter(pin.specifier)).version
            assert requirement.specifier.contains(version), f"{pin} is outside {requirement}: make lock"


def test_no_package_is_heavier_than_the_task(lock: dict[str, list[Requirement]]) -> None:
    assert not {"torch", "torchaudio", "transformers", "tensorflow"} & lock.keys()


def test_licences_allow_any_use(lock: dict[str, list[Requirement]]) -> None:
    wrong = []
    for name in lock:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:  # for another platform or Python
            continue
        classifiers = [text for text in about.get_all("Classifier") or [] if text.startswith("License")]
        fields = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
        licence = " | ".join([*fields, *classifiers])
        if FORBIDDEN_LICENCES.search(licence) or not ALLOWED_LICENCES.search(licence):
            wrong.append(f"{name}: {licence}")
    assert wrong == []
