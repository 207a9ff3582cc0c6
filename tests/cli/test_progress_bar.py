"""The bars of a batch: what they say is so."""

from io import StringIO

from rich.console import Console

from podindex.cli.context import Session
from podindex.cli.progress_bar import BarProgress


def batch_bar(progress: BarProgress) -> tuple[str, str, str]:
    """What stands beside the bar of the batch: done, of how much, and how fast."""
    fields = progress._bars.tasks[0].fields
    return fields["done"], fields["of"], fields["pace"]


def test_what_a_failed_or_truncated_file_promised_is_not_waited_for() -> None:
    progress = BarProgress(Session())
    progress.begin_batch(3, 3 * 3_600_000)
    for name, done_ms in (("show/failed", 0), ("show/truncated", 600_000), ("show/whole", 3_600_000)):
        progress.begin_episode(name, 3_600_000)
        if done_ms:
            progress.advance(name, done_ms)
        progress.end_episode(name)
    done, of, pace = batch_bar(progress)
    assert (done, of) == ("1:10:00", "1:10:00")
    assert "left" not in pace


def test_a_file_whose_length_nobody_knew_counts_when_it_is_done() -> None:
    progress = BarProgress(Session())
    progress.begin_batch(2, 60_000)
    progress.begin_episode("show/unknown", 0)
    progress.advance("show/unknown", 120_000)
    progress.end_episode("show/unknown")
    assert batch_bar(progress)[:2] == ("0:02:00", "0:03:00")


def test_a_run_that_goes_on_says_no_speed_before_it_has_one() -> None:
    progress = BarProgress(Session())
    progress.begin_batch(2, 600_000)
    progress.begin_episode("show/begun", 300_000)
    progress.advance("show/begun", 240_000, resumed=True)
    assert batch_bar(progress) == ("0:04:00", "0:10:00", "")


def test_a_long_name_gives_way_to_what_is_left_to_wait_for() -> None:
    """In 80 columns the numbers were cut off, and there was no bar."""
    progress = BarProgress(Session())
    progress.begin_batch(12, 36_000_000)
    name = "a-podcast/s3-ep123-a-long-name-of-an-episode-and-of-its-guest"
    progress.begin_episode(name, 3_600_000)
    progress.advance(name, 1_800_000)
    shown = StringIO()
    Console(file=shown, width=80).print(progress._bars.get_renderable())
    batch, episode = shown.getvalue().splitlines()
    assert "━" in episode
    assert "0:30:00 / 1:00:00" in episode
    assert batch.rstrip().endswith("left")
