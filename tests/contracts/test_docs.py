"""What the documents say is what the code does: commands, settings, error codes, formats, file fields, links."""

import ast
import inspect
import json
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer.main

import podindex
from podindex import codec, errors
from podindex.cli.app import app
from podindex.formats import FORMATS, READABLE
from podindex.models import (
    AudioRef,
    Chapter,
    ChunkResult,
    Episode,
    ErrorInfo,
    Failure,
    Gap,
    Origin,
    Segment,
    Transcript,
    Word,
)

PACKAGE_DIR = Path(podindex.__file__).parent
ERROR_NAMES = {name for name, kind in inspect.getmembers(errors, inspect.isclass)} | {"ErrorInfo", "Problem"}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _documents(repo_dir: Path) -> list[Path]:
    return [*sorted(repo_dir.glob("*.md")), *sorted((repo_dir / "docs").glob("*.md")), repo_dir / "index" / "README.md"]


def _headings(text: str, level: int) -> list[str]:
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(rf"^{'#' * level} (.+)$", without_code, flags=re.MULTILINE)


# --- generated parts ----------------------------------------------------------------------------------------------


def test_help_texts_and_settings_in_the_documents_are_those_of_the_code(repo_dir: Path) -> None:
    """Every command, option and setting stands in docs/, and nothing else does."""
    command = [sys.executable, "docs/update.py", "--check"]
    done = subprocess.run(command, cwd=repo_dir, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_helps_name_the_values_of_options_as_people_do_and_both_ways_to_ask_for_it(repo_dir: Path) -> None:
    """Not `--at <int>`, which takes 12:34; choices are in angle brackets."""
    helps = _read(repo_dir / "docs/cli.md")
    options = re.findall(r"^  (?:-\w, )?--\S+ (<[^>|]*>)", helps, flags=re.MULTILINE)
    assert not options
    assert helps.count("-h, --help") == len(_commands()) + 1


# --- commands -----------------------------------------------------------------------------------------------------


def _commands() -> dict[str, Any]:
    """Return every command by its path: "add", "models pull"."""

    def walk(command: Any, path: tuple[str, ...]) -> dict[str, Any]:
        found = {" ".join(path): command} if path else {}
        for name, child in getattr(command, "commands", {}).items():
            found |= walk(child, (*path, name))
        return found

    return walk(typer.main.get_command(app), ())


def test_every_command_has_a_section(repo_dir: Path) -> None:
    sections = set(_headings(_read(repo_dir / "docs/cli.md"), 3))
    documented = {
        heading.strip("`").removeprefix("podindex ") for heading in sections if heading.startswith("`podindex ")
    }
    assert documented == {name for name, command in _commands().items() if not command.hidden}


def _examples(text: str) -> list[list[str]]:
    """Return the podindex command lines in a document's shell blocks, split into words."""
    examples = []
    for block in re.findall(r"^```(?:sh|console)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True) if "podindex" in line else []
            if words and words[0].rpartition("/")[2] == "podindex":
                examples.append(words[1:])
    return examples


def _check_example(words: list[str]) -> str | None:
    """Return what is wrong with a command line, or None."""
    command = typer.main.get_command(app)
    words = list(words)
    while words:
        options = {
            option: p for p in command.params for option in (*p.opts, *p.secondary_opts) if option.startswith("-")
        }
        word = words.pop(0)
        if word.startswith("-") and word != "-":
            name, has_value, _ = word.partition("=")
            if name not in {*options, "-h", "--help"}:
                return f"no option {name}"
            takes_value = name in options and not getattr(options[name], "is_flag", False)
            if takes_value and not has_value and words:
                words.pop(0)
        elif children := getattr(command, "commands", None):
            if word not in children:
                return f"no command {word}"
            command = children[word]
        elif word in {"|", ">", ">>", "&&", ";"}:
            return None
    return None


def test_examples_use_commands_and_options_that_exist(repo_dir: Path) -> None:
    wrong, seen = [], 0
    for path in _documents(repo_dir):
        for words in _examples(_read(path)):
            seen += 1
            if problem := _check_example(words):
                wrong.append(f"{path.name}: podindex {shlex.join(words)}: {problem}")
    assert wrong == []
    assert seen > 10, "the examples were not found: are they in ```sh or ```console blocks?"


def test_make_targets_in_the_documents_exist(repo_dir: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _read(repo_dir / "Makefile"), flags=re.MULTILINE))
    for path in _documents(repo_dir):
        assert set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", _read(path), flags=re.MULTILINE)) <= {
            pair for target in targets for pair in ((target, ""), ("", target))
        }, path.name


# --- errors -------------------------------------------------------------------------------------------------------


def _trees() -> list[tuple[str, ast.Module]]:
    paths = [path for path in sorted(PACKAGE_DIR.rglob("*.py")) if path.name != "testing.py"]
    return [(str(path.relative_to(PACKAGE_DIR)), ast.parse(_read(path))) for path in paths]


def _raised_codes() -> tuple[set[str], list[str]]:
    """Return the codes of all errors that are built in the package, and the places where a code is not written out."""
    codes: set[str] = set()
    hidden = []
    positions = _code_positions()
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                codes |= _code_item(node)
            function = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if not isinstance(node, ast.Call) or function not in positions or len(node.args) <= positions[function]:
                continue
            argument = node.args[positions[function]]
            if found := _literals(argument):
                codes |= found
            elif (
                not isinstance(argument, ast.Attribute | ast.Subscript | ast.Starred)
                and getattr(argument, "id", "") != "code"
            ):
                hidden.append(f"{name}:{node.lineno}")
    return codes, hidden


def _code_item(node: ast.Dict) -> set[str]:
    """Return the code in a dictionary that describes an error, as one process tells it another."""
    items = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    return (_literals(items["code"]) or set()) if {"code", "message", "hint"} <= items.keys() else set()


def _code_positions() -> dict[str, int]:
    """Return everything that is called with an error's code, and which argument that is.

    Errors themselves, and functions that have a parameter `code` and build an error from it. A code taken from another
    error or from a file is not new: it is an attribute, an item, or unpacked.
    """
    positions = dict.fromkeys(ERROR_NAMES, 0)
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                parameters = [parameter.arg for parameter in node.args.args if parameter.arg not in ("self", "cls")]
                if "code" in parameters and _builds_an_error_from_code(node):
                    positions[node.name] = parameters.index("code")
    return positions


def _builds_an_error_from_code(function: ast.FunctionDef) -> bool:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args]
    return any(getattr(c.func, "id", "") in ERROR_NAMES and getattr(c.args[0], "id", "") == "code" for c in calls)


def _literals(node: ast.expr) -> set[str] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        body, orelse = _literals(node.body), _literals(node.orelse)
        return body | orelse if body and orelse else None
    return None


def test_every_error_code_has_an_entry(repo_dir: Path) -> None:
    codes, hidden = _raised_codes()
    assert hidden == [], "write the code of an error where it is raised, so that it can be found"
    documented = [heading.strip("`") for heading in _headings(_read(repo_dir / "docs/errors.md"), 3)]
    assert sorted(documented) == sorted(codes)


def test_every_error_entry_says_the_cause_and_the_remedy(repo_dir: Path) -> None:
    entries = re.split(r"^### ", _read(repo_dir / "docs/errors.md"), flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "*Do:*" not in entry] == []


def _template(node: ast.AST) -> str:
    """Return a text of the code as docs/errors.md quotes it, with … for every value; "" where the node is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return re.sub("…+", "…", "".join(_template(part) if isinstance(part, ast.Constant) else "…" for part in parts))


def test_error_entries_quote_the_messages_of_the_code(repo_dir: Path) -> None:
    """A terminal shows the message and not the code, so people look for the message."""
    quoted = re.findall(r"^> (.+)$", _read(repo_dir / "docs/errors.md"), flags=re.MULTILINE)
    assert sorted(set(quoted) - {_template(node) for _, tree in _trees() for node in ast.walk(tree)}) == []
    assert len(quoted) > 50


def test_no_message_sends_people_to_a_document() -> None:
    """Who has installed a wheel has none."""
    for path in sorted(PACKAGE_DIR.rglob("*.py")):
        tree = ast.parse(_read(path))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
        assert [text.value for text in texts if "docs/" in str(text.value)] == [], path


def test_error_codes_are_kebab_case() -> None:
    codes, _ = _raised_codes()
    assert [code for code in codes if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []


# --- formats and files --------------------------------------------------------------------------------------------


def test_every_format_has_a_section(repo_dir: Path) -> None:
    documented = {heading.strip("`") for heading in _headings(_read(repo_dir / "docs/formats.md"), 3)}
    assert set(FORMATS) <= documented


def test_the_help_of_export_names_every_format() -> None:
    option = next(parameter for parameter in _commands()["export"].params if "--format" in parameter.opts)
    assert option.help == f"{', '.join([*FORMATS, 'all'])}."


def test_what_can_be_read_is_named_wherever_a_transcript_is_asked_for(repo_dir: Path) -> None:
    option = next(parameter for parameter in _commands()["add"].params if "--transcript" in parameter.opts)
    formats = _read(repo_dir / "docs/formats.md").partition("## Transcripts that can be read")[2]
    errors_entry = _read(repo_dir / "docs/errors.md").partition("### `bad-transcript`")[2].partition("###")[0]
    for text in (str(option.help), formats, errors_entry):
        assert [name for name in READABLE if name not in text] == []


def _example_documents() -> list[object]:
    """Return one of each JSON document under episodes/, with every field filled in."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    segment = Segment(0, 900, "Hello.", (Word("Hello.", 0, 500, 0.9),), "Anna", ("low-probability",))
    gap = Gap(0, 900, "truncated")
    origin = Origin("whisper", now, "0.1.0", missing=(gap,))
    audio = AudioRef("ep.mp3", "00", 1)
    episode = Episode("a/b", "A", "B", now, "en", 900, audio, "", (Chapter(0, "Tonight"),), ("Anna",))
    return [
        codec.episode_to_json(episode),
        json.loads(codec.format_transcript(Transcript("a/b", "en", (segment,), origin))),
        json.loads(codec.format_chunk("f", ChunkResult(0, 0, 900, 0, (segment,), (gap,), ((0, 900),)))),
        codec.failure_to_json(Failure(ErrorInfo("no-sound", "", ""), 1, now)),
    ]


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list | tuple) else set()


def test_every_field_of_every_file_is_described(repo_dir: Path) -> None:
    text = _read(repo_dir / "docs/formats.md")
    fields = set().union(*map(_keys, _example_documents()))
    assert sorted(field for field in fields if f"`{field}`" not in text) == []


def test_every_module_answers_a_question(repo_dir: Path) -> None:
    text = _read(repo_dir / "docs/architecture.md")
    names = [
        path.name if path.suffix else f"{path.name}/" for path in PACKAGE_DIR.iterdir() if path.name[0] not in "_."
    ]
    assert sorted(name for name in names if name != "py.typed" and f"`{name}`" not in text) == []


# --- links and Python ---------------------------------------------------------------------------------------------


def _anchors(text: str) -> set[str]:
    headings = [heading for level in range(1, 5) for heading in _headings(text, level)]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere(repo_dir: Path) -> None:
    dead = []
    for path in _documents(repo_dir):
        for target in re.findall(r"\]\(([^)\s]+)\)", _read(path)):
            if target.startswith(("https:", "http:", "mailto:")):
                continue
            name, _, anchor = target.partition("#")
            linked = (path.parent / name) if name else path
            if not linked.exists() or (anchor and anchor not in _anchors(_read(linked))):
                dead.append(f"{path.name}: {target}")
    assert dead == []


@pytest.mark.parametrize("name", ["README.md", "docs/cli.md", "docs/formats.md", "docs/architecture.md"])
def test_python_in_the_documents_compiles_and_imports_what_exists(repo_dir: Path, name: str) -> None:
    for block in re.findall(r"^```python\n(.*?)^```", _read(repo_dir / name), flags=re.MULTILINE | re.DOTALL):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("podindex"):
                exec(compile(ast.Module([node], []), name, "exec"), {})
