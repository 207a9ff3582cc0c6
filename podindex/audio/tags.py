"""Cleaning what tags say. Pure.

Tags come from strangers: they are cut to a sane length and lose every control character and every character that
reorders text, so that a title cannot steer a terminal or show as something that it is not.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from podindex import languages
from podindex.days import YEARS

MAX_LINE_LENGTH = 500
MAX_TEXT_LENGTH = 20_000

_LINE_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
# Embeddings, overrides and isolates of the bidirectional algorithm (UAX 9), and their ends. The plain marks (LRM, RLM,
# ALM) stay: Hebrew and Arabic titles need them, and they cannot reorder what stands around the title.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)


def fold_tags(*sources: Mapping[str, str]) -> dict[str, str]:
    """Merge tags of a container and its stream under lower-case names; the first that says something counts.

    Args:
        sources: bytes that are not UTF-8 stand in them as surrogates, as `surrogateescape` has it.
    """
    folded: dict[str, str] = {}
    for source in sources:
        for name, value in source.items():
            if value.strip():
                folded.setdefault(name.lower(), _decoded(value))
    return folded


def _decoded(value: str) -> str:
    """Read what is not UTF-8 anywhere as Windows-1252, which ID3v1 is in: Latin-1, and a little more.

    What is UTF-8 but for a few bytes, as where ID3v1 has cut it, stays: `clean_text` removes those.
    """
    try:
        raw = value.encode("ascii", errors="surrogateescape")
    except UnicodeEncodeError:
        return value
    return raw.decode("cp1252", errors="replace")


def first_line(tags: Mapping[str, str], names: Iterable[str]) -> str | None:
    """Return the first of these tags that holds text, as one clean line of at most `MAX_LINE_LENGTH` characters."""
    for name in names:
        text = " ".join(clean_text(tags.get(name, "")).split())
        if text:
            return text[:MAX_LINE_LENGTH].rstrip()
    return None


def first_text(tags: Mapping[str, str], names: Iterable[str]) -> str | None:
    """Return the first of these tags that holds text, cleaned, with its line breaks."""
    for name in names:
        if text := clean_text(tags.get(name, "")):
            return text
    return None


def clean_text(text: str) -> str:
    """Remove controls, reordering characters and lone surrogates; compose (NFC); cut to `MAX_TEXT_LENGTH`."""
    text = _LINE_BREAKS.sub("\n", text[: 4 * MAX_TEXT_LENGTH])
    text = _REORDERING.sub("", unicodedata.normalize("NFC", text))
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"})
    return "".join(kept).strip()[:MAX_TEXT_LENGTH].rstrip()


def parse_date(text: str) -> datetime | None:
    """Parse a tag's date as UTC: a year, a month, a day or an ISO time; None where it is none or cannot be true."""
    stripped = text.strip().replace("/", "-")
    if match := _YEAR_OR_MONTH.fullmatch(stripped):
        stripped = f"{match[1]}-{match[2] or '01'}-01"
    try:
        date = datetime.fromisoformat(stripped)
        date = date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return date.replace(microsecond=0) if date.year in YEARS else None


def parse_language(text: str) -> str | None:
    """Return the code that Whisper has for a tag's language; None where it names none, or one that nobody here knows.

    ID3 and MP4 write ISO 639-2 (`eng`, and `und` for none), Vorbis comments and Matroska all sorts.
    """
    try:
        return languages.parse_language(text)
    except ValueError:
        return None
