"""The pipeline from audio to stored transcripts, with real audio, a real store and a transcriber that takes no time."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from audio_files import noise, write_audio

from podindex.errors import TranscribeError
from podindex.ingest import Job, Recipe, transcribe_all
from podindex.models import Chunk, Episode, EpisodeOutcome, Origin
from podindex.progress import NullProgress
from podindex.store import EpisodeStore
from podindex.testing import FakeTranscriber

RECIPE = Recipe(
    origin=Origin(kind="whisper", created=datetime(2026, 11, 22, tzinfo=UTC), podindex="test", model="fake"),
    fingerprint="weights-and-options",
    language="en",
    multilingual=False,
)


@pytest.fixture
def store(tmp_path: Path) -> EpisodeStore:
    return EpisodeStore(tmp_path / "episodes")


def make_job(store: EpisodeStore, path: Path, *, header_ms: int | None = None) -> Job:
    episode = Episode(f"show/{path.stem}", "Show", path.stem)
    store.save_episode(episode)
    return Job(episode, path, f"sha-of-{path.stem}", header_ms)


def make_jobs(store: EpisodeStore, folder: Path, seconds: dict[str, float]) -> list[Job]:
    return [
        make_job(store, write_audio(folder / f"{name}.wav", noise(length, -30)), header_ms=round(length * 1000))
        for name, length in seconds.items()
    ]


def run(
    jobs: list[Job], store: EpisodeStore, transcriber: FakeTranscriber, recipe: Recipe = RECIPE
) -> list[EpisodeOutcome]:
    return list(transcribe_all(jobs, recipe, pool=transcriber, store=store, progress=NullProgress()))


def test_every_second_of_every_episode_is_transcribed_once(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"long": 300, "short": 5})
    outcomes = run(jobs, store, FakeTranscriber())
    assert {outcome.episode_id: outcome.status for outcome in outcomes} == {"show/long": "done", "show/short": "done"}
    segments = store.load_transcript("show/long").segments
    starts_ms = [word.start_ms for segment in segments for word in segment.words or ()]
    assert len(starts_ms) >= 290
    assert len(set(starts_ms)) == len(starts_ms)
    assert store.load_episode("show/long").duration_ms == 300_000
    assert (store.load_episode("show/long").real_time_factor or 0) > 0
    assert not list(store.root.glob("**/*.chunks"))


def test_the_longest_episode_begins_first(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"short": 5, "long": 20})
    transcriber = FakeTranscriber()
    run(jobs, store, transcriber)
    assert [chunk.duration_ms for chunk in transcriber.chunks] == [20_000, 5_000]


def test_a_finished_chunk_is_never_transcribed_again(store: EpisodeStore, tmp_path: Path) -> None:
    """A run that ends at any chunk goes on after it, and the transcript is the one of an uninterrupted run."""
    jobs = make_jobs(store, tmp_path, {"long": 500})
    whole = FakeTranscriber()
    run(jobs, store, whole)
    expected = store.load_transcript("show/long").segments
    chunks = len(whole.chunks)
    assert chunks > 2

    for survived in range(chunks):
        other_job = make_job(store, tmp_path / "long.wav", header_ms=500_000)
        interrupted = FakeTranscriber(capacity=1, fail=_interrupt_at(survived))
        with pytest.raises(KeyboardInterrupt):
            run([other_job], store, interrupted)
        resumed = FakeTranscriber()
        run([other_job], store, resumed)
        assert [chunk.index for chunk in resumed.chunks] == list(range(survived, chunks))
        assert store.load_transcript("show/long").segments == expected
        assert (store.load_episode("show/long").real_time_factor or 0) > 0, "the speed of the rest alone"


def _interrupt_at(index: int):  # type: ignore[no-untyped-def]
    def fail(chunk: Chunk) -> None:
        if chunk.index == index:
            raise KeyboardInterrupt

    return fail


@pytest.mark.parametrize("change", ["model", "audio"])
def test_chunks_of_other_weights_or_audio_are_not_used(store: EpisodeStore, tmp_path: Path, change: str) -> None:
    (job,) = make_jobs(store, tmp_path, {"long": 300})
    with pytest.raises(KeyboardInterrupt):
        run([job], store, FakeTranscriber(capacity=1, fail=_interrupt_at(1)))
    fresh = FakeTranscriber()
    if change == "model":
        other = Recipe(RECIPE.origin, "other-weights", "en", multilingual=False)
        run([job], store, fresh, other)
    else:
        run([Job(job.episode, job.path, "another-sha-of-the-audio", job.header_duration_ms)], store, fresh)
    assert fresh.chunks[0].index == 0


def test_an_episode_that_fails_does_not_stop_the_others(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"good": 5, "other": 5})
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no audio at all" * 100)
    jobs.insert(0, make_job(store, broken, header_ms=60_000))
    outcomes = {outcome.episode_id: outcome for outcome in run(jobs, store, FakeTranscriber())}
    assert outcomes["show/good"].status == outcomes["show/other"].status == "done"
    failure = outcomes["show/broken"]
    assert failure.status == "failed"
    assert failure.error
    stored = store.load_failure("show/broken")
    assert stored
    assert stored.error == failure.error
    run([jobs[0]], store, FakeTranscriber())
    again = store.load_failure("show/broken")
    assert again
    assert again.attempts == 2


def test_a_chunk_that_cannot_be_transcribed_is_a_gap(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"long": 600})
    error = TranscribeError("worker-died", "it died", "try again")
    transcriber = FakeTranscriber(fail=lambda chunk: error if chunk.index == 1 else None)
    (outcome,) = run(jobs, store, transcriber)
    assert outcome.status == "partial"
    (gap,) = store.load_transcript("show/long").origin.missing
    bad = transcriber.chunks[1]
    assert (gap.start_ms, gap.end_ms, gap.reason) == (bad.offset_ms, bad.offset_ms + bad.duration_ms, "worker-died")
    words = [word for segment in store.load_transcript("show/long").segments for word in segment.words or ()]
    assert any(word.start_ms < gap.start_ms for word in words)
    assert any(word.start_ms >= gap.end_ms for word in words)


def test_a_file_that_ends_early_is_partial(store: EpisodeStore, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "cut.wav", noise(60, -30))
    (outcome,) = run([make_job(store, path, header_ms=600_000)], store, FakeTranscriber())
    assert outcome.status == "partial"
    assert outcome.error
    (gap,) = store.load_transcript("show/cut").origin.missing
    assert (gap.start_ms, gap.end_ms, gap.reason) == (60_000, 600_000, "truncated")


def test_the_language_is_detected_once_where_the_model_knows_several(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"a": 5, "b": 5, "c": 5})
    recipe = Recipe(RECIPE.origin, "f", language=None, multilingual=True)
    run(jobs, store, FakeTranscriber(), recipe)
    assert store.load_transcript("show/b").language == "en"
    assert store.load_episode("show/b").language == "en"


def test_stopping_to_listen_loses_nothing(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"a": 5, "b": 5, "c": 5})
    list(islice(transcribe_all(jobs, RECIPE, pool=FakeTranscriber(), store=store, progress=NullProgress()), 1))
    assert any(store.has_transcript(job.episode.id) for job in jobs)
