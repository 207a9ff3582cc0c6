"""The types that travel between modules. Pure; imports nothing of ours.

All times are `int` milliseconds since the start of the episode's audio (`_ms`); intervals are half-open. Invariants are
checked once, here, when a value is built: `0 <= start_ms <= end_ms`, words in order and inside their segment, segments
in order and disjoint. A violation is a bug or damaged input and raises `ValueError`; adapters that read foreign data
translate it. Change a value with `dataclasses.replace`. What a search asks and answers is in `hits.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:  # numpy takes longer to import than a search may take to start
    import numpy as np
    from numpy.typing import NDArray

EpisodeStatus = Literal["ready", "partial", "pending", "failed"]
OutcomeStatus = Literal["done", "unchanged", "partial", "failed", "pending"]
"""`pending` only in a dry run: it would be transcribed."""
OriginKind = Literal["whisper", "publisher"]
Timing = Literal["word", "cue", "none"]

SAMPLE_RATE_HZ = 16_000
"""The only sample rate inside podindex: what Whisper was trained on (Radford et al. 2022, section 2.2)."""
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


def _check_interval(start_ms: int, end_ms: int) -> None:
    if not 0 <= start_ms <= end_ms:
        raise ValueError(f"not an interval: {start_ms} to {end_ms} ms")


# --- audio --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named place in an episode."""

    start_ms: int
    title: str

    def __post_init__(self) -> None:
        _check_interval(self.start_ms, self.start_ms)


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says of itself before anything is decoded. Tags are cleaned text, never trusted further."""

    duration_ms: int | None
    """By the header, which may lie; None where it says nothing."""
    title: str | None = None
    show: str | None = None
    published: datetime | None = None
    description: str | None = None
    language: str | None = None
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True, slots=True)
class DecodeReport:
    """How a whole decode went, known when it has ended."""

    decoded_duration_ms: int
    bad_packets: int
    """Packets that could not be decoded and were replaced by silence of their length, or skipped."""
    lost_ms: tuple[tuple[int, int], ...] = ()
    """Stretches of a second or more, from start to end, whose sound is lost: they are silence. In order."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A stretch of an episode's audio: the unit of parallel work, of checkpoints and of progress. Never stored."""

    index: int
    offset_ms: int
    """Where the chunk begins in the episode."""
    duration_ms: int
    samples: "NDArray[np.int16]"
    """int16 [n], mono at `SAMPLE_RATE_HZ`, n == duration_ms * 16 (the last chunk may have up to 15 samples more)."""
    overlap_ms: int = 0
    """How much of the chunk's beginning the chunk before it holds too: 0 unless no silence was found to cut in."""


# --- transcripts --------------------------------------------------------------------------------------------------


class Word(NamedTuple):
    """A recognised word with its punctuation, without surrounding space. A tuple, because an hour holds 10,000."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or a phrase, as it would stand on one line."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...] | None
    """None where a publisher's transcript has no word times. The words' texts stand in `text` in this order."""
    speaker: str | None = None
    quality: tuple[str, ...] = ()
    """Why the text is doubtful, as stable words; empty where it is not."""

    def __post_init__(self) -> None:
        _check_interval(self.start_ms, self.end_ms)
        previous_start_ms = self.start_ms
        for word in self.words or ():
            if not previous_start_ms <= word.start_ms <= word.end_ms <= self.end_ms:
                raise ValueError(f"word {word} is out of order or outside {self.start_ms} to {self.end_ms} ms")
            previous_start_ms = word.start_ms


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of an episode of which there is no transcript, and why, as a stable word."""

    start_ms: int
    end_ms: int
    reason: str

    def __post_init__(self) -> None:
        _check_interval(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a transcript came from: enough to tell whether it would come out the same again."""

    kind: OriginKind
    created: datetime
    podindex: str
    """The version of podindex that wrote it."""
    timing: Timing = "word"
    model: str | None = None
    model_sha256: str | None = None
    compute_type: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    """JSON values: the `TranscribeOptions` for Whisper, the name of the file for a publisher's transcript."""
    audio_sha256: str | None = None
    audio_duration_ms: int | None = None
    """By the header."""
    decoded_duration_ms: int | None = None
    bad_packets: int = 0
    missing: tuple[Gap, ...] = ()
    """What could not be transcribed; an episode with gaps is `partial`."""

    def is_of(self, audio_sha256: str | None) -> bool:
        """Tell whether the transcript is one of this audio.

        A publisher's always is: other tags alone make another content of a file.
        """
        return self.kind == "publisher" or audio_sha256 is None or self.audio_sha256 in (None, audio_sha256)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in an episode, and when."""

    episode_id: str
    language: str | None
    segments: tuple[Segment, ...]
    origin: Origin

    def __post_init__(self) -> None:
        previous_end_ms = 0
        for segment in self.segments:
            if segment.start_ms < previous_end_ms:
                raise ValueError(f"segment at {segment.start_ms} ms begins before the one before it ends")
            previous_end_ms = segment.end_ms

    @property
    def has_times(self) -> bool:
        """Whether it says when anything is said; in a publisher's plain text everything begins and ends at 0."""
        return any(segment.end_ms for segment in self.segments)


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What a chunk says, in episode time; the content of a checkpoint."""

    index: int
    offset_ms: int
    duration_ms: int
    overlap_ms: int
    segments: tuple[Segment, ...]
    missing: tuple[Gap, ...] = ()
    unheard_ms: tuple[tuple[int, int], ...] = ()
    """Speech of which no words could be made out."""


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """Everything besides audio and weights that decides what a transcript says; stored in its origin.

    Two runs with equal options, weights and audio share finished chunks.
    """

    language: str | None = None
    """ISO 639-1; None: detect once an episode."""
    compute_type: str = "int8"
    beam_size: int = 5
    prompt: str | None = None
    hotwords: str | None = None


# --- episodes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AudioRef:
    """The audio of an episode."""

    path: str
    """Absolute, or relative to the folder of the episode's metadata file."""
    sha256: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """What is known of an episode besides what is said in it."""

    id: str
    show: str
    title: str
    published: datetime | None = None
    """Aware, UTC."""
    language: str | None = None
    duration_ms: int | None = None
    audio: AudioRef | None = None
    description: str = ""
    chapters: tuple[Chapter, ...] = ()
    speakers: tuple[str, ...] = ()
    feed: str | None = None
    guid: str | None = None
    real_time_factor: float | None = None
    """Seconds of audio a second of work when it was transcribed; None where nobody measured it."""


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as data: what happened to an episode, for results and listings."""

    code: str
    message: str
    hint: str
    traceback: str = field(default="", compare=False, repr=False)
    """Where in the code it was met, for reports; not kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an episode has no transcript yet, kept beside its finished chunks until it has one."""

    error: ErrorInfo
    attempts: int
    failed_at: datetime
    """Aware, UTC."""


@dataclass(frozen=True, slots=True)
class EpisodeSummary:
    """An episode in a list: metadata, and what its files say of its state."""

    episode_id: str
    show: str
    title: str
    published: datetime | None
    duration_ms: int | None
    status: EpisodeStatus
    language: str | None
    words: int
    origin: OriginKind | None
    model: str | None
    audio_path: Path | None
    error: ErrorInfo | None = None
    doubtful_words: int = 0
    """Words of segments whose `quality` says why they are doubtful."""
    real_time_factor: float | None = None
    """As in `Episode`."""
    is_unreadable: bool = False
    """Whether its files cannot be read, as `error` says: no other try mends that, only a person."""


@dataclass(frozen=True, slots=True)
class ShowSummary:
    """A show in a list."""

    show: str
    episodes: int
    duration_ms: int
    words: int
    first_published: datetime | None
    last_published: datetime | None


@dataclass(frozen=True, slots=True)
class ModelShare:
    """What a model has transcribed; publishers' transcripts count as the model `publisher`."""

    model: str
    episodes: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What a show, or everything together, amounts to."""

    show: str | None
    """None: all shows."""
    episodes: int
    transcribed: int
    """Episodes that have a transcript, whole or partial; the numbers below are theirs."""
    duration_ms: int
    words: int
    doubtful_words: int
    real_time_factor: float | None
    """Seconds of audio a second of work, where it was measured; None where it never was."""
    models: tuple[ModelShare, ...]
    """The longest first."""

    @property
    def words_per_minute(self) -> float | None:
        """How fast is spoken; None where nothing is transcribed."""
        return self.words / (self.duration_ms / 60_000) if self.duration_ms else None

    @property
    def doubtful_share(self) -> float | None:
        """The share of doubtful words, from 0 to 1; None where there are no words."""
        return self.doubtful_words / self.words if self.words else None


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """What a library amounts to, and each of its shows."""

    total: Stats
    shows: tuple[Stats, ...]
    """By name."""


def real_time_factor(worked_ms: int, elapsed_s: float) -> float | None:
    """Return seconds of audio a second of work; None where there was no work."""
    return worked_ms / 1000 / elapsed_s if worked_ms > 0 and elapsed_s > 0 else None


@dataclass(frozen=True, slots=True)
class EpisodeOutcome:
    """What `add` or `sync` did with one episode or file."""

    path: Path | None
    episode_id: str | None
    """None where the file never became an episode."""
    status: OutcomeStatus
    duration_ms: int | None = None
    elapsed_s: float = 0.0
    error: ErrorInfo | None = None
    resumed_ms: int = 0
    """How much of the audio was not transcribed now: an earlier run, or the publisher, had done it."""
    kept: Path | None = None
    """Where the transcript is that was replaced; None where nothing of one was lost."""

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of audio a second of work; None where nothing was transcribed."""
        if self.status not in ("done", "partial"):
            return None
        return real_time_factor((self.duration_ms or 0) - self.resumed_ms, self.elapsed_s)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a library that `check` found."""

    code: str
    where: str
    message: str
    repairable: bool


# --- search -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """About a minute of speech: what the index ranks, filters and shows as one document. Cut at segment ends."""

    episode_id: str
    ordinal: int
    first_word: int
    """Number in the episode of the first word."""
    last_word: int
    """Number of the last word, included."""
    start_ms: int
    end_ms: int
    text: str
    speaker: str | None
