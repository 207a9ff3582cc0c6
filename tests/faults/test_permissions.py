"""Files and folders that podindex may not read or look into: each is said, and costs nothing else."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from audio_files import noise, write_audio
from commands import run_podindex


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may look into."""
    folder = tmp_path / "closed"
    folder.mkdir()
    write_audio(folder / "inside.wav", noise(1, -30))
    folder.chmod(0)
    yield folder
    folder.chmod(0o700)


def test_what_may_not_be_read_is_said_and_the_others_are_added(tmp_path: Path, closed: Path) -> None:
    secret, good = (write_audio(tmp_path / name, noise(1, -30)) for name in ("secret.wav", "good.wav"))
    secret.chmod(0)
    command = ("--library", tmp_path / "library", "add", "--dry-run", "--json")
    paths = (secret, closed, closed / "inside.wav", tmp_path / "none.wav", good)
    result = run_podindex(*command, *paths, heeds_permissions=True)
    assert result.returncode == 3, result.stderr
    outcomes = json.loads(result.stdout)["outcomes"]
    assert [(outcome["status"], outcome["error"] and outcome["error"]["code"]) for outcome in outcomes] == [
        ("failed", "audio-unreadable"),
        ("failed", "unreadable-folder"),
        ("failed", "audio-unreadable"),
        ("failed", "audio-not-found"),
        ("pending", None),
    ]


def test_a_publishers_transcript_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "a.wav", noise(1, -30))
    transcript = tmp_path / "a.vtt"
    transcript.write_text("WEBVTT\n")
    transcript.chmod(0)
    command = ("--library", tmp_path / "library", "add", "--json", audio, "--transcript", transcript)
    result = run_podindex(*command, heeds_permissions=True)
    assert result.returncode == 3, result.stderr
    (outcome,) = json.loads(result.stdout)["outcomes"]
    assert outcome["error"]["code"] == "unreadable-transcript"


def test_a_library_on_a_disk_that_nobody_may_look_into_is_an_error_of_one_line(tmp_path: Path, closed: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "episodes").symlink_to(closed / "episodes")
    result = run_podindex("--library", tmp_path / "library", "search", "breach", heeds_permissions=True)
    assert result.returncode == 1, result.stderr
    assert result.stderr.startswith("error: not allowed to use ")
    assert result.stderr.count("\n") == 1


def test_check_goes_on_where_it_may_not_look_into_the_index(library_dir: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(library_dir, tmp_path / "library"))
    (library / "index").chmod(0)
    try:
        result = run_podindex("--library", library, "check", "--json", heeds_permissions=True)
        repair = run_podindex("--library", library, "check", "--repair", "--json", heeds_permissions=True)
    finally:
        (library / "index").chmod(0o700)
    for each in (result, repair):
        assert each.returncode == 1
        assert [problem["code"] for problem in json.loads(each.stdout)["problems"]] == ["index-unreadable"]


@pytest.mark.parametrize("name", ["", "manifest.json", "lexicon-*", "segment-*", "segment-*/documents/*"])
def test_an_index_that_may_not_be_read_is_no_damage(library_dir: Path, tmp_path: Path, name: str) -> None:
    library = Path(shutil.copytree(library_dir, tmp_path / "library"))
    query = ("--library", library, "search", "breach", "--json")
    assert json.loads(run_podindex(*query).stdout)["total"] == 1
    folder = library / "index" / "search"
    closed = list(folder.glob(name)) if name else [folder]
    before = {path: path.stat().st_mode for path in closed}
    for path in closed:
        path.chmod(0)
    try:
        result = run_podindex(*query, heeds_permissions=True)
    finally:
        for path, mode in before.items():
            path.chmod(mode)
    assert result.returncode == 1
    assert json.loads(result.stdout)["error"]["code"] == "index-unreadable"
    assert "Permission denied" in result.stderr
    assert "permissions" in result.stderr
    assert [path.name for path in folder.parent.glob("search*")] == ["search"]
    again = run_podindex(*query)
    assert json.loads(again.stdout)["total"] == 1
    assert "again" not in again.stderr


@pytest.mark.parametrize(
    ("what", "mode"), [("*/*.transcript.json", 0), ("a-show", 0o444)], ids=["the transcript", "what a folder lists"]
)
def test_an_episode_that_could_not_be_read_for_a_while_is_found_and_listed_again(
    library_dir: Path, tmp_path: Path, what: str, mode: int
) -> None:
    library = Path(shutil.copytree(library_dir, tmp_path / "library"))
    (closed,) = (library / "episodes").glob(what)
    usual = closed.stat().st_mode

    def look() -> tuple[str, int]:
        command = ("--library", library)
        listed = run_podindex(*command, "episodes", "--json", heeds_permissions=True).stdout
        query = ("search", "breach", "--json")
        found = run_podindex(*command, *query, heeds_permissions=True).stdout
        (row,) = json.loads(listed)["episodes"]
        return row["status"], json.loads(found)["total"]

    before = look()
    shutil.rmtree(library / "index")
    closed.chmod(mode)
    try:
        assert [look(), look()] == [("failed", 0)] * 2
    finally:
        closed.chmod(usual)
    assert look() == before == ("ready", 1)


def test_audio_that_may_not_be_looked_at_has_not_gone(tmp_path: Path, closed: Path) -> None:
    closed.chmod(0o700)
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n")
    command = ("--library", tmp_path / "library")
    added = run_podindex(*command, "add", closed / "inside.wav", "--transcript", tmp_path / "a.vtt", "--show", "Show")
    assert added.returncode == 0, added.stderr
    closed.chmod(0)
    result = run_podindex(*command, "check", "--json", heeds_permissions=True)
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem["code"] == "audio-unreadable"
    assert "Permission denied" in problem["message"]
