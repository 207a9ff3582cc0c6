"""Who may ask, and what a page may do. I/O: none; an ASGI middleware.

The player has no accounts: whoever reaches it may listen. So only this machine reaches it, unless a token says
otherwise, and other web sites that a browser on this machine shows must not: not under a name of theirs that leads to
127.0.0.1 (the Host header is checked), not by a form or a script of theirs (Sec-Fetch-Site and Origin are checked), and
not by a frame, a `<script>` or an `<audio>` that embeds what is here.
"""

import ipaddress
import re
import secrets
import socket
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import unquote, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from podindex.errors import RequestError

TOKEN_PARAMETER = "token"  # noqa: S105  a name, not a secret
_COOKIE_SECONDS = 30 * 24 * 3600
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_ABSOLUTE = re.compile(rb"https?://([^/]*)(/.*)?", re.IGNORECASE | re.DOTALL)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address that is listened on."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def allowed_names(host: str) -> frozenset[str]:
    """Return the host names under which a server that listens on `host` may be asked, besides numeric addresses."""
    if is_loopback(host):
        return frozenset({"localhost", "127.0.0.1", "::1", host.lower()})
    own = socket.gethostname().lower()
    return frozenset({"localhost", own, f"{own}.local", host.lower()})


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(24)


class Guard:
    """Lets through what may be asked, and adds to every answer what browsers must not do with it.

    Args:
        app: what answers where nothing is to be said against it.
        host: the address that is listened on.
        token: what a visitor must know; None: nothing.
        style_nonce: what allows the waveform to bring its own style sheet.
        explain: makes an answer of a refusal.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str,
        token: str | None,
        style_nonce: str,
        explain: Callable[[Request, RequestError], Response],
    ) -> None:
        self._app = app
        self._explain = explain
        self._names = allowed_names(host)
        self._any_address = not is_loopback(host)
        self._token = token
        self._headers = _protective_headers(style_nonce)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as every ASGI application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _in_origin_form(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        headers, params = Headers(scope=scope), QueryParams(scope["query_string"])
        answer: ASGIApp = self._app
        if refusal := self._refusal(scope, headers, params):
            refused = self._explain(Request(scope), refusal)
            if refusal.code == "token-needed":  # RFC 9110, 15.5.2: how to bring one; no browser asks people for it
                refused.headers["www-authenticate"] = "Bearer"
            answer = refused
        elif self._token is not None and TOKEN_PARAMETER in params and scope["method"] in ("GET", "HEAD"):
            answer = self._hand_over_cookie(scope, headers, params)
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope, headers: Headers, params: QueryParams) -> RequestError | None:
        if not self._is_own_host(headers):
            return RequestError(
                "foreign-host",
                "this server does not answer under this name",
                "use the address that `podindex serve` printed",
            )
        if _is_foreign(scope["method"], headers):
            return RequestError("foreign-site", "another site asked for this", "open the page itself")
        if self._token is not None and not self._has_token(headers, params):
            return RequestError(
                "token-needed",
                "this needs the token; every start of the server makes a new one",
                "open the address that `podindex serve` printed",
            )
        return None

    def _is_own_host(self, headers: Headers) -> bool:
        if len(headers.getlist("host")) != 1:
            return False
        name = _host_name(headers["host"])
        return name is not None and (name in self._names or (self._any_address and _is_address(name)))

    def _has_token(self, headers: Headers, params: QueryParams) -> bool:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        given = [params.get(TOKEN_PARAMETER, ""), _token_cookie(headers), bearer if scheme.lower() == "bearer" else ""]
        return any(secrets.compare_digest(value.encode(), (self._token or "").encode()) for value in given if value)

    def _hand_over_cookie(self, scope: Scope, headers: Headers, params: QueryParams) -> Response:
        """Move the token from the address, which is seen and shared, into a cookie."""
        rest = urlencode([(name, value) for name, value in params.multi_items() if name != TOKEN_PARAMETER])
        path = "/" + scope["path"].lstrip("/\\")  # "//evil" would lead to another host
        response = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
        # Lax, not Strict: the address is often opened from a mail or a chat, and must lead somewhere.
        response.set_cookie(_cookie_name(headers), self._token or "", _COOKIE_SECONDS, httponly=True, samesite="lax")
        return response


def _in_origin_form(scope: Scope) -> Scope:
    """Return a request for `http://host/path` as one for `/path` of that host, whatever its Host header says.

    https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
    """
    match = _ABSOLUTE.fullmatch(scope["raw_path"])
    if not match:
        return scope
    host, raw_path = match[1], match[2] or b"/"
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    path = unquote(raw_path.decode("ascii"))
    return {**scope, "headers": [*headers, (b"host", host)], "raw_path": raw_path, "path": path}


def _is_foreign(method: str, headers: Headers) -> bool:
    """Tell whether another site makes a browser ask: any write, and any read but following a link."""
    site = headers.get("sec-fetch-site", "none")
    if site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
        return True
    if method in _SAFE_METHODS:
        return False
    origin = headers.get("origin")
    return site not in ("same-origin", "none") or (
        origin is not None and origin.partition("://")[2].lower() != headers["host"].lower()
    )


def _host_name(host: str) -> str | None:
    """Return the name of a Host header without its port, in lower case; None where it is not one."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or parts.username is not None or not parts.hostname:
        return None
    return parts.hostname.removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie_name(headers: Headers) -> str:
    """Browsers send a cookie to every port of a host: servers beside each other need names of their own."""
    return f"podindex_token_{urlsplit('//' + headers['host']).port or 80}"


def _token_cookie(headers: Headers) -> str:
    cookie, name = SimpleCookie(), _cookie_name(headers)
    try:
        cookie.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookie[name].value if name in cookie else ""


def _protective_headers(style_nonce: str) -> dict[str, str]:
    policy = [
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' 'nonce-{style_nonce}'",  # the waveform's own style sheet is inline in its shadow tree
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    return {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
