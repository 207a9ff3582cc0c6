"""What all pages share. Pure."""

from starlette.requests import Request
from starlette.responses import Response

from podindex.web.assets import Assets
from podindex.web.html import Html, join, tag
from podindex.web.respond import answer

_LINKS = (("/", "Search"), ("/library", "Library"))


class Layout:
    """Puts a page's content between what stands on every page.

    Args:
        assets: where scripts and styles are.
        style_nonce: what allows the waveform to bring its own style sheet; new with every start of the server.
    """

    def __init__(self, assets: Assets, style_nonce: str) -> None:
        self._assets = assets
        self._style_nonce = style_nonce

    def respond(  # noqa: D417  Request needs no words
        self, request: Request, title: str, *content: Html, script: str | None = None, status: int = 200
    ) -> Response:
        """Answer with a page.

        Args:
            title: what the page is about; the program's name is added.
            content: what stands in `<main>`.
            script: the module that makes the page alive; its imports are fetched along with it.
            status: the HTTP status.
        """
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("meta", name="style-nonce", content=self._style_nonce),
            tag("title", f"{title} · podindex" if title else "podindex"),
            tag("link", rel="icon", href=self._assets.url("icon.svg"), type="image/svg+xml"),
            tag("link", rel="stylesheet", href=self._assets.url("style.css")),
            self._scripts(script) if script else None,
        )
        body = tag(
            "body",
            tag("a", "Skip to the content", href="#main", class_="skip"),
            _header(request.scope["path"]),
            tag("main", *content, id="main"),
        )
        page = join(Html("<!doctype html>\n"), tag("html", head, body, lang="en"))
        body_bytes, media_type = page.encode("utf-8", "replace"), "text/html; charset=utf-8"
        if status == 200:
            return answer(request, body_bytes, media_type)
        # No ETag: "not changed" has no status of its own for an error, and would be an empty page.
        return Response(body_bytes, status, {"cache-control": "no-store"}, media_type)

    def _scripts(self, script: str) -> Html:
        preloads = [
            tag("link", rel="modulepreload", href=self._assets.url(name)) for name in self._assets.imports(script)
        ]
        return join(*preloads, tag("script", type="module", src=self._assets.url(script)))


def _header(path: str) -> Html:
    links = [tag("a", name, href=href, aria_current="page" if path == href else None) for href, name in _LINKS]
    return tag(
        "header",
        tag("a", "podindex", href="/", class_="brand"),
        tag("nav", *links, aria_label="Pages"),
        class_="site",
    )
