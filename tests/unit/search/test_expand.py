"""Plans hold every way to say a word that the lexicon knows, few enough to run, and say which ways are exact."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scan import ListLexicon, scan, scan_intervals

from podindex.search.query.expand import MAX_ALTERNATIVES, expand
from podindex.search.query.lexemes import OPERATORS
from podindex.search.query.parser import parse_query
from podindex.search.query.plan import AllOf, AnyOf, InOrder, Node, Plan, Slot, TermIds, TermSet, iter_leaves
from podindex.search.words import analysis
from podindex.search.words.numbers import read_numbers

ENGLISH = (
    "the face of recognition recognised recognize recognise faces facerecognition colour color colours we'll well "
    "wells a.i. ai u.s. us twenty six 2026 two thousand and $ 5 five dollars dollar 50 % percent fifty e mail email "
    "e-mail the rapist therapist bit coin bitcoin police police's ekeland eckland john co operate cooperate gpt 4 gpt4"
)
GERMAN = "haus häuser hauses müller mueller die police colour"


def lexicon() -> ListLexicon:
    return ListLexicon(
        [("en", token) for token in analysis.tokens(ENGLISH)] + [("de", token) for token in analysis.tokens(GERMAN)]
    )


def plan_of(query: str, *, similar: bool = False) -> Plan:
    return expand(parse_query(query), lexicon(), similar=similar)


def names(terms: TermSet, *, exact: bool = False) -> set[str]:
    return set(lexicon().tokens(terms.exact_ids if exact else terms.ids))


def lengths(leaf: InOrder) -> list[set[int]]:
    return [{len(alternative) for alternative in slot.alternatives} for slot in leaf.slots]


def only_slot(query: str) -> Slot:
    (leaf,) = iter_leaves(plan_of(query).root)
    (slot,) = leaf.slots
    return slot


def rows(slot: Slot) -> list[list[set[str]]]:
    return [[names(terms) for terms in alternative] for alternative in slot.alternatives]


def test_a_word_is_its_inflections_and_spellings_and_knows_which_are_exact() -> None:
    ((terms,),) = only_slot("recognise").alternatives
    assert names(terms) == {"recognise", "recognised", "recognize"}
    assert names(terms, exact=True) == {"recognise"}


def test_a_quoted_word_has_spellings_but_no_inflections() -> None:
    ((terms,),) = only_slot('"colour"').alternatives
    assert names(terms) == {"colour", "color"}
    assert names(terms, exact=True) == {"colour"}


def test_inflections_are_those_of_every_language() -> None:
    assert rows(only_slot("haus")) == [[{"haus", "häuser", "hauses"}]]
    # The same token in two languages is two entries.
    assert only_slot('"police"').alternatives[0][0].ids.size == 2


def test_what_an_apostrophe_makes_look_alike_has_other_inflections() -> None:
    assert scan("as", "a list as long as a's arm") == [("as",), ("as",), ("a's",)]


def test_a_word_has_the_inflections_of_the_languages_in_which_it_occurs() -> None:
    lexicon = ListLexicon([("en", "men"), ("en", "men's"), ("es", "menos"), ("es", "ideas")])
    found = {}
    for query in ("men", "idea"):
        (leaf,) = iter_leaves(expand(parse_query(query), lexicon).root)
        found[query] = set(lexicon.tokens(leaf.slots[0].alternatives[0][0].ids))
    assert found == {"men": {"men", "men's"}, "idea": {"ideas"}}


def test_two_words_that_are_one_have_room_for_nothing_and_are_found_all_the_same() -> None:
    text = "a web assembly and webassembly"
    assert scan('"web assembly"~2', text) == scan('"web assembly"', text) == [("web", "assembly"), ("webassembly",)]


def test_umlauts() -> None:
    assert rows(only_slot('"Müller"')) == rows(only_slot('"mueller"')) == [[{"müller", "mueller"}]]


def test_words_that_only_apostrophes_tell_apart() -> None:
    assert rows(only_slot('"well"')) == [[{"well"}]]
    assert rows(only_slot('"we’ll"')) == [[{"we'll"}]]
    assert rows(only_slot("well")) == [[{"well", "wells"}]]
    assert names(only_slot("polices").alternatives[0][0]) == {"police", "police's"}


def test_acronyms() -> None:
    assert rows(only_slot('"AI"'))[0] == [{"a.i.", "ai"}]
    assert rows(only_slot('"US"'))[0] == [{"u.s."}]
    assert rows(only_slot('"us"'))[0] == [{"u.s.", "us"}]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("PR", "a PR, PRs, a pull"),
        ("pr", "a PR, PRs, a pull"),
        ("PRs", "a PR, PRs, a pull"),
        ("HTLC", "HTLCs HTLC's HTLC"),
        ("CMS", "CMS CMSs but 3 cm"),
        ("DNS", "DNS but dn"),
        ("CS", "CS but CSS"),
        ("cm", "cm but CMS"),
        ("Mr", "Mr but Mrs"),
        ("UTXOs", "UTXO UTXOs"),
        ("U.K.", "U.K. UK's UKs"),
        ("IT", "I.T. but its"),
        ("iOS", "iOS iOS's but io"),
        ("PyPI", "PyPI but PyPy"),
        ("OpenAI", "OpenAI OpenAI's"),
        ("API", "API APIs"),
        ("POLICE", "police"),
        ("RECOGNISED", "recognise"),
    ],
)
def test_an_acronym_has_a_plural_and_no_other_inflections(query: str, said: str) -> None:
    wanted, _, others = said.partition("but")
    expected = [token for token in analysis.tokens(wanted) if token not in ("a", "pull")]
    assert [word for (word,) in scan(query, f"{wanted} {others}")] == expected


def test_the_words_of_another_language_are_no_forms_of_an_acronym() -> None:
    assert scan("ENS", "un ENS en France", "fr") == [("ens",)]
    assert scan("PKW", "ein PKW, zwei PKWs", "de") == [("pkw",), ("pkws",)]


def test_compounds_are_split_and_joined() -> None:
    assert rows(only_slot('"facerecognition"')) == [[{"facerecognition"}], [{"face"}, {"recognition"}]]
    assert rows(only_slot('"face-recognition"')) == [[{"face"}, {"recognition"}], [{"facerecognition"}]]
    assert rows(only_slot('"face recognition"')) == [[{"face"}, {"recognition"}], [{"facerecognition"}]]
    assert rows(only_slot("bitcoin")) == [[{"bitcoin"}], [{"bit"}, {"coin"}]]
    assert rows(only_slot("gpt4")) == [[{"gpt4"}], [{"gpt"}, {"4"}]]
    assert rows(only_slot("cooperate")) == [[{"cooperate"}], [{"co"}, {"operate"}]]
    assert rows(only_slot("therapist")) == [[{"therapist"}]]


@pytest.mark.parametrize(
    ("word", "parted", "found"),
    [
        ("openai", "open ai", True),
        ("github", "git hub", True),
        ("iphone", "i phone", True),
        ("plugin", "plug in", True),
        ("onboard", "on board", True),
        ("projector", "project or", False),
        ("landon", "land on", False),
        ("really", "re ally", False),
        ("today", "to day", False),
    ],
)
def test_two_words_are_one_unless_one_of_them_says_too_little(word: str, parted: str, found: bool) -> None:
    text = f"{word} and {parted}"
    both = [(word,), tuple(parted.split())]
    assert scan(word, text) == (both if found else both[:1])
    assert scan(f'"{parted}"', text) == (both if found else both[1:])


@pytest.mark.parametrize(
    ("query", "said", "other"),
    [
        ("SHA-256", ["sha256", "sha 256", "sha two hundred fifty six"], "sha 2"),
        ('"sha 256"', ["sha256", "sha 256", "sha two hundred fifty six"], "sha 2"),
        ('"bip 9 activation"', ["bip9 activation", "bip nine activation"], "bip 8 activation"),
        ("css3", ["css 3", "css3", "css three"], "css 4"),
        ("3d", ["3 d", "three d", "3d"], "d"),
        ("python3.6", ["python 3.6", "python three point six", "python3 6"], "python 3.7"),
        ('"Python3.12.1 is"', ["python 3.12.1 is"], "python 3.12 is"),
        ("9-11", ["9 11"], "911"),
        ("eslint", ["eslint", "es lint"], "lint"),
        ("0000", ["0000"], "zero"),
        ("5 p.m.", ["5pm", "5 p.m.", "5 pm"], "6pm"),
        ('"at 10 a.m."', ["at 10am", "at 10 a.m."], "10 am"),
        ("10am", ["10 a.m.", "10am"], "10 i am"),
        ("G.P.T. 4", ["gpt4", "GPT 4"], "gpt3"),
    ],
)
def test_names_with_numbers_are_found_however_they_are_written(query: str, said: list[str], other: str) -> None:
    assert scan(query, f"{' and '.join(said)} not {other}") == [analysis.tokens(words) for words in said]


@pytest.mark.parametrize(("language", "found"), [("fr", [("homme",), ("homme",)]), ("en", [("l", "homme")])])
def test_an_article_before_an_apostrophe_is_needed_in_a_phrase_only(
    language: str, found: list[tuple[str, ...]]
) -> None:
    text = "un tour d'homme, l'homme"
    assert scan("l'homme", text, language) == found
    assert scan('"l’homme"', text, language) == [("l", "homme")]


@pytest.mark.parametrize("query", ["you're", "youre", "you’re"])
def test_a_contraction_is_no_form_of_a_word_that_looks_like_its_stem(query: str) -> None:
    assert scan(query, "you're your own and youre") == [("you're",), ("youre",)]


def test_what_may_be_no_word_is_not_stemmed() -> None:
    class Watched(ListLexicon):
        def ids_with_stem(self, stem: str, language: str) -> TermIds:
            stems.append(stem)
            return super().ids_with_stem(stem, language)

    stems: list[str] = []
    expand(parse_query("facerecognition"), Watched([("en", "face")]))
    assert stems == [analysis.stem("facerecognition", "en")]


@pytest.mark.parametrize(
    "query", ["october 14", "14th of october", '"october fourteenth"', "October the 14th", "Oct. 14"]
)
@pytest.mark.parametrize("said", ["october 14", "october 14th", "14 october", "october the fourteenth", "oct 14th"])
def test_a_day_is_found_however_it_is_said(query: str, said: str) -> None:
    assert scan(query, f"on {said} 2026") == [tuple(said.split())]


@pytest.mark.parametrize(
    "query", ["october 2026", "may 5 percent", "may first", "second may", "october 32", "jan first"]
)
def test_what_only_looks_like_a_day_is_no_day(query: str) -> None:
    readings = [row for span in read_numbers(tuple(query.split())) for row in span.readings]
    assert not any(set(row) & {"may", "october", "january"} for row in readings)


def test_two_words_may_be_one_in_the_transcript() -> None:
    root = plan_of("the face recognition").root
    assert isinstance(root, AnyOf)
    apart, joined = root.children
    assert isinstance(apart, AllOf)
    assert isinstance(joined, AllOf)
    assert [len(apart.children), len(joined.children)] == [3, 2]


@pytest.mark.parametrize("query", ["git hub java script", '"git hub java script"~1'])
@pytest.mark.parametrize(
    "said", ["github and javascript", "git hub and javascript", "github and java script", "git hub and java script"]
)
def test_each_pair_of_words_may_be_one_whether_or_not_another_is(query: str, said: str) -> None:
    assert scan(query, said) == [tuple(said.split())]


def test_numbers_are_one_slot() -> None:
    assert [" ".join(min(terms) for terms in row) for row in rows(only_slot("twenty twenty six"))] == [
        "twenty twenty six",
        "2026",
        "two thousand twenty six",
        "two thousand and twenty six",
    ]
    assert rows(only_slot("$5")) == [
        [{"$"}, {"5"}],
        [{"5"}, {"dollars"}],
        [{"5"}, {"dollar"}],
        [{"5"}, {"$"}],
        [{"five"}, {"dollars"}],
        [{"five"}, {"dollar"}],
    ]


def test_alternatives_of_one_token_are_one_set() -> None:
    ((terms,),) = only_slot('"five"').alternatives
    assert names(terms) == {"five", "5"}
    assert names(terms, exact=True) == {"five"}


def test_common_words_are_not_looked_for_as_spelled_out_acronyms() -> None:
    assert len(only_slot("us").alternatives) == 1
    assert scan("U.S.", "u s") == [("u", "s")]


def test_a_phrase_with_room_has_one_slot_for_each_word() -> None:
    typed, *others = iter_leaves(plan_of('"face-recognition 2026 police"~3').root)
    assert typed.slop == 3
    assert typed.text == "face-recognition 2026 police"
    assert lengths(typed) == [{2}, {1}, {1}]
    # facerecognition; twenty twenty six, two thousand twenty six, two thousand and twenty six
    assert len(others) == 2 * 4 - 1
    assert all(len(options) == 1 for leaf in others for options in lengths(leaf))


def test_repeated_words_are_one_child() -> None:
    for query, different in (("police police", 1), ("police us police", 2), ("police " * 20, 1)):
        root = plan_of(query).root
        assert isinstance(root, AllOf)
        assert len(root.children) == different
        assert root.whole
        assert len(root.whole.slots) == len(query.split())


def test_excluded_words_are_no_leaves_unless_asked_for() -> None:
    root = plan_of("police NOT us").root
    assert [leaf.text for leaf in iter_leaves(root)] == ["police"]
    assert [leaf.text for leaf in iter_leaves(root, excluded=True)] == ["police", "us"]


def test_unknown_words_stay_in_the_plan_and_never_match() -> None:
    ((terms,),) = only_slot("zzzz").alternatives
    assert terms.ids.size == 0
    assert scan("zzzz", "a text") == []


def test_similar_words_come_only_when_asked_for() -> None:
    def similar(query: str) -> set[str]:
        (leaf,) = iter_leaves(plan_of(query, similar=True).root)
        return names(leaf.slots[0].alternatives[0][0])

    assert names(only_slot('"ekelant"').alternatives[0][0]) == set()
    assert similar('"ekelant"') == {"ekeland"}, "one letter is nearer than two"
    assert similar('"eckelantt"') == {"ekeland", "eckland"}
    assert similar('"ekeland"') == {"ekeland"}, "a word that occurs is meant"


@pytest.mark.parametrize(
    ("word", "said", "found"),
    [
        ("xylophone", "sylvain", False),  # the sounds are the same, and hardly a letter
        ("poincare", "coincard", False),  # two edits, and not even the first letter
        ("clearvue", "clearview", True),
        ("aikeland", "ekeland", True),
        ("filips", "philips", True),
    ],
)
def test_what_is_similar_looks_similar(word: str, said: str, found: bool) -> None:
    assert scan_intervals(word, (said,), "en", similar=True) == ([(0, 1)] if found else [])


def test_nothing_to_look_for_is_no_plan() -> None:
    assert plan_of("") == Plan(None)
    assert plan_of("NOT police show:x").root is None


def nodes(root: Node | None) -> Iterator[Node]:
    stack = [] if root is None else [root]
    while stack:
        node = stack.pop()
        yield node
        match node:
            case AllOf(children=children, excluded=excluded):
                stack += (*children, *excluded)
            case AnyOf(children=children):
                stack += children


PIECES = st.sampled_from(
    [
        *ENGLISH.split(),
        "recog*",
        "colur~",
        '"',
        "(",
        ")",
        *OPERATORS,
        "-",
        "two-thousand-five",
        "U.S.",
        "日本",
        "face-",
        "…",
    ]
)


@given(st.lists(PIECES, max_size=16).map(" ".join) | st.text(max_size=40), st.booleans())
def test_any_query_gives_a_sound_plan(query: str, similar: bool) -> None:
    plan = plan_of(query, similar=similar)
    for node in nodes(plan.root):
        match node:
            case InOrder(slots=slots):
                assert slots
                for slot in slots:
                    assert 0 < len(slot.alternatives) <= MAX_ALTERNATIVES
                    assert all(slot.alternatives)
                    for terms in [terms for alternative in slot.alternatives for terms in alternative]:
                        for ids in (terms.ids, terms.exact_ids):
                            assert ids.dtype == np.uint32
                            assert (np.diff(ids.astype(np.int64)) > 0).all()
                        assert np.isin(terms.exact_ids, terms.ids).all()
            case AllOf(children=children, excluded=excluded):
                assert len(children) > 1 or excluded or node.whole
            case AnyOf(children=children):
                assert len(children) > 1


@given(st.lists(st.sampled_from(ENGLISH.split()), min_size=1, max_size=8))
def test_a_text_is_found_by_its_own_words_in_quotes_and_without(words: list[str]) -> None:
    text = " ".join(words)
    tokens = analysis.tokens(text)
    whole = (0, len(tokens))
    assert any(whole[0] <= start < end <= whole[1] for start, end in scan_intervals(f'"{text}"', tokens, "en"))
    assert scan_intervals(text, tokens, "en")


@pytest.mark.parametrize(
    "query",
    [
        "a-" * 5_000,
        " ".join("abcdefghij"[i % 10] * (i % 30 + 1) for i in range(1_000)),
        " OR ".join(f"{i}" for i in range(1_000)),
        '"' + "2026-face-" * 400 + '"~5',
        "twenty " * 1_400,
        "face recognition " * 500,
    ],
)
def test_hostile_queries_give_small_plans(query: str) -> None:
    leaves = list(iter_leaves(plan_of(query).root))
    assert len(leaves) <= 6_000
    assert sum(len(slot.alternatives) for leaf in leaves for slot in leaf.slots) <= 30_000


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("1 1 1 1", "1"),
        ("(the OR of) (of OR the) (the OR of)", "the OR of"),
        ("the OR the", "the"),
        ("face -police -police", "face -police"),
    ],
)
def test_what_is_asked_twice_is_looked_for_once(query: str, same: str) -> None:
    def count(text: str) -> int:
        return len(list(iter_leaves(plan_of(text).root, excluded=True)))

    assert count(query) == count(same)


def test_a_single_character_is_like_itself_only() -> None:
    (leaf,) = iter_leaves(plan_of("日本~").root)
    assert [[names(terms) for terms in row] for slot in leaf.slots for row in slot.alternatives] == [[set()], [set()]]


@pytest.mark.parametrize("query", ["US", "u.s."])
def test_an_acronym_has_no_inflections(query: str) -> None:
    ((terms,),) = only_slot(query).alternatives[:1]
    assert names(terms) == {"u.s."}


@pytest.mark.parametrize("query", ["a i", "A. I.", '"a i"'])
def test_letters_in_a_row_are_an_acronym_too(query: str) -> None:
    slots = [slot for leaf in iter_leaves(plan_of(query).root) for slot in leaf.slots]
    assert {"ai", "a.i."} in [row[0] for slot in slots for row in rows(slot)]
