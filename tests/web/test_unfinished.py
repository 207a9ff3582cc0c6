"""Episodes without a transcript, or with a part of one, say why."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from transcripts import ORIGIN, make_segment
from web_server import WebServer, running_server

from podindex.models import ChunkResult, Episode, ErrorInfo, Gap, Transcript
from podindex.store import EpisodeStore


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    library_dir: Path = tmp_path_factory.mktemp("unfinished") / "library"
    library_dir.mkdir()
    store = EpisodeStore(library_dir / "episodes")
    for name in ("waiting", "begun", "failed"):
        store.save_episode(Episode(f"show/{name}", "Show", name))
    store.checkpoints("show/begun").save("fingerprint", ChunkResult(0, 0, 1_000, 0, ()))
    store.checkpoints("show/failed").record_failure(ErrorInfo("x", "<b>no sound</b>", "listen"))
    store.save_episode(Episode("show/partial", "Show", "partial"))
    said = (make_segment("before it"), make_segment("behind it", 90_000))
    gaps = (Gap(30_000, 90_000, "damaged"), Gap(95_000, 99_000, "truncated"))
    store.save_transcript(Transcript("show/partial", "en", said, replace(ORIGIN, missing=gaps)))
    with running_server(library_dir) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("waiting", "has not been transcribed yet"),
        ("begun", "is transcribed in part"),
        ("failed", "could not be transcribed: &lt;b&gt;no sound&lt;/b&gt;. Listen."),
    ],
)
def test_the_page_says_what_is_missing(unfinished: WebServer, name: str, said: str) -> None:
    assert said in unfinished.ask(f"/episodes/show/{name}").text


def test_a_transcript_says_where_it_is_incomplete(unfinished: WebServer) -> None:
    page = unfinished.ask("/episodes/show/partial").text
    said = ["before it", "Missing: 0:00:30 to 0:01:30, damaged", "behind it", "Missing: 0:01:35 to 0:01:39, truncated"]
    places = [page.index(part) for part in said]
    assert places == sorted(places)
    assert page.count('class="para"') == 2


def test_the_library_counts_what_waits_and_names_what_failed(unfinished: WebServer) -> None:
    page = unfinished.ask("/library").text
    assert "2 episodes are not transcribed yet" in page
    assert '<a href="/episodes/show/begun" dir="auto">begun</a> is transcribed in part.' in page
    assert '">waiting</a> is transcribed' not in page
    assert "failed: &lt;b&gt;no sound&lt;/b&gt;. Listen." in page
