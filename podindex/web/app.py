"""What is where: every address of the player and the API, and the one place where errors become answers.

I/O: HTTP.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from threading import Event
from typing import Literal

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from podindex.errors import PodindexError, RequestError
from podindex.library import Library
from podindex.progress import Progress
from podindex.web import api, openapi
from podindex.web.assets import Assets
from podindex.web.audio import respond_with_audio
from podindex.web.pages import Pages
from podindex.web.respond import error_answer, json_answer, status_of
from podindex.web.security import Guard
from podindex.web.threads import LibraryThreads

Handler = Callable[[Library, Request], Response]
Work = Literal["search", "read", "draw", "listen"]
"""Kinds of work that must not wait for each other."""
_THREADS: dict[Work, int] = {"search": 1, "read": 1, "draw": 2, "listen": 16}
"""Before a file is heard, it may have to be copied; some ask for it again meanwhile, and others for another."""

API: dict[str, tuple[Work, Handler]] = {
    "/api/search": ("search", api.search),
    "/api/moments": ("search", api.moments),
    "/api/trends": ("search", api.trends),
    "/api/episodes": ("read", api.episodes),
    "/api/episodes/{show}/{episode}": ("read", api.episode),
    "/api/episodes/{show}/{episode}/transcript": ("read", api.transcript),
    "/api/episodes/{show}/{episode}/peaks": ("draw", api.peaks),
    "/audio/{show}/{episode}": ("listen", respond_with_audio),
}
_Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(library_dir: Path, *, host: str, token: str | None, progress: Progress) -> ASGIApp:
    """Make the application that serves a library.

    Args:
        library_dir: the library; it may be empty or not there yet.
        host: the address that is listened on, which decides under which names it may be asked.
        token: what a visitor must know; None: whoever reaches it may use it.
        progress: is told what the library has to say, such as that it indexes.
    """
    end = Event()
    threads = {
        name: LibraryThreads(library_dir, name=name, threads=number, progress=progress, end=end)
        for name, number in _THREADS.items()
    }
    style_nonce = token_urlsafe(12)
    assets = Assets()
    pages = Pages(assets, style_nonce)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        threads["search"].prepare(_load_index)
        threads["draw"].prepare(_load_decoder)
        yield
        end.set()
        for each in threads.values():
            each.close()

    explain = partial(_explain, pages=pages)

    async def answer_error(request: Request, error: Exception) -> Response:
        return explain(request, error)

    app = Starlette(
        routes=[
            Route("/", _in(threads["search"], pages.search)),
            Route("/library", _in(threads["search"], pages.library)),
            Route("/episodes/{show}/{episode}", _in(threads["read"], pages.episode)),
            *(Route(path, _in(threads[name], handler)) for path, (name, handler) in API.items()),
            Route("/openapi.json", _describe),
            Route("/healthz", _is_well),
            Route("/favicon.ico", lambda _: RedirectResponse(assets.url("icon.svg"))),
            Route("/static/{version}/{name:path}", assets.respond),
        ],
        exception_handlers=dict.fromkeys((PodindexError, HTTPException, Exception), answer_error),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # "//evil/" would be sent on to another host
    return Guard(app, host=host, token=token, style_nonce=style_nonce, explain=explain)


def _load_index(library: Library) -> None:
    """Spare the first page and the first key that is pressed the loading of what lists and searches."""
    library.episodes()
    library.search("podindex")


def _load_decoder(_: Library) -> None:
    """Spare the first hit that is clicked the loading of what looks at sound."""
    import podindex.audio.seekable  # noqa: F401


def _in(threads: LibraryThreads, handler: Handler) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        return await threads.call(lambda library: handler(library, request))

    return endpoint


async def _describe(request: Request) -> Response:
    return json_answer(request, openapi.DOCUMENT)


async def _is_well(_: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def _explain(request: Request, error: Exception, *, pages: Pages) -> Response:
    """Answer with an error: a page for people, JSON for everybody else."""
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
        error = _known_error(request, error)
    if not isinstance(error, PodindexError):
        message = "podindex met an error that it does not know"
        error = RequestError("internal-error", message, "the terminal of `podindex serve` says more")
    # Not `request.url`: that is made of the Host header, which may be what is wrong.
    is_page = not request.scope["path"].startswith(("/api/", "/audio/", "/static/"))
    wants_page = is_page and "text/html" in request.headers.get("accept", "")
    answer = pages.error(request, error, status_of(error)) if wants_page else error_answer(error)
    answer.headers.update(headers)
    return answer


def _known_error(request: Request, error: HTTPException) -> PodindexError:
    if error.status_code == 405:
        return RequestError("method-not-allowed", f"{request.method} is not for this address", "use GET")
    return RequestError("no-such-page", f"there is nothing at {request.url.path[:200]}", "begin at /")
