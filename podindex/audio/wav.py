"""The length that a WAV file's header declares, which av hides when the file is cut off. Pure."""

_RIFF_HEADER_BYTES = 12
_CHUNK_HEADER_BYTES = 8
_LEAST_PLACEHOLDER = 0x7FFFF000
"""Programs that did not know the length when they began write 0, or what is nearly the largest number: sox this,
others 0x7fffffff, 0xffffffff, or one of these less the header. A data chunk that claims as much and has less is as long
as the file."""


def declared_ms(head: bytes, file_bytes: int) -> int | None:
    """Return the length by the chunks `fmt ` and `data`, None where the header does not say it.

    Args:
        head: the beginning of the file, some kilobytes.
        file_bytes: how long the whole file is.
    """
    bytes_per_second = 0
    at = _RIFF_HEADER_BYTES
    while head[:4] == b"RIFF" and at + _CHUNK_HEADER_BYTES <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if name == b"fmt ":
            bytes_per_second = int.from_bytes(head[at + 16 : at + 20], "little")
        at += _CHUNK_HEADER_BYTES
        if name == b"data":
            if size >= _LEAST_PLACEHOLDER:
                size = min(size, max(0, file_bytes - at))
            return size * 1000 // bytes_per_second if bytes_per_second and size else None
        at += size + size % 2
    return None
