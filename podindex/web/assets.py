"""Scripts, styles and pictures of the pages. I/O: reads `static/` once, when the server starts.

The address of every asset holds a fingerprint of all of them, so browsers keep them for good, and an import such as
`./player.js` inside a script finds the version it belongs to.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import Response

from podindex.errors import RequestError
from podindex.web.respond import accepts_gzip, knows

STATIC_DIR = Path(__file__).parent / "static"

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
# Static imports of our own modules, as they are written here.
_IMPORT = re.compile(r"""^(?:import|export)\b[^;"']*["']\./([\w./-]+\.js)["'];""", re.MULTILINE)
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    gzipped: bytes
    media_type: str


class Assets:
    """All of them in memory: together some 200 kB."""

    def __init__(self) -> None:
        self._assets: dict[str, _Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(STATIC_DIR.rglob("*")):
            if path.suffix in _MEDIA_TYPES:
                body = path.read_bytes()
                name = path.relative_to(STATIC_DIR).as_posix()
                self._assets[name] = _Asset(body, gzip.compress(body, mtime=0), _MEDIA_TYPES[path.suffix])
                digest.update(f"{name} {len(body)} ".encode() + body)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return an asset's address."""
        if name not in self._assets:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def imports(self, name: str) -> list[str]:
        """Return the modules that a module imports, directly or by others: a browser may fetch them all at once."""
        found: list[str] = []
        waiting = [name]
        while waiting:
            module = waiting.pop()
            base = PurePosixPath(module).parent
            for match in _IMPORT.finditer(self._assets[module].body.decode()):
                imported = (base / match[1]).as_posix()
                if imported not in found:
                    found.append(imported)
                    waiting.append(imported)
        return found

    def respond(self, request: Request) -> Response:
        """Answer a request for an asset; a page of an older version gets today's, and does not keep it."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise RequestError("no-such-page", "there is no such file", "reload the page")
        current = request.path_params["version"] == self.version
        headers = {
            "etag": f'W/"{self.version}"',
            "cache-control": _FOR_GOOD if current else "no-cache",
            "vary": "accept-encoding",
        }
        if knows(request.headers, headers["etag"]):
            return Response(status_code=304, headers=headers)
        body = asset.body
        if accepts_gzip(request.headers):
            body, headers["content-encoding"] = asset.gzipped, "gzip"
        return Response(body, headers=headers, media_type=asset.media_type)
