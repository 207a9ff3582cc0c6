"""Telling from a file's first bytes what it is when it is not audio. Pure.

Downloads that failed leave web pages and feeds under audio names, and people drop playlists; saying which helps more
than "invalid data", and such a file never reaches a demuxer.
"""

# Beginnings, lower case, after a byte order mark and white space.
_TEXT_BEGINNINGS = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document, perhaps a feed"),
    (b"<rss", "a feed"),
    (b"#extm3u", "a playlist"),
    (b"[playlist]", "a playlist"),
    (b"<asx", "a playlist"),
    (b"ffconcat version", "a list of files for ffmpeg"),
    (b"v=0\r", "a session description (SDP)"),
    (b"v=0\n", "a session description (SDP)"),
)
_BINARY_BEGINNINGS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
# Signatures and where they stand; "sync" of mp3 and ADTS is left out, as any bytes may look like it.
_AUDIO_SIGNATURES = (
    (0, b"ID3"),
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"RIFF"),
    (0, b"RF64"),
    (0, b"\x1aE\xdf\xa3"),  # EBML: Matroska, WebM
    (4, b"ftyp"),  # MP4
)
_TEXT_CONTROLS = b"\t\n\v\f\r\x1b"


def foreign_kind(head: bytes) -> str | None:
    """Name what a file is that begins like this, or return None where it may be audio."""
    for beginning, kind in _BINARY_BEGINNINGS:
        if head.startswith(beginning):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, kind in _TEXT_BEGINNINGS:
        if text.startswith(beginning):
            return kind
    return "a text file" if _is_text(head) else None


def has_audio_signature(head: bytes) -> bool:
    """Tell whether a file that begins like this was meant to be one of the containers we read."""
    return any(head[at : at + len(signature)] == signature for at, signature in _AUDIO_SIGNATURES)


def _is_text(head: bytes) -> bool:
    """Tell whether every byte is part of UTF-8 text; a character cut off at the end is forgiven."""
    if any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.end == len(head) and error.reason == "unexpected end of data"
    return True
