"""From the paths that a user names to episodes: what is new, what is known, what has changed.

I/O: reads audio headers, writes metadata through the store.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import chain, takewhile
from pathlib import Path
from typing import TypeVar

from podindex import __version__
from podindex.catalogue import Catalogue
from podindex.config import Settings
from podindex.errors import AudioError, FormatError, PodindexError, StoreError, explain
from podindex.files import has_content, hash_file, is_being_written, named
from podindex.ingest import Job
from podindex.models import (
    AudioInfo,
    AudioRef,
    Episode,
    EpisodeOutcome,
    Origin,
    Segment,
    Transcript,
)
from podindex.retries import next_try
from podindex.slugs import slugify
from podindex.store import EpisodeStore, plain_id

T = TypeVar("T")

# Folders within a show's: 2023, 2023-05, 05, Season 2, S02, CD1. Podcasts are called 1619, but none of these.
_PART_OF_SHOW = re.compile(
    r"(?:19|20)\d\d(?:[-_. ]\d\d)?|\d\d?|(?:s|season|series|saison|staffel|temporada|cd|disc|disk)[-_. ]*\d{1,4}",
    re.IGNORECASE,
)


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


def failed(path: Path | None, error: PodindexError, episode_id: str | None = None) -> EpisodeOutcome:
    """Describe a failure as the outcome of a path."""
    return EpisodeOutcome(path, episode_id, "failed", error=error.info)


class Intake:
    """Registers audio files as episodes and says which of them are to be transcribed."""

    def __init__(self, store: EpisodeStore, catalogue: Catalogue, options: IntakeOptions) -> None:
        self._store = store
        self._catalogue = catalogue
        self._options = options
        self._seen: dict[str, int | None] = {}
        """The episodes that were enlisted, and how long each is by its header, in ms."""
        self._hashes: dict[Path, str] = {}
        """SHA-256 of the files that were looked at and not yet taken."""
        self._known: dict[Path, str] = {}
        """SHA-256 of the files that were taken and that an episode had already."""
        self._keep_first: Callable[[Job], Episode] | None = None
        """Saves the transcript that is given for a job, before its episode is registered."""
        self.waiting: list[datetime] = []
        """When the failed episodes are due that `take_unfinished` has passed over."""
        self.growing: list[Path] = []
        """Files that `take_library` has passed over, because a program still writes to them."""
        self.misleading: list[Path] = []
        """New files in which players miss the time that they are sent to."""
        self.outdated: list[str] = []
        """Episodes of which the audio has changed and the publisher's transcript was kept."""
        self.too_long: list[str] = []
        """Episodes whose publisher's transcript goes on where their audio has ended."""
        self.without_language: list[str] = []
        """Episodes that got a publisher's transcript of which nobody says in what language it is."""
        catalogue.refresh()  # another process may have added episodes since this library was opened

    def take_all(self, paths: Iterable[Path | AudioError]) -> Iterator[Job | EpisodeOutcome]:
        """Register files, one after the other as they are asked for; what could not be looked into has failed."""
        yield from self._each(paths, self._take)

    def take_library(self) -> Iterator[Job | EpisodeOutcome]:
        """Register the audio below episodes/ that belongs to no episode or has changed, and is whole.

        Second copies of an episode's audio are passed over: with them there is nothing to do, now or ever.
        """
        loose = (path for path in self._store.iter_loose_audio() if self._catalogue.find_by_audio_path(path) is None)
        whole: list[Path] = []
        for path in [*loose, *self._catalogue.iter_changed_audio()]:
            (self.growing if is_being_written(path) else whole).append(path)
        yield from (item for item in self._each(whole, self._take_unless_copy) if item is not None)

    def take_with_transcript(
        self, paths: Iterable[Path | AudioError], source: Path, language: str | None
    ) -> Iterator[EpisodeOutcome]:
        """Register a file and give it a publisher's transcript; nothing is registered where that cannot be used.

        Args:
            paths: a single file.
            source: a VTT, SRT or JSON file.
            language: what is spoken, where the user says so.

        Yields:
            The outcome: `done`; `unchanged` where this transcript is there already, in this language; `failed`, also
            where another one is there and `force` does not say that it is to be replaced (or, in a dry run, `pending`).
        """
        yield from self._each(paths, partial(self._take_with_transcript, source=source, language=language))

    def iter_unreadable(self) -> Iterator[EpisodeOutcome]:
        """Yield the episodes that nothing can be done with until a person has mended their files."""
        for summary in self._catalogue.summaries():
            if summary.is_unreadable and summary.episode_id not in self._seen:
                yield EpisodeOutcome(summary.audio_path, summary.episode_id, "failed", error=summary.error)

    def take_unfinished(self) -> Iterator[Job | EpisodeOutcome]:
        """Yield the episodes that an earlier run did not finish, but not too soon those that have failed before."""
        now = datetime.now(UTC)
        for summary in self._catalogue.summaries():
            due = next_try(self._store, summary)
            if due is None or summary.audio_path is None or summary.episode_id in self._seen:
                continue
            if now < due:
                self.waiting.append(due)
                continue
            item = self.take(summary.audio_path, request=self._store.load_request(summary.episode_id))
            if isinstance(item, EpisodeOutcome):
                item = replace(item, episode_id=summary.episode_id)
                if item.error:
                    self._store.record_failure(summary.episode_id, item.error)
            yield item

    def part_overwritten(self) -> Iterator[str]:
        """Yield the episodes whose audio another's has been written over; they are left without, as if it were deleted.

        Call it when all files have been looked at: theirs may be among them under another name.
        """
        if not any(self._catalogue.iter_overwritten(self._known)):
            return
        self._catalogue.refresh()  # what was taken since says where its audio is now
        for episode_id in list(self._catalogue.iter_overwritten(self._known)):
            with suppress(StoreError):  # it is damaged, and said to be
                self._store.save_episode(replace(self._store.load_episode(episode_id), audio=None))
                yield episode_id

    def take(self, path: Path, *, request: Settings | None = None) -> Job | EpisodeOutcome:
        """Register one file.

        Args:
            path: an audio file.
            request: how an earlier run was asked to transcribe it, and has not; a transcript is replaced then.

        Returns:
            A job where the file is to be transcribed, else the outcome: `unchanged` or `failed` (or, in a dry run,
            `pending` for what would be transcribed).
        """
        return self._attempt(path, partial(self._take, request=request))

    def _each(self, paths: Iterable[Path | AudioError], take: Callable[[Path], T]) -> Iterator[T | EpisodeOutcome]:
        put_off = []
        for path in paths:
            if isinstance(path, AudioError):
                yield failed(None, path)
            elif self._may_be_renamed(path):
                put_off.append(path)
            else:
                yield self._attempt(path, take)
        for path in put_off:
            yield self._attempt(path, take)

    def _may_be_renamed(self, path: Path) -> bool:
        """Tell whether a file that is an episode's has a content that no episode has.

        Either it was changed, or it was renamed and a new file has its name; which of the two is known when all others
        have been looked at.
        """
        path = named(path)
        if self._catalogue.find_by_audio_path(path) is None:
            return False
        with suppress(PodindexError):
            self._hashes[path] = sha256 = hash_file(path)
            return self._catalogue.find_by_sha256(sha256) is None
        return False

    def _attempt(self, path: Path, take: Callable[[Path], T]) -> T | EpisodeOutcome:
        path = named(path)
        try:
            return take(path)
        except Exception as error:  # noqa: BLE001  # whatever a decoder makes of it, the other files go on
            return failed(path, explain(error))

    def _take(self, path: Path, *, request: Settings | None = None) -> Job | EpisodeOutcome:
        sha256 = self._hashes.pop(path, "") or hash_file(path)
        # By its content first: a file may have got the name that another episode's had.
        known_id = self._catalogue.find_by_sha256(sha256)
        if known_id:
            self._known |= dict.fromkeys((path, Path(os.path.realpath(path))), sha256)
        known_id = known_id or self._catalogue.find_by_audio_path(path)
        if known_id is None:
            return self._add_new(path, sha256)
        if known_id in self._seen:
            return EpisodeOutcome(path, known_id, "unchanged", self._seen[known_id])  # the same audio named twice
        return self._take_known(path, sha256, self._store.load_episode(known_id), request)

    def _take_unless_copy(self, path: Path) -> Job | EpisodeOutcome | None:
        """Register a file; None where it is only a second copy of what an episode has."""
        item = self._take(path)
        return item if isinstance(item, Job) or self._catalogue.find_by_audio_path(path) else None

    def _take_with_transcript(self, path: Path, source: Path, language: str | None) -> EpisodeOutcome:
        from podindex.formats import load_transcript

        started = time.monotonic()
        given = load_transcript(source)
        # Saved before the episode is registered: `sync` transcribes episodes that have no transcript.
        self._keep_first = lambda job: self._keep_given(job, source, given.segments, language or given.language)
        item = self._take(path)
        if isinstance(item, Job):
            # Left by an attempt to transcribe it.
            self._store.clear_chunks(item.episode.id)
            self._store.clear_failure(item.episode.id)
            elapsed_s = round(time.monotonic() - started, 3)
            duration_ms = item.header_duration_ms
            return EpisodeOutcome(
                item.path, item.episode.id, "done", duration_ms, elapsed_s, resumed_ms=duration_ms or 0
            )
        if item.status != "unchanged" or item.episode_id is None:
            return item
        kept = self._store.load_transcript(item.episode_id)
        if _content(kept.segments) != _content(given.segments):
            message = f"it already has another transcript: {source.name} was not used"
            return failed(path, FormatError("transcript-kept", message, "--force replaces it"), item.episode_id)
        if language in (None, kept.language):
            return item
        if not self._options.dry_run:
            self._store.save_episode(replace(self._store.load_episode(item.episode_id), language=language))
            self._store.save_transcript(replace(kept, language=language))
        return replace(item, status="pending" if self._options.dry_run else "done")

    def _keep_given(self, job: Job, source: Path, segments: tuple[Segment, ...], language: str | None) -> Episode:
        """Save a transcript and return the episode as it is with that."""
        origin = Origin(
            kind="publisher",
            created=datetime.now(UTC).replace(microsecond=0),
            podindex=__version__,
            timing="word" if all(segment.words is not None for segment in segments) else "cue",
            options={"file": source.name},
            audio_sha256=job.audio_sha256,
            audio_duration_ms=job.header_duration_ms,
        )
        if segments and job.header_duration_ms is not None and segments[-1].start_ms >= job.header_duration_ms:
            self.too_long.append(job.episode.id)
        language = language or job.episode.language
        if language is None:
            self.without_language.append(job.episode.id)
        self._store.save_transcript(Transcript(job.episode.id, language, segments, origin))
        return replace(job.episode, language=language, real_time_factor=None)  # that of a transcript it had before

    def _add_new(self, path: Path, sha256: str) -> Job | EpisodeOutcome:
        from podindex.audio.probe import probe

        info = probe(path)
        show = self._options.show or info.show or self._folder_name(path)
        title = self._options.title or info.title or _line(path.stem) or "Untitled"
        former_id = self._orphans.get(sha256)
        episode = Episode(
            id=former_id
            or self._store.new_id(
                show, title, audio_name=self._left_copy(show, title, path, sha256) or path.name, reserved=self._seen
            ),
            show=show,
            title=title,
            published=self._options.published or info.published,
            language=info.language,
            duration_ms=info.duration_ms,
            description=info.description or "",
            chapters=info.chapters,
        )
        if former_id:
            self._seen[former_id] = info.duration_ms
            return self._take_known(path, sha256, episode, None)
        self._notice_misleading(path)
        return self._enlist(episode, path, sha256, info)

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

    def _left_copy(self, show: str, title: str, path: Path, sha256: str) -> str | None:
        """Return the name of the file's copy that a run has left which was killed before it saved the metadata."""
        copy = self._store.copy_path(plain_id(show, title), path)
        return copy.name if self._options.copy and copy.exists() and has_content(copy, sha256) else None

    def _take_known(self, path: Path, sha256: str, episode: Episode, request: Settings | None) -> Job | EpisodeOutcome:
        current_path = self._store.audio_path(episode)
        changed = episode.audio is None or episode.audio.sha256 != sha256
        if current_path not in (None, path) and not changed and has_content(current_path, sha256):
            path = current_path  # a second copy of what is here
        renamed = self._renamed(episode)
        redo = self._options.force or request is not None
        if self._is_transcribed(episode.id, sha256, redo=redo) and not redo:
            if changed:
                self._notice_misleading(path)
                if episode.audio:
                    self.outdated.append(episode.id)
            if not self._options.dry_run:
                if renamed != episode or changed or path != current_path or self._is_to_copy(path):
                    _, path = self._save(renamed, path, sha256)
                # Left by a kill right after the transcript was saved, or by a try that was to replace it.
                self._store.clear_chunks(episode.id)
                self._store.clear_failure(episode.id)
            self._catalogue.remember(episode.id, path, sha256)
            return EpisodeOutcome(path, episode.id, "unchanged", episode.duration_ms)
        from podindex.audio.probe import probe

        info = probe(path)
        if changed:
            self._notice_misleading(path)
            renamed = replace(renamed, duration_ms=info.duration_ms)
        return self._enlist(renamed, path, sha256, info, request)

    def _enlist(
        self, episode: Episode, path: Path, sha256: str, info: AudioInfo, request: Settings | None = None
    ) -> Job | EpisodeOutcome:
        self._seen[episode.id] = info.duration_ms
        if self._options.dry_run:
            self._catalogue.remember(episode.id, path, sha256)
            return EpisodeOutcome(path, episode.id, "pending", info.duration_ms)
        request = request or self._options.request
        job = Job(episode, path, sha256, info.duration_ms, request)
        if self._keep_first:
            episode = self._keep_first(job)
        episode, path = self._save(episode, path, sha256)
        self._catalogue.remember(episode.id, path, sha256)
        if request:
            self._store.save_request(episode.id, request)
        else:
            self._store.clear_request(episode.id)
        return replace(job, episode=episode, path=path)

    def _save(self, episode: Episode, path: Path, sha256: str) -> tuple[Episode, Path]:
        """Save an episode with its audio, which is copied into the library first where that is asked for.

        Returns:
            It, and where its audio is now.
        """
        copy = self._store.copy_audio(episode.id, path) if self._is_to_copy(path) else None
        path = copy or path
        episode = replace(episode, audio=self._audio_ref(episode, path, sha256))
        try:
            self._store.save_episode(episode)
        except StoreError:
            if copy:
                copy.unlink(missing_ok=True)  # nobody would know whose it is
            raise
        return episode, path

    def _is_to_copy(self, path: Path) -> bool:
        return self._options.copy and not path.is_relative_to(self._store.root)

    def _notice_misleading(self, path: Path) -> None:
        from podindex.audio.seeking import is_seek_safe

        with suppress(AudioError):  # whoever decodes it will say more
            if not is_seek_safe(path):
                self.misleading.append(path)

    def _renamed(self, episode: Episode) -> Episode:
        options = self._options
        return replace(
            episode,
            show=options.show or episode.show,
            title=options.title or episode.title,
            published=options.published or episode.published,
        )

    def _is_transcribed(self, episode_id: str, sha256: str, *, redo: bool) -> bool:
        try:
            origin = self._store.load_transcript(episode_id).origin
        except StoreError as error:
            # A damaged one may be what a person was working on: theirs to mend, or to set aside. One that cannot be
            # replaced, such as a newer podindex's, is an error now, not after hours of work.
            if error.code != "no-transcript" and not (redo and error.code == "damaged-transcript"):
                raise
            return False
        return origin.is_of(sha256)

    def _folder_name(self, path: Path) -> str:
        """Return what the folder of a show is called: not one of a year, a season or a disc within it."""
        folders = takewhile(lambda folder: folder != self._store.root, path.parents)
        names = [name for folder in folders if (name := _line(folder.name))]
        name = next(chain((name for name in names if not _PART_OF_SHOW.fullmatch(name)), names, ["Unsorted"]))
        return self._shows.get(name, name) if path.is_relative_to(self._store.root) else name

    @cached_property
    def _shows(self) -> dict[str, str]:
        """The names of the shows, by what their folders are called."""
        shows = dict.fromkeys(each.show for each in self._catalogue.summaries())
        return {slugify(show, fallback=show): show for show in shows}

    def _audio_ref(self, episode: Episode, path: Path, sha256: str) -> AudioRef:
        """Refer to audio inside the library relatively, so that the library can be moved."""
        reference = str(path)
        if path.is_relative_to(self._store.root):
            reference = os.path.relpath(path, self._store.metadata_path(episode.id).parent)
        return AudioRef(reference, sha256, path.stat().st_size)


def _line(name: str) -> str | None:
    """Return the name of a file or folder as a tag would say it: strangers name files as well."""
    from podindex.audio.tags import first_line, fold_tags

    return first_line(fold_tags({"name": name}), ["name"])


def _content(segments: Sequence[Segment]) -> list[object]:
    """Return what is compared of a transcript: all but the probabilities, which are rounded when they are kept."""
    return [
        (segment.start_ms, segment.end_ms, segment.text, segment.speaker, [word[:3] for word in segment.words or ()])
        for segment in segments
    ]
