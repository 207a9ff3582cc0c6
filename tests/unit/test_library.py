"""What `Library` takes from Python: paths as people write them, and no order that there is not."""

from pathlib import Path

import pytest
from audio_files import noise, write_audio

from podindex import Library, PodindexError
from podindex.progress import Notes


@pytest.mark.parametrize("kind", [str, Path])
def test_a_library_is_named_by_a_text_or_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[str] | type[Path]
) -> None:
    (tmp_path / "here" / "episodes").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    library = Library(kind("here"))
    assert library.path == tmp_path / "here"
    assert library.episodes() == []


def test_an_order_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'newest'; give one of relevance, date, time"):
        Library(tmp_path).search("ice", sort="newest")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["limit", "offset", "per_episode", "context_ms"])
def test_a_negative_number_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        Library(tmp_path).search("ice", **{number: -1})  # type: ignore[arg-type]


def test_a_path_of_no_letters_is_not_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.wav").touch()
    (tmp_path / "library" / "episodes").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    library = Library("library")
    for outcomes in (library.add([""], dry_run=True), library.watch([""])):
        with pytest.raises(PodindexError, match="a path is empty"):
            next(outcomes)
    (outcome,) = library.add(Path("a.wav"), dry_run=True)  # one alone is taken as it is
    assert outcome.path == tmp_path / "a.wav"


def test_in_a_folder_that_was_deleted_there_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()
    with pytest.raises(PodindexError, match="no current folder") as caught:
        next(Library(tmp_path).add(["a.wav"], dry_run=True))
    assert caught.value.code == "audio-not-found"


def test_a_name_of_spaces_alone_is_none(tmp_path: Path) -> None:
    (tmp_path / "Odd Sums").mkdir()
    audio = write_audio(tmp_path / "Odd Sums" / "one.wav", noise(1, -30))
    (outcome,) = Library(tmp_path / "library").add([audio], show=" ", title="\n", dry_run=True)
    assert outcome.episode_id == "odd-sums/one"


@pytest.mark.parametrize(("files", "said"), [(3, []), (1000, ["looking at 1,000 files"])])
def test_a_look_at_many_files_is_said_before_it_begins(tmp_path: Path, files: int, said: list[str]) -> None:
    notes = Notes()
    with Library.open(tmp_path / "library", progress=notes) as library:
        next(library.add([tmp_path / f"{number}.mp3" for number in range(files)], dry_run=True))
    assert notes.messages == said
