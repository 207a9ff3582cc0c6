from datetime import UTC, datetime
from itertools import product
from string import ascii_lowercase

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES
from hypothesis import given
from hypothesis import strategies as st

from podindex.audio.tags import (
    MAX_LINE_LENGTH,
    MAX_TEXT_LENGTH,
    clean_text,
    first_line,
    first_text,
    fold_tags,
    parse_date,
    parse_language,
)


def test_the_first_source_that_says_something_counts() -> None:
    assert fold_tags({"TITLE": " ", "Album": "A"}, {"title": "T", "album": "B"}) == {"title": "T", "album": "A"}


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Café", "Café"),
        ("Caf\udce9 \udc93Stra\udcdfe\udc94", "Café “Straße”"),
        ("Привет\udcd0", "Привет"),
    ],
)
def test_tags_are_in_utf_8_or_latin_1(raw: str, title: str) -> None:
    """ID3v1 knows Latin-1 alone, and cuts off what others write into it after thirty bytes."""
    assert first_line(fold_tags({"title": raw}), ["title"]) == title


def test_a_line_is_one_line_without_controls() -> None:
    assert first_line({"title": " One\r\ntwo\x00\x1b[31m\t three\u2028"}, ["title"]) == "One two[31m three"


def test_a_line_is_cut() -> None:
    line = first_line({"title": "x" * 10_000}, ["title"])
    assert line is not None
    assert len(line) == MAX_LINE_LENGTH


def test_an_empty_tag_gives_way_to_the_next() -> None:
    assert first_line({"show": "\x00\u202e", "album": "A"}, ["show", "album"]) == "A"
    assert first_line({}, ["show"]) is None
    assert first_text({"description": " \n"}, ["description", "comment"]) is None


def test_a_text_keeps_its_lines() -> None:
    assert first_text({"comment": "one\r\ntwo\rthree\x07"}, ["description", "comment"]) == "one\ntwo\nthree"


def test_a_text_is_cut() -> None:
    assert len(clean_text("word " * 1_000_000)) <= MAX_TEXT_LENGTH


def test_reordering_is_removed_and_right_to_left_text_is_kept() -> None:
    assert clean_text("\u202egpj.exe\u2066") == "gpj.exe"
    assert clean_text("\u200fשלום\u200f") == "\u200fשלום\u200f"


def test_emoji_sequences_are_kept() -> None:
    assert clean_text("👩\u200d💻 e\u0301") == "👩\u200d💻 é"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode()  # no lone surrogates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        (" 2026-11-05 ", datetime(2026, 11, 5, tzinfo=UTC)),
        ("2026/11/05", datetime(2026, 11, 5, tzinfo=UTC)),
        ("20261105", datetime(2026, 11, 5, tzinfo=UTC)),
        ("2026-11-05T07:08", datetime(2026, 11, 5, 7, 8, tzinfo=UTC)),
        ("2026-11-05 07:08:09", datetime(2026, 11, 5, 7, 8, 9, tzinfo=UTC)),
        ("2026-11-05T07:08:09Z", datetime(2026, 11, 5, 7, 8, 9, tzinfo=UTC)),
        ("2026-11-05T07:08:09.123Z", datetime(2026, 11, 5, 7, 8, 9, tzinfo=UTC)),
        ("2026-11-05T07:08:09+02:00", datetime(2026, 11, 5, 5, 8, 9, tzinfo=UTC)),
    ],
)
def test_parses_dates(text: str, date: datetime) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "0000",
        "1601",
        "2026-13",
        "2026-02-30",
        "20261399",
        "99999",
        "9999-12-31T23:00-05:00",
        "2026-11-05T25:00",
    ],
)
def test_ignores_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("EN", "en"),
        ("pt_BR", "pt"),
        ("English", "en"),
        ("eng", "en"),
        ("deu", "de"),
        ("GER", "de"),
        ("por-BR", "pt"),
        ("nob", "no"),
        ("jav", "jw"),
        ("lao", "lo"),
        ("haw", "haw"),
        ("", None),
        ("und", None),
        ("mul", None),
        ("zxx", None),
        ("xyz", None),
        ("English!", None),
        ("eng/deu", None),
    ],
)
def test_parses_languages(text: str, language: str | None) -> None:
    assert parse_language(text) == language


# All that have two codes: https://www.loc.gov/standards/iso639-2/php/code_list.php
_BIBLIOGRAPHIC_AND_TERMINOLOGICAL = (
    "alb sqi, arm hye, baq eus, bur mya, chi zho, cze ces, dut nld, fre fra, geo kat, ger deu, gre ell, ice isl, "
    "mac mkd, mao mri, may msa, per fas, rum ron, slo slk, tib bod, wel cym"
)


def test_both_codes_of_a_language_are_known() -> None:
    for codes in _BIBLIOGRAPHIC_AND_TERMINOLOGICAL.split(", "):
        (language,) = {parse_language(code) for code in codes.split()}
        assert language is not None, codes


def test_every_language_of_the_engine_has_a_code_of_three_letters() -> None:
    codes = map("".join, product(ascii_lowercase, repeat=3))
    assert {parse_language(code) for code in codes} - {None} == set(_LANGUAGE_CODES)
