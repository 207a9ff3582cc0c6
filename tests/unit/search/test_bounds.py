"""A query that asks too much is answered without its most frequent parts, and that is said."""

import numpy as np
import pytest

from podindex.search.matching.bounds import bound
from podindex.search.matching.terms import Terms
from podindex.search.query.plan import AllOf, AnyOf, InOrder, Plan, Slot, TermSet, in_a_row

_FREQUENCIES = np.arange(100, 120, dtype=np.uint32)


def _word(number: int) -> InOrder:
    ids = np.array([number], np.uint32)
    return InOrder((Slot(((TermSet(ids, ids),),)),), 0, str(number))


_WORDS = tuple(_word(number) for number in range(20))
_TERMS = Terms(_FREQUENCIES, 10_000)


def test_a_query_within_bounds_stays_as_it_is() -> None:
    for root in (None, _WORDS[0], AllOf(_WORDS), AnyOf((AllOf(_WORDS[:10]), AllOf(_WORDS[10:])))):
        plan = Plan(root)
        assert bound(plan, _TERMS) is plan


def test_the_most_frequent_parts_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_WORK", 10 * sum(range(100, 110)))
    bounded = bound(Plan(AnyOf((AllOf(_WORDS), _WORDS[3])), ("so far",)), _TERMS)
    assert bounded.root == AnyOf((AllOf(_WORDS[:10]), _WORDS[3]))
    assert bounded.notes[0] == "so far"
    assert "most frequent parts" in bounded.notes[1]


def test_all_words_in_a_row_as_typed_are_looked_for_whatever_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence of more than a few words, one of them twice: it is found where it is said, and no part left out."""
    whole = in_a_row((*_WORDS, _WORDS[0]))
    plan = Plan(AllOf(_WORDS, (), whole))
    assert bound(plan, _TERMS) is plan
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_WORK", 10 * sum(range(100, 110)))
    assert bound(plan, _TERMS).root == AllOf(_WORDS[:10], (), whole)


def test_what_many_ands_look_at_is_bounded_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = tuple(AllOf((_WORDS[number], _WORDS[number + 1])) for number in range(0, 20, 2))
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_PLACES", 2 * (100 + 102 + 104))
    assert bound(Plan(AnyOf(pairs)), _TERMS).root == AnyOf(pairs[:3])
    # What a search must hold stays; of what it must not hold the rest is left out.
    assert bound(Plan(AllOf((_WORDS[0],), pairs)), _TERMS).root == AllOf((_WORDS[0],), pairs[:2])
    assert bound(Plan(AllOf(_WORDS, pairs)), _TERMS).root == AllOf(_WORDS[:6])


def test_any_of_many_words_is_one_look_at_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_PLACES", 1)
    plan = Plan(AnyOf(_WORDS))
    assert bound(plan, _TERMS) is plan


def test_a_few_very_common_words_near_each_other_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_PLACES", 3 * 100)
    assert bound(Plan(AllOf(_WORDS[:4])), _TERMS).root == AllOf(_WORDS[:3])
    assert bound(Plan(_WORDS[3]), _TERMS).root == _WORDS[3]


def test_a_long_phrase_with_room_keeps_its_rarest_words_and_room_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = InOrder(tuple(word.slots[0] for word in reversed(_WORDS)), 5, "as typed")
    plan = Plan(row)
    assert bound(plan, _TERMS) is plan
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_PLACES", 3 * 100)
    assert bound(plan, _TERMS).root == InOrder(row.slots[-3:], 5 + 17, "as typed")
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_PLACES", 0)
    assert bound(plan, _TERMS).root == InOrder(row.slots[-1:], 5 + 19, "as typed")


def test_any_of_many_phrases_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    phrases = tuple(InOrder((*_WORDS[number].slots, *_WORDS[19].slots), 0, "") for number in range(18))
    monkeypatch.setattr("podindex.search.matching.bounds.MAX_PLACES", 20 + 20 + 20)
    assert bound(Plan(AnyOf(phrases)), _TERMS).root == AnyOf(phrases[:3])
