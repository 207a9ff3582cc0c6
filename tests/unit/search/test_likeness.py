"""Distances between one word and many are those between each two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scan import edits

from podindex.search.words.likeness import candidates, edit_distances, signature, unlikelihoods

WORDS = st.text("abc日", max_size=7)


@given(st.text("abc日", min_size=1, max_size=7), st.lists(WORDS, max_size=6), st.integers(1, 2))
def test_edit_distances(word: str, others: list[str], limit: int) -> None:
    expected = [edits(word, other) for other in others]
    found = edit_distances(word, others, limit).tolist()
    assert [min(distance, limit + 1) for distance in found] == [min(distance, limit + 1) for distance in expected]


def test_a_swap_of_neighbours_is_one_edit_and_no_part_is_edited_twice() -> None:
    assert edit_distances("clearview", ["clearveiw", "clearview", "claerveiw"], 2).tolist() == [1, 0, 2]
    assert edit_distances("ca", ["abc"], 3).tolist() == [3]


def test_of_no_words_there_are_no_distances() -> None:
    assert edit_distances("word", [], 1).tolist() == []


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [
        ("coach", "coach", 0),
        ("caoch", "coach", 1),  # swapped
        ("cach", "coach", 1),  # left out
        ("coacch", "coach", 1),  # doubled
        ("comand", "command", 1),  # one of two left out
        ("coech", "coach", 1),  # another vowel
        ("coavh", "coach", 1),  # the key beside it
        ("coqch", "coach", 1),  # the key above it
        ("coarch", "coach", 2),  # one too many
        ("coamh", "coach", 2),  # another one
        ("coäch", "coach", 2),
        ("oach", "coach", 2),  # the first left out
        ("boach", "coach", 3),  # another first one
        ("xcoach", "coach", 3),
        ("ocach", "coach", 1),
        ("caochh", "coach", 2),
        ("日本", "日木", 2),
    ],
)
def test_a_slip_that_people_make_is_likelier_than_another_error(typed: str, meant: str, expected: int) -> None:
    assert unlikelihoods(typed, ["anything", meant]).tolist()[1] == expected


@given(st.text("abc日", min_size=1, max_size=7), st.lists(WORDS, max_size=6))
def test_every_error_is_an_edit_and_the_same_beside_other_words(word: str, others: list[str]) -> None:
    found = unlikelihoods(word, others).tolist()
    assert found == [unlikelihoods(word, [other])[0] for other in others]
    for unlikelihood, other in zip(found, others, strict=True):
        assert edits(word, other) <= unlikelihood <= 2 * edits(word, other) + 2  # the first letters of both


@given(WORDS, st.lists(WORDS, max_size=6), st.integers(1, 2))
def test_whatever_is_near_is_a_candidate(word: str, others: list[str], limit: int) -> None:
    signatures = np.array([signature(other) for other in others], np.uint64)
    found = candidates(word, signatures, np.array([len(other) for other in others], np.uint8), limit).tolist()
    assert {number for number, other in enumerate(others) if edits(word, other) <= limit} <= set(found)
    assert all(abs(len(others[number]) - len(word)) <= limit for number in found)


@given(WORDS)
def test_a_signature_knows_letters_and_not_their_order(word: str) -> None:
    assert signature(word) == signature(word[::-1]) == signature(word * 2)
    assert signature("ab") != signature("ac")
