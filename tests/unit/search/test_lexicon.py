"""The mapped lexicon answers as one that compares every entry with what is asked for."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan import ListLexicon

from podindex.search.index.arrays import write_arrays
from podindex.search.index.lexicon import Entry, MappedLexicon, entry_keys
from podindex.search.query.plan import MAX_PREFIX_IDS, TermIds
from podindex.search.words import analysis
from podindex.search.words.phonetic import sound_key

WORDS = st.sampled_from(
    "recognise recognised recognition recog police policy müller muller mueller don't dont a.i. ai über haus häuser "
    "日 本 knight night eckland ekeland aikeland straße ab abc".split()
) | st.text("abcé", min_size=1, max_size=6)
ENTRIES = st.lists(st.tuples(st.sampled_from(["en", "de", ""]), WORDS), unique=True, max_size=40)
COUNTED = st.lists(st.tuples(st.sampled_from(["en", "de", ""]), WORDS, st.integers(0, 3)), max_size=40)


def extend(path: Path, lexicon: MappedLexicon, entries: list[Entry], frequencies: list[int]) -> MappedLexicon:
    write_arrays(path, lexicon.extended(entries, entry_keys(entries), np.array(frequencies, np.uint32)))
    return MappedLexicon.open(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lexicon")


@settings(max_examples=60)
@given(COUNTED, st.integers(0, 40), st.lists(WORDS, min_size=1, max_size=5))
def test_lookups(folder: Path, counted: list[tuple[str, str, int]], cut: int, asked: list[str]) -> None:
    counts = {(language, token): count for language, token, count in counted}
    entries, frequencies = list(counts), list(counts.values())
    for path in folder.iterdir():
        path.unlink()
    lexicon = extend(folder / "a", MappedLexicon({}), entries[:cut], frequencies[:cut])
    lexicon = extend(folder / "b", lexicon, entries[cut:], frequencies)
    used = ListLexicon(entry for entry, count in counts.items() if count)

    def same(ids: TermIds, expected: TermIds) -> None:
        assert ids.dtype == np.uint32
        assert ids.tolist() == sorted(set(ids.tolist()))
        assert sorted(entries[number] for number in ids) == sorted(used.entries[number] for number in expected)

    assert lexicon.entries() == entries
    assert lexicon.languages() == used.languages()
    assert lexicon.entry_ids([*entries, ("xx", "nothing")]) == [*range(len(entries)), None]
    for word in asked:
        folded = analysis.fold(word)
        same(lexicon.ids(folded), used.ids(folded))
        same(lexicon.ids_with_prefix(folded[:2]), used.ids_with_prefix(folded[:2]))
        same(lexicon.ids_sounding_like(folded), used.ids_sounding_like(folded))
        for max_edits in (1, 2):
            same(lexicon.ids_within(folded, max_edits), used.ids_within(folded, max_edits))
        for language in ("en", "de", ""):
            stem = analysis.stem(word, language)
            same(lexicon.ids_with_stem(stem, language), used.ids_with_stem(stem, language))
        same(lexicon.ids_with_stem_of(lexicon.ids(folded)), used.ids_with_stem_of(used.ids(folded)))
        assert lexicon.tokens(lexicon.ids(folded)) == [entries[number][1] for number in lexicon.ids(folded)]


def test_few_entries_of_a_large_lexicon_are_looked_up_one_by_one(tmp_path: Path) -> None:
    entries = [("en", f"word{number}") for number in range(100)] + [("de", "word1")]
    lexicon = extend(tmp_path / "a", MappedLexicon({}), entries, [1] * 101)
    assert lexicon.entry_ids([("de", "word1"), ("en", "word1"), ("fr", "word1"), ("en", "nothing")]) == [
        100,
        1,
        None,
        None,
    ]


def test_a_prefix_of_too_many_words_stands_for_the_most_frequent(tmp_path: Path) -> None:
    count = MAX_PREFIX_IDS + 5
    entries = [("", f"x{number}") for number in range(count)]
    lexicon = extend(tmp_path / "a", MappedLexicon({}), entries, [1] * 5 + [2] * (count - 5))
    assert lexicon.ids_with_prefix("x").tolist() == list(range(5, count))


def test_the_closest_word_is_frequent_and_a_likely_slip_away(tmp_path: Path) -> None:
    often = {"clearview": 2, "clearviews": 9, "clearvies": 5, "gone": 0, "coach": 3, "catch": 60, "several": 4000}
    entries = [("en", word) for word in [*often, "sveerlb"]]
    lexicon = extend(tmp_path / "a", MappedLexicon({}), entries, [*often.values(), 1])
    assert lexicon.closest("clearveiw", 1) == "clearview"
    assert lexicon.closest("clearvie", 1) == "clearvies"
    assert lexicon.closest("gone", 0) is None
    assert lexicon.closest("klearvew", 2) is None, "two edits, of which one is the first letter"
    assert lexicon.closest("klearview", 2) == "clearview"
    assert lexicon.closest("caoch", 1) == "coach", "two letters swapped, rather than another letter"
    assert lexicon.closest("caoch", 1, at_least=10) == "catch"
    assert lexicon.closest("sveerla", 1) == "sveerlb"
    assert lexicon.closest("sveerla", 2) == "several", "two likely slips, rather than an unlikely one"
    assert lexicon.closest("zebras", 2) is None


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_a_damaged_file_is_refused(tmp_path: Path, keep: int) -> None:
    extend(tmp_path / "a", MappedLexicon({}), [("en", "word")], [1])
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:keep])
    with pytest.raises(ValueError):  # noqa: PT011  empty, cut in the header, or in the arrays
        MappedLexicon.open(tmp_path / "a")


def test_what_is_not_latin_sounds_like_nothing(tmp_path: Path) -> None:
    lexicon = extend(tmp_path / "a", MappedLexicon({}), [("ja", "日"), ("ja", "本")], [1, 1])
    assert sound_key("日") == ""
    assert not len(lexicon.ids_sounding_like("日"))
