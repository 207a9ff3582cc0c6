"""Numbers in digits and in English words mean the same, whichever was typed and whichever was written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.words.numbers import MAX_READINGS, read_numbers


def readings(text: str) -> list[str]:
    """Return the readings of a text that is one number and nothing else."""
    tokens = tuple(text.split())
    (span,) = read_numbers(tokens)
    assert (span.start, span.end) == (0, len(tokens))
    return [" ".join(row) for row in span.readings]


@pytest.mark.parametrize(
    "same",
    [
        ("5", "five"),
        ("21", "twenty one"),
        ("100", "one hundred", "a hundred"),
        ("150", "one hundred fifty", "one hundred and fifty", "a hundred and fifty"),
        ("1000", "1.000", "one thousand", "a thousand"),
        ("2026", "twenty twenty six", "two thousand twenty six", "two thousand and twenty six"),
        ("1984", "nineteen eighty four"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2001", "two thousand one", "two thousand and one", "twenty oh one"),
        ("1500", "fifteen hundred", "one thousand five hundred"),
        ("2500", "twenty five hundred", "two thousand five hundred"),
        ("40000", "forty thousand"),
        ("250000", "two hundred fifty thousand", "two hundred and fifty thousand"),
        ("5000000", "five million", "5 million", "5.000.000"),
        ("1200000000", "one billion two hundred million"),
        ("3.5", "three point five"),
        ("3.14", "three point one four", "three point fourteen"),
        ("2.0", "two point zero", "two point oh"),
        ("3.05", "three point zero five", "three point oh five"),
        ("1st", "first"),
        ("2nd", "second"),
        ("23rd", "twenty third"),
        ("40th", "fortieth"),
        ("111th", "one hundred eleventh", "one hundred and eleventh"),
        ("100th", "one hundredth"),
        ("1200th", "one thousand two hundredth"),
        ("2000th", "two thousandth"),
        ("200000th", "two hundred thousandth"),
        ("1000000th", "one millionth"),
        ("1990s", "nineteen nineties", "nineties", "90s"),
        ("2000s", "00s"),
        ("$ 5", "five dollars", "5 dollars", "five bucks"),
        ("€ 20", "twenty euros", "20 euros", "20 €"),
        ("£ 1000", "one thousand pounds", "a thousand pounds"),
        ("$ 5 million", "five million dollars", "5 million dollars"),
        ("$ 1.5 billion", "one point five billion dollars"),
        ("$ 5 trillion", "five trillion dollars"),
        ("1500000", "1.5 million"),
        ("1066", "ten sixty six"),
        ("50 %", "fifty percent", "50 percent", "fifty per cent"),
        ("2.5 %", "two point five percent"),
        ("20 °", "twenty degrees", "20 degrees"),
        ("20 ° c", "twenty degrees celsius", "20 degrees centigrade"),
        ("2", "two", "ii"),
        ("$ 1.5 million", "$ 1.5m", "one point five million dollars"),
        ("$ 10000", "$ 10k", "10k dollars"),
        ("£ 2 billion", "£ 2bn", "£ 2b"),
        ("10000", "10k"),
        ("404", "four oh four"),
        ("7 am", "seven am"),
    ],
)
def test_every_way_finds_the_usual_one_and_the_usual_one_every_way(same: tuple[str, ...]) -> None:
    usual, *others = same
    assert set(others) <= set(readings(usual))
    for other in others:
        assert usual in readings(other)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("in twenty twenty six we", [(1, 4)]),
        ("two one", [(0, 1), (1, 2)]),
        ("one hundred and fifty people", [(0, 4)]),
        ("one hundred and counting", [(0, 2)]),
        ("five and six", [(0, 1), (2, 3)]),
        ("point five", [(1, 2)]),
        ("a few hundred", []),
        ("a cat", []),
        ("hundred", []),
        ("hundred percent", [(0, 2)]),
        ("4k 5m $", []),
        ("$ 5m 10k", [(0, 2), (2, 3)]),
        ("and", []),
        ("007", []),
        ("1234567890123", []),
        ("% $ °", []),
        ("nineteen eighty four nineteen eighty five", [(0, 3), (3, 6)]),
        ("one thousand million", [(0, 2)]),
        ("zero five", [(0, 1), (1, 2)]),
        ("twenty first century", [(0, 2)]),
    ],
)
def test_spans(text: str, spans: list[tuple[int, int]]) -> None:
    assert [(span.start, span.end) for span in read_numbers(tuple(text.split()))] == spans


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("ten thirty", "10 30"),
        ("seven oh five", "7 05"),
        ("ten thirty pm", "10 30 pm"),
        ("ten thirty pm", "10 30pm"),
        ("05", "oh five"),
        ("seven am", "7am"),
    ],
)
def test_times_of_day(said: str, written: str) -> None:
    assert written in readings(said)


def test_decades_are_of_the_century_in_which_one_says_them_so() -> None:
    assert readings("90s") == ["1990s", "nineteen nineties", "nineties"]
    assert readings("00s") == ["2000s", "two thousands"]
    assert "00s" not in readings("1900s")


def test_a_number_is_not_its_own_reading() -> None:
    assert "five" not in readings("five")
    assert "2026" not in readings("2026")


WORDS = st.sampled_from(
    "a an and zero one two nine ten eleven thirteen nineteen twenty thirty ninety hundred thousand million billion "
    "trillion "
    "first third twentieth nineties oh point percent per cent dollars $ % 5 20 2026 1.000 3.5 1st 1990s "
    "90s 0 00 the x 10k 1.5m".split()
)


@given(st.lists(WORDS, max_size=12).map(tuple))
def test_spans_are_in_order_and_bounded(tokens: tuple[str, ...]) -> None:
    end = 0
    for span in read_numbers(tokens):
        assert end <= span.start < span.end <= len(tokens)
        assert 0 < len(span.readings) <= MAX_READINGS
        assert all(span.readings)
        assert tokens[span.start : span.end] not in span.readings
        end = span.end


@given(st.integers(0, 10**9))
def test_what_is_said_of_a_number_is_read_as_that_number(value: int) -> None:
    digits = str(value)
    for said in readings(digits):
        if said[0].isalpha():
            assert digits in [*readings(said), said]


def test_a_sign_before_a_number_is_of_that_number() -> None:
    spans = read_numbers(("top", "5", "$", "10", "gifts"))
    assert [(span.start, span.end) for span in spans] == [(1, 2), (2, 4)]


@given(st.integers(1, 10**9))
def test_what_is_said_of_an_ordinal_is_read_as_that_ordinal(value: int) -> None:
    for said in readings(f"{value}th"):
        if said[0].isalpha() and said[:2] != "a ":  # "a hundredth" is a part of something
            assert str(value) in [reading[:-2] for reading in readings(said)]
