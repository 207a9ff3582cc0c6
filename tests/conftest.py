"""What every test stands on: no network, no settings or data of the person who runs it. I/O: the environment."""

import os
import runpy
import signal
from pathlib import Path

import pytest
from commands import run_podindex
from hypothesis import settings
from web_fixtures import browser, page, server, web_library  # noqa: F401  fixtures are found by their names

from podindex import Library

GUARD_DIR = Path(__file__).parent / "guard"

# Once for this process, and by PYTHONPATH for every Python process that a test starts.
runpy.run_path(str(GUARD_DIR / "sitecustomize.py"))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD_DIR), os.environ.get("PYTHONPATH")]))

# In the background of some shells Ctrl-C is ignored, and tests that press it would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# An example that takes long on a busy machine is no failure; on CI the same examples run every time.
settings.register_profile("podindex", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("podindex")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the library, the settings and the caches of whoever runs the tests out of reach."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("PODINDEX_", "XDG_", "HF_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.fixture(scope="session")
def repo_dir() -> Path:
    """The top of the checkout."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory, repo_dir: Path) -> Path:
    """A library with the sample episodes, transcribed by the real model and indexed. Not to be written to."""
    library_dir = tmp_path_factory.mktemp("samples") / "library"
    result = run_podindex("--library", library_dir, "add", repo_dir / "episodes")
    assert result.returncode == 0, result.stderr
    return library_dir


@pytest.fixture(scope="session")
def library_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one short transcript, which is indexed."""
    folder = tmp_path_factory.mktemp("library")
    show_dir = folder / "episodes" / "a-show"
    show_dir.mkdir(parents=True)
    metadata = '{"schema": 1, "episode_id": "a-show/one", "show": "A Show", "title": "One"}'
    segment = '{"start_ms": 0, "end_ms": 900, "speaker": null, "text": "a data breach", "words": null}'
    origin = '{"kind": "publisher", "timing": "cue", "podindex": "0.1.0", "created": "2026-11-01T00:00:00Z"}'
    transcript = f'{{"schema": 1, "episode_id": "a-show/one", "origin": {origin}, "segments": [{segment}]}}'
    (show_dir / "one.json").write_text(metadata, encoding="utf-8")
    (show_dir / "one.transcript.json").write_text(transcript, encoding="utf-8")
    with Library.open(folder) as library:
        assert library.search("breach").total == 1
    return folder
