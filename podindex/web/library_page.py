"""The library page: shows, episodes, what is being worked on, and how it grew.

Pure but for the library it is handed.
"""

from starlette.requests import Request

from podindex.errors import NoLibraryError
from podindex.library import Library
from podindex.web.html import Html, tag
from podindex.web.search_page import EMPTY, episode_line


def build(library: Library, request: Request) -> list[Html]:
    """Return the content of the page."""
    try:
        episodes = library.episodes()
    except NoLibraryError:
        episodes = []
    if not episodes:
        return [EMPTY]
    return [tag("h1", "Library"), tag("ul", *map(episode_line, episodes[:100]), class_="episodes")]
