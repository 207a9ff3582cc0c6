"""The length that a WAV file's header declares, which av hides when the file is cut off. Pure."""

_RIFF_HEADER_BYTES = 12
_CHUNK_HEADER_BYTES = 8
_STREAMED_SIZES = frozenset({0, 0xFFFFFFFF})
"""Written by programs that did not know the length when they began."""


def declared_ms(head: bytes) -> int | None:
    """Return the length by the chunks `fmt ` and `data`, None where the header does not say it.

    Args:
        head: the beginning of the file, some kilobytes.
    """
    bytes_per_second = 0
    at = _RIFF_HEADER_BYTES
    while head[:4] == b"RIFF" and at + _CHUNK_HEADER_BYTES <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if name == b"fmt ":
            bytes_per_second = int.from_bytes(head[at + 16 : at + 20], "little")
        if name == b"data":
            return size * 1000 // bytes_per_second if bytes_per_second and size not in _STREAMED_SIZES else None
        at += _CHUNK_HEADER_BYTES + size + size % 2
    return None
