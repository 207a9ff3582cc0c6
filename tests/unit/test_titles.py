"""Episodes are found by words of their titles, and of their shows with those."""

import pytest

from podindex.models import EpisodeSummary
from podindex.titles import find_titled

EPISODES = [
    EpisodeSummary(f"show/{number}", show, title, None, None, "ready", None, 0, None, None, None)
    for number, (show, title) in enumerate(
        [
            ("Naked Security", "A Breach of Trust"),
            ("Naked Security", "Passwords, again: what’s new?"),
            ("Sicher!", "Die große Panne"),
            ("ニュース", "日本の話"),
        ]
    )
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("breach", [0]),
        ("BREACH trust", [0]),
        ("trust breach", [0]),
        ("breach passwords", []),
        ("pass", [1]),
        ("whats new", [1]),
        ("grosse", [2]),
        ("naked security breach", [0]),
        ("naked security", []),
        ("a", [0, 1]),
        ("日本", [3]),
        ("…", []),
        ("", []),
    ],
)
def test_titles(text: str, found: list[int]) -> None:
    assert [EPISODES.index(episode) for episode in find_titled(EPISODES, text)] == found


def test_a_long_text_takes_no_long_time() -> None:
    assert find_titled(EPISODES * 500, "a " * 100_000) == [EPISODES[0], EPISODES[1]] * 500
