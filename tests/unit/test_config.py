"""Settings: what people write is understood, or refused before any work."""

import errno
import os
from pathlib import Path

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from podindex.config import Settings, find_library_dir, load_settings, read_config
from podindex.errors import ConfigError
from podindex.languages import parse_language


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" En ", "en"),
        ("English", "en"),
        ("en-US", "en"),
        ("en_US", "en"),
        ("de_DE.UTF-8", "de"),
        ("zh-Hant-TW", "zh"),
        ("Mandarin", "zh"),
        ("haitian creole", "ht"),
        ("YUE", "yue"),
        ("jv", "jw"),
        ("eng", "en"),
        ("ger-AT", "de"),
        ("nb-NO", "no"),
        ("", None),
        ("  ", None),
        ("auto", None),
    ],
)
def test_a_language_is_understood_as_people_write_it(given: str, meant: str | None, tmp_path: Path) -> None:
    assert Settings(language=given).language == meant
    assert Settings(language="fr").override(language=given).language == meant
    (tmp_path / "podindex.toml").write_text(f'language = "{given}"\n')
    assert load_settings(tmp_path, {}).language == meant
    if meant:
        assert load_settings(tmp_path / "none", {"PODINDEX_LANGUAGE": given}).language == meant


@pytest.mark.parametrize("given", ["xx", "Klingon", "e", "english please", "-", "english-only"])
def test_what_is_no_language_is_refused(given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings().override(language=given)
    assert caught.value.code == "bad-setting"
    assert "en" in caught.value.hint


def test_the_languages_are_those_of_the_engine() -> None:
    assert {parse_language(code) for code in _LANGUAGE_CODES} == set(_LANGUAGE_CODES)
    assert {parse_language(code.upper()) for code in _LANGUAGE_CODES} == set(_LANGUAGE_CODES)


@pytest.mark.parametrize("name", ["auto", "default", "int8", "int8_bfloat16", "float32"])
def test_compute_types_are_those_of_ctranslate2(name: str) -> None:
    assert Settings(compute_type=name).compute_type == name


@pytest.mark.parametrize("name", ["foo", "", "INT9", "int4"])
def test_what_is_no_compute_type_is_refused(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings().override(compute_type=name)
    assert caught.value.code == "bad-setting"
    assert "int8_float16" in caught.value.hint


@pytest.mark.parametrize("line", ['quiet = "yes"', "verbose = 1", 'no_color = "true"'])
def test_a_switch_is_true_or_false(line: str, tmp_path: Path) -> None:
    (tmp_path / "podindex.toml").write_text(f"{line}\n")
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert caught.value.code == "bad-setting"


def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    (tmp_path / "podindex.toml").write_text("x = " + "[" * 100_000)
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert caught.value.code == "config-invalid"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "podindex.toml")
    with pytest.raises(ConfigError, match="is not a regular file") as caught:
        read_config(tmp_path)
    assert caught.value.code == "config-invalid"


def test_a_byte_order_mark_is_no_setting(tmp_path: Path) -> None:
    """Editors on Windows write one; it cannot be seen."""
    (tmp_path / "podindex.toml").write_text("workers = 2\r\n", encoding="utf-8-sig")
    assert read_config(tmp_path) == {"workers": 2}


def test_a_model_beside_the_file_is_the_same_one_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "library" / "models" / "mine", tmp_path / "elsewhere"
    for place in (folder, elsewhere / "models" / "mine"):
        place.mkdir(parents=True)
        (place / "model.bin").touch()
    monkeypatch.chdir(elsewhere)
    config = tmp_path / "library" / "podindex.toml"
    for content in ('model = "models/mine"', '[add]\nmodel = "./models/mine"'):
        config.write_text(content)
        assert load_settings(config.parent, {}).model == str(folder)
        assert load_settings(config.parent, {"PODINDEX_MODEL": "models/mine"}).model == "models/mine"
    config.write_text('model = "small"')
    assert load_settings(config.parent, {}).model == "small"


@pytest.mark.parametrize(
    ("reason", "found"),
    [(errno.ENOENT, "outer"), (errno.EACCES, "outer"), (errno.EIO, "inner"), (errno.ESTALE, "inner")],
)
def test_no_other_library_is_found_where_a_disk_fails(
    reason: int, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = tmp_path / "outer" / "inner", tmp_path / "outer"
    inner.mkdir(parents=True)
    (outer / "podindex.toml").touch()
    monkeypatch.chdir(inner)
    stat = Path.stat

    def refuse(path: Path) -> os.stat_result:
        if path.parent == inner:
            raise OSError(reason, os.strerror(reason), str(path))
        return stat(path)

    monkeypatch.setattr(Path, "stat", refuse)
    assert find_library_dir(None, {}).name == found
