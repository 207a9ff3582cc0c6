"""What a kill between the transcript and the end of its checkpoints leaves behind."""

from pathlib import Path

from audio_files import beeps, write_audio

from podindex import Library
from podindex.models import ChunkResult, ErrorInfo
from podindex.store import EpisodeStore


def test_leftover_chunks_go_when_the_episode_is_added_again(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "talk.wav", beeps(5, [1]))
    cues = tmp_path / "talk.vtt"
    cues.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n", encoding="utf-8")
    library_dir = tmp_path / "library"
    with Library.open(library_dir) as library:
        (outcome,) = library.add([audio], transcript=cues)
        assert outcome.episode_id
        store = EpisodeStore(library_dir / "episodes")
        store.save_chunk(outcome.episode_id, "fingerprint", ChunkResult(0, 0, 5_000, 0, ()))
        (again,) = library.add([audio], transcript=cues)
    assert again.status == "unchanged"
    assert not store.has_chunks(outcome.episode_id)


def test_chunks_of_a_try_that_failed_are_no_leftovers(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "talk.wav", beeps(5, [1]))
    cues = tmp_path / "talk.vtt"
    cues.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n", encoding="utf-8")
    library_dir = tmp_path / "library"
    with Library.open(library_dir) as library:
        (outcome,) = library.add([audio], transcript=cues)
        assert outcome.episode_id
        store = EpisodeStore(library_dir / "episodes")
        store.save_chunk(outcome.episode_id, "fingerprint", ChunkResult(0, 0, 5_000, 0, ()))
        assert [problem.code for problem in library.check()] == ["leftover-chunks"]
        store.record_failure(outcome.episode_id, ErrorInfo("worker-died", "it died", "again"))
        assert library.check(repair=True) == []
    assert store.has_chunks(outcome.episode_id)
