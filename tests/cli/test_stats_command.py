"""`podindex stats` as a person meets it."""

import json
import re
from pathlib import Path

import pytest
from commands import podindex_json, run_podindex


def test_the_numbers_of_a_transcribed_library(sample_library: Path) -> None:
    stats = podindex_json("--library", sample_library, "stats", "--json")
    assert (stats["episodes"], stats["transcribed"]) == (3, 3)
    assert stats["hours"] == pytest.approx(stats["duration_ms"] / 3_600_000, abs=0.01)
    assert stats["words"] > 500
    assert 100 < stats["words_per_minute"] < 250
    assert 0 <= stats["doubtful_share"] < 0.5
    assert stats["real_time_factor"] > 0
    assert [share["model"] for share in stats["models"]] == ["tiny.en"]
    assert [show["show"] for show in stats["shows"]] == ["Odd Sums", "The Sticky Note"]
    assert sum(show["words"] for show in stats["shows"]) == stats["words"]


def test_people_get_a_table(sample_library: Path) -> None:
    result = run_podindex("--library", sample_library, "stats")
    assert result.returncode == 0, result.stderr
    heading, *rows = result.stdout.splitlines()
    assert heading.split()[:4] == ["show", "episodes", "hours", "words"]
    assert len(rows) == 3
    assert rows[-1].startswith("all shows")
    assert all(re.search(r" 0:0[1-9]:\d\d ", row) for row in rows), "minutes have a length, too"


@pytest.mark.parametrize(("name", "begins"), [("a.svg", b"<svg"), ("b.PNG", b"\x89PNG")])
def test_a_plot_is_written_beside_the_numbers(sample_library: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    if begins != b"<svg":
        pytest.importorskip("PIL")
    result = run_podindex("--library", sample_library, "stats", "--json", "--plot", tmp_path / name)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["episodes"] == 3
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_plot_that_cannot_be_is_said_first(sample_library: Path, tmp_path: Path) -> None:
    result = run_podindex("--library", sample_library, "stats", "--plot", tmp_path / "a.pdf")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    result = run_podindex("--library", sample_library, "stats", "--plot", tmp_path / "nowhere" / "a.svg")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
