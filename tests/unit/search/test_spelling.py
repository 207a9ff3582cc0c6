"""British and American spellings find each other, and no word becomes another."""

import pytest

from podindex.search.words.spelling import spellings


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("colour", "color"),
        ("colourful", "colorful"),
        ("favourite", "favorite"),
        ("neighbours", "neighbors"),
        ("behavioural", "behavioral"),
        ("centre", "center"),
        ("centred", "centered"),
        ("theatres", "theaters"),
        ("recognise", "recognize"),
        ("recognised", "recognized"),
        ("organisation", "organization"),
        ("organisational", "organizational"),
        ("analyse", "analyze"),
        ("paralysed", "paralyzed"),
        ("travelled", "traveled"),
        ("modelling", "modeling"),
        ("counsellor", "counselor"),
        ("defence", "defense"),
        ("programmes", "programs"),
        ("dialogue", "dialog"),
        ("catalogues", "catalogs"),
        ("grey", "gray"),
        ("aluminium", "aluminum"),
        ("sceptical", "skeptical"),
        ("anaesthetic", "anesthetic"),
        ("paediatric", "pediatric"),
        ("encyclopaedia", "encyclopedia"),
        ("orthopaedic", "orthopedic"),
        ("manoeuvre", "maneuver"),
        ("judgement", "judgment"),
        ("okay", "ok"),
        ("saint", "st"),
        ("percent", "%"),
    ],
)
def test_both_ways(british: str, american: str) -> None:
    assert american in spellings(british)
    assert british in spellings(american)


@pytest.mark.parametrize(
    "word",
    "four hour tour our your pour for her here were there does shoes poem israel phoenix fire ever tire check story "
    "disk called falling wise size prize rise citizen car the".split(),
)
def test_other_words_stay(word: str) -> None:
    assert spellings(word) == ()


def test_one_way_only_where_the_american_word_is_another_too() -> None:
    assert spellings("cheque") == ("check",)
    assert spellings("tyres") == ("tires",)
    assert spellings("tires") == ()
