"""What `podindex show` says of text that is doubtful and of stretches that are missing."""

from dataclasses import replace
from pathlib import Path

from commands import podindex_json, run_podindex
from transcripts import EPISODE, make_transcript

from podindex.models import Gap
from podindex.store import EpisodeStore


def test_doubt_and_gaps_are_shown_where_they_are(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    transcript = make_transcript(["Hello there.", "Mumble mumble."])
    doubtful = replace(transcript.segments[1], quality=("low-probability",))
    origin = replace(transcript.origin, missing=(Gap(600_000, 660_000, "truncated"),))
    store.save_transcript(replace(transcript, segments=(transcript.segments[0], doubtful), origin=origin))

    result = run_podindex("--library", tmp_path, "show", EPISODE.id)
    sure, unsure = result.stdout.splitlines()
    assert sure.endswith("Hello there.")
    assert unsure.endswith("Mumble mumble.  [low-probability]")
    assert "missing: 0:10:00 to 0:11:00: truncated" in result.stderr
    assert podindex_json("--library", tmp_path, "episodes", "--json")["episodes"][0]["status"] == "partial"


def test_a_transcript_without_times_is_shown(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    transcript = make_transcript(["Hello there."])
    segments = (replace(transcript.segments[0], start_ms=0, end_ms=0, words=None),)
    store.save_transcript(replace(transcript, segments=segments, origin=replace(transcript.origin, timing="none")))

    result = run_podindex("--library", tmp_path, "show", EPISODE.id)
    assert result.stdout == "Hello there.\n"
    assert "this transcript has no times" in result.stderr
    late = run_podindex("--library", tmp_path, "show", EPISODE.id, "--at", "9:00")
    assert "has no times" in late.stderr
    assert "nothing is said" not in late.stderr
    assert len(podindex_json("--library", tmp_path, "show", EPISODE.id, "--json")["segments"]) == 1


def test_that_nothing_is_said_any_more_is_said(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "episodes")
    store.save_episode(EPISODE)
    store.save_transcript(make_transcript(["Hello there."]))
    result = run_podindex("--library", tmp_path, "show", EPISODE.id, "--at", "9:00")
    assert (result.returncode, result.stdout) == (0, "")
    assert "nothing is said from 0:09:00 on" in result.stderr
