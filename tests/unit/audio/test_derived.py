"""What is held while a file is made from audio."""

import weakref
from pathlib import Path

from podindex.audio.derived import making


def test_who_makes_a_file_is_waited_for() -> None:
    with making(Path("a")):
        assert making(Path("a")).locked()
        assert not making(Path("b")).locked()


def test_nothing_stays_of_a_file_that_is_made() -> None:
    """A server that runs for months makes files of every version of every episode."""
    with making(Path("a")):
        held = weakref.ref(making(Path("a")))
        assert held() is not None
    assert held() is None
