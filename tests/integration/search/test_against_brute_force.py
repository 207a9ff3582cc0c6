"""The engine and a search that looks at every word agree: on all hits, their times, their order, and every page."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

import pytest
from brute import BruteSearch
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from transcripts import ORIGIN, make_segment

from podindex.hits import Hit, SearchRequest
from podindex.models import Episode, Segment, Transcript, Word
from podindex.search.engine import SearchIndex
from podindex.search.index.build import update_index
from podindex.search.query.lexemes import OPERATORS
from podindex.store import EpisodeStore

# Few words, so that they meet; among them inflections, spellings, numbers, compounds, two languages.
VOCABULARY = (
    *"the police policeman recognise recognised recognize recognition face facial breach breaches data US us "
    "colour color don't dont face-recognition facerecognition bit coin bitcoin twenty six 2026 26 first 1st".split(),
    "Häuser",
    "Haus,",
    "A.I.",
    "3.5",
    "face-face/data",
    "—",
)
TERMS = st.sampled_from(
    "police policeman recognise recognition breach data face facial the us US colour dont bitcoin 2026 26 first "
    "haus AI 3.5 5 facerecognition face-recognition twenty recog* polic* brea* poli~ breech~ colr~2".split()
)
PHRASES = st.builds(
    lambda words, slop: f'"{" ".join(words)}"' + (f"~{slop}" if slop else ""),
    st.lists(st.sampled_from([word for word in VOCABULARY if word != "—"]), min_size=1, max_size=4),
    st.integers(0, 3),
)
QUERIES = st.recursive(
    TERMS | PHRASES,
    lambda queries: (
        st.lists(queries, min_size=2, max_size=3).map(" ".join)
        | st.lists(queries, min_size=2, max_size=3).map(" OR ".join)
        | st.builds("{} NOT {}".format, queries, queries)
        | st.builds("{} {} {}".format, queries, st.sampled_from(sorted(OPERATORS)), queries)
        | queries.map("({})".format)
    ),
    max_leaves=5,
)
FILTERS = st.sampled_from(
    (
        *("", "", "", " show:two", " -show:two", " lang:de", " speaker:anna", " -speaker:anna", " title:police"),
        *(" title:the -title:breach", " after:20s", " before:0:25", " episode:a-breach"),
        *(" since:2026-01-11", " until:2026-01-11", " date:2026-01-10 date:2026-01-12"),
    )
)


def segments(texts: list[str], speakers: list[str | None]) -> tuple[Segment, ...]:
    found: list[Segment] = []
    for text, speaker in zip(texts, speakers, strict=True):
        found.append(parted(make_segment(text, found[-1].end_ms if found else 0, speaker=speaker)))
    return tuple(found)


def parted(segment: Segment) -> Segment:
    """Part words at signs, as Whisper does."""
    words = []
    for word in segment.words or ():
        parts = re.findall(r"\W*\w+\W*$|\W*\w+|\W+", word.text)
        times = [word.start_ms + (word.end_ms - word.start_ms) * n // len(parts) for n in range(len(parts) + 1)]
        words += [Word(part, *border, word.probability) for part, border in zip(parts, pairwise(times), strict=True)]
    return replace(segment, words=tuple(words))


EPISODES = (
    ("one/a-breach", "Show one", "A breach of data", "en", 10),
    ("one/police", "Show one", "The police", None, None),
    ("two/haus", "Show two", "Das Haus", "de", 12),
    ("two/recognised", "Show two", "Recognised colours", "en-GB", 10),
)


def make_library(random: Random) -> list[tuple[Episode, Transcript]]:
    """Make episodes of some hundred words. By chance and not by hypothesis, which prefers short ones without hits."""
    library = []
    for episode_id, show, title, language, day in EPISODES:
        often = random.sample(VOCABULARY, 8)
        words = random.choices((*VOCABULARY, *often * 4), k=random.choice([0, 5, 50, 300]))
        cuts = sorted({0, len(words), *random.choices(range(len(words) + 1), k=6)})
        texts = [" ".join(words[a:b]) for a, b in pairwise(cuts)]
        speakers = [random.choice([None, "Anna", "Ben"]) for _ in texts]
        published = datetime(2026, 1, day, tzinfo=UTC) if day else None
        episode = Episode(episode_id, show, title, published, language)
        library.append((episode, Transcript(episode_id, language, segments(texts, speakers), ORIGIN)))
    return library


def write(store: EpisodeStore, library: list[tuple[Episode, Transcript]]) -> None:
    for episode, transcript in library:
        store.save_episode(episode)
        store.save_transcript(transcript)


def seen(hits: tuple[Hit, ...]) -> list[tuple[str, int, int]]:
    return [(hit.episode_id, hit.start_ms, hit.end_ms) for hit in hits]


@settings(
    max_examples=20,
    phases=[Phase.reuse, Phase.generate],  # to make a failing query shorter takes minutes; they are short
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(st.data())
def test_the_engine_agrees_with_brute_force(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    root: Path = tmp_path_factory.mktemp("library")
    library = make_library(Random(data.draw(st.integers(0, 2**32))))
    store = EpisodeStore(root / "episodes")
    # Indexed in two goes, so that there are two segments.
    write(store, library[:2])
    update_index(root / "search", store)
    write(store, library[2:])
    update_index(root / "search", store)
    brute = BruteSearch(library)
    index = SearchIndex.open(root / "search")
    for query in data.draw(st.lists(st.builds("{}{}".format, QUERIES, FILTERS), min_size=8, max_size=8)):
        note(f"asked: {query}")
        compare(index, brute, query, data.draw(st.sampled_from(["relevance", "relevance", "date", "time"])))
    index.close()


def compare(index: SearchIndex, brute: BruteSearch, query: str, sort: str) -> None:
    request = SearchRequest(query, limit=10_000, per_episode=0, sort=sort)  # type: ignore[arg-type]
    expected = brute.search(query, request)
    page = index.search(request)
    if not expected:
        assert all(hit.match == "similar" for hit in page.hits)
        return
    flat = [(hit.episode_id, hit.start_ms, hit.end_ms) for _, hits in expected for hit in hits]
    assert seen(page.hits) == flat
    assert [hit.score for hit in page.hits] == [float(hit.score) for _, hits in expected for hit in hits]
    assert page.total == len(flat)
    assert page.total_episodes == len(expected)
    compare_pages(index, query, sort, [[item for item in flat if item[0] == episode] for episode, _ in expected])


def compare_pages(index: SearchIndex, query: str, sort: str, episodes: list[list[tuple[str, int, int]]]) -> None:
    if sort != "relevance":  # the best of an episode, in order of time: compared above where all are shown
        return
    shown = [item for hits in episodes for item in hits[:2]]
    more = [max(0, len(hits) - 2) for hits in episodes for _ in hits[:2]]
    for first in accumulate([3] * 4, initial=0):
        page = index.search(SearchRequest(query, limit=3, offset=first, per_episode=2))
        assert seen(page.hits) == shown[first : first + 3]
        assert [hit.more_in_episode for hit in page.hits] == more[first : first + 3]
