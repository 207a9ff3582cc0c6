"""What stands in an episode's notes leads somewhere."""

from pathlib import Path

import pytest

from podindex import Library
from podindex.models import Episode
from podindex.store import EpisodeStore
from podindex.web.episode_page import build
from podindex.web.html import join


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        (
            "More (https://a.example/b?c=1&d=2).",
            'More (<a href="https://a.example/b?c=1&amp;d=2" target="_blank" rel="noopener">'
            "https://a.example/b?c=1&amp;d=2</a>).",
        ),
        ("01:02 The end, 1:02:03", '<a href="#t=62">01:02</a> The end, <a href="#t=3723">1:02:03</a>'),
        ("javascript:alert(1) https:// 2026:10:11 12:75 x1:30 ١٢:٣٤", None),
        (
            "&lt;b&gt; https://a.example/&quot;onclick=",
            '&lt;b&gt; <a href="https://a.example/" target="_blank" rel="noopener">https://a.example/</a>&quot;onclick=',
        ),
    ],
)
def test_show_notes_lead_to_addresses_and_moments(tmp_path: Path, notes: str, shown: str | None) -> None:
    episode = Episode("show/one", "Show", "One", description=f"<p>{notes}</p>")
    EpisodeStore(tmp_path / "episodes").save_episode(episode)
    with Library.open(tmp_path) as library:
        page = join(*build(library, episode))
    assert f'<p dir="auto">{shown or notes}</p>' in page
