"""Answers with what every answer should have: an ETag, gzip where it helps, errors in one form. Pure."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from podindex.errors import LibraryBusyError, NoLibraryError, PodindexError, RequestError
from podindex.views import error_json

# A smaller answer fits one network packet as it is.
_GZIP_FROM_BYTES = 1_200
# Level 6 takes twice the time of 4 and saves 3 % of a transcript.
_GZIP_LEVEL = 4

_STATUS_BY_CODE = {
    "no-such-episode": 404,
    "bad-episode-id": 404,
    "no-transcript": 404,
    "audio-gone": 404,
    "no-such-page": 404,
    "method-not-allowed": 405,
    "unknown-format": 400,
    "bad-range": 416,
    "token-needed": 401,
    "foreign-host": 403,
    "foreign-site": 403,
    "internal-error": 500,
}


def status_of(error: PodindexError) -> int:
    """Return the HTTP status that fits an error."""
    if error.code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[error.code]
    if isinstance(error, NoLibraryError):
        return 404
    if isinstance(error, LibraryBusyError):
        return 409
    return 400 if isinstance(error, RequestError) else 503


def json_answer(request: Request, document: Any, *, aside: Iterable[str] = ()) -> Response:  # noqa: ANN401  any JSON
    """Answer with a JSON document. It counts as unchanged whatever became of its fields named in `aside`."""
    body = _json(document)
    version = _json({**document, **dict.fromkeys(aside)}) if aside else body
    return answer(request, body, "application/json", version=version)


def error_answer(error: PodindexError, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with the object of every error."""
    return JSONResponse({"error": error_json(error.info)}, status_of(error), headers)


def answer(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    headers: dict[str, str] | None = None,
    version: bytes | None = None,
) -> Response:
    """Answer with a document that the browser keeps and asks about again before each use.

    `version` stands for the body where answers of different bytes are the same to whoever asked.
    """
    tag = hashlib.sha256(body if version is None else version).hexdigest()[:24]
    headers = {
        "etag": f'W/"{tag}"',  # weak: the same for gzip and plain
        "cache-control": "private, no-cache",
        "vary": "accept-encoding",
        **(headers or {}),
    }
    if knows(request.headers, headers["etag"]):
        return Response(status_code=304, headers=headers)
    if len(body) >= _GZIP_FROM_BYTES and accepts_gzip(request.headers):
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type=media_type)


def _json(document: Any) -> bytes:  # noqa: ANN401  any JSON
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def knows(headers: Headers, etag: str) -> bool:
    """Tell whether the browser's copy has this ETag."""
    known = headers.get("if-none-match", "")
    return known.strip() == "*" or etag.removeprefix("W/") in [
        tag.strip().removeprefix("W/") for tag in known.split(",")
    ]


def accepts_gzip(headers: Headers) -> bool:
    """Tell whether the browser takes gzip."""
    offers = [offer.replace(" ", "") for offer in headers.get("accept-encoding", "").lower().split(",")]
    return "gzip" in offers or any(offer.startswith("gzip;q=") and _float_or_0(offer[7:]) > 0 for offer in offers)


def _float_or_0(text: str) -> float:
    """Read a number; what is none is 0."""
    try:
        return float(text)
    except ValueError:
        return 0.0
