"""Values as people write them, in podindex.toml and on the command line: taken, or refused in one line."""

import shutil
from pathlib import Path

import pytest
from audio_files import noise, write_audio
from commands import podindex_json, run_podindex


@pytest.mark.parametrize(
    ("content", "command"),
    [
        ("date = 2026-01-01", ["add", "--dry-run", "none.mp3"]),
        ("[search]\nsince = 2026-01-01\nuntil = '2026-12-31'", ["search", "breach"]),
        ("[search]\nsince = 2026\nuntil = '2026-11'", ["search", "breach"]),
        ("show = 2026\ntitle = 5.5", ["add", "--dry-run", "none.mp3"]),
        ("word_timestamps = true", ["export", "a-show/one"]),
        ("", ["add", "--dry-run", "--word_timestamps", "True", "none.mp3"]),  # which whisper's users write
        ("[show]\nat = 5", ["show", "a-show/one"]),
        ("[show]\nat = 0.5", ["show", "a-show/one"]),
        ("[show]\nat = 00:00:01", ["show", "a-show/one"]),
    ],
)
def test_natural_values_of_toml_are_taken(library_dir: Path, tmp_path: Path, content: str, command: list[str]) -> None:
    library = make_library(library_dir, tmp_path, content)
    result = run_podindex("--library", library, *command)
    assert "Traceback" not in result.stderr
    assert result.returncode == (3 if "add" in command else 0), result.stderr


@pytest.mark.parametrize(
    ("content", "command"),
    [
        ("since = 5", ["search", "breach"]),
        ("since = [2026-01-01]", ["search", "breach"]),
        ("since = 2026-01-01T00:00:00", ["search", "breach"]),
        ("at = true", ["show", "a-show/one"]),
        ("at = -5", ["show", "a-show/one"]),
        ("quiet = 'yes'", ["episodes"]),
        ("language = 'Klingon'", ["sync"]),
        ("compute_type = 'foo'", ["sync"]),
        ("show = ['a', 'b']", ["add", "none.mp3"]),
        ("show = true", ["search", "breach"]),
        ("[add.show]\na = 1", ["add", "none.mp3"]),
        ("[search]\nspeaker = false", ["search", "breach"]),
        ("prompt = ['a']", ["add", "none.mp3"]),
        ("host = ['127.0.0.1']", ["serve"]),
        ("format = true", ["export", "a-show/one"]),
        ("per_episode = true", ["search", "breach"]),
        ("output = ['a', 'b']", ["export", "a-show/one"]),
        ("[glossary]\nA = 1", ["add", "--dry-run", "."]),
        ("[glossary]\nlimit = 20", ["search", "breach"]),
        ("[glossary]\nmodel = 'small.en'", ["episodes"]),
    ],
)
def test_values_that_make_no_sense_are_refused(
    library_dir: Path, tmp_path: Path, content: str, command: list[str]
) -> None:
    library = make_library(library_dir, tmp_path, content)
    result = run_podindex("--library", library, *command)
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_it_is_said_where_a_value_comes_from(library_dir: Path, tmp_path: Path) -> None:
    library = make_library(library_dir, tmp_path, "limit = 'many'")
    search = ("--library", library, "search", "breach")
    assert run_podindex(*search).stderr.startswith("error: podindex.toml: ")
    assert run_podindex(*search, env={"PODINDEX_LIMIT": "x"}).stderr.startswith("error: PODINDEX_LIMIT: ")
    assert run_podindex(*search, "--limit", "x").stderr.startswith("error: Invalid value for '--limit'")
    export = run_podindex("--library", library, "export", "a-show/one", env={"PODINDEX_FORMAT": "doc"})
    assert export.stderr.startswith("error: PODINDEX_FORMAT: ")
    show = run_podindex("--library", library, "show", "a-show/one", "--at", "999999999")
    assert show.stderr.startswith("error: Invalid value for '--at'")


@pytest.mark.parametrize("content", ["device = 'gpu'", "model = 1", "quiet = 1", "glossary = 1", "[glossary]\nA = 1"])
def test_it_is_said_that_a_setting_stands_in_the_file(library_dir: Path, tmp_path: Path, content: str) -> None:
    library = make_library(library_dir, tmp_path, content)
    result = run_podindex("--library", library, "add", write_audio(tmp_path / "new.wav", noise(1, -30)))
    assert result.stderr.startswith("error: podindex.toml: ")


def test_it_is_said_where_a_setting_belongs_that_a_glossary_took_for_a_show(tmp_path: Path) -> None:
    (tmp_path / "podindex.toml").write_text('[glossary]\n"Odd Sums" = ["Utzon"]\nmodel = "small.en"\n', "utf-8")
    said = "the glossary of model is 'small.en' (give a list of texts; settings stand above [glossary])"
    assert run_podindex("--library", tmp_path, "shows").stderr == f"error: podindex.toml: {said}\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("plot = 5", "plot: 5 is not a path (correct it there)"),
        ("plot = [2026-01-01]", "plot: 2026-01-01 is not a path (correct it there)"),
        ("quiet = [2026-01-01, 'yes']", "quiet is [2026-01-01, 'yes'] (use true or false, without quotes)"),
    ],
)
def test_values_of_the_wrong_type_are_said_as_they_stand_there(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "podindex.toml").write_text(content)
    assert run_podindex("--library", tmp_path, "stats").stderr == f"error: podindex.toml: {said}\n"


def test_an_option_without_its_value_names_the_help_of_its_command(tmp_path: Path) -> None:
    result = run_podindex("--library", tmp_path, "search", "x", "--limit")
    assert result.stderr == "error: Option '--limit' requires an argument (see `podindex search --help`)\n"


def test_the_variable_of_a_setting_is_named(tmp_path: Path) -> None:
    result = run_podindex("--library", tmp_path, "add", "a.mp3", env={"PODINDEX_DEVICE": "gpu"})
    assert result.stderr == "error: PODINDEX_DEVICE: device is 'gpu' (use auto, cpu or cuda)\n"


def test_one_folder_needs_no_list(library_dir: Path, tmp_path: Path) -> None:
    """`watch` never ends by itself; that the folder is understood shows in what is refused after it."""
    library = make_library(library_dir, tmp_path, "[watch]\nfolder = '/x'\nsettle = 9999")
    result = run_podindex("--library", library, "watch")
    assert result.returncode == 2
    assert "--settle" in result.stderr
    assert "--folder" not in result.stderr


def test_paths_in_the_file_begin_where_it_is(library_dir: Path, tmp_path: Path) -> None:
    library = make_library(library_dir, tmp_path, "plot = 'plots/stats.svg'\noutput = '-'")
    (library / "plots").mkdir()
    result = run_podindex("--library", library, "stats", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (library / "plots" / "stats.svg").is_file()
    result = run_podindex("--library", library, "export", "a-show/one", cwd=tmp_path)
    assert result.stdout.startswith("WEBVTT")
    result = run_podindex("--library", library, "stats", cwd=tmp_path, env={"PODINDEX_PLOT": "here.svg"})
    assert (tmp_path / "here.svg").is_file(), result.stderr


def test_a_slash_at_the_end_makes_a_folder_in_the_file_too(library_dir: Path, tmp_path: Path) -> None:
    library = make_library(library_dir, tmp_path, "output = 'v1.0/'")
    result = run_podindex("--library", library, "export", "a-show/one", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (library / "v1.0" / "one.vtt").read_text().startswith("WEBVTT")


@pytest.mark.parametrize(
    "command", [["add", ""], ["add", "a.mp3", ""], ["add", "--transcript", "", "a.mp3"], ["watch", "--folder", ""]]
)
def test_an_empty_path_is_not_the_current_directory(tmp_path: Path, command: list[str]) -> None:
    result = run_podindex("--library", tmp_path / "library", *command, cwd=tmp_path)
    assert result.returncode == 2
    assert "the path is empty" in result.stderr
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize("day", ["9999-05-05", "2926-05-05", "0201-05-05", "1899-12-31"])
def test_a_date_that_no_podcast_has_is_refused(tmp_path: Path, day: str) -> None:
    result = run_podindex("--library", tmp_path / "library", "add", "a.mp3", "--date", day, cwd=tmp_path)
    assert result.returncode == 2
    assert f"'{day}' is not in the years 1900 to 2099" in " ".join(result.stderr.split())
    assert not (tmp_path / "library").exists()


def test_the_current_directory_can_be_named(tmp_path: Path) -> None:
    assert podindex_json("--library", tmp_path, "add", "--dry-run", "--json", tmp_path / ".") == {
        "outcomes": [],
        "indexed": 0,
    }


@pytest.mark.parametrize(
    "option",
    [
        ["--language", "xx"],
        ["--compute-type", "foo"],
        ["--beam-size", "0"],
        ["--prompt", b"\xff bad"],
        ["--hotwords", b"\xff bad"],
        ["--model", b"\xff bad"],
    ],
)
def test_a_setting_that_cannot_be_used_is_one_error_before_any_work(tmp_path: Path, option: list[str | bytes]) -> None:
    result = run_podindex("--library", tmp_path / "library", "add", "a.mp3", "b.mp3", *option)
    assert result.returncode == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["add", "a.mp3", "b.mp3", "--title", "One"],
        ["export", "a-show/one", "a-show/two", "-o", "-"],
        ["stats", "--plot", "plot.pdf"],
    ],
)
def test_options_that_make_no_sense_together_are_wrong_usage(
    library_dir: Path, tmp_path: Path, command: list[str]
) -> None:
    for name in ("a.mp3", "b.mp3"):
        (tmp_path / name).write_bytes(b"")
    result = run_podindex("--library", make_library(library_dir, tmp_path, ""), *command, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("error: ")


def test_options_may_be_written_as_users_of_whisper_do(tmp_path: Path) -> None:
    command = ("add", "--beam_size", "3", "--compute_type", "int8", "--dry_run", "--json")
    assert podindex_json("--library", tmp_path / "library", *command, tmp_path)["outcomes"] == []


def make_library(library_dir: Path, tmp_path: Path, content: str) -> Path:
    """Make a library of one's own with these settings."""
    library = Path(shutil.copytree(library_dir, tmp_path / "library"))
    (library / "podindex.toml").write_text(f"{content}\n")
    return library
