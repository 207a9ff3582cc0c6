"""The length that a WAV file's header declares, which av hides when the file is cut off. Pure."""

import struct

_RIFF_HEADER_BYTES = 12
_CHUNK_HEADER_BYTES = 8
_FORMAT_BYTES = 16
_UNCOMPRESSED = (1, 3)  # the codecs of integers and of floating point
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
            bytes_per_second = _bytes_per_second(head[at + _CHUNK_HEADER_BYTES :])
        at += _CHUNK_HEADER_BYTES
        if name == b"data":
            if size >= _LEAST_PLACEHOLDER:
                size = min(size, max(0, file_bytes - at))
            return size * 1000 // bytes_per_second if bytes_per_second and size else None
        at += size + size % 2
    return None


def _bytes_per_second(form: bytes) -> int:
    """Compute it as players do where each sample has as many bytes; only where not, believe what is written."""
    fields: tuple[int, ...] = struct.unpack_from("<HHIIHH", form.ljust(_FORMAT_BYTES, b"\0"))
    codec, channels, rate_hz, written, _, bits = fields
    sample_bytes = -(-bits // 8) if codec in _UNCOMPRESSED else 0
    return rate_hz * channels * sample_bytes or written
