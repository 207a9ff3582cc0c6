"""What is to be done with a file.

I/O: reads audio files, metadata and transcripts; writes nothing.

| the file is                              | what is saved of its episode                                   |
|------------------------------------------|----------------------------------------------------------------|
| its audio, where it was                  | nothing, unless the user gives it another name or wants a copy |
| its audio, and was moved                 | where it is now                                                |
| a second copy of its audio               | as if the first had been named                                 |
| other audio, where its own was           | that this is its audio now                                     |
| what a transcript without metadata is of | metadata as of a new episode, under the old id                 |
| none's                                   | metadata of a new episode                                      |

Whether it is transcribed, too, is another question: it is not where it keeps a transcript, which is one of this audio
or a publisher's, and nobody wants it replaced.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from podindex.catalogue import Catalogue
from podindex.config import Settings
from podindex.errors import AudioError, StoreError
from podindex.intake.naming import show_of, title_of
from podindex.intake.recognition import AudioFile, Recognition
from podindex.models import Episode
from podindex.slugs import slugify
from podindex.store import EpisodeStore, plain_id


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """What a user says of the episodes that are brought in."""

    show: str | None = None
    title: str | None = None
    published: datetime | None = None
    copy: bool = False
    """Keep a copy of the audio in the library."""
    force: bool = False
    """Transcribe again what has a transcript."""
    dry_run: bool = False
    """Write nothing; say what would be done."""
    request: Settings | None = None
    """How to transcribe, kept with each episode until it is done, so that `sync` finishes it in the same way; None: as
    `sync` would by itself."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a file."""

    file: AudioFile
    """The episode's audio: not the file that was named, where that is only a second copy."""
    episode: Episode
    """As it is to be saved, but for its audio."""
    keeps_transcript: bool
    """It has a transcript, which stays; else it is to be transcribed, or given one."""
    is_saved: bool
    """Its metadata say all of this already."""
    is_to_copy: bool
    """Its audio is to be copied into the library."""
    is_outdated: bool
    """Its audio has changed, and a publisher's transcript stays."""
    is_misleading: bool
    """Its audio is new, and players miss the time that they are sent to."""


class Decider:
    """Decides what is to be done with files."""

    def __init__(
        self, store: EpisodeStore, catalogue: Catalogue, recognition: Recognition, options: IntakeOptions
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._recognition = recognition
        self._options = options

    def decide(self, file: AudioFile, known_id: str | None, *, replaces: bool, reserved: Collection[str]) -> Decision:
        """Decide what is to be done with a file.

        Args:
            file: what was named.
            known_id: the episode that it is; None: it is new, or its metadata are lost.
            replaces: a transcript that it has is to be replaced.
            reserved: ids that no new episode may have.

        Raises:
            AudioError: it cannot be read, or is no audio.
            StoreError: its episode's files cannot be read, or its transcript not replaced.
        """
        before = self._store.load_episode(known_id) if known_id else self._describe(file, reserved)
        is_changed = before.audio is None or before.audio.sha256 != file.sha256
        own_path = self._store.audio_path(before)
        if own_path and own_path != file.path and not is_changed and (own := AudioFile(own_path)).is_same(file):
            file = own  # what was named is a second copy of it
        keeps_transcript = self._keeps_transcript(before.id, file.sha256, replaces=replaces)
        episode = self._renamed(before)
        if is_changed and not keeps_transcript:
            episode = replace(episode, duration_ms=file.info.duration_ms)
        is_to_copy = self._options.copy and not file.path.is_relative_to(self._store.root)
        return Decision(
            file=file,
            episode=episode,
            keeps_transcript=keeps_transcript,
            is_saved=episode == before and not is_changed and file.path == own_path and not is_to_copy,
            is_to_copy=is_to_copy,
            is_outdated=is_changed and keeps_transcript and before.audio is not None,
            is_misleading=is_changed and _is_misleading(file.path),
        )

    def _keeps_transcript(self, episode_id: str, sha256: str, *, replaces: bool) -> bool:
        try:
            origin = self._store.load_transcript(episode_id).origin
        except StoreError as error:
            # A damaged one may be what a person was working on: theirs to mend, or to set aside. One that cannot be
            # replaced, such as a newer podindex's, is an error now, not after hours of work.
            if error.code != "no-transcript" and not (replaces and error.code == "damaged-transcript"):
                raise
            return False
        return origin.is_of(sha256) and not replaces

    def _renamed(self, episode: Episode) -> Episode:
        options = self._options
        return replace(
            episode,
            show=options.show or episode.show,
            title=options.title or episode.title,
            published=options.published or episode.published,
        )

    def _describe(self, file: AudioFile, reserved: Collection[str]) -> Episode:
        """Build the metadata of a file for which there are none: from what the user, its tags and its names say."""
        options, info = self._options, file.info
        show = options.show or info.show or self._show_of_folder(file.path)
        title = options.title or info.title or title_of(file.path)
        return Episode(
            id=self._recognition.find_orphan(file) or self._new_id(show, title, file, reserved),
            show=show,
            title=title,
            published=options.published or info.published,
            language=info.language,
            duration_ms=info.duration_ms,
            description=info.description or "",
            chapters=info.chapters,
        )

    def _new_id(self, show: str, title: str, file: AudioFile, reserved: Collection[str]) -> str:
        audio_name = file.path.name
        if self._options.copy:
            copy_path = self._store.copy_path(plain_id(show, title), file.path)
            if AudioFile(copy_path).is_same(file):
                audio_name = copy_path.name  # left by a run that was killed before it saved the metadata
        return self._store.new_id(show, title, audio_name=audio_name, reserved=reserved)

    def _show_of_folder(self, path: Path) -> str:
        name = show_of(path, self._store.root)
        return self._shows.get(name, name) if path.is_relative_to(self._store.root) else name

    @cached_property
    def _shows(self) -> dict[str, str]:
        """The names of the shows, by what their folders are called."""
        shows = dict.fromkeys(each.show for each in self._catalogue.summaries())
        return {slugify(show, fallback=show): show for show in shows}


def _is_misleading(path: Path) -> bool:
    from podindex.audio.seeking import is_seek_safe

    try:
        return not is_seek_safe(path)
    except AudioError:  # whoever decodes it will say more
        return False
