"""From the files that a user names to episodes: what is new, what is known, what has changed.

I/O: reads audio headers, writes metadata and publishers' transcripts through the store.

A file is taken in three steps, each in a module of its own:

1. `recognition.py`: which episode is it?
2. `deciding.py`: what is to be done? Until then nothing is written.
3. `registrar.py`: it is done. An episode that keeps its transcript is settled: what is new of its metadata is saved,
   and what attempts to transcribe it have left goes. Any other is registered, to be transcribed, or it is given a
   publisher's transcript and settled.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from podindex.catalogue import Catalogue
from podindex.config import Settings
from podindex.errors import AudioError, FormatError, PodindexError, StoreError, explain
from podindex.files import is_being_written, named
from podindex.ingest import Job
from podindex.intake.deciding import Decider, Decision, IntakeOptions
from podindex.intake.publisher import build_transcript, goes_on_after_audio, says_the_same
from podindex.intake.recognition import AudioFile, Recognition
from podindex.intake.registrar import Registrar
from podindex.intake.remarks import Remarks
from podindex.models import EpisodeOutcome
from podindex.retries import next_try
from podindex.store import EpisodeStore

__all__ = ["Intake", "IntakeOptions"]

T = TypeVar("T")


def _failed(path: Path | None, error: PodindexError, episode_id: str | None = None) -> EpisodeOutcome:
    """Describe a failure as the outcome of a path."""
    return EpisodeOutcome(path, episode_id, "failed", error=error.info)


class Intake:
    """Registers audio files as episodes and says which of them are to be transcribed."""

    def __init__(self, store: EpisodeStore, catalogue: Catalogue, options: IntakeOptions) -> None:
        self._store = store
        self._catalogue = catalogue
        self._options = options
        self._recognition = Recognition(store, catalogue)
        self._decider = Decider(store, catalogue, self._recognition, options)
        self._registrar = Registrar(store, catalogue)
        self._begun: dict[str, int | None] = {}
        """The episodes that this run makes or has to transcribe, and how long each is by its header, in ms."""
        self.remarks = Remarks()
        """What else is to be said of what was taken."""
        catalogue.refresh()  # another process may have added episodes since this library was opened

    # --- which files, in which order ------------------------------------------------------------------------------

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
            (self.remarks.growing if is_being_written(path) else whole).append(path)
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

    def take_unfinished(self) -> Iterator[Job | EpisodeOutcome]:
        """Yield the episodes that an earlier run did not finish, but not too soon those that have failed before."""
        now = datetime.now(UTC)
        for summary in self._catalogue.summaries():
            due = next_try(self._store, summary)
            if due is None or summary.audio_path is None or summary.episode_id in self._begun:
                continue
            if now < due:
                self.remarks.waiting.append(due)
                continue
            try:
                request = self._store.checkpoints(summary.episode_id).load_request()
            except StoreError as error:  # without it, it would be transcribed in another way
                yield _failed(summary.audio_path, error, summary.episode_id)
                continue
            item = self.take(summary.audio_path, request=request)
            if isinstance(item, EpisodeOutcome):
                item = replace(item, episode_id=summary.episode_id)
                if item.error:
                    self._store.checkpoints(summary.episode_id).record_failure(item.error)
            yield item

    def iter_unreadable(self) -> Iterator[EpisodeOutcome]:
        """Yield the episodes that nothing can be done with until a person has mended their files."""
        for summary in self._catalogue.summaries():
            if summary.is_unreadable and summary.episode_id not in self._begun:
                yield EpisodeOutcome(summary.audio_path, summary.episode_id, "failed", error=summary.error)

    def conclude(self) -> Iterator[str]:
        """Do what only shows when all files have been looked at, and yield what is to be said of their episodes."""
        self.remarks.overwritten += self._part_overwritten()
        yield from self.remarks.on_episodes()

    def _part_overwritten(self) -> Iterator[str]:
        """Yield the episodes whose audio another's has been written over; they are left without, as if it were deleted.

        Theirs may be among the files that were taken, under another name.
        """
        contents = self._recognition.contents
        if not any(self._catalogue.iter_overwritten(contents)):
            return
        self._catalogue.refresh()  # what was taken since says where its audio is now
        for episode_id in list(self._catalogue.iter_overwritten(contents)):
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
        return _attempt(AudioFile(named(path)), partial(self._take, request=request))

    def _each(self, paths: Iterable[Path | AudioError], take: Callable[[AudioFile], T]) -> Iterator[T | EpisodeOutcome]:
        put_off = []
        for path in paths:
            if isinstance(path, AudioError):
                yield _failed(None, path)
                continue
            file = AudioFile(named(path))
            if self._recognition.may_be_renamed(file):
                put_off.append(file)
            else:
                yield _attempt(file, take)
        for file in put_off:
            yield _attempt(file, take)

    # --- one file -------------------------------------------------------------------------------------------------

    def _take(self, file: AudioFile, *, request: Settings | None = None) -> Job | EpisodeOutcome:
        known_id = self._recognition.find(file)
        if known_id in self._begun:
            return EpisodeOutcome(file.path, known_id, "unchanged", self._begun[known_id])  # the same audio named twice
        decision = self._decide(file, known_id, request=request)
        if known_id is None or not decision.keeps_transcript:
            self._begun[decision.episode.id] = decision.file.info.duration_ms
        if self._options.dry_run:
            return self._announce(decision)
        if decision.keeps_transcript:
            return self._registrar.settle(decision)
        return self._registrar.register(decision, request or self._options.request)

    def _take_unless_copy(self, file: AudioFile) -> Job | EpisodeOutcome | None:
        """Register a file; None where it is only a second copy of what an episode has."""
        item = self._take(file)
        return item if isinstance(item, Job) or self._catalogue.find_by_audio_path(file.path) else None

    def _take_with_transcript(self, file: AudioFile, source: Path, language: str | None) -> EpisodeOutcome:
        from podindex.formats import load_transcript

        started = time.monotonic()
        given = load_transcript(source)
        decision = self._decide(file, self._recognition.find(file))
        if not decision.keeps_transcript:
            if self._options.dry_run:
                return self._announce(decision)
            transcript = build_transcript(decision, given, source, language)
            if goes_on_after_audio(transcript):
                self.remarks.too_long.append(decision.episode.id)
            if transcript.language is None:
                self.remarks.without_language.append(decision.episode.id)
            outcome = self._registrar.give(decision, transcript)
            return replace(outcome, elapsed_s=round(time.monotonic() - started, 3))
        outcome = self._announce(decision) if self._options.dry_run else self._registrar.settle(decision)
        kept = self._store.load_transcript(decision.episode.id)
        if not says_the_same(kept.segments, given.segments):
            message = f"it already has another transcript: {source.name} was not used"
            error = FormatError("transcript-kept", message, "--force replaces it")
            return _failed(file.path, error, kept.episode_id)
        if language in (None, kept.language):
            return outcome
        if self._options.dry_run:
            return replace(outcome, status="pending")
        self._registrar.correct_language(kept, language)
        return replace(outcome, status="done")

    def _decide(self, file: AudioFile, known_id: str | None, *, request: Settings | None = None) -> Decision:
        replaces = self._options.force or request is not None
        decision = self._decider.decide(file, known_id, replaces=replaces, reserved=self._begun)
        if decision.is_outdated:
            self.remarks.outdated.append(decision.episode.id)
        if decision.is_misleading:
            self.remarks.misleading.append(decision.file.path)
        return decision

    def _announce(self, decision: Decision) -> EpisodeOutcome:
        """Say what would be done, in a dry run."""
        self._catalogue.remember(decision.episode.id, decision.file.path, decision.file.sha256)
        if decision.keeps_transcript:
            return EpisodeOutcome(decision.file.path, decision.episode.id, "unchanged", decision.episode.duration_ms)
        return EpisodeOutcome(decision.file.path, decision.episode.id, "pending", decision.file.info.duration_ms)


def _attempt(file: AudioFile, take: Callable[[AudioFile], T]) -> T | EpisodeOutcome:
    try:
        return take(file)
    except Exception as error:  # noqa: BLE001  # whatever a decoder makes of it, the other files go on
        return _failed(file.path, explain(error))
