"""podindex: transcribe podcast episodes and search them down to the second a word is said.

from podindex import Library

with Library.open("my-podcasts") as library:
    for outcome in library.add(["episode.mp3"]):
        print(outcome.episode_id, outcome.status)
    for hit in library.search('"facial recognition"').hits:
        print(hit.episode_id, hit.start_ms)
"""

__all__ = ["Library", "PodindexError", "__version__"]

__version__ = "0.1.0"

from podindex.errors import PodindexError
from podindex.library import Library
