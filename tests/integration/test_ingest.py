"""The pipeline from audio to stored transcripts, with real audio, a real store and a transcriber that takes no time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from audio_files import noise, write_audio

from podindex import Library
from podindex.audio.peaks import build_peaks, load_peaks, peaks_path
from podindex.checkpoints import Checkpoints
from podindex.errors import StoreError, TranscribeError
from podindex.ingest import Job, Pipeline, Recipe, read_language_windows
from podindex.models import AudioRef, Chunk, Episode, EpisodeOutcome, ErrorInfo, Origin, TranscribeOptions
from podindex.progress import Progress
from podindex.store import EpisodeStore
from podindex.testing import FAKE_ENGINE, FakeTranscriber
from podindex.transcribe.models import ModelChoice
from podindex.transcribe.workers import WorkerPool

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
    return list(iterate(jobs, store, transcriber, recipe))


def iterate(
    jobs: list[Job], store: EpisodeStore, transcriber: FakeTranscriber | WorkerPool, recipe: Recipe = RECIPE
) -> Iterator[EpisodeOutcome]:
    progress = Progress()
    pipeline = Pipeline(jobs, recipe, pool=transcriber, store=store, peaks_dir=peaks_dir(store), progress=progress)
    return pipeline.run()


def peaks_dir(store: EpisodeStore) -> Path:
    return store.root.parent / "index" / "peaks"


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


def test_the_time_of_a_batch_is_shared_by_its_episodes(
    store: EpisodeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each counted all of it, so that a batch of short episodes looked slower than real time."""
    clock = iter(range(0, 10_000, 10))
    now = [0]

    def transcribe(_: Chunk) -> None:
        now[0] = next(clock)

    monkeypatch.setattr("podindex.ingest.time.monotonic", lambda: float(now[0]))
    jobs = make_jobs(store, tmp_path, {f"e{number}": 5 for number in range(8)})
    outcomes = run(jobs, store, FakeTranscriber(capacity=4, fail=transcribe))
    assert sum(outcome.elapsed_s for outcome in outcomes) == pytest.approx(now[0])
    assert all(0 < outcome.elapsed_s <= 30 for outcome in outcomes)
    factors = [store.load_episode(f"show/e{number}").real_time_factor or 0 for number in range(8)]
    assert sum(5 / factor for factor in factors) == pytest.approx(now[0], rel=0.1)


def test_an_episode_whose_checkpoints_cannot_be_removed_is_done(
    store: EpisodeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cling(*_: object) -> None:
        raise StoreError("disk-error", "cannot clear", "check the disk")

    monkeypatch.setattr(Checkpoints, "clear", cling)
    (outcome,) = run(make_jobs(store, tmp_path, {"short": 5}), store, FakeTranscriber())
    assert (outcome.status, outcome.error) == ("done", None)
    assert store.load_transcript("show/short").segments
    assert store.checkpoints("show/short").load_failure() is None
    assert store.checkpoints("show/short").exist()


def test_no_page_waits_for_the_picture_of_the_sound(store: EpisodeStore, tmp_path: Path) -> None:
    [job] = make_jobs(store, tmp_path, {"long": 300.01})
    run([job], store, FakeTranscriber())
    kept = load_peaks(peaks_path(peaks_dir(store), "show/long", job.path))
    assert kept is not None
    assert kept.data.tolist() == build_peaks(job.path).data.tolist()


def test_audio_replaced_meanwhile_does_not_get_the_picture_of_the_old(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"long": 10, "short": 5})
    short = jobs[1].path

    def replace_short(chunk: Chunk) -> None:
        if chunk.duration_ms == 10_000:
            write_audio(short.with_name("new.wav"), noise(6, -30)).replace(short)

    run(jobs, store, FakeTranscriber(fail=replace_short))
    assert load_peaks(peaks_path(peaks_dir(store), "show/short", short)) is None


def test_pictures_that_cannot_be_kept_cost_no_transcript(store: EpisodeStore, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file in the way")
    [outcome] = run(make_jobs(store, tmp_path, {"short": 5}), store, FakeTranscriber())
    assert outcome.status == "done"


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


def cuts(transcriber: FakeTranscriber) -> list[tuple[int, int]]:
    return [(chunk.offset_ms, chunk.duration_ms) for chunk in transcriber.chunks]


def test_only_the_last_episodes_are_cut_for_workers_without_work(store: EpisodeStore, tmp_path: Path) -> None:
    transcriber = FakeTranscriber()
    run(make_jobs(store, tmp_path, {"longer": 130, "long": 125}), store, transcriber)
    assert cuts(transcriber)[0] == (0, 130_000)
    assert [start_ms for start_ms, _ in cuts(transcriber)].count(0) == 2
    assert len(transcriber.chunks) == 3
    assert not list(store.root.glob("**/*.chunks"))


def test_an_interrupted_episode_is_cut_as_it_was_though_the_others_are_done(
    store: EpisodeStore, tmp_path: Path
) -> None:
    longer, long = make_jobs(store, tmp_path, {"longer": 130, "long": 125})
    with pytest.raises(KeyboardInterrupt):
        run([longer, long], store, FakeTranscriber(capacity=1, fail=_interrupt_at(0)))
    resumed = FakeTranscriber()
    run([longer], store, resumed)
    assert cuts(resumed) == [(0, 130_000)]


def test_an_interrupted_episode_is_cut_as_it_was_though_there_are_others_now(
    store: EpisodeStore, tmp_path: Path
) -> None:
    longer, long = make_jobs(store, tmp_path, {"longer": 130, "long": 125})
    alone = FakeTranscriber()
    run([longer], store, alone)
    with pytest.raises(KeyboardInterrupt):
        run([longer], store, FakeTranscriber(capacity=1, fail=_interrupt_at(1)))
    resumed = FakeTranscriber()
    run([longer, long], store, resumed)
    assert cuts(resumed)[: len(alone.chunks) - 1] == cuts(alone)[1:]


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
    stored = store.checkpoints("show/broken").load_failure()
    assert stored
    assert stored.error == failure.error
    run([jobs[0]], store, FakeTranscriber())
    again = store.checkpoints("show/broken").load_failure()
    assert again
    assert again.attempts == 2


def test_a_chunk_that_cannot_be_transcribed_is_a_gap(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"long": 600})
    error = TranscribeError("worker-died", "it died", "try again")
    transcriber = FakeTranscriber(fail=lambda chunk: error if chunk.index == 1 else None)
    (outcome,) = run(jobs, store, transcriber)
    assert outcome.status == "partial"
    assert outcome.error
    assert "TranscribeError: it died" in outcome.error.traceback, "what `--verbose` prints"
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


def test_the_language_of_a_file_cut_off_early_is_that_of_what_is_there(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "cut.flac", noise(5, -30))
    (window,) = read_language_windows(path, 3_600_000)
    assert len(window) == 80_000


def test_the_language_is_detected_once_where_the_model_knows_several(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"a": 5, "b": 5, "c": 5})
    recipe = Recipe(RECIPE.origin, "f", language=None, multilingual=True)
    run(jobs, store, FakeTranscriber(), recipe)
    assert store.load_transcript("show/b").language == "en"
    assert store.load_episode("show/b").language == "en"


def test_stopping_to_listen_loses_nothing(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"a": 5, "b": 5, "c": 5})
    list(islice(iterate(jobs, store, FakeTranscriber()), 1))
    assert any(store.has_transcript(job.episode.id) for job in jobs)


# --- what goes wrong besides the audio


def dies(*indexes: int):  # type: ignore[no-untyped-def]
    """Fail these chunks as a worker does that dies; all of them where none is named."""
    error = TranscribeError("worker-died", "it died", "use fewer --workers")
    return lambda chunk: error if not indexes or chunk.index in indexes else None


def test_an_error_that_nobody_knows_fails_its_episode_only(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"odd": 20, "good": 5})
    transcriber = FakeTranscriber(fail=lambda chunk: ZeroDivisionError("odd") if chunk.duration_ms > 5_000 else None)
    outcomes = {outcome.episode_id: outcome for outcome in run(jobs, store, transcriber)}
    assert outcomes["show/good"].status == "done"
    error = outcomes["show/odd"].error
    assert error
    assert error.code == "internal-error"
    assert "ZeroDivisionError: odd" in error.message
    failure = store.checkpoints("show/odd").load_failure()
    assert failure
    assert failure.error == error


@pytest.mark.parametrize("place", ["podindex.audio.decode.Decoder.__init__", "podindex.audio.decode.Decoder.__iter__"])
def test_so_does_one_while_decoding(
    store: EpisodeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    jobs = make_jobs(store, tmp_path, {"a": 5, "b": 5})

    def fail(*_: object) -> None:
        raise LookupError("nobody knows")

    monkeypatch.setattr(place, fail)
    outcomes = run(jobs, store, FakeTranscriber())
    assert [(outcome.status, outcome.error and outcome.error.code) for outcome in outcomes] == [
        ("failed", "internal-error"),
        ("failed", "internal-error"),
    ]


def test_an_episode_that_fails_in_the_middle_fails_once(
    store: EpisodeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = make_jobs(store, tmp_path, {"long": 700})

    def refuse(*_: object) -> None:
        raise StoreError("disk-full", "the disk is full", "make room")

    monkeypatch.setattr(Checkpoints, "save", refuse)
    transcriber = FakeTranscriber(capacity=1)
    (outcome,) = run([job], store, transcriber)
    assert outcome.status == "failed"
    assert len(transcriber.chunks) == 1
    failure = store.checkpoints("show/long").load_failure()
    assert failure
    assert failure.attempts == 1


@pytest.mark.parametrize("transcribed", [False, True])
def test_an_episode_without_one_good_chunk_has_failed(store: EpisodeStore, tmp_path: Path, transcribed: bool) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 300})
    if transcribed:
        run([job], store, FakeTranscriber())
        before = store.load_transcript("show/talk")
    (outcome,) = run([job], store, FakeTranscriber(fail=dies()))
    assert outcome.status == "failed"
    assert outcome.error == ErrorInfo("worker-died", "it died", "use fewer --workers")
    failure = store.checkpoints("show/talk").load_failure()
    assert failure
    assert failure.error == outcome.error
    if transcribed:
        assert store.load_transcript("show/talk") == before
    else:
        assert not store.has_transcript("show/talk")
        with Library.open(store.root.parent) as library:
            (listed,) = library.episodes()
        assert (listed.status, listed.error) == ("failed", outcome.error)


def test_so_has_one_of_which_every_worker_dies(store: EpisodeStore, tmp_path: Path) -> None:
    jobs = make_jobs(store, tmp_path, {"a": 5, "b": 5})
    choice = ModelChoice("fake", Path("fake"), "00", multilingual=True, reason="test")
    with WorkerPool(choice, TranscribeOptions(), workers=1, device="cpu", factory=FAKE_ENGINE) as pool:
        recipe = replace(RECIPE, language="die")
        outcomes = list(iterate(jobs, store, pool, recipe))
    assert [outcome.error and outcome.error.code for outcome in outcomes] == ["worker-died", "worker-died"]
    assert not store.has_transcript("show/a")


def test_a_transcript_is_not_replaced_by_one_with_holes_where_a_worker_died(
    store: EpisodeStore, tmp_path: Path
) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 600})
    run([job], store, FakeTranscriber())
    before = store.load_transcript("show/talk")
    (outcome,) = run([job], store, FakeTranscriber(fail=dies(1)))
    assert outcome.status == "failed"
    assert outcome.error
    assert outcome.error.code == "worker-died"
    assert "TranscribeError: it died" in outcome.error.traceback
    assert store.load_transcript("show/talk") == before
    again = FakeTranscriber()
    (outcome,) = run([job], store, again)
    assert outcome.status == "done"
    assert [chunk.index for chunk in again.chunks] == [1], "the good chunks were kept"
    assert store.checkpoints("show/talk").load_failure() is None


def test_a_transcript_of_other_audio_is_replaced_all_the_same(store: EpisodeStore, tmp_path: Path) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 600})
    run([job], store, FakeTranscriber())
    (outcome,) = run([replace(job, audio_sha256="another")], store, FakeTranscriber(fail=dies(1)))
    assert outcome.status == "partial"
    assert store.load_transcript("show/talk").origin.audio_sha256 == "another"


def test_silence_is_no_failure(store: EpisodeStore, tmp_path: Path) -> None:
    job = make_job(store, write_audio(tmp_path / "short.wav", noise(0.5, -30)))  # too short for a word of the fake
    (outcome,) = run([job], store, FakeTranscriber())
    assert outcome.status == "done"
    assert store.load_transcript("show/short").segments == ()


def test_what_a_partial_transcript_advises_fits_its_reason(store: EpisodeStore, tmp_path: Path) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 600})
    (outcome,) = run([job], store, FakeTranscriber(fail=dies(1)))
    assert outcome.error
    assert "use fewer --workers" in outcome.error.hint
    assert "replace the file" not in outcome.error.hint


# --- what others do meanwhile


def test_audio_that_changed_while_it_waited_is_not_taken_for_what_it_was(store: EpisodeStore, tmp_path: Path) -> None:
    waiting, other = make_jobs(store, tmp_path, {"talk": 5, "other": 5})
    audio = AudioRef(str(waiting.path), waiting.audio_sha256, waiting.path.stat().st_size)
    waiting = replace(waiting, episode=replace(waiting.episode, audio=audio))
    write_audio(waiting.path, noise(6, -30))
    changed, done = run([waiting, other], store, FakeTranscriber())
    assert changed.error
    assert (changed.status, changed.error.code, done.status) == ("failed", "audio-changed", "done")
    assert not store.checkpoints("show/talk").exist()


def test_what_is_edited_during_the_run_stays(store: EpisodeStore, tmp_path: Path) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 5})

    def edit(_: Chunk) -> None:
        store.save_episode(replace(job.episode, title="A Better Title", description="by hand"))

    run([job], store, FakeTranscriber(fail=edit))
    episode = store.load_episode("show/talk")
    assert (episode.title, episode.description) == ("A Better Title", "by hand")
    assert (episode.duration_ms, episode.language) == (5_000, "en")


def test_an_episode_that_is_removed_during_the_run_does_not_come_back(store: EpisodeStore, tmp_path: Path) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 5})

    def remove(_: Chunk) -> None:
        store.metadata_path("show/talk").unlink()

    (outcome,) = run([job], store, FakeTranscriber(fail=remove))
    assert outcome.status == "failed"
    assert outcome.error
    assert outcome.error.code == "no-such-episode"
    assert list((store.root / "show").iterdir()) == []


def test_metadata_that_are_damaged_during_the_run_cost_no_chunk(store: EpisodeStore, tmp_path: Path) -> None:
    (job,) = make_jobs(store, tmp_path, {"talk": 5})

    def damage(_: Chunk) -> None:
        store.metadata_path("show/talk").write_text('{"schema": 1, "title": "half')

    (outcome,) = run([job], store, FakeTranscriber(fail=damage))
    assert outcome.error
    assert outcome.error.code == "damaged-metadata"
    store.metadata_path("show/talk").unlink()
    store.save_episode(job.episode)
    again = FakeTranscriber()
    (outcome,) = run([job], store, again)
    assert (outcome.status, again.chunks) == ("done", [])


# --- sound that is lost


def make_damaged_job(store: EpisodeStore, folder: Path) -> Job:
    """Make an mp3 whose middle half is garbage."""
    path = write_audio(folder / "holed.mp3", noise(300, -30))
    content = path.read_bytes()
    begin, end = len(content) // 4, len(content) * 3 // 4
    path.write_bytes(content[:begin] + bytes(end - begin) + content[end:])
    return make_job(store, path, header_ms=300_000)


def test_sound_that_cannot_be_decoded_is_a_gap(store: EpisodeStore, tmp_path: Path) -> None:
    (outcome,) = run([make_damaged_job(store, tmp_path)], store, FakeTranscriber())
    assert outcome.status == "partial"
    assert outcome.error
    assert "150 s" in outcome.error.message
    assert "damaged" in outcome.error.message
    (gap,) = store.load_transcript("show/holed").origin.missing
    assert gap.reason == "damaged"
    assert [gap.start_ms, gap.end_ms] == pytest.approx([75_000, 225_000], abs=500)


def test_so_it_is_in_a_run_that_was_interrupted(store: EpisodeStore, tmp_path: Path) -> None:
    job = make_damaged_job(store, tmp_path)
    run([job], store, FakeTranscriber())
    expected = store.load_transcript("show/holed")
    with pytest.raises(KeyboardInterrupt):
        run([job], store, FakeTranscriber(capacity=1, fail=_interrupt_at(1)))
    (outcome,) = run([job], store, FakeTranscriber())
    assert outcome.status == "partial"
    resumed = store.load_transcript("show/holed")
    assert (resumed.segments, resumed.origin.missing) == (expected.segments, expected.origin.missing)


def test_what_is_damaged_and_not_transcribed_either_is_counted_once(store: EpisodeStore, tmp_path: Path) -> None:
    (outcome,) = run([make_damaged_job(store, tmp_path)], store, FakeTranscriber(fail=dies(0)))
    assert outcome.error
    missing = store.load_transcript("show/holed").origin.missing
    assert [gap.reason for gap in missing] == ["worker-died", "damaged"]
    assert f"{missing[1].end_ms / 1000:.0f} s of the audio" in outcome.error.message
