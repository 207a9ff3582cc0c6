"""Which weights a name means, without network and without loading any."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from podindex.errors import ModelError
from podindex.models import TranscribeOptions
from podindex.transcribe import models
from podindex.transcribe.models import absolute_name, choose_model, find_model, fingerprint, list_models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder as far as files go; multilingual."""
    made = tmp_path / "my-model"
    made.mkdir()
    (made / "model.bin").write_bytes(b"weights")
    (made / "config.json").write_text("{}")
    (made / "tokenizer.json").write_text("{}")
    (made / "vocabulary.json").write_text(json.dumps(["x"] * 51_865))
    return made


NO_NAMES = [
    "", " ", "a--b/c", "a..b/c", "a/b.", "a/b.git", "~nobody-of-this-name/model", "x" * 5_000, "a/" + "x" * 5_000
]  # fmt: skip
"""What can be neither a folder nor a model of the hub."""


@pytest.fixture(autouse=True)
def _no_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def refused(name: str, *, language: str | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        choose_model(name, language=language)
    return caught.value


def test_a_folder_is_taken_as_given(folder: Path) -> None:
    choice = choose_model(str(folder))
    assert choice.path == folder
    assert choice.multilingual
    assert choice.sha256 == hashlib.sha256(b"weights").hexdigest()


def test_a_folder_named_like_a_size_does_not_stand_in_for_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.rename(tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    assert refused("tiny").code == "model-not-here"
    assert choose_model("./tiny").path == tmp_path / "tiny"


def test_what_is_to_be_downloaded_is_not_found_and_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        find_model("some-owner/some-model")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    assert find_model("some-owner/some-model") is None
    with pytest.raises(ModelError, match="there is no model"):
        find_model("no-such-model")


def test_an_english_model_is_refused_another_language_before_it_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.snapshot_download", pytest.fail)
    assert refused("medium.en", language="de").code == "model-english-only"


@pytest.mark.parametrize("missing", ["tokenizer.json", "config.json", "vocabulary.json"])
def test_an_incomplete_folder_is_named_with_what_it_lacks(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    error = refused(str(folder))
    assert error.code == "model-incomplete"
    assert missing in error.message


def test_a_model_of_128_mel_bands_needs_its_preprocessor(folder: Path) -> None:
    (folder / "vocabulary.json").write_text(json.dumps(["x"] * 51_866))
    assert "preprocessor_config.json" in refused(str(folder)).message


def test_a_folder_without_weights_is_no_model(tmp_path: Path) -> None:
    assert refused(str(tmp_path)).code == "model-incomplete"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"3"])
def test_a_damaged_vocabulary_is_an_error_and_no_crash(folder: Path, content: bytes) -> None:
    (folder / "vocabulary.json").write_bytes(content)
    assert refused(str(folder)).code == "model-unreadable"


def test_an_english_only_folder_is_refused_for_another_language(folder: Path) -> None:
    (folder / "vocabulary.json").unlink()
    (folder / "vocabulary.txt").write_text("x\n" * 51_864)
    assert refused(str(folder), language="es").code == "model-english-only"
    assert not choose_model(str(folder), language="en").multilingual


def test_a_mistyped_name_says_what_may_be_meant() -> None:
    error = refused("smal.en")
    assert error.code == "model-unknown"
    assert "small.en" in error.hint


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_can_be_no_model_is_unknown(name: str) -> None:
    assert absolute_name(name) == name
    assert refused(name).code == "model-unknown"


@pytest.mark.parametrize("name", ["base", "large", "someone/whisper-of-theirs"])
def test_what_is_not_here_and_may_not_be_downloaded_is_said(name: str) -> None:
    error = refused(name)
    assert error.code == "model-not-here"
    assert "HF_HUB_OFFLINE forbids" in error.message


def test_the_cache_is_searched_and_spares_hashing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    digest = "ab" * 32
    cache = tmp_path / "hub"
    repository = cache / "models--Systran--faster-whisper-small"
    snapshot = repository / "snapshots" / "1234"
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("1234")
    (repository / "blobs").mkdir()
    for file in folder.iterdir():
        (snapshot / file.name).write_bytes(file.read_bytes())
    (snapshot / "model.bin").rename(repository / "blobs" / digest)
    (snapshot / "model.bin").symlink_to(repository / "blobs" / digest)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    choice = choose_model("small")
    assert (choice.sha256, choice.reason) == (digest, "installed")
    assert choose_model("auto").name == "small"
    assert {entry.name: entry.state for entry in list_models()}["small"] == "installed"


def test_every_size_is_listed_once_and_aliases_are_none() -> None:
    names = [entry.name for entry in list_models()]
    assert len(names) == len(set(names))
    assert "large" not in names
    assert models._ALIASES["large"] in names


def test_the_fingerprint_changes_with_whatever_changes_the_text(folder: Path) -> None:
    choice, options = choose_model(str(folder)), TranscribeOptions()
    same = fingerprint(choice, options)
    assert fingerprint(replace(choice, name="other", reason="other"), TranscribeOptions()) == same
    others = [
        fingerprint(replace(choice, sha256="00"), options),
        fingerprint(choice, replace(options, beam_size=1)),
        fingerprint(choice, replace(options, hotwords="Zarvox")),
    ]
    assert len({same, *others}) == 4
