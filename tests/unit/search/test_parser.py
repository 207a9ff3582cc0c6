"""What people type becomes the tree they meant, and whatever else is typed becomes some tree and a note."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.query.filters import FILTER_FIELDS, Filters
from podindex.search.query.lexemes import OPERATORS
from podindex.search.query.parser import (
    MAX_DEPTH,
    MAX_FILTERS,
    MAX_FUZZY_TERMS,
    MAX_NOTES,
    MAX_PREFIX_TERMS,
    MAX_QUERY_LENGTH,
    MAX_SLOP,
    MAX_TERMS,
    parse_query,
)
from podindex.search.query.tree import And, Fuzzy, Node, Or, Phrase, Prefix, Word, iter_terms, respell


def shown(node: Node | None) -> str:
    """Write a tree so that tests can be read: every AND and OR in parentheses."""
    match node:
        case None:
            return ""
        case Word(text=text):
            return text
        case Prefix(text=text):
            return f"{text}*"
        case Fuzzy(text=text, max_edits=max_edits):
            return f"{text}~{max_edits}"
        case Phrase(words=words, slop=slop):
            return f'"{" ".join(map(shown, words))}"' + (f"~{slop}" if slop else "")
        case And(children=children, excluded=excluded):
            return f"({' & '.join([*map(shown, children), *(f'-{shown(child)}' for child in excluded)])})"
        case Or(children=children):
            return f"({' | '.join(map(shown, children))})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("recognition", "recognition"),
        ("facial recognition", "(facial & recognition)"),
        ('"facial recognition"', '"facial recognition"'),
        ("“facial recognition”", '"facial recognition"'),
        # Capitals throughout tell nothing; of two words they may.
        ("WHO IS IT?", "(who & is & it?)"),
        ('"I\'LL TAKE IT"', '"i\'ll take it"'),
        ("US GDP", "(US & GDP)"),
        ("US OR UK OR EU", "(US | UK | EU)"),
        ("日本 東京 US", "(日本 & 東京 & US)"),
        ("„Das Haus“ «l’homme»", '("Das Haus" & "l’homme")'),
        ("« le monde »", '"le monde"'),
        ("「日本 語」", '"日本 語"'),
        ('"data breach"~5', '"data breach"~5'),
        ('"data brea*"', '"data brea*"'),
        ('"a b"c', '("a b" & c)'),
        ("clearview OR police", "(clearview | police)"),
        ("a OR b OR c", "(a | b | c)"),
        ("a || b", "(a | b)"),
        ("a AND b && c", "(a & b & c)"),
        ("a or b and not c", "(a & or & b & and & not & c)"),
        ("a b OR c d", "((a & b) | (c & d))"),
        ("(a OR b) c", "((a | b) & c)"),
        ("（a OR b） c", "((a | b) & c)"),
        ("(a b) (c d)", "(a & b & c & d)"),
        ("(a OR b) OR (c OR d)", "(a | b | c | d)"),
        ("a OR (b OR c) d", "(a | ((b | c) & d))"),
        ("clearview NOT police", "(clearview & -police)"),
        ("clearview -police", "(clearview & -police)"),
        ("clearview -(police OR fbi)", "(clearview & -(police | fbi))"),
        ('clearview -"the police"', '(clearview & -"the police")'),
        ("-police clearview", "(clearview & -police)"),
        ("a (NOT b) c", "(a & c & -b)"),
        ("a NOT NOT b", "(a & b)"),
        ("a -(NOT b)", "(a & b)"),
        ("a NOT (NOT b NOT c)", "(a & (b | c))"),
        ("a NOT (b c)", "(a & -(b & c))"),
        ("face-recognition --help a - b", "(face-recognition & --help & a & b)"),
        ("recog*", "recog*"),
        ("recog***", "recog*"),
        ("clearveiw~", "clearveiw~1"),
        ("clearveiw~2", "clearveiw~2"),
        ("clearveiw~0", "clearveiw"),
        ("A.I. don't c++ $5 50%", "(A.I. & don't & c++ & $5 & 50%)"),
        ("TO BE OR NOT TO BE", "((TO & BE) | (BE & -TO))"),
        ("the the", "(the & the)"),
        ("https://example.com/x 10:30", "(example.com/x & 10:30)"),
        ("http://www.example.com WWW.example.org www", "(example.com & example.org & www)"),
    ],
)
def test_understood(text: str, tree: str) -> None:
    parsed = parse_query(text)
    assert shown(parsed.root) == tree
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("text", "tree", "note"),
    [
        ("OR", "OR", "OR has nothing to join and was searched as a word."),
        ("police OR", "(police & OR)", "OR has nothing to join and was searched as a word."),
        ("OR police", "(OR & police)", "OR has nothing to join and was searched as a word."),
        ("(a AND)", "(a & AND)", "AND has nothing to join and was searched as a word."),
        ("a NOT", "(a & NOT)", "NOT has nothing to join and was searched as a word."),
        ("NOT police", "", "NOT only narrows what other words find; add a word to search for."),
        ("a OR NOT b", "a", "NOT only narrows what other words find; add a word to search for."),
        ('"unclosed phrase', "(unclosed & phrase)",
         "A quotation mark is not closed; the words after it were searched one by one."),
        ("((a b", "(a & b)", "A parenthesis is not closed; it was closed at the end."),
        ("a) b", "(a & b)", "A closing parenthesis without an opening one was ignored."),
        ("*a*", "a*", "A star works only at the end of a word; the others were ignored."),
        ("a*b", "a*b", "A star works only at the end of a word; the others were ignored."),
        ("a＊b", "a＊b", "A star works only at the end of a word; the others were ignored."),
        ("a~9", "a~2", "A fuzzy word may differ by at most 2 letters."),
        ("roam~0.8", "roam~1", "roam~0.8 was read as roam~1."),
        ('"a b"~999', f'"a b"~{MAX_SLOP}', f"At most {MAX_SLOP} words may stand between the words of a phrase."),
        ("title: a", "a", "title: has no value and was ignored; write title:… without a space."),
        ('show:"" a', "a", "show: has no value and was ignored; write show:… without a space."),
        ("…", "", "The query has no word to search for."),
        ("🎉 ( ) ~ * -", "", "The query has no word to search for."),
        ("* a", "a", "A star works only at the end of a word; the others were ignored."),
        ('"a * b"', '"a b"', "A star works only at the end of a word; the others were ignored."),
        ('"a b~ c"', '"a b c"',
         "The words of a phrase are exact: write ~ after a single word, or after the closing quotation mark."),
        ('"a b" ~3', '("a b" & ~3)', "~3 follows no word and was searched as one."),
        ("(a show:b) OR c", "(a | c)", "A filter narrows the whole query, so OR between it and a word has no effect."),
        ("a OR show:b", "a", "A filter narrows the whole query, so OR between it and a word has no effect."),
        ("a (show:b OR title:c)", "a",
         "Different filters must all match, so OR between show: and title: has no effect."),
        ("after:5:00 || before:1:00 a", "a",
         "Different filters must all match, so OR between after: and before: has no effect."),
    ],
)  # fmt: skip
def test_said_in_a_note(text: str, tree: str, note: str) -> None:
    parsed = parse_query(text)
    assert shown(parsed.root) == tree
    assert parsed.notes == (note,)


@pytest.mark.parametrize(
    "text", ["a show:b OR show:c", "a lang:de OR LANGUAGE:fr", "a show:b AND title:c", "a NOT (show:b OR title:c)"]
)
def test_filters_that_are_joined_as_they_mean_need_no_note(text: str) -> None:
    assert parse_query(text).notes == ()


def test_the_quotation_mark_inside_a_hebrew_abbreviation_is_part_of_it() -> None:
    parsed = parse_query('צה"ל ארה"ב "דובר צה"ל"')
    assert (shown(parsed.root), parsed.notes) == ('(צה"ל & ארה"ב & "דובר צה"ל")', ())
    assert shown(parse_query('"שלום" "עולם"').root) == '("שלום" & "עולם")'


def test_an_empty_query_needs_no_note() -> None:
    assert parse_query(" \t\n").root is None
    assert parse_query("").notes == ()


def test_an_unknown_filter_is_words_and_the_note_names_the_known_ones() -> None:
    parsed = parse_query("guest:anna")
    assert shown(parsed.root) == "guest:anna"
    assert parsed.notes[0].startswith(
        "There is no filter guest: so it was searched as words; the filters are show, speaker,"
    )


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ('guest:"anna b"', True),
        ("guest:“anna b”", True),
        ("guest：anna", True),
        ("guest:ann*", True),
        ("http://localhost:8000", False),  # the port of an address
        ("guest: anna", False),
        ('guest: "anna b"', False),
        ('"guest:anna b"', False),
        ('"the guest:" anna', False),
        ("guest:) anna", False),
    ],
)
def test_what_looks_like_a_filter_is_told_from_other_colons(text: str, noted: bool) -> None:
    assert any(note.startswith("There is no filter guest: so") for note in parse_query(text).notes) is noted
    assert not any("localhost" in note for note in parse_query(text).notes)


def test_a_filter_value_that_cannot_be_read_is_words() -> None:
    parsed = parse_query("breach date:yesterday")
    assert shown(parsed.root) == "(breach & date:yesterday)"
    assert shown(parse_query("breach -date:yesterday").root) == "(breach & -date:yesterday)"
    assert parsed.filters == Filters()
    assert parsed.notes == (
        "date:yesterday was searched as words: "
        "write a day, month, year or range, such as 2026-01-31, 2026-01, 2026 or 2026-01..2026-03.",
    )


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('show:"naked security" breach', "breach"),
        ("breach show:“naked security” fine", "(breach & fine)"),
        ("show:a OR show:b c", "c"),
        ("(show:a OR show:b) c", "c"),
        ("show:a AND c", "c"),
        ("c AND show:a", "c"),
        ("c -show:a", "c"),
        ("SHOW:a", ""),
        ("c NOT (d) show:a", "(c & -d)"),
        ("c -(show:a)", "c"),
    ],
)
def test_filters_are_no_words(text: str, tree: str) -> None:
    parsed = parse_query(text)
    assert shown(parsed.root) == tree
    assert parsed.filters.texts[0].field == "show"
    assert parsed.filters.texts[0].negated == (text.startswith("c -"))
    assert not [note for note in parsed.notes if "word to search" not in note]


def test_date_and_time_filters() -> None:
    parsed = parse_query("a date:2026-01..2026-03 after:1:00:00 before:5400s")
    quarter = date(2026, 1, 1), date(2026, 3, 31)
    assert parsed.filters == Filters(periods=(quarter,), after_ms=3_600_000, before_ms=5_400_000)
    assert parsed.notes == ()


def test_terms_are_where_the_text_says() -> None:
    text = '“clearveiw data” OR -(not) (recog* fuzy~2) "a b"~3 show:x （über）'
    parsed = parse_query(text)
    terms = list(iter_terms(parsed.root))
    assert [term.text for term in terms] == ["clearveiw", "data", "recog", "fuzy", "a", "b", "über"]
    for term in terms:
        assert text[term.start :].startswith(term.text)


def test_respell_keeps_everything_else_as_typed() -> None:
    parsed = parse_query('"Clearveiw data"~3 show:x  clearveiw* -foo')
    clearveiw, _, prefix = iter_terms(parsed.root)
    assert respell(parsed, {clearveiw: "Clearview", prefix: "clear"}) == '"Clearview data"~3 show:x  clear* -foo'
    assert respell(parsed, {}) == parsed.text


def test_control_characters_are_spaces() -> None:
    assert shown(parse_query("a\0b\x1b[31m\udc80c\u2028d").root) == "(a & b & [31m & c & d)"


def depth(node: Node | None) -> int:
    match node:
        case And(children=children, excluded=excluded):
            return 1 + max(map(depth, children + excluded))
        case Or(children=children):
            return 1 + max(map(depth, children))
    return 0


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "a" + ")" * 500,
        "(a OR (b " * 500 + "c" + "))" * 500,
        "-(a OR " * 3_000,
        "NOT " * 3_000 + "a",
        " OR ".join(f"w{i}" for i in range(1_000)),
        "a~ " * 3_000,
        "a* " * 3_000,
        '"' * 9_999,
        '"a ' * 3_000,
        "~" * 10_000,
        "a" * 9_999 + ":",
        "date:x " * 1_400,
        "a:b " * 2_500,
        "a-" * 5_000,
        "\0\x01" * 5_000,
        "'" * 10_000,
        "a b " * 100_000,
    ],
)
def test_hostile_queries_stay_small(text: str) -> None:
    parsed = parse_query(text)
    terms = list(iter_terms(parsed.root))
    assert len(parsed.text) <= MAX_QUERY_LENGTH
    assert len(terms) <= MAX_TERMS
    assert sum(isinstance(term, Fuzzy) for term in terms) <= MAX_FUZZY_TERMS
    assert sum(isinstance(term, Prefix) for term in terms) <= MAX_PREFIX_TERMS
    assert len(parsed.notes) <= MAX_NOTES
    # An OR in an AND, or the other way round, for every level of parentheses.
    assert depth(parsed.root) <= 2 * (MAX_DEPTH + 1)


def test_a_thousand_alternatives_are_all_searched() -> None:
    parsed = parse_query(" OR ".join(f"w{i}" for i in range(1_000)))
    assert len(list(iter_terms(parsed.root))) == 1_000
    assert parsed.notes == ()


def test_limits_are_said() -> None:
    assert "Only the first 10,000 characters of the query were read." in parse_query("a" * 10_001).notes
    assert "Only the first 1,024 words of the query were searched." in parse_query("a " * 1_025).notes
    assert (
        "Only the first 16 fuzzy words were searched as such, the rest as plain words." in parse_query("a~ " * 17).notes
    )
    parsed = parse_query("(" * 40 + "a" + ")" * 40 + " b")
    assert shown(parsed.root) == "(a & b)"
    assert parsed.notes == ("Parentheses more than 32 deep were left out.",)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "x*",
        "y~",
        "~9",
        '"',
        "“",
        "(",
        ")",
        " ",
        "  ",
        *OPERATORS,
        "-",
        "*",
        "5",
        "don't",
        "日本",
        "🎉",
        "\0",
    ]
    + [f"{field}:" for field in FILTER_FIELDS]
    + ["2026-01..", "\u202e", "x:\u202e", "1:00", ":", "\\", "/", "…", "\ud800"]
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map(" ".join)
    )
)
def test_whatever_is_typed_gives_an_answer(text: str) -> None:
    parsed = parse_query(text)
    for term in iter_terms(parsed.root):
        assert term.text
        assert parsed.text[term.start : term.start + len(term.text)] == term.text
    # What was read reads the same again: a spelling suggestion changes nothing else.
    assert parse_query(respell(parsed, {})) == parsed
    assert parsed.root is not None or parsed.filters != Filters() or parsed.notes or not parsed.text.strip()
    assert all(note.isprintable() for note in parsed.notes)


def test_so_many_filters_are_searched_as_such() -> None:
    parsed = parse_query("police " + "title:a " * (MAX_FILTERS + 1))
    assert len(parsed.filters.texts) == MAX_FILTERS
    assert parsed.notes == (f"Only the first {MAX_FILTERS} filters were searched as such, the rest as plain words.",)
