"""What names of files and folders say of an episode, for files whose tags say nothing.

Pure.
"""

import re
from itertools import chain, takewhile
from pathlib import Path

# Folders within a show's: 2023, 2023-05, 05, Season 2, S02, CD1. Podcasts are called 1619, but none of these.
_PART_OF_SHOW = re.compile(
    r"(?:19|20)\d\d(?:[-_. ]\d\d)?|\d\d?|(?:s|season|series|saison|staffel|temporada|cd|disc|disk)[-_. ]*\d{1,4}",
    re.IGNORECASE,
)


def title_of(path: Path) -> str:
    """Return the title that a file's name is."""
    return _as_tag(path.stem) or "Untitled"


def show_of(path: Path, root: Path) -> str:
    """Return what the folder of a show is called: not one of a year, a season or a disc within it.

    Args:
        path: an audio file.
        root: the folder episodes/, which is no show's.
    """
    folders = takewhile(lambda folder: folder != root, path.parents)
    names = [name for folder in folders if (name := _as_tag(folder.name))]
    return next(chain((name for name in names if not _PART_OF_SHOW.fullmatch(name)), names, ["Unsorted"]))


def _as_tag(name: str) -> str | None:
    """Return the name of a file or folder as a tag would say it: strangers name files as well."""
    from podindex.audio.tags import first_line, fold_tags

    return first_line(fold_tags({"name": name}), ["name"])
