"""How many cores are used."""

from pathlib import Path

import pytest

from podindex.cores import count_cores


@pytest.mark.parametrize("quota", ["100000 100000", "50000 100000", "1 100000"])
def test_a_container_has_no_more_cores_than_its_share(tmp_path: Path, quota: str) -> None:
    """On a large machine a container of two cores started a worker for each of 64, and died of it."""
    path = tmp_path / "cpu.max"
    path.write_text(f"{quota}\n")
    assert count_cores(path) == 1


@pytest.mark.parametrize("quota", ["max 100000\n", "99900000 100000\n", "", "7", "1 0", "\xff"])
def test_without_a_share_all_are_used(tmp_path: Path, quota: str) -> None:
    path = tmp_path / "cpu.max"
    path.write_text(quota, "utf-8")
    assert count_cores(path) == count_cores(tmp_path / "none") >= 1
