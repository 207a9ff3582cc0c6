"""Files that keep libavformat busy for very long are refused, and Ctrl-C is heard meanwhile."""

import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from audio_files import beeps, id3_tags, write_audio

from podindex.audio import limits, source
from podindex.audio.chunk import iter_chunks
from podindex.audio.decode import Decoder, read_window
from podindex.audio.limits import each_in_bounded_time
from podindex.audio.peaks import build_peaks
from podindex.audio.probe import probe
from podindex.audio.seekable import make_seekable
from podindex.errors import AudioError

TAGS = 20_000


@pytest.fixture
def overfull(tmp_path: Path) -> Path:
    """A file that takes seconds to open."""
    path = write_audio(tmp_path / "episode.mp3", beeps(3, [1]))
    path.write_bytes(id3_tags(TAGS) + path.read_bytes())
    return path


@pytest.fixture
def overfull_within(tmp_path: Path) -> Path:
    """A file that opens at once, and then takes seconds to read."""
    path = write_audio(tmp_path / "episode.aac", beeps(9, [1]))
    path.write_bytes(path.read_bytes() + id3_tags(TAGS) + path.read_bytes())
    return path


def at_work() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "patience"]


def test_what_takes_too_long_to_open_is_refused_and_not_tried_again(
    overfull: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MOST_OPENING_CPU_S", 0.0)
    busy = []
    for _ in range(3):
        with pytest.raises(AudioError, match="far too many tags") as caught:
            probe(overfull)
        assert caught.value.code == "audio-overfull"
        busy.append(at_work())
    assert len(busy[0]) >= 1
    assert all(set(threads) <= set(busy[0]) for threads in busy)


def keep_copy(path: Path) -> Path:
    return make_seekable(path.parent / "index" / "audio", "show/episode", path)


@pytest.mark.parametrize(
    "read",
    [
        probe,
        build_peaks,
        partial(read_window, start_ms=60_000, duration_ms=1_000),
        keep_copy,
    ],
    ids=["probe", "peaks", "window", "copy"],
)
def test_what_takes_too_long_to_read_is_refused_wherever_it_is_read(
    read: Callable[[Path], object], overfull_within: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_MOST_READING_CPU_S", 0.0)
    monkeypatch.setattr(limits, "_LEAST_BYTES_PER_CPU_S", float("inf"))
    busy = []
    for _ in range(3):
        with pytest.raises(AudioError) as caught:
            read(overfull_within)
        assert caught.value.code == "audio-overfull"
        busy.append(at_work())
    assert all(set(threads) <= set(busy[0]) for threads in busy)
    assert not [path for path in overfull_within.parent.glob("index/**/*") if path.is_file()], "nothing is left behind"


def test_ctrl_c_is_heard_while_a_file_is_opened(overfull: Path) -> None:
    before, is_over = set(at_work()), threading.Event()

    def interrupt() -> None:
        while not is_over.is_set():
            if not before.issuperset(at_work()):
                os.kill(os.getpid(), signal.SIGINT)
                return

    threading.Thread(target=interrupt).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            probe(overfull)
    finally:
        is_over.set()


def test_a_file_stays_open_for_the_thread_that_is_left_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_READING_CPU_S", 0.0)
    monkeypatch.setattr(limits, "_LEAST_BYTES_PER_CPU_S", float("inf"))
    plain = write_audio(tmp_path / "plain.opus", beeps(3, [1]))
    tags = {f"k{number}": "v" for number in range(TAGS // 2)}
    path = tmp_path / "episode.opus"
    path.write_bytes(plain.read_bytes() + write_audio(tmp_path / "link.opus", beeps(3, [1]), tags=tags).read_bytes())
    before = set(at_work())
    decoder = Decoder(path)
    with pytest.raises(AudioError, match="far too many tags"):
        list(each_in_bounded_time(path, iter_chunks(decoder)))
    decoder.close()
    for thread in set(at_work()) - before:
        thread.join()
    assert decoder.decoded_ms > 3_000
