"""One run of `add` or `sync`: what is new is transcribed, and the index kept in step.

I/O: starts the workers and the indexing process.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from podindex import __version__, indexing
from podindex.config import Settings, load_glossary, peaks_dir
from podindex.errors import ConfigError, ModelError, PodindexError, StoreError
from podindex.hotwords import join_terms
from podindex.ingest import Job, Pipeline, Recipe
from podindex.models import EpisodeOutcome, Origin, TranscribeOptions
from podindex.progress import Progress
from podindex.slugs import slugify
from podindex.store import EpisodeStore

if TYPE_CHECKING:
    from podindex.transcribe.engine import Device
    from podindex.transcribe.models import ModelChoice

T = TypeVar("T", bound=Hashable)

# While a long batch runs, what is finished becomes searchable this often.
_INDEX_EVERY_S = 60.0


class Batch:
    """Transcribes and indexes what `Intake` has taken; the caller holds the store's writer lock."""

    def __init__(self, library_dir: Path, store: EpisodeStore, settings: Settings, progress: Progress) -> None:
        """Prepare one; `ConfigError` where the glossary of `podindex.toml` cannot be used."""
        self._library_dir = library_dir
        self._store = store
        self._settings = settings
        self._progress = progress
        self._glossary = load_glossary(library_dir)

    def run(self, taken: Iterable[Job | EpisodeOutcome]) -> Iterator[EpisodeOutcome]:
        """Yield what is already decided, transcribe the rest, and keep the index in step."""
        jobs = []
        for item in taken:
            if isinstance(item, Job):
                jobs.append(item)
            else:
                yield item
        with indexing.Indexer(self._library_dir, self._progress) as indexer:
            indexed = time.monotonic()
            if jobs:
                for outcome in self._transcribe(jobs):
                    yield outcome
                    if time.monotonic() - indexed > _INDEX_EVERY_S:
                        indexer.start()
                        indexed = time.monotonic()
            indexer.finish()

    def require_model(self) -> None:
        """Make sure that model and device are there, or can be had, without downloading anything.

        Raises:
            ModelError, ConfigError: as `run` would, as far as that is known before.
        """
        from podindex.transcribe.models import find_model

        find_model(self._settings.model, language=self._settings.language)
        _find_device(self._settings)

    def _transcribe(self, jobs: list[Job]) -> Iterator[EpisodeOutcome]:
        self._progress.begin_batch(len(jobs), sum(job.header_duration_ms or 0 for job in jobs))
        for settings, own in _group(jobs, lambda job: job.settings or self._settings).items():
            try:
                choice, device = self._choose(settings)
            except (ModelError, ConfigError) as error:
                if settings == self._settings:
                    self._withdraw_requests(own)
                    raise
                # An earlier run's request cannot be met any more: only its own episodes fail.
                yield from (self._fail(job, error) for job in own)
            else:
                yield from self._transcribe_with(settings, choice, device, own)

    def _withdraw_requests(self, jobs: list[Job]) -> None:
        """Forget what was asked for: what is refused now must not be done by a `sync` some day.

        Not where there is no transcript yet: without the request `sync` would transcribe the episode in another way.
        """
        for job in jobs:
            if not self._is_pending(job):
                self._store.checkpoints(job.episode.id).clear_request()

    def _is_pending(self, job: Job) -> bool:
        """Tell whether `sync` would transcribe an episode without a request."""
        try:
            return not self._store.load_transcript(job.episode.id).origin.is_of(job.audio_sha256)
        except StoreError as error:
            return error.code == "no-transcript"

    def _choose(self, settings: Settings) -> "tuple[ModelChoice, Device]":
        from podindex.transcribe.models import choose_model

        choice = choose_model(settings.model, language=settings.language, notify=self._progress.note)
        device = _find_device(settings)
        self._progress.note(f"model {choice.name}: {choice.reason}")
        return choice, device

    def _fail(self, job: Job, error: PodindexError) -> EpisodeOutcome:
        self._store.checkpoints(job.episode.id).record_failure(error.info)
        return EpisodeOutcome(job.path, job.episode.id, "failed", error=error.info)

    def _transcribe_with(
        self, settings: Settings, choice: "ModelChoice", device: "Device", jobs: list[Job]
    ) -> Iterator[EpisodeOutcome]:
        from podindex.transcribe.devices import resolve_compute_type
        from podindex.transcribe.models import fingerprint
        from podindex.transcribe.workers import WorkerPool

        compute_type = resolve_compute_type(settings.compute_type, device)
        if not (choice.multilingual or settings.language):
            self._note_other_languages(choice, jobs)
        for hotwords, own in self._by_hotwords(settings, jobs):
            options = TranscribeOptions(
                language=settings.language,
                compute_type=compute_type,
                beam_size=settings.beam_size,
                prompt=settings.prompt,
                hotwords=hotwords,
            )
            recipe = Recipe(
                origin=_origin(choice, options),
                fingerprint=fingerprint(choice, options),
                language=settings.language or (None if choice.multilingual else "en"),
                multilingual=choice.multilingual,
            )
            with WorkerPool(choice, options, workers=settings.workers, device=device) as pool:
                pipeline = Pipeline(
                    own,
                    recipe,
                    pool=pool,
                    store=self._store,
                    peaks_dir=peaks_dir(self._library_dir),
                    progress=self._progress,
                )
                yield from pipeline.run()

    def _note_other_languages(self, choice: "ModelChoice", jobs: list[Job]) -> None:
        """Say which episodes an English-only model will make nonsense of, as far as files say what is spoken."""
        others = [job for job in jobs if job.episode.language not in (None, "en")]
        if not others:
            return
        first = others[0].episode
        what = f"{first.id} is in another language by its tags"
        if len(others) > 1:
            what = f"{len(others)} episodes, such as {first.id}, are in another language by their tags"
        self._progress.note(
            f"{what} ({first.language}), and the model {choice.name} knows only English: "
            "choose one without .en, such as base, or give --language en"
        )

    def _by_hotwords(self, settings: Settings, jobs: list[Job]) -> Iterator[tuple[str | None, list[Job]]]:
        """Yield the jobs by their hotwords: those that have the same can be done by one pool of workers."""
        groups: dict[str | None, list[Job]] = {}
        for show, own in _group(jobs, lambda job: job.episode.show).items():
            terms = self._glossary.get(slugify(show, fallback=show), ())
            hotwords, left_out = join_terms(settings.hotwords, terms)
            if left_out:
                self._progress.note(f"the glossary of {show} is too long: the last {left_out} terms are left out")
            groups.setdefault(hotwords, []).extend(own)
        yield from groups.items()


def _find_device(settings: Settings) -> "Device":
    from podindex.transcribe.devices import count_gpus, resolve_device

    return resolve_device(settings.device, 0 if settings.device == "cpu" else count_gpus())


def _group(jobs: Iterable[Job], key: Callable[[Job], T]) -> dict[T, list[Job]]:
    groups: dict[T, list[Job]] = {}
    for job in jobs:
        groups.setdefault(key(job), []).append(job)
    return groups


def _origin(choice: "ModelChoice", options: TranscribeOptions) -> Origin:
    return Origin(
        kind="whisper",
        created=datetime.now(UTC).replace(microsecond=0),
        podindex=__version__,
        model=choice.name,
        model_sha256=choice.sha256,
        compute_type=options.compute_type,
        options={name: value for name, value in asdict(options).items() if value is not None},
    )
