"""Words to be expected: joined, and never more than do no harm."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.config import load_glossary
from podindex.errors import ConfigError
from podindex.hotwords import MAX_BYTES, join_terms


def test_terms_follow_what_is_expected_everywhere() -> None:
    assert join_terms("Anna, Ben", ["Utzon", "anna", "Saarinen"]) == ("Anna, Ben, Utzon, Saarinen", 0)
    assert join_terms(None, ["Utzon"]) == ("Utzon", 0)
    assert join_terms(None, []) == (None, 0)
    assert join_terms("Anna", []) == ("Anna", 0)


def test_what_has_no_room_is_counted() -> None:
    joined, left_out = join_terms(None, ["x" * 100] + ["y" * 100] * 5)
    assert joined
    assert len(joined.encode()) <= MAX_BYTES
    assert left_out == 4


def test_what_was_said_for_this_run_is_taken_whole() -> None:
    assert join_terms("x" * 1000, ["Utzon"]) == ("x" * 1000, 1)


@given(st.lists(st.text(min_size=1)))
def test_no_glossary_is_too_long(terms: list[str]) -> None:
    joined, left_out = join_terms(None, terms)
    assert len((joined or "").encode("utf-8", "replace")) <= MAX_BYTES
    assert 0 <= left_out <= len(terms)


def write(folder: Path, content: str) -> Path:
    (folder / "podindex.toml").write_text(content, encoding="utf-8")
    return folder


def test_shows_are_known_by_name_or_slug(tmp_path: Path) -> None:
    text = '[glossary]\n"The Sticky Note" = ["Jørn  Utzon", "Utzon", "Utzon", " "]\nodd-sums = []\n'
    assert load_glossary(write(tmp_path, text)) == {"the-sticky-note": ("Jørn Utzon", "Utzon"), "odd-sums": ()}
    assert load_glossary(write(tmp_path, "model = 'base'")) == {}
    assert load_glossary(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    "text", ['glossary = "Utzon"', '[glossary]\na = "Utzon"', "[glossary]\na = [1]", "[glossary.a]"]
)
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_glossary(write(tmp_path, text))
    assert caught.value.code == "bad-setting"
