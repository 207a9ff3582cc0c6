"""Errors of nobody's making while a file is taken: that file has failed, the others go on."""

from pathlib import Path

import pytest
from audio_files import noise, write_audio

from podindex import Library
from podindex.audio import probe as probe_module
from podindex.catalogue import Catalogue
from podindex.intake import Intake, IntakeOptions
from podindex.models import AudioInfo, EpisodeOutcome
from podindex.store import EpisodeStore

_probe = probe_module.probe


def _fail(path: Path) -> AudioInfo:
    if path.name == "odd.wav":
        b"\x83".decode("utf-8")
    return _probe(path)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three files, of which the second makes the decoder fail as nothing foresees."""
    monkeypatch.setattr(probe_module, "probe", _fail)
    folder = tmp_path / "library" / "episodes" / "show"
    folder.mkdir(parents=True)
    return [
        write_audio(folder / name, noise(1, -30, seed=seed)) for seed, name in enumerate(["a.wav", "odd.wav", "z.wav"])
    ]


def make_intake(files: list[Path]) -> Intake:
    store = EpisodeStore(files[0].parent.parent)
    return Intake(store, Catalogue(store.root.parent / "index", store), IntakeOptions())


def test_the_file_has_failed_with_the_type_of_the_error_and_the_others_go_on(files: list[Path]) -> None:
    good, odd, other = make_intake(files).take_all(files)
    assert isinstance(odd, EpisodeOutcome)
    assert (odd.path, odd.status) == (files[1], "failed")
    assert odd.error
    assert odd.error.code == "internal-error"
    assert "UnicodeDecodeError" in odd.error.message
    assert not isinstance(good, EpisodeOutcome)
    assert not isinstance(other, EpisodeOutcome)


def test_sync_goes_on_and_remembers_it(files: list[Path]) -> None:
    """Without a model: the only file that is left to be taken is the one that fails."""
    with Library.open(files[0].parent.parent.parent) as library:
        for path in (files[0], files[2]):
            path.unlink()
        (outcome,) = library.sync()
        assert outcome.error
        assert outcome.error.code == "internal-error"


def test_a_known_episode_that_fails_so_waits_longer_each_time(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_module, "probe", _probe)
    make_intake(files).take(files[1])
    monkeypatch.setattr(probe_module, "probe", _fail)
    (outcome,) = make_intake(files).take_unfinished()
    assert isinstance(outcome, EpisodeOutcome)
    assert outcome.episode_id
    failure = EpisodeStore(files[0].parent.parent).checkpoints(outcome.episode_id).load_failure()
    assert failure
    assert failure.error == outcome.error


def test_who_interrupts_is_obeyed(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_path: Path) -> AudioInfo:
        raise KeyboardInterrupt

    monkeypatch.setattr(probe_module, "probe", interrupt)
    with pytest.raises(KeyboardInterrupt):
        list(make_intake(files).take_all(files))
