"""A table of keys answers as a dictionary does, however many times it was extended."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.index.keytable import KeyTable

# Few letters, so that keys repeat and begin alike; some of more than one byte, one of which sorts high in UTF-8.
KEYS = st.text("abé日\U0010ffff", max_size=3)
GOES = st.lists(st.lists(KEYS, max_size=8), max_size=4)


def build(goes: list[list[str]]) -> tuple[KeyTable, dict[str, list[int]]]:
    """Extend an empty table by the keys of one go after the other; also return what it is to hold."""
    table, expected, count = KeyTable({}, "test"), dict[str, list[int]](), 0
    for keys in goes:
        table = KeyTable(table.extended(keys, count).arrays, "test")
        for number, key in enumerate(keys, count):
            expected.setdefault(key, []).append(number)
        count += len(keys)
    return table, expected


def in_order(expected: dict[str, list[int]]) -> list[str]:
    return sorted(expected, key=str.encode)


@given(GOES)
def test_keys_stand_in_order_each_with_its_ids(goes: list[list[str]]) -> None:
    table, expected = build(goes)
    assert list(table) == [key.encode() for key in in_order(expected)]
    for number, key in enumerate(in_order(expected)):
        assert table.number(key.encode()) == number
        assert table.ids(key).tolist() == expected[key]
        assert table.counts_of(np.array([number])).tolist() == [len(expected[key])]
    numbers = np.arange(len(expected))
    assert table.ids_of(numbers).tolist() == [number for key in in_order(expected) for number in expected[key]]


@given(GOES, KEYS)
def test_what_is_not_there_is_not_found(goes: list[list[str]], key: str) -> None:
    table, expected = build(goes)
    assert table.ids(key).tolist() == expected.get(key, [])
    assert (table.number(key.encode()) is None) == (key not in expected)


@given(GOES, KEYS)
def test_prefixes(goes: list[list[str]], prefix: str) -> None:
    table, expected = build(goes)
    found = [number for key in in_order(expected) if key.startswith(prefix) for number in expected[key]]
    assert table.ids_with_prefix(prefix).tolist() == found


@given(GOES, st.lists(KEYS, max_size=8))
def test_an_extension_knows_what_became_of_the_old_keys(goes: list[list[str]], new: list[str]) -> None:
    table, expected = build(goes)
    extension = table.extended(new, sum(map(len, goes)))
    larger = KeyTable(extension.arrays, "test")
    assert extension.renumbered(np.arange(len(table))).tolist() == [larger.number(key) for key in table]
    lengths = extension.inserted(np.array([len(key) for key in table]), [len(key) for key in extension.new_keys])
    assert lengths.tolist() == [len(key) for key in larger]
    assert {key.decode() for key in extension.new_keys} == set(new) - set(expected)
