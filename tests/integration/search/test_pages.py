"""What a page of hits says: text and marks, where to start playing, what else may have been meant."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from transcripts import ORIGIN, make_segment

from podindex.hits import SearchRequest
from podindex.models import Episode, Segment, Transcript
from podindex.search.engine import SearchIndex
from podindex.search.index.build import update_index
from podindex.search.query.parser import MAX_NOTES
from podindex.store import EpisodeStore

FILLER = " ".join(f"filler{number}" for number in range(100))


def save(store: EpisodeStore, episode: Episode, *segments: Segment) -> None:
    store.save_episode(episode)
    store.save_transcript(Transcript(episode.id, episode.language, segments, ORIGIN))


def after(segment: Segment, text: str, speaker: str | None = None) -> Segment:
    return make_segment(text, segment.end_ms, speaker=speaker)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    root: Path = tmp_path_factory.mktemp("library")
    store = EpisodeStore(root / "episodes")
    first = make_segment("Breach! The “Clearview” face-recognition firm, fined", speaker="Anna Müller")
    second = after(first, f"in 2026. {FILLER} and the face again.", "Ben")
    day = datetime(2026, 1, 15, tzinfo=UTC)
    save(store, Episode("a/one", "Show A", "A fine", day, "en"), first, second)
    repeated = make_segment("police " * 9 + "stop")
    save(store, Episode("b/two", "Show B", "Police, police", datetime(2025, 3, 1, tzinfo=UTC), "en"), repeated)
    cued = Segment(0, 9_000, "untimed words of a police report", None)
    save(store, Episode("b/three", "Show B", "A cue", datetime(2026, 3, 1, tzinfo=UTC), "en"), cued)
    emoji = Segment(0, 4_000, "日本のニュース 🎙️ です", None)
    save(store, Episode("c/four", "Show C", "日本", None, "ja"), emoji)
    hindi = make_segment("कहते हैं हिन्दी में, our A.I. and node.js e-mails")
    save(store, Episode("d/five", "🎙️", "हिन्दी", None, "en"), hindi)
    update_index(root / "search", store)
    index = SearchIndex.open(root / "search")
    yield index
    index.close()


def marked(index: SearchIndex, query: str, **request: object) -> list[str]:
    """Return the texts of all hits, with matches in brackets."""
    texts = []
    for hit in index.search(SearchRequest(query, **request)).hits:  # type: ignore[arg-type]
        pieces, position = [], 0
        for start, end in hit.spans:
            pieces += [hit.text[position:start], "[", hit.text[start:end], "]"]
            position = end
        texts.append("".join([*pieces, hit.text[position:]]))
    return texts


def test_matches_are_marked_without_punctuation(index: SearchIndex) -> None:
    (text,) = marked(index, "clearview")
    assert text == "Breach! The “[Clearview]” face-recognition firm, fined"


def test_words_beside_each_other_are_one_mark(index: SearchIndex) -> None:
    (text,) = marked(index, '"clearview face recognition"')
    assert "“[Clearview]” [face-recognition] firm" in text
    (text,) = marked(index, '"filler27 filler28"')
    assert text.startswith("… ")
    assert " filler26 [filler27 filler28] filler29 " in text
    assert text.endswith(" …")


def test_a_phrase_is_found_across_segments_and_speakers(index: SearchIndex) -> None:
    (hit,) = index.search(SearchRequest('"fined in 2026"')).hits
    assert (hit.start_ms, hit.end_ms) == (5 * 300, 8 * 300)
    assert hit.speaker == "Anna Müller"
    assert [hit.text[start:end] for start, end in hit.spans] == ["fined in 2026"]


def test_of_words_near_each_other_only_those_are_marked(index: SearchIndex) -> None:
    (text,) = marked(index, "clearview fined")
    assert "“[Clearview]” face-recognition firm, [fined]" in text


def test_context_is_speech_around_the_hit(index: SearchIndex) -> None:
    assert marked(index, "filler50", context_ms=0) == ["… [filler50] …"]
    assert marked(index, "filler50", context_ms=600) == ["… filler48 filler49 [filler50] filler51 filler52 …"]
    (text,) = marked(index, "breach", context_ms=10**9)
    assert text.startswith("[Breach]! The")
    assert text.endswith("and the face again.")


def test_context_of_what_nobody_knows_the_time_of_is_two_lines(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    untimed = [Segment(0, 0, text, None) for text in (FILLER, "a breach", FILLER)]
    save(store, Episode("a/untimed", "A", "Untimed", None, "en"), *untimed)
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert marked(index, "breach", context_ms=4_000) == marked(index, "breach")
    index.close()


def test_where_to_start_playing(index: SearchIndex) -> None:
    (first,) = index.search(SearchRequest("breach")).hits
    assert (first.start_ms, first.jump_ms) == (0, 0)
    (later,) = index.search(SearchRequest("filler50")).hits
    assert later.jump_ms == later.start_ms - 500


def test_a_transcript_without_word_times(index: SearchIndex) -> None:
    (hit,) = index.search(SearchRequest("report")).hits
    assert hit.text[slice(*hit.spans[0])] == "report"
    assert 7_000 < hit.start_ms < hit.end_ms == 9_000


def test_a_script_without_spaces(index: SearchIndex) -> None:
    assert marked(index, "ニュース") == ["日本の[ニュース] 🎙️ です"]


def test_hits_of_an_episode_are_grouped_and_counted(index: SearchIndex) -> None:
    page = index.search(SearchRequest("police", limit=10))
    assert (page.total, page.total_episodes) == (10, 2)
    # The title and the density of b/two.
    assert [hit.episode_id for hit in page.hits] == ["b/two"] * 3 + ["b/three"]
    assert [hit.more_in_episode for hit in page.hits] == [6, 6, 6, 0]
    assert [hit.start_ms for hit in page.hits[:3]] == [0, 300, 600]
    assert len(index.search(SearchRequest("police", per_episode=0)).hits) == 10
    assert index.search(SearchRequest("police", sort="date")).hits[0].episode_id == "b/three"
    assert index.search(SearchRequest("police", sort="time")).hits[0].episode_id == "b/two"


def test_the_exact_phrase_comes_before_dense_inflections_with_a_title(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "Conference calls", None, "en"), make_segment("the conference called " * 20))
    save(store, Episode("a/two", "A", "Meetings", None, "en"), make_segment(f"{FILLER} conference calls"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    hits = index.search(SearchRequest("conference calls", per_episode=1)).hits
    assert [hit.episode_id for hit in hits] == ["a/two", "a/one"]
    index.close()


def test_pages_follow_each_other(index: SearchIndex) -> None:
    everything = index.search(SearchRequest("police", per_episode=0, limit=100)).hits
    pages = [index.search(SearchRequest("police", per_episode=0, limit=3, offset=first)) for first in (0, 3, 6, 9, 12)]
    assert tuple(hit for page in pages for hit in page.hits) == everything
    assert {page.total for page in pages} == {10}


def test_options_narrow_as_filters_do(index: SearchIndex) -> None:
    def ids(**request: object) -> list[str]:
        hits = index.search(SearchRequest("the OR police", **request)).hits  # type: ignore[arg-type]
        return sorted({hit.episode_id for hit in hits})

    assert ids() == ["a/one", "b/three", "b/two"]
    assert ids(show="show a") == ["a/one"]
    assert ids(episode="b/two") == ["b/two"]
    assert ids(speaker="muller") == ["a/one"]
    assert ids(since=date(2026, 1, 16)) == ["b/three"]
    assert ids(until=date(2026, 1, 15)) == ["a/one", "b/two"]
    assert ids(since=date(2026, 1, 15), until=date(2026, 1, 15)) == ["a/one"]
    # A filter of the query and an option both apply, even to the same field.
    hits = index.search(SearchRequest("police show:b", show="a")).hits
    assert hits == ()


def test_what_may_have_been_meant(index: SearchIndex) -> None:
    page = index.search(SearchRequest("the clearveiw"))
    assert page.did_you_mean == "the clearview"
    assert {hit.match for hit in page.hits} == {"similar"}
    assert page.total == 1
    assert index.search(SearchRequest("clearview")).did_you_mean is None
    # Both words are known, but nowhere near each other.
    apart = index.search(SearchRequest("clearview report"))
    assert (apart.total, apart.did_you_mean) == (0, None)


NOT_ALL = "Nothing has all of these words near each other."


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    root: Path = tmp_path_factory.mktemp("questions")
    store = EpisodeStore(root / "episodes")
    save(
        store,
        Episode("a/one", "A", "One"),
        make_segment("what did he say and what did she say about it, is it the " * 90),
    )
    save(store, Episode("a/two", "A", "Two"), make_segment("the lightning network is for bitcoin payments"))
    save(store, Episode("a/three", "A", "Three"), make_segment("two and a half payments"))
    save(store, Episode("a/four", "A", "Four"), make_segment("half a bitcoin for fifty"))
    update_index(root / "search", store)
    index = SearchIndex.open(root / "search")
    yield index
    index.close()


@pytest.mark.parametrize(
    ("query", "shorter"),
    [
        ("what did he say about the lightning network", "the lightning network"),
        ('what did he say about  "lightning network"', '"lightning network"'),
        ("what about bitcoin", "bitcoin"),
        ("what did she say of bitcoin -it", None),  # a word that nobody says is the last to go
        ("what did she say about bitcoin -coins show:a", "bitcoin -coins show:a"),
        ("what did she say about bitcoin show:b", None),
        ("say about pay*", "pay*"),
        ("say about fifty bitcoin", "fifty bitcoin"),
        ("she two and a half payments", "two and a half payments"),
        ("two and a half bitcoin", None),  # a number is one word: half is another
        ("what is the xylophone", None),
        ("it bitcoin", None),  # two words are no question
        ("what bitcoin it OR did he say bitcoin", None),
        ("what AND about AND bitcoin", None),  # without a word, AND is one
        ("what (did he say) bitcoin", None),
        ("what about bitcoin " * 40, None),  # nor is so much
        # Any of the words may be the one that is not said there, also a rare one.
        ("half a xylophone for fifty", "half a for fifty"),
        ("lightning channel network for bitcoin payments", "lightning network for bitcoin payments"),
        ("lightning network for gold payments fifty", "lightning network for payments"),
    ],
)
def test_a_question_is_asked_in_fewer_words(questions: SearchIndex, query: str, shorter: str | None) -> None:
    page = questions.search(SearchRequest(query))
    assert (page.total, page.did_you_mean) == (0, shorter)
    assert shorter is None or questions.search(SearchRequest(shorter)).total


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("what about bitcoin", NOT_ALL),
        ("half a xylophone for fifty", "Nobody says xylophone."),
        ("what is the xylophone", "Nobody says xylophone."),
    ],
)
def test_a_question_without_an_answer_is_told_why(questions: SearchIndex, query: str, note: str) -> None:
    assert questions.search(SearchRequest(query)).notes == (note,)


def test_a_quotation_with_a_wrong_word_is_found_where_the_others_are_said_closely(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One"), make_segment("the faster we get there, the better for humanity"))
    # Said here, too, but for a frequent word: far from each other, with the word that is wrong.
    apart = ("well " * 15).join(f"{word} " for word in "the faster we get there purple for humanity".split())
    save(store, Episode("b/two", "B", "Two"), make_segment(apart))
    save(store, Episode("c/three", "C", "Three"), make_segment("better " * 50))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    for query in (
        "the faster we get there the better for purple humanity",
        '"faster we get there the better purple humanity"',
    ):
        page = index.search(SearchRequest(query))
        assert (page.total, page.did_you_mean) == (0, query.replace("purple ", "").strip('"'))
    # Too little of this is said closely.
    assert index.search(SearchRequest("purple humanity better")).did_you_mean == "purple humanity"
    index.close()


NOT_AS_TYPED = "Nothing has exactly these words in this order."


@pytest.mark.parametrize(
    ("query", "apart"),
    [
        ('"payments for bitcoin"', "payments for bitcoin"),
        ("show:a  “payments in bitcoin”", "show:a payments bitcoin"),
        ("«payments bitcoin» show:a", "payments bitcoin show:a"),
        ('"bitcoin network"~3', "bitcoin network"),
        ('"what about bitcoin payments"', "bitcoin payments"),
        ('"bitcoin payments" show:b', None),
        ('"fifty lightning"', None),
        ('"payments -bitcoin"', None),  # without the quotation marks, - is NOT
        ('"payments OR bitcoin"', None),  # and OR is no word
        ("payments-for-bitcoin", "payments for bitcoin"),
        ("show:a https://payments.bitcoin/", "show:a https://payments bitcoin"),
        ("what@bitcoin.payments about", None),  # of several words it is said which nobody says
        ("lightning/xylophone", None),
        ("fifty-5", None),  # the words of a number stay together
        ("日本", None),  # as do the characters of a word
    ],
)
def test_a_phrase_that_nobody_says_is_taken_apart(questions: SearchIndex, query: str, apart: str | None) -> None:
    page = questions.search(SearchRequest(query))
    assert (page.total, page.did_you_mean) == (0, apart)
    assert apart is None or (page.notes == (NOT_AS_TYPED,) and questions.search(SearchRequest(apart)).total)


@pytest.mark.parametrize("query", ['"payments -bitcoin"', '"payments OR bitcoin"', '"payments show:a"', '"xylophone"'])
def test_a_phrase_that_nobody_says_is_said_to_be_one(questions: SearchIndex, query: str) -> None:
    assert questions.search(SearchRequest(query)).notes == (NOT_AS_TYPED,)


def test_a_question_with_a_typing_error_is_asked_in_fewer_words_that_are_spelt_right(questions: SearchIndex) -> None:
    page = questions.search(SearchRequest("what did he say about bitcoyn paymets"))
    assert (page.total, page.did_you_mean) == (0, "bitcoin payments")
    assert page.notes == ("Nobody says bitcoyn; some say bitcoin.", "Nobody says paymets; some say payments.")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("she bitcoin", True),
        ("what AND about AND bitcoin", True),
        ('she "lightning network"', True),
        ("she bitc*", True),
        ("she (bitcoin OR lightning)", True),
        ("she xylophone", False),  # one is said nowhere
        ("she bitcoin show:b", False),  # perhaps for the show's sake
        ("lightning network -payments", False),
        ('"she bitcoin"', False),
        ("xylophone", False),
    ],
)
def test_words_that_occur_apart_are_said_to(questions: SearchIndex, query: str, said: bool) -> None:
    page = questions.search(SearchRequest(query))
    assert (page.total, NOT_ALL in page.notes) == (0, said)


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("she xylophone", ["Nobody says xylophone."]),
        ("what did she say about the xylophone", ["Nobody says xylophone."]),
        ('payments "purple zebra" xylophone', ["Nobody says purple zebra.", "Nobody says xylophone."]),
        ('payments "network lightning" show:a', ["Nobody says network lightning."]),  # in this order
        ('payments "network bitcoin"~1', ["Nobody says network bitcoin."]),  # so closely
        ('payments "network bitcoin"~2 show:a -half -for', []),
        ("she xylophone show:a", ["Nobody says xylophone."]),
        ("xylophone zebra", ["Nobody says xylophone.", "Nobody says zebra."]),
        ("xylophone", []),  # nothing found says that
        ("xylophone OR zebra", []),
        ("she bitcoin -xylophone", []),
        ("say colours", ["Nobody says colours."]),
        ("fifty lightnig", ["Nobody says lightnig; some say lightning."]),
        ('paymets "bitcoyn net" half', ["Nobody says paymets; some say payments.", "Nobody says bitcoyn net."]),
    ],
)
def test_of_several_words_those_are_named_that_nobody_says(
    questions: SearchIndex, query: str, notes: list[str]
) -> None:
    page = questions.search(SearchRequest(query))
    assert (page.total, [*page.notes]) == (0, notes)


def test_a_typing_error_that_occurs_was_not_meant(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One"), make_segment("lightning network " + "the network, " * 200))
    save(store, Episode("a/two", "A", "Two"), make_segment("a netwrok of ekelands and the ekeland"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest("lightning netwrok"))
    assert page.did_you_mean == "lightning network"
    assert page.total == 1
    assert marked(index, "lightning netwrok")[0].startswith("[lightning network] the network")
    assert {hit.match for hit in page.hits} == {"similar"}
    assert index.search(SearchRequest("ligthning netwrok")).did_you_mean == "lightning network"
    # The nearest of an unknown word is a typing error itself.
    assert index.search(SearchRequest("lightning netwrokk")).did_you_mean == "lightning network"
    # What finds something is shown, and what is much more frequent proposed; but a phrase is as typed.
    found = index.search(SearchRequest("netwrok"))
    assert (found.total, found.hits[0].match, found.did_you_mean) == (1, "exact", "network")
    assert index.search(SearchRequest('"netwrok"')).did_you_mean is None
    # What has no much more frequent one beside it was meant.
    assert index.search(SearchRequest("lightning ekeland")).did_you_mean is None
    index.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("thankyou", '"thank you"'),
        ("thankyou all lang:en", '"thank you" all lang:en'),
        ('"thankyou all"', '"thank you all"'),
        ("acdc", '"ac dc"'),
        ("goat", "got"),  # which is said a hundred times as often as "go at"
        ("allgot", None),  # both occur, but not in a row
    ],
)
def test_two_words_written_as_one_were_meant(tmp_path: Path, query: str, meant: str | None) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One", None, "en"), make_segment("thank you to all and thenyou. AC/DC"))
    save(store, Episode("a/two", "A", "Two", None, "en"), make_segment("go at it " + "got " * 200))
    save(store, Episode("a/three", "A", "Three", None, "en"), make_segment("thank you all, thank you"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest(query))
    assert page.did_you_mean == meant
    assert {hit.match for hit in page.hits} <= {"similar"}
    assert bool(page.hits) is (meant is not None)
    index.close()


def test_a_likely_slip_was_meant_rather_than_two_words_that_hardly_anybody_says(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    said = "adrian " * 3 + "a drain, " + "in case of an increase, " * 3
    save(store, Episode("a/one", "A", "One", None, "en"), make_segment(said))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert index.search(SearchRequest("adrain")).did_you_mean == "adrian"
    # Two letters left out are less likely than a space.
    assert index.search(SearchRequest("incase")).did_you_mean == '"in case"'
    index.close()


HEARD = (
    "the page or duty rota, rock shocks and rockshacks forks with liam, rock shocks, "
    "star of the page, and a duty of three key locks. "
)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("PagerDuty", '"page or duty"'),
        ("RockShox", '"rock shocks"'),  # said more often than one word that sounds alike
        ("liam RockShox", 'liam "rock shocks"'),
        ('"RockShox and"', '"rock shocks and"'),
        ("Strava", None),  # the vowels of "star of" stand elsewhere
        ("KiloX", None),  # "key locks" differs in more than half of the letters
        ("PagerDuty RockShox", None),  # one of them alone finds nothing
    ],
)
def test_a_name_was_heard_as_several_words(tmp_path: Path, query: str, meant: str | None) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One", None, "en"), make_segment(HEARD))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest(query))
    assert (page.did_you_mean, bool(page.total)) == (meant, meant is not None)
    assert {hit.match for hit in page.hits} <= {"similar"}
    index.close()


@pytest.mark.parametrize(
    ("language", "others", "meant"),
    [
        ("en", "words about something else. ", '"rock shocks"'),
        ("en", "rock it, shocks it. ", None),  # where nobody could tell a name from what stands together by chance
        ("fr", "words about something else. ", None),  # the rules of sound are those of English
    ],
)
def test_words_that_a_name_was_heard_as_belong_together(
    tmp_path: Path, language: str, others: str, meant: str | None
) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One", None, language), make_segment("rock shocks " + others * 40))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert index.search(SearchRequest("RockShox")).did_you_mean == meant
    index.close()


def test_a_short_word_that_occurs_was_meant(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One"), make_segment("Deno and " + "a demo " * 200))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert index.search(SearchRequest("deno")).did_you_mean is None
    assert index.search(SearchRequest("demp")).did_you_mean == "demo"
    index.close()


def test_a_likely_slip_was_meant_rather_than_a_frequent_word(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    said = "several routers, sveerlb, " + "several routes and routs, " * 20
    save(store, Episode("a/one", "A", "One"), make_segment(said))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert index.search(SearchRequest("routres")).did_you_mean == "routers"
    # Two slips, where a single error would be an unlikely one, in a word that is one itself.
    assert index.search(SearchRequest("sveerla")).did_you_mean == "several"
    index.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("carful", "careful"),  # which finds "car", as "careful" might
        ("carful lang:en", "careful lang:en"),
        ("carful car", None),
        ("cars", None),  # of which "car" is a form
        ("carefull", None),  # another form of the same, to Snowball
        ("analyse", None),  # the same in British spelling
        ("caring", None),  # "daring" is not so much more frequent
        ("car", None),
    ],
)
def test_a_word_that_is_found_in_other_forms_alone_may_be_misspelt(
    tmp_path: Path, query: str, meant: str | None
) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    said = "a car, " * 5 + "be careful, analyze it, " * 150 + "daring " * 5 + "care " * 5
    save(store, Episode("a/one", "A", "One", None, "en"), make_segment(said))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest(query))
    assert page.did_you_mean == meant
    assert page.total >= 5
    assert {hit.match for hit in page.hits} == {"exact"}
    assert page.notes == ()
    index.close()


def test_a_word_with_an_inflection_that_occurs_was_meant(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "Un", None, "fr"), make_segment("les chevaux blancs, un blanc"))
    save(store, Episode("a/two", "A", "Two", None, "en"), make_segment("cheap, cheap, cheap, cheap"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest("cheval"))
    assert (page.total, page.did_you_mean) == (1, None)
    assert index.search(SearchRequest("cheval blnac")).did_you_mean == "cheval blanc"
    index.close()


@pytest.mark.parametrize("query", ["harry {}", '"harry {}"', "with harry {} -xylophone", "(books OR film) harry {}"])
def test_the_other_words_tell_what_was_meant(tmp_path: Path, query: str) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One"), make_segment("books with harry potter, and a porter, porter, porter"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest(query.format("poter")))
    assert (page.hits[0].match, page.did_you_mean) == ("similar", query.format("potter"))
    assert index.search(SearchRequest("poter")).did_you_mean == "porter"
    index.close()


def test_the_other_words_tell_what_was_meant_by_what_is_only_the_form_of_a_word(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    said = "pieter wuille recognised it, " + "while we wait, " * 20
    save(store, Episode("a/one", "A", "One", language="en"), make_segment(said))
    save(store, Episode("b/two", "B", "Two", language="en"), make_segment("wuil"))  # of which `wuile` is a form
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert index.search(SearchRequest("pieter wuile")).did_you_mean == "pieter wuille"
    # What is found as a form of the word was meant as typed.
    assert index.search(SearchRequest("pietre recognising")).did_you_mean == "pieter recognising"
    index.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("bryan okken", "brian okken"),
        ('"Bryan Okken"', '"brian Okken"'),
        ("brian okkan", "brian okken"),
        ("steven livera show:a", "stephan livera show:a"),
        ("bryan lee okken", "brian lee okken"),
        ("bryan okken show:b", None),
        ("bryan okken -python", None),
        ("bryan okk*", None),
        ("trust lock", None),  # which is no name: "trust, look" is said as often as by chance
    ],
)
def test_a_name_that_is_misspelt_as_another_is_found(tmp_path: Path, query: str, meant: str | None) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    speakers = "brian okken and brian lee okken, stephan livera. " * 3
    save(store, Episode("a/one", "A", "One"), make_segment(speakers))
    others = " ".join(f"word{number}" for number in range(400))
    often = "trust it and look. " * 40 + "trust, look: "
    save(store, Episode("b/two", "B", "Two"), make_segment(f"{often} {others} bryan"))
    save(store, Episode("b/three", "B", "Three"), make_segment(f"{others} okkan {others} steven {others} lock"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    page = index.search(SearchRequest(query))
    assert (page.did_you_mean, bool(page.total)) == (meant, meant is not None)
    assert {hit.match for hit in page.hits} <= {"similar"}
    assert meant is None or index.search(SearchRequest(meant)).hits[0].match == "exact"
    index.close()


def test_what_a_word_says_twice_is_one_hit(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One"), make_segment("lightning.network/lightning-network/ network 50-50 50 50"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    for query, times_ms in (
        ('"lightning network"', [0]),
        ("network", [0, 300]),
        ('"network lightning"', [0]),
        ('"network network"', [0]),
        ("50", [600, 900, 1200]),
        ("fifty fifty", [600, 900]),
    ):
        page = index.search(SearchRequest(query, per_episode=0, sort="time"))
        assert [hit.start_ms for hit in page.hits] == times_ms, query
        assert page.total == len(times_ms)
    index.close()


@pytest.mark.parametrize("published", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_last_moment_and_the_first_are_days_of_publication(tmp_path: Path, published: datetime) -> None:
    """Programs write them where they know no date; the last one broke every search that found its episode."""
    store = EpisodeStore(tmp_path / "episodes")
    save(store, Episode("a/one", "A", "One", published), make_segment("Hello."))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    (hit,) = index.search(SearchRequest("hello", since=published.date(), until=published.date())).hits
    assert hit.published == published.replace(microsecond=0)
    index.close()


def test_nothing_to_look_for(index: SearchIndex) -> None:
    for query in ("", "   ", "…", "show:a", "\0\n", "()"):
        page = index.search(SearchRequest(query))
        assert (page.total, page.hits) == (0, ())
    assert index.search(SearchRequest("…")).notes


def test_moments(index: SearchIndex) -> None:
    moments = index.moments(SearchRequest("police OR breach", limit=1))
    assert {episode_id: times_ms.tolist()[:3] for episode_id, times_ms in moments.items()} == {
        "a/one": [[0, 300]],
        "b/three": moments["b/three"].tolist(),
        "b/two": [[0, 300], [300, 600], [600, 900]],
    }
    assert index.moments(SearchRequest("police", show="A")) == {}
    assert index.moments(SearchRequest("polise")) == {}
    similar, police = (index.moments(SearchRequest(query), similar=True) for query in ("polise", "police"))
    assert similar.keys() == police.keys()


def test_many_threads_get_the_same_answers(index: SearchIndex) -> None:
    queries = ["police", '"fined in 2026"', "the face", "polise", "filler5*", "日本"] * 8

    def ask(query: str) -> object:
        return index.search(SearchRequest(query, limit=100))._replace(took_ms=0)

    alone = [ask(query) for query in queries]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, queries)) == alone


@pytest.mark.parametrize(
    ("query", "mark"),
    [
        ("हिन्दी", "[हिन्दी]"),
        ("A.I.", "[A.I.]"),
        ("nodejs", "[node.js]"),
        ("email", "[e-mails]"),
        ("facerecognition fined", "[face-recognition] firm, [fined]"),
    ],
)
def test_a_mark_holds_the_whole_word(index: SearchIndex, query: str, mark: str) -> None:
    (text,) = marked(index, query)
    assert mark in text


def test_a_show_named_by_a_sign_is_told_from_others(index: SearchIndex) -> None:
    assert index.search(SearchRequest("our", show="🎙️")).total_episodes == 1
    assert index.search(SearchRequest("police", show="🎙️")).total == 0


def test_a_part_of_another_way_to_say_it_is_not_marked(index: SearchIndex) -> None:
    (text,) = marked(index, "facerecognition again")
    assert "the face [again]" in text
    assert "[face-recognition]" in text


def test_no_number_is_too_large(index: SearchIndex) -> None:
    assert len(index.search(SearchRequest("police", per_episode=10**30)).hits) == 10
    assert index.search(SearchRequest("police", offset=10**30)).hits == ()


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("police since:2026", "2 episodes"),
        ("police date:2025", "2 episodes"),
        ("police until:2026 lang:ja", "1 episode"),
        ("police since:2026 show:b", None),
        ("police show:c", None),
    ],
)
def test_episodes_that_days_leave_out_for_want_of_a_date_are_counted(
    index: SearchIndex, query: str, left_out: str | None
) -> None:
    note = f"Left out: {left_out} without a date."
    assert [found for found in index.search(SearchRequest(query)).notes if "date" in found] == [note] * bool(left_out)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("date:2026-03", ["b/three"]),
        ("date:2025-03-01 date:2026", ["b/three", "b/two"]),
        ("date:2025-03-02..2026-02", []),
        ("since:2026-03-01", ["b/three"]),
        ("since:2026-03-02", []),
        ("until:2025-03-01", ["b/two"]),
        ("until:2025-02", []),
    ],
)
def test_days_are_whole_and_of_several_periods_any_will_do(index: SearchIndex, days: str, found: list[str]) -> None:
    hits = index.search(SearchRequest(f"police {days}", per_episode=1)).hits
    assert sorted(hit.episode_id for hit in hits) == found


@pytest.mark.parametrize(
    ("time", "count"), [("after:0.3", 8), ("after:0.301", 7), ("before:0.3", 1), ("before:0.301", 2)]
)
def test_what_begins_at_the_moment_is_after_it(index: SearchIndex, time: str, count: int) -> None:
    assert index.search(SearchRequest(f"police episode:two {time}")).total == count


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("breach show:b", ()),
        ("police speaker:ben", ()),
        ("breach show:nobody", ("No show is called nobody.",)),
        ("police speaker:nobody", ("No speaker is called nobody.",)),
        ("police date:2031", ("No episode is from these days.", "Left out: 2 episodes without a date.")),
        ("police since:2025 until:2026 date:2024 show:b", ("No episode is from these days.",)),
        ("panda date:2026-03", ("Left out: 2 episodes without a date.",)),
        ("police since:2026 until:2025 show:b", ("No day is both since 2026-01-01 and until 2025-12-31.",)),
    ],
)
def test_where_nothing_is_found_names_and_days_that_nothing_has_are_said(
    index: SearchIndex, query: str, notes: tuple[str, ...]
) -> None:
    page = index.search(SearchRequest(query))
    assert (page.hits, page.notes) == ((), notes)


def test_an_option_leaves_out_as_a_filter_does(index: SearchIndex) -> None:
    for option in ("since", "until"):
        page = index.search(SearchRequest("police", **{option: date(2026, 1, 1)}))  # type: ignore[arg-type]
        assert page.notes == ("Left out: 2 episodes without a date.",)


def test_that_options_leave_no_day_is_said(index: SearchIndex) -> None:
    page = index.search(SearchRequest("police", since=date(2026, 5, 1), until=date(2026, 1, 31)))
    assert page.notes[0] == "No day is both since 2026-05-01 and until 2026-01-31."


def test_a_person_reads_no_more_than_a_few_notes(index: SearchIndex) -> None:
    asked = " ".join(f"show:unknown{number}" for number in range(100))
    assert len(index.search(SearchRequest(f"police {asked}")).notes) == MAX_NOTES


def test_what_is_typed_twice_and_said_twice_comes_first(index: SearchIndex) -> None:
    hits = index.search(SearchRequest("police police police police", per_episode=0)).hits
    assert [hit.end_ms - hit.start_ms for hit in hits[:3]] == [1200, 1200, 300]  # nine times police
    assert hits[0].score == hits[1].score > 2 * hits[2].score


def test_the_text_of_a_hit_is_what_its_speaker_says(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    first = make_segment("I never did that.", speaker="Anna")
    second = after(first, "You stole it.", "Ben")
    third = after(second, "All of it.", "Ben")
    save(store, Episode("a/one", "A", "One"), first, second, third, after(third, "That is a lie.", "Anna"))
    update_index(tmp_path / "search", store)
    index = SearchIndex.open(tmp_path / "search")
    assert marked(index, "stole") == ["You [stole] it. All of it."]
    assert marked(index, "lie") == ["That is a [lie]."]
    assert marked(index, '"that you"') == ["I never did [that]. [You] stole it. All of it."]
    assert marked(index, "stole", context_ms=60_000) == ["I never did that. You [stole] it. All of it. That is a lie."]
    index.close()
