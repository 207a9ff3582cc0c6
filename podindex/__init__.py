"""podindex: transcribe podcast episodes and search them down to the second a word is said.

from podindex import Library

with Library.open("my-podcasts") as library:
    for outcome in library.add(["episode.mp3"]):
        print(outcome.episode_id, outcome.status)
    for hit in library.search('"facial recognition"').hits:
        print(hit.episode_id, hit.start_ms)
"""

from typing import TYPE_CHECKING

from podindex.errors import PodindexError

if TYPE_CHECKING:
    from podindex.library import Library

__all__ = ["Library", "PodindexError", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the library when it is first asked for: `podindex --help` needs none of it (PEP 562)."""
    if name == "Library":
        from podindex.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
