"""Finding episodes by what they are called. Pure."""

from collections.abc import Iterable

from podindex.models import EpisodeSummary
from podindex.search.words.analysis import folded


def find_titled(episodes: Iterable[EpisodeSummary], text: str) -> list[EpisodeSummary]:
    """Return the episodes whose title has every word of a text, in the given order.

    Case and accents make no difference, and the beginning of a word is enough (`recog`). Some of the words may be of
    the show's name instead (`naked security breach`), but not all: the name alone would find all episodes of the show.
    A text without words finds nothing.
    """
    wanted = tuple(dict.fromkeys(folded(text)))  # each once: anybody may send one word ten thousand times
    return [episode for episode in episodes if _is_titled(episode, wanted)]


def _is_titled(episode: EpisodeSummary, wanted: tuple[str, ...]) -> bool:
    title, show = folded(episode.title), folded(episode.show)
    return all(_begins_one_of(word, title + show) for word in wanted) and any(
        _begins_one_of(word, title) for word in wanted
    )


def _begins_one_of(begin: str, words: tuple[str, ...]) -> bool:
    return any(word.startswith(begin) for word in words)
