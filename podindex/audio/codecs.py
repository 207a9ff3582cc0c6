"""Which decoders the bundled FFmpeg libraries have. I/O: asks av."""

import av

# One for each kind of file that podindex takes; names of libavcodec's decoders.
_NEEDED = ("mp3", "aac", "alac", "vorbis", "opus", "flac", "pcm_s16le")


def missing_codecs() -> list[str]:
    """Return the decoders that podindex would need and this machine's libraries lack; usually none."""
    return sorted(set(_NEEDED) - av.codecs_available)
