"""Commands load what they need and no more: what a person waits for is mostly imports.

What is loaded is asked of a fresh process at its end, since every test before this one has loaded something.
"""

import subprocess
import sys
from pathlib import Path

import pytest

DECODING = {"av", "pydub"}
TRANSCRIBING = {"faster_whisper", "ctranslate2", "onnxruntime", "tokenizers", "huggingface_hub", "torch"}
SEARCHING = {"whoosh", "numpy", "snowballstemmer"}
SERVING = {"starlette", "uvicorn", "anyio"}
CHECKING_AND_DRAWING = {"pydantic", "rich"}
HTTP_CLIENT = {"ssl", "http", "email"}
HEAVY = DECODING | TRANSCRIBING | SEARCHING | SERVING

RUN_AND_TELL = """
import sys
try:
    {code}
finally:
    ours = [name for name in sys.modules if name.startswith("podindex.")]
    print("loaded:", *sorted({{name.partition(".")[0] for name in sys.modules}}), *ours, file=sys.stderr)
"""
COMMAND_LINE = "from podindex.cli.app import run; sys.exit(run())"


def _loaded(code: str, *arguments: str | Path) -> set[str]:
    """Run Python code with arguments, as a command would be; return the packages, and modules of ours, it loaded."""
    program = [sys.executable, "-c", RUN_AND_TELL.format(code=code), *map(str, arguments)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last_line = done.stderr.splitlines()[-1]
    assert last_line.startswith("loaded: "), done.stderr
    return set(last_line.split()[1:])


def test_what_a_process_loads_is_seen() -> None:
    assert {"numpy", "av"} <= _loaded("import numpy, av")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["search", "--help"], ["add", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert _loaded(COMMAND_LINE, *arguments) & HEAVY == set()


def test_help_draws_nothing_and_loads_no_progress_bars() -> None:
    assert "rich" not in _loaded(COMMAND_LINE, "--help")


def test_the_package_itself_loads_nothing_heavy() -> None:
    assert _loaded("import podindex") & (HEAVY | {"typer", "rich"}) == set()


def test_search_loads_neither_decoders_nor_models(library_dir: Path) -> None:
    loaded = _loaded(COMMAND_LINE, "--library", library_dir, "search", "breach")
    assert loaded & (DECODING | TRANSCRIBING | SERVING | CHECKING_AND_DRAWING | HTTP_CLIENT) == set()
    assert "snowballstemmer" not in loaded  # all languages: `search/words/stemmers.py` loads those that are needed
    assert "podindex.models" not in loaded  # 22 classes that are made anew in every process
    assert "whoosh" in loaded


def test_who_needs_an_http_client_after_a_search_gets_one() -> None:
    code = "import podindex.search.index.documents, urllib.request; urllib.request.urlopen('data:,'); import ssl"
    assert {"whoosh", *HTTP_CLIENT} <= _loaded(code)


@pytest.mark.parametrize(
    "option", [["--limit", "3"], ["--sort", "date"], ["--since", "2025"], ["--context", "2.5"], ["--json"]]
)
def test_options_as_they_are_mostly_typed_are_read_without_pydantic(option: list[str], library_dir: Path) -> None:
    assert "pydantic" not in _loaded(COMMAND_LINE, "--library", library_dir, "search", "breach", *option)


@pytest.mark.parametrize("option", [["--limit", " 3"], ["--context", "1e1"]])
def test_options_that_must_be_looked_at_are_checked_by_typer(option: list[str], library_dir: Path) -> None:
    assert "pydantic" in _loaded(COMMAND_LINE, "--library", library_dir, "search", "breach", *option)


@pytest.mark.parametrize("command", [["episodes"], ["shows"], ["show", "a-show/one"], ["export", "a-show/one"]])
def test_looking_at_episodes_loads_nothing_heavy(library_dir: Path, command: list[str]) -> None:
    assert _loaded(COMMAND_LINE, "--library", library_dir, *command) & HEAVY == set()


def test_decoding_loads_no_model() -> None:
    assert _loaded("import podindex.audio.decode, podindex.audio.chunk") & (TRANSCRIBING | {"whoosh"}) == set()


def test_counting_gpus_loads_no_model_and_forbids_no_download() -> None:
    with_driver = "import os; os.environ.pop('HF_HUB_OFFLINE', 0); os.access = lambda *_: True"
    count = "from podindex.transcribe.devices import count_gpus; count_gpus()"
    loaded = _loaded(f"{with_driver}; {count}; assert 'HF_HUB_OFFLINE' not in os.environ")
    assert loaded & TRANSCRIBING == {"ctranslate2"}


def test_the_web_player_loads_no_model() -> None:
    assert _loaded("import podindex.web.app, podindex.web.server") & (DECODING | TRANSCRIBING) == set()
