"""Which episode a file is.

I/O: reads audio files, their headers and orphaned transcripts; writes nothing.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from podindex.catalogue import Catalogue
from podindex.errors import AudioError, StoreError
from podindex.files import hash_file
from podindex.models import AudioInfo
from podindex.store import EpisodeStore


@dataclass(frozen=True)
class AudioFile:
    """A file that is brought in, and what is in it, read when it is first asked for.

    Attributes:
        path: as the user sees it, absolute.
    """

    path: Path

    @cached_property
    def sha256(self) -> str:
        """Of its content; `AudioError` where it cannot be read."""
        return hash_file(self.path)

    @cached_property
    def info(self) -> AudioInfo:
        """What its header and its tags say; `AudioError` where it is no audio."""
        from podindex.audio.probe import probe

        return probe(self.path)

    def is_same(self, other: "AudioFile") -> bool:
        """Tell whether it can be read and has the same content as another, which can."""
        sha256 = other.sha256
        with suppress(AudioError):
            return self.sha256 == sha256
        return False


class Recognition:
    """Tells which episode a file is, by the first of these that holds.

    1. An episode's audio has this content: it is this episode. The file was moved, or is a copy; it may also have got
       the name that another episode's had.
    2. An episode's audio is in this place: it is this episode, and has changed.
    3. A transcript without metadata was made of this content: it is the episode that has lost them.
    4. It is a new one.

    `find` looks at the first two, `find_orphan` at the third.
    """

    def __init__(self, store: EpisodeStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self.contents: dict[Path, str] = {}
        """The files that were found by their content, and its SHA-256."""

    def find(self, file: AudioFile) -> str | None:
        """Return the id of the episode that a file is by its content or its place."""
        if known_id := self._catalogue.find_by_sha256(file.sha256):
            self.contents |= dict.fromkeys((file.path, Path(os.path.realpath(file.path))), file.sha256)
        return known_id or self._catalogue.find_by_audio_path(file.path)

    def may_be_renamed(self, file: AudioFile) -> bool:
        """Tell whether a file that is an episode's by its place has a content that no episode has.

        Either it was changed, or it was renamed and a new file has its name; which of the two is known when all others
        have been taken.
        """
        with suppress(AudioError):  # whoever takes it says it
            is_in_place = self._catalogue.find_by_audio_path(file.path) is not None
            return is_in_place and self._catalogue.find_by_sha256(file.sha256) is None
        return False

    def find_orphan(self, file: AudioFile) -> str | None:
        """Return the id of the episode of which only a transcript is left, made of this file's content."""
        return self._orphans.get(file.sha256)

    @cached_property
    def _orphans(self) -> dict[str, str]:
        """The episodes of which only the transcript is left, by the audio that it was made of."""
        orphans: dict[str, str] = {}
        for path in self._store.iter_orphan_transcripts():
            episode_id = f"{path.parent.name}/{path.name.partition('.')[0]}"
            with suppress(StoreError):  # `check` says what is wrong with it
                if sha256 := self._store.load_transcript(episode_id).origin.audio_sha256:
                    orphans.setdefault(sha256, episode_id)
        return orphans
