"""The truth about the sample episodes describes the files that are there."""

import hashlib
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

ROOT = Path(__file__).parents[2]
EPISODES_DIR = ROOT / "episodes"
TRUTH: list[dict[str, Any]] = json.loads((ROOT / "tests/data/samples.json").read_text("utf-8"))["episodes"]
PLAN: dict[str, Any] = tomllib.loads((EPISODES_DIR / "samples.toml").read_text("utf-8"))

each_episode = pytest.mark.parametrize("truth", TRUTH, ids=[truth["path"] for truth in TRUTH])


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", text.lower())


def test_the_samples_are_small_and_of_both_formats() -> None:
    assert sum(truth["bytes"] for truth in TRUTH) < 3_000_000
    assert {Path(truth["path"]).suffix for truth in TRUTH} == {".mp3", ".opus"}
    assert len({truth["show"] for truth in TRUTH}) == 2


@each_episode
def test_the_audio_is_the_one_described(truth: dict[str, Any]) -> None:
    audio = (EPISODES_DIR / truth["path"]).read_bytes()
    assert len(audio) == truth["bytes"]
    assert hashlib.sha256(audio).hexdigest() == truth["sha256"]


@each_episode
def test_the_header_agrees(truth: dict[str, Any]) -> None:
    with av.open(str(EPISODES_DIR / truth["path"])) as container:
        tags = container.metadata | container.streams.audio[0].metadata
        chapters = [
            {"start_ms": round(chapter["start"] * (chapter["time_base"] or 0) * 1000), "title": title}
            for chapter in container.chapters()
            for title in [chapter["metadata"]["title"]]
        ]
        duration_ms = (container.duration or 0) / 1000
    assert tags["title"] == truth["title"]
    assert tags["album"] == truth["show"]
    assert tags["track"] == str(truth["number"])
    assert tags["date"] == truth["published"]
    assert tags["comment"] == truth["description"]
    assert chapters == truth["chapters"]
    # An MP3 ends with its last frame: 24 ms at 24 kHz, and the encoder's delay of up to two more.
    assert truth["duration_ms"] <= duration_ms <= truth["duration_ms"] + 75


@each_episode
def test_lines_and_sounds_are_in_order_and_inside(truth: dict[str, Any]) -> None:
    ends_ms = [line["end_ms"] for line in truth["lines"]]
    assert all(0 < line["start_ms"] < line["end_ms"] for line in truth["lines"] + truth["sounds"])
    assert all(before["end_ms"] < after["start_ms"] for before, after in pairwise(truth["lines"]))
    assert max(ends_ms + [sound["end_ms"] for sound in truth["sounds"]]) <= truth["duration_ms"]
    starts_ms = [chapter["start_ms"] for chapter in truth["chapters"]]
    assert starts_ms[0] == 0
    assert starts_ms == sorted(set(starts_ms))
    assert starts_ms[-1] < truth["duration_ms"]


@each_episode
def test_at_least_two_voices_speak(truth: dict[str, Any]) -> None:
    speakers = {line["speaker"] for line in truth["lines"]}
    assert len({PLAN["voices"][speaker] for speaker in speakers}) == len(speakers) >= 2


@each_episode
def test_every_line_of_the_play_is_there(truth: dict[str, Any]) -> None:
    play = next(episode["play"] for episode in PLAN["episode"] if episode["file"] == truth["path"])
    rows = [row for row in play.splitlines() if row and row[0] not in "#["]
    written = re.sub(r"\{(.+?)\|.+?}", r"\1", " ".join(row.split(": ", 1)[1] for row in rows)).replace(" | ", " ")
    assert " ".join(line["text"] for line in truth["lines"]) == written


@each_episode
def test_the_phrases_are_said_where_they_are_said_to_be(truth: dict[str, Any]) -> None:
    lines = truth["lines"]
    for phrase in truth["phrases"]:
        assert phrase["said"], phrase["text"]
        wanted = words_of(phrase["text"])
        for place in phrase["said"]:
            line = place["line"]
            said = words_of(" ".join(lines[number]["text"] for number in range(line, min(line + 3, len(lines)))))
            starts = [i for i in range(len(said)) if said[i : i + len(wanted)] == wanted]
            assert starts
            if place["start_ms"] is not None:
                assert place["start_ms"] == lines[line]["start_ms"]
                assert starts[0] == 0
