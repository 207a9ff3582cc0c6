"""Where an Ogg file goes on with other sound. I/O: the file it is given.

Ogg files may be put one behind another (RFC 3533, section 4: chaining). FFmpeg goes on from one link to the next where
codec, rate and channels stay the same.
"""

import re
from typing import BinaryIO

_MOST_PAGE_BYTES = 65_307
# A page of version 0 that begins a stream, and perhaps ends it, too (RFC 3533, section 6).
_FIRST_PAGE = re.compile(rb"OggS\x00[\x02\x06]")


def find_link(file: BinaryIO, after_bytes: int) -> int | None:
    """Return where the next link begins, None where none begins soon.

    Args:
        file: the whole file.
        after_bytes: where the last page begins that could be read; its packet may reach into the next.

    Raises:
        OSError: it cannot be read.
    """
    file.seek(after_bytes + 1)
    match = _FIRST_PAGE.search(file.read(2 * _MOST_PAGE_BYTES))
    return after_bytes + 1 + match.start() if match else None
