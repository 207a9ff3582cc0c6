"""Where what is made from an episode's audio is kept, so that replaced audio has other files. I/O: looks at files."""

from contextlib import suppress
from pathlib import Path


def derived_path(cache_dir: Path, episode_id: str, audio_path: Path, suffix: str) -> Path:
    """Return the path for something made from audio as it is now: its size and time are part of the name.

    Args:
        cache_dir: a folder under index/.
        episode_id: its parts become a folder and the beginning of the file's name.
        audio_path: the audio; where it has just gone, whoever reads it will say so.
        suffix: of the file that is made.
    """
    show, _, slug = episode_id.partition("/")
    try:
        status = audio_path.stat()
    except OSError:
        return cache_dir / show / f"{slug}.gone{suffix}"
    return cache_dir / show / f"{slug}.{status.st_size:x}-{status.st_mtime_ns:x}{suffix}"


def remove_older(path: Path) -> None:
    """Remove what was made from the same episode's audio before it was replaced."""
    slug = path.name.partition(".")[0]
    with suppress(OSError):
        for other in path.parent.glob(f"{slug}.*{path.suffix}"):
            if other != path:
                other.unlink(missing_ok=True)
