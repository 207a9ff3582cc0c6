"""A disk that fills up at any point of `add`: it is said, nothing is half written, and with room again all is well."""

import resource
import subprocess
from pathlib import Path

import numpy as np
import pytest
from audio_files import noise, write_audio
from commands import PODINDEX, podindex_json, run_podindex

CUES = "WEBVTT\n" + "".join(
    f"\n00:0{minute}:{second:02}.000 --> 00:0{minute}:{second + 9:02}.000\nThe quick zebra, number {minute} {second}.\n"
    for minute in range(5)
    for second in range(0, 50, 10)
)


def add_with_room_for(file_bytes: int, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a command whose files, and those of all processes it starts, can have no more bytes than this."""
    return subprocess.run(
        [*PODINDEX, *arguments],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes)),
        capture_output=True,
        text=True,
        check=False,
    )


# Room for nothing; for the metadata; for the transcript, too, but not for the index; for all but the audio's copy.
@pytest.mark.parametrize("file_bytes", [0, 700, 3_500, 20_000])
def test_what_had_no_room_is_said_and_mended_by_the_next_run(tmp_path: Path, file_bytes: int) -> None:
    audio = write_audio(tmp_path / "a.flac", np.asarray(noise(1, -30)))
    cues = tmp_path / "cues.vtt"
    cues.write_text(CUES)
    library = tmp_path / "library"
    copy = ["--copy"] if file_bytes == 20_000 else []
    command: list[str | Path] = ["--library", library, "add", audio, *copy, "--show", "Show", "--transcript", cues]
    full = add_with_room_for(file_bytes, *command)
    assert full.returncode in (1, 3), full.stderr
    assert "Traceback" not in full.stderr
    assert "free some space" in full.stderr
    assert len(list(library.rglob("*.transcript.json"))) == (file_bytes >= 3_500), "the transcript comes first"
    leftovers = [path.name for path in library.rglob("*.podindex-tmp")]
    assert leftovers == [], "half a file"

    again = run_podindex(*command)
    assert again.returncode == 0, again.stderr
    assert podindex_json("--library", library, "search", "--json", '"quick zebra"')["total"] == 25
    assert podindex_json("--library", library, "check", "--json") == {"problems": []}


@pytest.mark.parametrize("arguments", [["--help"], ["episodes", "--json"], ["search", "the", "--json"]])
def test_results_that_cannot_be_written_are_an_error_and_no_traceback(
    sample_library: Path, arguments: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PODINDEX, "--library", sample_library, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: cannot write the results: No space left on device (make room, or send them elsewhere)"
    ]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["episodes"], 0), (["search", "a", "--nonsense"], 2), (["show", "no/such"], 1)]
)
def test_work_does_not_end_because_nobody_can_hear_of_it(sample_library: Path, arguments: list[str], code: int) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PODINDEX, "--verbose", "--library", sample_library, *arguments], stderr=full, check=False
        )
    assert done.returncode == code


def test_a_log_without_room_does_not_end_an_add(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "a.flac", np.asarray(noise(1, -30)))
    (tmp_path / "cues.vtt").write_text(CUES)
    library = tmp_path / "library"
    command: list[str | Path] = ["--library", library, "add", audio, "--transcript", tmp_path / "cues.vtt"]
    with Path("/dev/full").open("w") as full:
        assert subprocess.run([*PODINDEX, *command], stderr=full, check=False).returncode == 0
    assert podindex_json("--library", library, "search", "--json", '"quick zebra"')["total"] == 25
