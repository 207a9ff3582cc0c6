"""Sound with byte ranges, so that a player can start anywhere. I/O: the audio file.

One range is answered with 206. Several, or a header that is none, are answered with the whole file, as RFC 9110 allows:
no player asks for several, and answering them is how servers have been made to work for nothing.
"""

import os
import re
import stat
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from podindex.atomic import is_refusal
from podindex.audio.derived import file_version
from podindex.errors import AudioError, RequestError
from podindex.files import unreadable
from podindex.library import Library
from podindex.store import audio_gone
from podindex.web.api import id_of
from podindex.web.respond import error_answer, knows

# By the names that files of podcasts have; Python's `mimetypes` knows half of them, and differs between machines.
MEDIA_TYPES = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mka": "audio/x-matroska",
    ".mkv": "video/x-matroska",
    ".mp3": "audio/mpeg",
    ".mp4": "audio/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "audio/webm",
}

_LAST_S = 253_402_300_799
"""The end of the year 9999: no date is later, but times of files are, such as Windows' own last, in 30828."""

_RANGE = re.compile(rb"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)


def parse_range(header: bytes, size_bytes: int) -> tuple[int, int] | None:
    """Read a Range header.

    Returns:
        The first byte and the one after the last; None where there is not exactly one range, or it makes no sense.

    Raises:
        RequestError: `bad-range`: it lies outside the file.
    """
    match = _RANGE.fullmatch(header)
    if not match or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, end = max(0, size_bytes - int(match[2])), size_bytes
    else:
        start, end = int(match[1]), min(int(match[2] or size_bytes) + bool(match[2]), size_bytes)
        if match[2] and int(match[2]) < start:
            return None
    if start >= size_bytes:
        raise RequestError("bad-range", f"the file has {size_bytes} bytes", "ask for a part of it")
    return start, end


def audio_url(episode_id: str, path: Path) -> str:
    """Return the address of an episode's audio, which changes with the file.

    At the same address Firefox joins what it has kept of the old file with parts of the new one, even after a reload.
    """
    version = file_version(path)  # None: it has just gone, which is said to whoever asks for it
    return f"/audio/{episode_id}" + (f"?v={version}" if version else "")


def respond_with_audio(library: Library, request: Request) -> Response:
    """Answer a request for an episode's sound."""
    episode_id = id_of(request)
    path = library.playable_audio_path(episode_id)
    if path is None:
        raise audio_gone(episode_id)
    try:
        status = path.stat()
        with path.open("rb"):  # what may not be read is said now, not in the middle of an answer
            pass
    except OSError as error:
        if is_refusal(error):
            raise unreadable(path, error) from error
        raise audio_gone(episode_id) from error
    if not stat.S_ISREG(status.st_mode) or not _is_audio(path, (status.st_ino, status.st_size, status.st_mtime_ns)):
        raise audio_gone(episode_id)
    return _file_answer(request, path, status)


@lru_cache(maxsize=1024)
def _is_audio(path: Path, stamp: tuple[int, ...]) -> bool:  # noqa: ARG001  a replaced file is looked at again
    """Tell whether a file holds sound, damaged or not: metadata may come from anybody and name any file."""
    from podindex.audio.source import open_source

    try:
        with open_source(path):
            return True
    except AudioError as error:
        if error.code == "audio-unreadable":  # says nothing of what it holds, and perhaps not for long
            raise
        return error.code != "audio-not-audio"


def _is_as_old(asked: Headers, file: Headers) -> bool:
    """Tell whether a file is no newer than the copy of somebody who knows only dates, such as wget.

    https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3
    """
    try:
        since = parsedate_to_datetime(asked.get("if-modified-since", ""))
        return "if-none-match" not in asked and parsedate_to_datetime(file["last-modified"]) <= since
    except (TypeError, ValueError, OverflowError):  # no date, or one without a zone
        return False


def datable(status: os.stat_result) -> os.stat_result:
    """Return a file's status with a time that a header can say."""
    if status.st_mtime <= _LAST_S:
        return status
    return os.stat_result((*status[: stat.ST_MTIME], _LAST_S, status[stat.ST_CTIME]))


def _file_answer(request: Request, path: Path, status: os.stat_result) -> Response:
    headers = {"cache-control": "private, no-cache", "content-disposition": "inline"}
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    response = FileResponse(path, headers=headers, media_type=media_type, stat_result=datable(status))
    if knows(request.headers, response.headers["etag"]) or _is_as_old(request.headers, response.headers):
        kept = {name: response.headers[name] for name in ("etag", "cache-control", "last-modified")}
        return Response(status_code=304, headers=kept)
    header = request.headers.get("range")
    if header is not None:
        versions = (None, response.headers["etag"], response.headers["last-modified"])
        # RFC 9110, 14.2: a part of what is unchanged, and of GET alone; HEAD asks about the whole.
        wants_part = request.method == "GET" and request.headers.get("if-range") in versions
        try:
            wanted = parse_range(header.encode("latin-1"), status.st_size) if wants_part else None
        except RequestError as error:
            return error_answer(error, {"content-range": f"bytes */{status.st_size}"})
        # What is left for Starlette to read is one plain range, or none.
        plain = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
        if wanted:
            plain.append((b"range", f"bytes={wanted[0]}-{wanted[1] - 1}".encode()))
        request.scope["headers"] = plain
    return response
