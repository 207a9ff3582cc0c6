"""A query without some of its words, as it is proposed."""

import pytest

from podindex.search.query.parser import parse_query
from podindex.search.query.tree import Word, iter_terms
from podindex.search.suggest import without


@pytest.mark.parametrize(
    ("query", "word", "proposed"),
    [
        ("what did she say", "did", "what she say"),
        ('"he said "hello" to me"', "hello", '"he said " " to me"'),
        ("show:a hello payments", "hello", "show:a payments"),
    ],
)
def test_what_is_left_means_what_it_meant(query: str, word: str, proposed: str) -> None:
    parsed = parse_query(query)
    left_out = [term for term in iter_terms(parsed.root) if isinstance(term, Word) and term.text == word]
    assert without(parsed, left_out) == proposed
