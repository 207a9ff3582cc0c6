"""Transcripts and queries become the same tokens, in every script; keys unite what people write differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podindex.search.words.analysis import MAX_TOKEN_LENGTH, base_language, fold, stem, tokens
from podindex.search.words.stemmers import STEMMERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Recognition,", "recognition"),
        ("“Hello…”", "hello"),
        ("don’t", "don't"),
        ("DON'T", "don't"),
        ("'cause", "cause"),
        ("dogs'", "dogs"),
        ("O’Brien’s", "o'brien's"),
        ("rock'n'roll", "rock'n'roll"),
        ("face-recognition", "face recognition"),
        ("state—of/the.art", "state of the art"),
        ("snake_case", "snake case"),
        ("A.I.", "a.i."),
        ("U.S", "u.s."),
        ("U.S.A.,", "u.s.a."),
        ("e.g.", "e.g."),
        ("US", "u.s."),
        ("US,", "u.s."),
        ("us", "us"),
        ("Us", "us"),
        ("IT", "i.t."),
        ("end.It", "end it"),
        ("example.com", "example com"),
        ("anna@example.com", "anna at example com"),
        ("AT&T", "at and t"),
        ("C++", "c++"),
        ("C#,", "c#"),
        ("#metoo", "metoo"),
        ("$5", "$ 5"),
        ("5€", "5 €"),
        ("50%", "50 %"),
        ("20°C", "20 ° c"),
        ("1,000,000", "1000000"),
        ("1'000", "1000"),
        ("1_000", "1000"),
        ("1,000.50", "1000.50"),
        ("1.000", "1.000"),
        ("3.5", "3.5"),
        ("3,5", "3.5"),
        ("1,2,3", "1.2.3"),
        ("v3.11.2", "3.11.2"),
        ("v3", "v3"),
        ("10:30", "10 30"),
        ("24/7", "24 7"),
        ("1st", "1st"),
        ("1990s", "1990s"),
        ("’90s", "90s"),
        ("the 1990’s", "the 1990s"),
        ("2021's", "2021 s"),
        ("3½", "3.5"),
        ("10⁶", "10 6"),
        ("Brand™", "brand"),
        ("Ph.D.", "ph.d."),
        ("5G", "5g"),
        ("GPT-4o", "gpt 4o"),
        ("covid19", "covid19"),
        ("l’homme", "l homme"),
        ("qu'il", "qu il"),
        ("dell'acqua", "dell acqua"),
        ("aujourd'hui", "aujourd'hui"),
        ("naïve Straße", "naïve straße"),
        ("cafe\u0301", "café"),
        ("ＡＢＣ１", "abc1"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("日本語です", "日 本 語 で す"),
        ("ﾃﾞｰﾀ", "デ ー タ"),
        ("データ・ベース", "デ ー タ ベ ー ス"),
        ("GPTは", "gpt は"),
        ("한국어", "한 국 어"),
        ("ภาษาที่", "ภ า ษ า ที่"),
        ("हिन्दी में", "हिन्दी में"),
        ("العربية", "العربية"),
        ("سنة ٢٠٢٦، २०२६ १,०००", "سنة 2026 2026 1000"),
        ("caixa d'água, l'última", "caixa d água l última"),
        ("Привет", "привет"),
        ("…", ""),
        ("♪ 🎉 — -", ""),
        ("", ""),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert " ".join(tokens(text)) == expected


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("don't", "dont"),
        ("a.i.", "ai"),
        ("3.5", "3.5"),
        ("naïve", "naive"),
        ("straße", "strasse"),
        ("œuvre", "oeuvre"),
        ("smørrebrød", "smorrebrod"),
        ("łódź", "lodz"),
        ("ёлка", "елка"),
        ("йога", "йога"),
        ("が", "が"),
        ("हिन्दी", "हिंदी"),
        ("संबंध", "संबंध"),
        ("सम्बन्ध", "संबंध"),
        ("उन्होंने", "उन्होंने"),
        ("ज़रूर", "जरूर"),
        ("हूँ", "हूं"),
        ("ড়", "ড়"),
        ("مُحَمَّد", "محمد"),
        ("إلى", "الي"),
        ("مدرسة", "مدرسه"),
        ("کتاب", "كتاب"),
        ("λόγος", "λογοσ"),
        ("한", "한"),
    ],
)
def test_fold(token: str, key: str) -> None:
    assert fold(token) == key


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "recognise recognised recognising recognises"),
        ("en", "running runs run"),
        ("en", "study studies studied studying"),
        ("en", "police police's"),
        ("en", "important importance importantly"),
        ("en", "business businesses business's"),
        ("en", "id ids"),
        ("en", "access accessed accesses"),
        ("en", "accessible accessibility accessibly"),
        ("en", "initiate initiated initiator"),
        ("en", "initiative initiatives"),
        ("en", "finalize finalized finalizing finalization"),
        ("en", "witness witnesses witnessed"),
        ("en", "optimist optimistic optimists"),
        ("de", "haus häuser hauses häusern"),
        ("de", "straße straßen strasse"),
        ("fr", "cheval chevaux"),
        ("fr", "parlé parlée parler parle"),
        ("es", "canción canciones cancion"),
        ("it", "libro libri"),
        ("pt", "informação informações"),
        ("nl", "huis huizen"),
        ("tr", "türkiye türkiye'nin türkiye'de"),
    ],
)
def test_inflections_share_a_stem(language: str, words: str) -> None:
    assert len({stem(word, language) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("police", "policy"),
        ("new", "news"),
        ("universe", "unit"),
        ("on", "one"),
        ("us", "use"),
        ("import", "importance"),
        ("busy", "business"),
        ("like", "likely"),
        ("definition", "definitely"),
        ("up", "ups"),
        ("ir", "irs"),
        ("access", "accessibility"),
        ("python", "pythonic"),
        ("commit", "commitment"),
        ("initial", "initiative"),
        ("initiate", "initiative"),
        ("final", "finalise"),
        ("final", "finality"),
        ("optimise", "optimal"),
        ("numeric", "numerous"),
    ],
)
def test_other_words_have_other_stems(a: str, b: str) -> None:
    assert stem(a, "en") != stem(b, "en")


def test_other_languages_and_numbers_are_plain() -> None:
    assert stem("huset", "xx") == "huset"
    assert stem("running", "") == "running"
    assert stem("ünlü", "tr") == "unlu"
    assert stem("1990s", "en") == "1990s"


def test_base_language() -> None:
    assert [base_language(code) for code in ("en", "en-US", "PT_br", "", None)] == ["en", "en", "pt", "", ""]


@given(st.text(max_size=200))
def test_tokens_of_any_text(text: str) -> None:
    found = tokens(text)
    for token in found:
        assert 0 < len(token) <= MAX_TOKEN_LENGTH
        assert token == token.lower()
        assert fold(token)
        assert fold(fold(token)) == fold(token)
        assert not any(character.isspace() for character in token)
    assert tokens(f" {text} ") == found


@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda word: not word.isspace()), max_size=5))
def test_a_space_always_separates(words: list[str]) -> None:
    parts = [token for word in words for token in tokens(word)]
    assert list(tokens("\n".join(words))) == parts


@given(st.text(max_size=30), st.sampled_from([*STEMMERS, "xx"]))
def test_any_token_has_a_stem(text: str, language: str) -> None:
    for token in tokens(text):
        assert stem(token, language)


def test_a_megabyte_without_a_space_is_cut() -> None:
    assert tokens("a" * 1_000_000) == ("a" * MAX_TOKEN_LENGTH,)


def test_a_megabyte_of_groups_of_three_digits_is_read_at_once() -> None:
    [token] = tokens("1" + ",000" * 250_000 + ",0")
    assert len(token) <= MAX_TOKEN_LENGTH
    assert len(tokens("a.b" * 300_000)) < 1_000_000
