"""Where the memory of numpy's arrays comes from. I/O: the C library's allocator."""

import ctypes
from functools import cache

# Numbers of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 64 << 20
_LARGEST_KEPT_BYTES = 32 << 20  # the most that glibc takes


@cache
def keep_freed_memory() -> None:
    """Let the process keep some freed memory instead of giving it back at once, where the C library can.

    A search for common words takes and frees arrays of megabytes by the dozen. Given back each time, their memory has
    to be mapped and cleared anew, which is a fifth of such a search's time.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's
    if set_option:
        set_option(_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)
        set_option(_TRIM_THRESHOLD, _KEPT_BYTES)
