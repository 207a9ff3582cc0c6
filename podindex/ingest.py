"""The pipeline from audio to stored transcripts: many episodes at once, and any instant may be the last.

I/O: reads audio, writes checkpoints and transcripts through the store, and the peaks of what it decodes. Decoding and
chunking run here, transcription in the worker processes; a chunk is written down the moment it is finished, so that a
run that dies loses at most the chunks in the workers' hands.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from podindex.errors import AudioError, StoreError, TranscribeError, explain
from podindex.files import shown
from podindex.models import (
    Chunk,
    ChunkResult,
    DecodeReport,
    Episode,
    EpisodeOutcome,
    ErrorInfo,
    Gap,
    Origin,
    OutcomeStatus,
    Transcript,
    real_time_factor,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from podindex.audio.decode import Decoder
    from podindex.config import Settings
    from podindex.progress import Progress
    from podindex.store import EpisodeStore

# Where in an episode to listen for its language: past the opening music, and twice more in case that is a jingle, too.
_LANGUAGE_PLACES = (0.1, 0.4, 0.7)
_LANGUAGE_WINDOW_MS = 30_000  # what Whisper looks at
_OPEN_EPISODES = 2  # one being decoded, one whose language is being detected meanwhile


class Transcriber(Protocol):
    """What the pipeline needs of `transcribe.workers.WorkerPool`."""

    @property
    def workers(self) -> int:
        """How many chunks are transcribed at the same time."""

    @property
    def capacity(self) -> int:
        """How many chunks are worth having in flight."""

    def submit(self, chunk: Chunk, language: str | None) -> "Future[ChunkResult]":
        """Transcribe a chunk in some worker."""

    def detect_language(self, windows: "Sequence[NDArray[np.int16]]") -> "Future[str]":
        """Detect the language spoken in most of the windows."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that is the same for all episodes of a batch."""

    origin: Origin
    """Model, weights and options; each transcript gets a copy with its own audio filled in."""
    fingerprint: str
    """Identifies weights and options: checkpoints with another fingerprint are not used."""
    language: str | None
    """None: detect, where the model knows more than one."""
    multilingual: bool


@dataclass(frozen=True, slots=True)
class Job:
    """An episode to transcribe."""

    episode: Episode
    path: Path
    audio_sha256: str
    header_duration_ms: int | None
    settings: "Settings | None" = None
    """How to transcribe it; None: as the batch it is in."""


@dataclass(slots=True)
class _Run:
    """A job in progress."""

    job: Job
    language: "Future[str] | None"
    decoder: "Decoder"
    chunks: Iterator[Chunk]
    finished: dict[int, ChunkResult]
    """Chunks that an earlier run finished."""
    worked_s: float = 0.0
    """Its share of the time, which other episodes take at the same time."""
    results: dict[int, ChunkResult] = field(default_factory=dict)
    errors: list[TranscribeError] = field(default_factory=list)
    """Of the chunks that could not be transcribed, whose results are gaps."""
    resumed_ms: int = 0
    """How much of the audio an earlier run finished."""
    waiting: int = 0
    decoded: bool = False
    failed: bool = False

    @property
    def name(self) -> str:
        return self.job.episode.id

    def real_time_factor(self, duration_ms: int) -> float | None:
        """Return the speed of what this run transcribed; None where an earlier one had done everything."""
        factor = real_time_factor(duration_ms - self.resumed_ms, self.worked_s)
        return round(factor or 0, 2) or None


class Pipeline:
    """Transcribes episodes, longest first, and stores each as it is done.

    Their waveform peaks are computed on the way, so that no page has to wait for them.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        recipe: Recipe,
        *,
        pool: Transcriber,
        store: "EpisodeStore",
        peaks_dir: Path,
        progress: "Progress",
    ) -> None:
        """Prepare for jobs; nothing is read before `run`."""
        # The longest first: the batch then ends with small work, which leaves no worker idle for long.
        self._queue = deque(sorted(jobs, key=lambda job: -(job.header_duration_ms or 0)))
        self._recipe = recipe
        self._pool = pool
        self._store = store
        self._peaks_dir = peaks_dir
        self._progress = progress
        self._open: deque[_Run] = deque()
        self._in_flight: dict[Future[ChunkResult], tuple[_Run, Chunk]] = {}
        self._ended: deque[EpisodeOutcome] = deque()
        self._counted_s = 0.0

    def run(self) -> Iterator[EpisodeOutcome]:
        """Transcribe them, once.

        An episode that fails is recorded and reported; the others go on. Whoever stops iterating loses no finished
        chunk.

        Yields:
            One outcome an episode, in the order in which they end.
        """
        self._counted_s = time.monotonic()
        while self._queue or self._open or self._in_flight:
            self._fill()
            yield from self._drain_ended()
            if self._in_flight:
                done, _ = wait(self._in_flight, return_when=FIRST_COMPLETED)
                self._count_time()
                for future in done:
                    self._receive(future)
            yield from self._drain_ended()

    def _count_time(self) -> None:
        """Share the time since it was last counted among what workers did and do; else it is of what is being read."""
        now_s = time.monotonic()
        done = [run for future, (run, _) in self._in_flight.items() if future.done()]
        others = (run for future, (run, _) in self._in_flight.items() if not future.done())
        runs = [*done, *islice(others, self._pool.workers)] or [*self._open][:1]
        for run in runs:
            run.worked_s += (now_s - self._counted_s) / len(runs)
        self._counted_s = now_s

    def _drain_ended(self) -> Iterator[EpisodeOutcome]:
        while self._ended:
            yield self._ended.popleft()

    # --- towards the workers

    def _fill(self) -> None:
        """Hand out chunks until the workers have enough or nothing is left to decode."""
        while len(self._in_flight) < self._pool.capacity:
            while self._queue and len(self._open) < _OPEN_EPISODES:
                self._start(self._queue.popleft())
            if not self._open:
                return
            run = self._open[0]
            if not run.failed:
                try:
                    self._hand_out_next(run)
                except Exception as error:  # noqa: BLE001  # whatever it is, the other episodes go on
                    self._fail(run, error)
            if run.decoded or run.failed:
                self._open.popleft().decoder.close()

    def _start(self, job: Job) -> None:
        from podindex.audio.chunk import iter_chunks
        from podindex.audio.decode import Decoder
        from podindex.audio.limits import each_in_bounded_time
        from podindex.audio.peaks import keep_peaks, peaks_path

        self._progress.begin_episode(job.episode.id, job.header_duration_ms or 0)
        try:
            _refuse_changed(job)
            finished = self._store.checkpoints(job.episode.id).load(self._fingerprint(job))
            language = None
            if self._recipe.multilingual and not self._recipe.language:
                language = self._pool.detect_language(read_language_windows(job.path, job.header_duration_ms or 0))
            cut_end = self._cuts_end(job, begun=bool(finished))
            cache_path = peaks_path(self._peaks_dir, job.episode.id, job.path)
            decoder = Decoder(job.path)
        except Exception as error:  # noqa: BLE001  # whatever it is, the other episodes go on
            self._end_failed(job, error, elapsed_s=0.0)
        else:
            chunks = iter_chunks(keep_peaks(decoder, cache_path), cut_end=cut_end)
            self._open.append(_Run(job, language, decoder, each_in_bounded_time(job.path, chunks), finished))

    def _cuts_end(self, job: Job, *, begun: bool) -> bool:
        """Tell whether to cut the end of an episode: as an earlier run did, else if no others keep the workers busy."""
        if self._store.checkpoints(job.episode.id).is_uncut():
            return False
        if begun or len(self._queue) + 1 < self._pool.workers:
            return True
        self._store.checkpoints(job.episode.id).mark_uncut()
        return False

    def _hand_out_next(self, run: _Run) -> None:
        chunk = next(run.chunks, None)
        if chunk is None:
            run.decoded = True
            self._finish_if_complete(run)
            return
        known = run.finished.get(chunk.index)
        if known and (known.offset_ms, known.duration_ms) == (chunk.offset_ms, chunk.duration_ms):
            run.results[chunk.index] = known
            run.resumed_ms += chunk.duration_ms
            self._progress.advance(run.name, chunk.duration_ms, resumed=True)
            return
        language = run.language.result() if run.language else self._recipe.language
        run.waiting += 1
        self._in_flight[self._pool.submit(chunk, language)] = (run, chunk)

    # --- from the workers

    def _receive(self, future: "Future[ChunkResult]") -> None:
        run, chunk = self._in_flight.pop(future)
        if run.failed:
            return
        try:
            run.results[chunk.index] = self._checkpoint(run, chunk, future)
            run.waiting -= 1
            self._progress.advance(run.name, chunk.duration_ms)
            self._finish_if_complete(run)
        except Exception as error:  # noqa: BLE001  # whatever it is, the other episodes go on
            self._fail(run, error)

    def _checkpoint(self, run: _Run, chunk: Chunk, future: "Future[ChunkResult]") -> ChunkResult:
        try:
            result = future.result()
        except TranscribeError as error:
            # Kept as a gap, but not written down: another run may have better luck.
            self._progress.note(f"{run.name}: {error}")
            run.errors.append(error)
            end_ms = chunk.offset_ms + chunk.duration_ms
            gap = Gap(chunk.offset_ms, end_ms, error.code)
            return ChunkResult(chunk.index, chunk.offset_ms, chunk.duration_ms, chunk.overlap_ms, (), (gap,))
        self._store.checkpoints(run.name).save(self._fingerprint(run.job), result)
        return result

    def _finish_if_complete(self, run: _Run) -> None:
        if not run.decoded or run.waiting:
            return
        self._count_time()
        self._refuse_loss(run)
        report = run.decoder.report
        transcript = self._build_transcript(run, report)
        self._store.save_episode(
            replace(
                self._reload(run),
                duration_ms=report.decoded_duration_ms,
                language=transcript.language,
                real_time_factor=run.real_time_factor(report.decoded_duration_ms),
            )
        )
        kept = self._store.save_transcript(transcript)  # from here on the episode is finished, whatever is cut off
        with suppress(StoreError):  # what is left is harmless, and `check` names it
            self._store.checkpoints(run.name).clear()
        self._end(run, report.decoded_duration_ms, _partial_error(transcript, run.errors), kept)

    def _refuse_loss(self, run: _Run) -> None:
        """Raise where nothing was transcribed, or where a transcript would be replaced by one with more gaps.

        Neither lies in the audio: the next run may have better luck, and goes on from the chunks that are finished.
        """
        if not run.errors:
            return
        error = run.errors[0]
        if len(run.errors) == len(run.results):
            raise error
        if self._is_transcribed(run.job):
            parts = f"{len(run.errors)} of {len(run.results)} parts"
            message = f"{parts} could not be transcribed; the old transcript stays: {error.message}"
            raise TranscribeError(error.code, message, error.hint) from error

    def _is_transcribed(self, job: Job) -> bool:
        """Tell whether there is a transcript of the same audio, from whatever source."""
        try:
            origin = self._store.load_transcript(job.episode.id).origin
        except StoreError as error:
            return error.code not in ("no-transcript", "damaged-transcript")
        return origin.is_of(job.audio_sha256)

    def _reload(self, run: _Run) -> Episode:
        """Read the metadata again: a person may have edited them since the run began, and that must stay.

        Raises:
            StoreError: they cannot be read, or the episode was removed, which must stay so as well.
        """
        try:
            return self._store.load_episode(run.name)
        except StoreError as error:
            if error.code != "no-such-episode":
                raise
            message = f"{run.name} was removed while it was transcribed"
            raise StoreError("no-such-episode", message, "add the audio again if it is to come back") from error

    def _build_transcript(self, run: _Run, report: DecodeReport) -> Transcript:
        from podindex.audio.truncation import missing_ms
        from podindex.transcribe.stitch import stitch

        results = [run.results[index] for index in sorted(run.results)]
        missing = [gap for result in results for gap in result.missing]
        header_ms, decoded_ms = run.job.header_duration_ms, report.decoded_duration_ms
        missing += [Gap(start_ms, end_ms, "damaged") for start_ms, end_ms in report.lost_ms]
        missing.sort(key=lambda gap: gap.start_ms)
        if lost_ms := missing_ms(header_ms, decoded_ms):
            missing.append(Gap(decoded_ms, decoded_ms + lost_ms, "truncated"))
        origin = replace(
            self._recipe.origin,
            created=datetime.now(UTC).replace(microsecond=0),
            audio_sha256=run.job.audio_sha256,
            audio_duration_ms=header_ms,
            decoded_duration_ms=decoded_ms,
            bad_packets=report.bad_packets,
            missing=tuple(missing),
        )
        language = run.language.result() if run.language else self._recipe.language
        return Transcript(run.name, language, stitch(results), origin)

    # --- ends

    def _end(self, run: _Run, duration_ms: int, error: ErrorInfo | None, kept: Path | None) -> None:
        status: OutcomeStatus = "partial" if error else "done"
        self._progress.end_episode(run.name)
        self._ended.append(
            EpisodeOutcome(
                run.job.path, run.name, status, duration_ms, round(run.worked_s, 3), error, run.resumed_ms, kept
            )
        )

    def _fail(self, run: _Run, error: Exception) -> None:
        self._count_time()
        run.failed = True
        for future, (owner, _) in self._in_flight.items():
            if owner is run:
                future.cancel()
        self._end_failed(run.job, error, elapsed_s=round(run.worked_s, 3))

    def _end_failed(self, job: Job, error: Exception, *, elapsed_s: float) -> None:
        known = explain(error)
        if known.code == "no-such-episode":
            with suppress(StoreError):
                self._store.checkpoints(job.episode.id).clear()
        else:
            self._store.checkpoints(job.episode.id).record_failure(known.info)
        self._progress.end_episode(job.episode.id)
        self._ended.append(EpisodeOutcome(job.path, job.episode.id, "failed", None, elapsed_s, known.info))

    def _fingerprint(self, job: Job) -> str:
        return f"{job.audio_sha256[:16]}-{self._recipe.fingerprint}"


def _refuse_changed(job: Job) -> None:
    """Raise where the audio has another length than when it was registered, hours ago in a long batch.

    Its chunks and its transcript would be taken for those of what it was then.
    """
    size_bytes = job.episode.audio and job.episode.audio.bytes
    with suppress(OSError):  # whoever opens it says so
        if size_bytes not in (None, job.path.stat().st_size):
            message = f"{shown(job.path)} has changed since it was looked at"
            raise AudioError("audio-changed", message, "run the same command again when nothing writes to it")


def read_language_windows(path: Path, duration_ms: int) -> "list[NDArray[np.int16]]":
    """Read what the language of an episode is detected in: half minutes, int16 [n] at 16 kHz, from several places."""
    from podindex.audio.decode import read_window

    starts_ms = sorted({int(max(0, duration_ms - _LANGUAGE_WINDOW_MS) * place) for place in _LANGUAGE_PLACES})
    windows = [read_window(path, start_ms, _LANGUAGE_WINDOW_MS) for start_ms in starts_ms]
    # All are beyond the end of a download that broke off early: its header speaks of the whole.
    return windows if any(map(len, windows)) else [read_window(path, 0, _LANGUAGE_WINDOW_MS)]


def _partial_error(transcript: Transcript, errors: Sequence[TranscribeError]) -> ErrorInfo | None:
    missing = transcript.origin.missing
    if not missing:
        return None
    lost_s = _covered_ms(missing) / 1000
    reasons = ", ".join(sorted({gap.reason for gap in missing}))
    message = f"{lost_s:.0f} s of the audio could not be transcribed: {reasons}"
    remedy = f"{errors[0].hint}, and add it again with --force" if errors else "replace the file and add it again"
    traceback = errors[0].info.traceback if errors else ""
    return ErrorInfo("partial", message, f"the rest can be searched; {remedy}", traceback)


def _covered_ms(gaps: Sequence[Gap]) -> int:
    """Return how much the gaps cover together: what is damaged may lie in what could not be transcribed."""
    covered_ms = end_ms = 0
    for gap in gaps:
        covered_ms += max(0, gap.end_ms - max(gap.start_ms, end_ms))
        end_ms = max(end_ms, gap.end_ms)
    return covered_ms
