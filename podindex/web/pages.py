"""The pages. Pure but for the library they are handed.

What a page shows without scripts is made here; scripts take over from there.
"""

from starlette.requests import Request
from starlette.responses import Response

from podindex.errors import NoLibraryError, PodindexError
from podindex.library import Library
from podindex.web import episode_page, library_page, search_page
from podindex.web.api import id_of
from podindex.web.assets import Assets
from podindex.web.html import tag
from podindex.web.layout import Layout
from podindex.wording import sentence


class Pages:
    """Every page is a method that answers a request."""

    def __init__(self, assets: Assets, style_nonce: str) -> None:
        self._layout = Layout(assets, style_nonce)

    def search(self, library: Library, request: Request) -> Response:
        """`GET /`."""
        try:
            episodes = library.episodes()
        except NoLibraryError:
            episodes = []
        content = search_page.build(library, request, episodes)
        return self._layout.respond(request, "", *content, script="search.js" if episodes else None)

    def library(self, library: Library, request: Request) -> Response:
        """`GET /library`."""
        return self._layout.respond(request, "Library", *library_page.build(library, request), script="library.js")

    def episode(self, library: Library, request: Request) -> Response:
        """`GET /episodes/{show}/{episode}`."""
        episode = library.episode(id_of(request))
        content = episode_page.build(library, episode, request.query_params.get("t", ""))
        return self._layout.respond(request, episode.title, *content, script="episode.js")

    def error(self, request: Request, error: PodindexError, status: int) -> Response:
        """Say what went wrong, and what to do."""
        content = tag(
            "section",
            tag("h1", error.message[:1].upper() + error.message[1:]),
            tag("p", sentence(error.hint)),
            tag("p", tag("a", "To the search", href="/"), class_="soft"),
            class_="message",
        )
        return self._layout.respond(request, error.message, content, status=status)
