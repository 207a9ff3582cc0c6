"""What goes to stdout, what to stderr, and with which exit code it ends."""

import json
import os
import pty
import shlex
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from audio_files import noise, write_audio
from commands import PODINDEX, run_podindex

from podindex.cli.context import clean


def test_with_json_an_error_is_json_too(tmp_path: Path) -> None:
    result = run_podindex("--library", tmp_path, "search", "word", "--json")
    assert result.returncode == 10
    assert json.loads(result.stdout)["error"]["code"] == "no-library"
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize(
    "command",
    [
        ["search", "x", "--json", "--limit", "y"],
        ["search", "x", "--limit", "0", "--json"],
        ["search", "--json"],
        ["search", "x", "--json", "--no-such-option"],
        ["show", "a/b", "--at", "noon", "--json"],
        ["episodez", "--json"],
        ["--no-such-option", "episodes", "--json"],
    ],
)
def test_with_json_wrong_usage_is_json_too(tmp_path: Path, command: list[str]) -> None:
    result = run_podindex(*command, cwd=tmp_path)
    assert result.returncode == 2
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "wrong-usage"
    assert result.stderr == f"error: {error['message']} ({error['hint']})\n"


def test_where_a_setting_asks_for_json_wrong_usage_is_json_too(tmp_path: Path) -> None:
    result = run_podindex("search", "x", "--limit", "0", cwd=tmp_path, env={"PODINDEX_JSON": "1"})
    assert result.returncode == 2
    assert json.loads(result.stdout)["error"]["code"] == "wrong-usage"


@pytest.mark.parametrize("content", ["limit =", "no_such_setting = 1", "quiet = 1", "[glossary]\nshow = 1"])
def test_with_json_a_podindex_toml_that_cannot_be_used_is_an_error_in_json(tmp_path: Path, content: str) -> None:
    (tmp_path / "podindex.toml").write_text(content, "utf-8")
    result = run_podindex("--library", tmp_path, "add", "a.mp3", "--json")
    assert result.returncode == 1
    assert f"{json.loads(result.stdout)['error']['message']} (" in result.stderr


@pytest.mark.parametrize("option", ["--library", "-q", "--no-color"])
def test_where_an_option_of_the_program_belongs_is_said(tmp_path: Path, option: str) -> None:
    result = run_podindex("shows", option, cwd=tmp_path)
    assert result.returncode == 2
    assert f"before the command: podindex {option} … shows)" in result.stderr


def seen_in_terminal(*arguments: str | Path, stream: str = "stdout", returncode: int = 0, **env: str) -> bytes:
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", **env}
    terminal: dict[str, Any] = {stream: slave}
    process = subprocess.Popen([*PODINDEX, *arguments], env=environment, **terminal)
    os.close(slave)
    text = b""
    with suppress(OSError):  # how a terminal says that nobody writes to it any longer
        while block := os.read(master, 65_536):
            text += block
    os.close(master)
    assert process.wait() == returncode
    return text


@pytest.mark.parametrize("command", [["search", "breach"], ["show", "a-show/one"], ["episodes"], ["shows"], ["stats"]])
def test_a_terminal_gets_styles_unless_it_wants_none(library_dir: Path, command: list[str]) -> None:
    seen = partial(seen_in_terminal, "--library", library_dir, *command)
    assert b"\x1b[" in seen(NO_COLOR="")
    assert b"\x1b[" not in seen(NO_COLOR="1")
    assert b"\x1b[" not in seen(NO_COLOR="", TERM="dumb")


@pytest.mark.parametrize("columns", ["0", "many"])
def test_a_terminal_that_does_not_know_its_width_gets_a_whole_list(library_dir: Path, columns: str) -> None:
    assert b"a-show/one" in seen_in_terminal("--library", library_dir, "episodes", COLUMNS=columns)


@pytest.mark.parametrize(("files", "times_said"), [(3, 1), (20, 2)])
def test_what_failed_in_a_long_batch_is_said_again_at_its_end(tmp_path: Path, files: int, times_said: int) -> None:
    """Where the screen has scrolled on; elsewhere each file has one line, of which nothing is lost."""
    folder = tmp_path / "show"
    folder.mkdir()
    (folder / "0.mp3").touch()
    for seed in range(files):
        write_audio(folder / f"new-{seed}.wav", noise(1, -30, seed=seed))
    command = ("--library", tmp_path / "library", "add", "--dry-run", folder)
    seen = seen_in_terminal(*command, stream="stderr", returncode=3, TERM="dumb", COLUMNS="400").decode()
    piped = run_podindex(*command)
    assert piped.returncode == 3
    for lines, times in ((seen.splitlines(), times_said), (piped.stderr.splitlines(), 1)):
        (error,) = {line for line in lines if line.startswith("error: ")}
        assert lines.count(error) == times
        assert [line for line in lines if line.startswith(f"{files} pending, 1 failed")] == lines[-times:][:1]


def test_hints_are_not_among_the_results(library_dir: Path) -> None:
    result = run_podindex("--library", library_dir, "search", "foo:breach")
    assert "note: " in result.stderr
    assert "note: " not in result.stdout
    assert not run_podindex("--library", library_dir, "-q", "search", "foo:breach").stderr


def test_no_library_is_no_folder_at_hand(tmp_path: Path) -> None:
    result = run_podindex("--library", "", "episodes", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, "error: --library is empty (name a folder)\n")
    result = run_podindex("--library", "~nobody-of-this-name/x", "episodes", cwd=tmp_path)
    assert result.returncode == 2
    file = tmp_path / "file"
    file.write_text("no library")
    assert run_podindex("--library", file, "episodes").returncode == 10


def test_a_current_folder_that_is_gone_is_said_without_a_traceback(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"rmdir {gone}; exec {shlex.join(map(str, PODINDEX))} --library {tmp_path} episodes"
    result = subprocess.run(["/bin/sh", "-c", command], cwd=gone, capture_output=True, text=True, check=False)
    assert result.returncode == 10
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["search", "breach"], ["show", "a-show/one"], ["episodes"], ["stats"]])
def test_who_reads_no_further_has_seen_enough(library_dir: Path, command: list[str]) -> None:
    with subprocess.Popen(
        [*PODINDEX, "--library", library_dir, "-q", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["show", "no/such"], 1),
        (["--library", "new", "add", "no\x1b[31msuch.mp3"], 3),
        (["export", "a-show/one", "no/such", "-o", "out"], 3),
        (["--library", "no\x1b[31mlibrary", "episodes"], 10),
    ],
)
def test_verbose_says_where_in_the_code_an_error_was_met(
    library_dir: Path, tmp_path: Path, command: list[str], code: int
) -> None:
    """Also of one of several episodes, which is reported with that; and no control character of a name goes along."""
    quiet = run_podindex("--library", library_dir, *command, cwd=tmp_path)
    result = run_podindex("--verbose", "--library", library_dir, *command, cwd=tmp_path)
    assert result.returncode == quiet.returncode == code
    assert "Traceback" not in quiet.stderr
    before, traceback, after = result.stderr.partition("Traceback (most recent call last):\n")
    assert traceback, result.stderr
    assert "error: " in after.partition("\n  File ")[2]
    assert "\x1b" not in before + after


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\ufeffวันนี้\u200bฝน\u200bตก \u2060\u061cשלום\u200f", "\ufeffวันนี้\u200bฝน\u200bตก \u2060\u061cשלום\u200f"),
        ("a\u202eb\u2066c\x1b[31m\n", "a\\u202eb\\u2066c\\x1b[31m "),
    ],
)
def test_what_cannot_be_seen_is_shown_only_where_it_could_do_harm(text: str, shown: str) -> None:
    assert clean(text) == shown
