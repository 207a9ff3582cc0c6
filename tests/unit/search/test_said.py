"""Words that a recogniser parted are found as they are said, and keep their times."""

import pytest

from podindex.models import Word
from podindex.search.words import analysis
from podindex.search.words.said import said_words


def parted(text: str) -> tuple[str, list[Word]]:
    """Return a text without its bars, and its words, which are parted there and at spaces; each takes 100 ms."""
    parts = text.replace(" ", "| ").split("|")
    words = [Word(part.strip(), 100 * n, 100 * n + 100, 0.9) for n, part in enumerate(parts)]
    return "".join(parts), words


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("3|.5 million", ["3.5", "million"]),
        ("£5|,000|,000.", ["£5,000,000."]),
        ("Python 2|.0|.1", ["Python", "2.0.1"]),
        ("the U|.S. and A|.I.", ["the", "U.S.", "and", "A.I."]),
        ("the F|.B|.I. and U|.S|.A|., too", ["the", "F.B.I.", "and", "U.S.A", ".,", "too"]),
        ("the F|.|B|.|I|.", ["the", "F.B.I", "."]),
        ("nine o|'clock", ["nine", "o'clock"]),
        ("rock|'n|'roll", ["rock'n'roll"]),
        ("C|# or C|++", ["C#", "or", "C++"]),
        ("3|.|5 in C|+|+ by the U|.|S|.|,", ["3.5", "in", "C++", "by", "the", "U.S", ".", ","]),
        ("$|5|,|000|,|000|. I|'|ll", ["$", "5,000,000", ".", "I'll"]),
        ("น|้|ำ|ท|ี|่", ["น้ำ", "ที่"]),
        ("ສ|ະ|ບ|າ|ຍ", ["ສ", "ະ", "ບ", "າ", "ຍ"]),
    ],
)
def test_what_means_something_else_alone_is_one_word(text: str, joined: list[str]) -> None:
    whole, words = parted(text)
    said = said_words(whole, words)
    assert [word.text for word, _ in said] == joined
    assert all(whole.startswith(word.text, place) for word, place in said)
    assert [token for word, _ in said for token in analysis.tokens(word.text)] == [*analysis.tokens(whole)]


@pytest.mark.parametrize("text", ["face|-recognition", "node|.js", "50|%", "AT|&T", "l|'homme", "日|本|語", "3 .5"])
def test_what_means_the_same_alone_keeps_its_own_time(text: str) -> None:
    whole, words = parted(text)
    assert [word for word, _ in said_words(whole, words)] == words


def test_a_joined_word_is_said_from_the_first_to_the_last() -> None:
    whole, words = parted("of 3|.5|.1 now")
    assert said_words(whole, words)[1] == (Word("3.5.1", 100, 400, 0.9), 3)


def test_a_long_line_of_signs_is_looked_at_once() -> None:  # for minutes, if each sign looked at all before it
    whole, words = parted("3" + "|." * 20_000 + "|5")
    assert [word for word, _ in said_words(whole, words)] == words
