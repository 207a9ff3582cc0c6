"""Distances between one word and many are those between each two."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scan import edits

from podindex.search.likeness import candidates, edit_distances, signature

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
