"""How numbers of things are written."""

from podindex.wording import count, times


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
