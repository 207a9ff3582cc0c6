"""What is written as two words may be one where that is no accident."""

import pytest

from podindex.search.words.compounds import may_join


@pytest.mark.parametrize(
    "parts",
    "face recognition/re elect/co operate/on chain/e mail/f string/risc v/open ai/gpt 4/4 k/b 2b".split("/"),
)
def test_these_may_be_one_word(parts: str) -> None:
    assert may_join(*parts.split())


@pytest.mark.parametrize(
    "parts", ["the rapist", "project or", "re ally", "land on", "on line", "co ed", "x rated", "do it", "4 5", "v 3.5"]
)
def test_these_make_a_word_by_accident_only(parts: str) -> None:
    assert not may_join(*parts.split())
