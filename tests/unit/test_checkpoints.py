"""What is kept of an episode until it is transcribed."""

from pathlib import Path

import pytest
from transcripts import CREATED, make_segment

from podindex.atomic import TEMPORARY_SUFFIX
from podindex.checkpoints import Checkpoints
from podindex.config import Settings
from podindex.models import ChunkResult, ErrorInfo, Failure

_FAILURE = Failure(ErrorInfo("bad-audio", "what", "hint"), 2, CREATED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "episodes" / "show" / "ep.chunks"


@pytest.fixture
def checkpoints(folder: Path) -> Checkpoints:
    return Checkpoints(folder, folder.parent.parent)


def _chunk(index: int) -> ChunkResult:
    return ChunkResult(index, index * 1000, 1000, 0, (make_segment("Hello", index * 1000),))


def test_finished_chunks_are_kept_by_fingerprint(checkpoints: Checkpoints) -> None:
    checkpoints.save("new", _chunk(0))
    checkpoints.save("old", _chunk(1))
    checkpoints.save("new", _chunk(12))
    assert checkpoints.load("new") == {0: _chunk(0), 12: _chunk(12)}


def test_a_folder_among_the_chunks_stays_and_is_in_nobodys_way(checkpoints: Checkpoints, folder: Path) -> None:
    """As a NAS puts one into all folders; the episode was `failed` for it, although its transcript was there."""
    checkpoints.save("new", _chunk(0))
    (folder / "@eaDir").mkdir()
    checkpoints.clear()
    assert [path.name for path in folder.iterdir()] == ["@eaDir"]


def test_damaged_chunks_are_as_if_missing(checkpoints: Checkpoints, folder: Path) -> None:
    for index in range(4):
        checkpoints.save("fp", _chunk(index))
    first, second, third, _ = sorted(folder.iterdir())
    first.write_bytes(first.read_bytes()[:-20])
    second.write_bytes(b"\0" * 50)
    third.unlink()
    third.mkdir()
    assert checkpoints.load("fp") == {3: _chunk(3)}


def test_clearing_leaves_nothing_behind(checkpoints: Checkpoints, folder: Path) -> None:
    checkpoints.save("fp", _chunk(0))
    checkpoints.save_failure(_FAILURE)
    (folder / f".00001.json.ab{TEMPORARY_SUFFIX}").touch()
    checkpoints.clear()
    assert checkpoints.load("fp") == {}
    assert checkpoints.load_failure() is None
    assert not folder.exists()
    checkpoints.clear()


@pytest.mark.parametrize(
    "damage", ["", "{}", '{"schema": 1, "settings": {"beam_size": -3}}', '{"schema": 1, "settings": 7}']
)
def test_a_damaged_request_is_none(checkpoints: Checkpoints, folder: Path, damage: str) -> None:
    settings = Settings(model="base", language="de", beam_size=3, hotwords="Ekeland")
    checkpoints.save_request(settings)
    assert checkpoints.load_request() == settings
    assert checkpoints.load("fp") == {}
    assert not checkpoints.exist()
    (folder / "request.json").write_text(damage)
    assert checkpoints.load_request() is None
    checkpoints.clear_request()
    assert not folder.exists()


def test_a_damaged_failure_is_none(checkpoints: Checkpoints, folder: Path) -> None:
    checkpoints.save_failure(_FAILURE)
    assert checkpoints.load("fp") == {}
    (folder / "failure.json").write_text('{"schema": 1, "error": 7}')
    assert checkpoints.load_failure() is None
