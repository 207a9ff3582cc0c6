"""How numbers of things, and what is to be done, are written."""

from podindex.wording import count, sentence, times


def test_one_is_one_and_others_are_many() -> None:
    assert [count(number, "hit") for number in (0, 1, 1200)] == ["0 hits", "1 hit", "1,200 hits"]


def test_a_slow_machine_is_not_zero_times_as_fast() -> None:
    assert [times(factor) for factor in (0.37, 1.0, 9.5, 10.2, 82.4, 1234.5)] == [
        "0.4×",
        "1.0×",
        "9.5×",
        "10×",
        "82×",
        "1,234×",
    ]


def test_a_hint_is_a_sentence_where_people_read_it() -> None:
    said = ["open the page itself", "`podindex sync` makes it", "begin at /. Or not?", ""]
    assert [sentence(text) for text in said] == [
        "Open the page itself.",
        "`podindex sync` makes it.",
        "Begin at /. Or not?",
        "",
    ]
