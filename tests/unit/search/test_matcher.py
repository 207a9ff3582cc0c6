"""The engine's plans find what looking at every word finds."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan import Rarity, run

from podindex.search.index.wordstream import StreamArrays, WordStream, save_stream
from podindex.search.matching.matcher import Matcher, as_phrase
from podindex.search.matching.terms import INEXACT, Terms
from podindex.search.query.plan import AllOf, AnyOf, InOrder, Node, Plan, Slot, TermSet

WORDS = 6

# Short ones, and long ones by chance: hypothesis prefers those without hits.
EPISODES = st.lists(
    st.lists(st.integers(0, WORDS - 1), max_size=30)
    | st.builds(lambda random: random.choices(range(WORDS), k=30), st.randoms(use_true_random=False)),
    min_size=1,
    max_size=4,
)

ID_SETS = st.lists(st.integers(0, WORDS + 1), max_size=WORDS, unique=True).map(sorted)


def terms_of(ids: list[int], exact: list[int]) -> TermSet:
    return TermSet(np.array(ids, np.uint32), np.array([number for number in ids if number in exact], np.uint32))


TERMS = st.builds(terms_of, ID_SETS, ID_SETS)
ROWS = st.lists(TERMS, min_size=1, max_size=3).map(tuple)
SLOTS = st.lists(ROWS, min_size=1, max_size=3).map(lambda rows: Slot(tuple(rows)))
EQUAL_SLOTS = st.integers(1, 2).flatmap(
    lambda length: st.lists(st.lists(TERMS, min_size=length, max_size=length).map(tuple), min_size=1, max_size=2).map(
        lambda rows: Slot(tuple(rows))
    )
)
IN_ORDER = st.builds(lambda slots: InOrder(tuple(slots), 0, ""), st.lists(SLOTS, min_size=1, max_size=3)) | st.builds(
    lambda slots, slop: InOrder(tuple(slots), slop, ""),
    st.lists(EQUAL_SLOTS, min_size=1, max_size=3),
    st.integers(1, 4),
)


def repeating(rows: list[InOrder]) -> AllOf:
    """Return what finds the words of a query in which the first comes once more at the end."""
    return AllOf(tuple(rows), whole=InOrder(tuple(slot for row in (*rows, rows[0]) for slot in row.slots), 0, ""))


# More than are put together without being thinned out first.
MANY_WORDS = st.lists(
    st.builds(lambda token: InOrder((word(token),), 0, ""), st.integers(0, WORDS - 1)), min_size=5, max_size=6
).map(lambda rows: AllOf(tuple(rows)))

NODES: st.SearchStrategy[Node] = st.recursive(
    IN_ORDER,
    lambda nodes: (
        st.lists(nodes, min_size=2, max_size=3).map(lambda children: AnyOf(tuple(children)))
        | st.builds(
            lambda children, excluded: AllOf(tuple(children), tuple(excluded)),
            st.lists(nodes, min_size=1, max_size=3),
            st.lists(nodes, max_size=1),
        )
        | st.lists(IN_ORDER.filter(lambda row: not row.slop), min_size=1, max_size=3).map(repeating)
        | MANY_WORDS
    ),
    max_leaves=5,
)


def build_stream(path: Path, episodes: list[list[int]]) -> WordStream:
    tokens = np.array([token for episode in episodes for token in episode], np.uint32)
    bounds = np.cumsum([0, *map(len, episodes)]).astype(np.uint32)
    none = np.zeros(len(tokens), np.uint32)
    episode_numbers = np.arange(len(bounds), dtype=np.uint32)
    arrays = StreamArrays(
        tokens, none, none, none, none.astype(np.uint16), bounds, np.zeros(len(episodes), np.uint32), bounds,
        episode_numbers,
    )  # fmt: skip
    save_stream(path, arrays)
    return WordStream(path)


def matcher(stream: WordStream) -> Matcher:
    frequencies = np.bincount(stream.tokens, minlength=WORDS + 2).astype(np.uint32)
    return Matcher(stream, Terms(frequencies, len(stream)))


@pytest.fixture(scope="module")
def stream_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stream") / "stream.arrays"


@settings(max_examples=300)
@given(EPISODES, NODES)
def test_plans_find_what_a_scan_finds(stream_path: Path, episodes: list[list[int]], node: Node) -> None:
    stream_path.unlink(missing_ok=True)  # the one before may still be mapped
    found = matcher(build_stream(stream_path, episodes)).find(node)
    rarity = Rarity(Counter(token for episode in episodes for token in episode))
    expected = []
    first = 0
    for episode in episodes:
        for start, end in run(Plan(node), episode):
            expected.append((first + start, first + end, rarity.weigh(node, (start, end), episode)))
        first += len(episode)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), found.weights.tolist(), strict=True)) == expected


@settings(max_examples=50)
@given(EPISODES, st.lists(TERMS.map(lambda terms: Slot(((terms,),))), min_size=1, max_size=4), IN_ORDER)
def test_any_of_many_words_is_what_any_of_few_is(
    stream_path: Path, episodes: list[list[int]], slots: list[Slot], other: InOrder
) -> None:
    stream_path.unlink(missing_ok=True)
    stream = build_stream(stream_path, episodes)
    few: list[Node] = [*(InOrder((slot,), 0, "") for slot in slots), other]
    found, expected = (matcher(stream).find(AnyOf(tuple(children))) for children in (few * 50, few))
    assert found.starts.tolist() == expected.starts.tolist()
    assert found.ends.tolist() == expected.ends.tolist()
    assert found.weights.tolist() == expected.weights.tolist()


def word(*ids: int, exact: int | None = None) -> Slot:
    return Slot(((terms_of(list(ids), list(ids) if exact is None else [exact]),),))


def weights(path: Path, node: Node, *tokens: int) -> list[float]:
    found: list[float] = matcher(build_stream(path, [list(tokens)])).find(node).weights.tolist()
    return found


def test_a_word_as_typed_weighs_more_than_an_inflection_of_it(tmp_path: Path) -> None:
    often = InOrder((word(1, 2, exact=1),), 0, "")
    exact, inflected = weights(tmp_path / "a", often, 1, 0, 2)
    assert inflected == exact * INEXACT


def test_a_rare_word_weighs_more_than_a_frequent_one(tmp_path: Path) -> None:
    either = AnyOf((InOrder((word(1),), 0, ""), InOrder((word(2),), 0, "")))
    frequent, *_, rare = weights(tmp_path / "a", either, 1, 1, 1, 0, 0, 0, 2)
    assert rare > frequent


def test_weights_add_up_the_same_wherever_a_phrase_begins_to_be_looked_for(tmp_path: Path) -> None:
    phrase = InOrder((word(1), word(2), word(3)), 0, "")
    assert len(set(weights(tmp_path / "a", phrase, 1, 2, 3, 0, 0, 1, 2, 3))) == 1
    # Nothing depends on what is rarest in a part of the library: frequencies are those of all of it.
    rarest_last = matcher(build_stream(tmp_path / "b", [[1, 2, 3, 1, 2, 3, 1, 1, 2, 2]]))
    rarest_first = Matcher(build_stream(tmp_path / "c", [[1, 2, 3, 3, 3, 2]]), rarest_last._terms)
    assert rarest_last.find(phrase).weights[0] == rarest_first.find(phrase).weights[0]


def test_a_query_as_a_phrase() -> None:
    one, two = InOrder((word(1),), 0, "one"), InOrder((word(2),), 0, "two")
    (phrase,) = as_phrase(AllOf((one, two)))
    assert phrase.slots == (*one.slots, *two.slots)
    assert as_phrase(AnyOf((AllOf((one, two)), one))) == [InOrder((*one.slots, *two.slots), 0, "")]
    whole = InOrder((*one.slots, *two.slots, *one.slots), 0, "")
    assert as_phrase(AllOf((one, two), whole=whole)) == [whole]
    assert as_phrase(one) == []
    assert as_phrase(AllOf((AnyOf((one, two)), one))) == []
