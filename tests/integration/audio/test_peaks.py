"""Peaks of real files, built, kept and distrusted."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from audio_files import beeps, write_audio

from podindex.audio.peaks import Peaks, build_peaks, load_peaks, save_peaks
from podindex.errors import StoreError

# Has two threads ask for the peaks of a file, and says how often they were put into the cache.
_ASK_TWICE = """
import sys
from pathlib import Path
from threading import Barrier, Thread
from podindex.audio.peaks import cached_peaks

audio, kept, begin = Path(sys.argv[1]), [], Barrier(2)
sys.addaudithook(lambda event, _: event == "os.rename" and kept.append(event))

def ask():
    begin.wait()
    cached_peaks(audio.parent / "index" / "peaks", "show/episode", audio)

threads = [Thread(target=ask), Thread(target=ask)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(kept))
"""


@pytest.fixture
def peaks() -> Peaks:
    return Peaks(16_000, 640, np.array([-3, 4, -128, 127], np.int8))


def test_the_outline_shows_where_the_sound_is(tmp_path: Path) -> None:
    built = build_peaks(write_audio(tmp_path / "episode.flac", beeps(10.02, [2.0, 5.6])))
    lows, highs = built.data[::2], built.data[1::2]
    assert (built.sample_rate_hz, built.samples_per_pixel, len(highs)) == (16_000, 640, 251)
    assert np.flatnonzero(highs).tolist() == [*range(50, 55), *range(140, 145)]
    assert set(highs[highs != 0].tolist()) == {46}  # 12,000 of 32,768 in 8 bits
    assert set(lows[lows != 0].tolist()) == {-47}


def test_what_two_ask_for_at_once_is_drawn_once(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "episode.flac", beeps(60, [2.0]))
    drawn = subprocess.run([sys.executable, "-c", _ASK_TWICE, audio], capture_output=True, text=True, check=True)
    assert drawn.stdout == "1\n"


def test_peaks_come_back_as_they_were_saved(tmp_path: Path, peaks: Peaks) -> None:
    path = tmp_path / "index" / "peaks" / "show" / "episode.dat"
    save_peaks(path, peaks)
    loaded = load_peaks(path)
    assert loaded is not None
    assert (loaded.sample_rate_hz, loaded.samples_per_pixel) == (16_000, 640)
    assert loaded.data.tolist() == peaks.data.tolist()


def test_the_file_is_audiowaveforms(tmp_path: Path, peaks: Peaks) -> None:
    save_peaks(tmp_path / "episode.dat", peaks)
    header = np.fromfile(tmp_path / "episode.dat", "<i4", count=6)
    assert header.tolist() == [2, 1, 16_000, 640, 2, 1]


def test_what_is_not_whole_is_built_again(tmp_path: Path, peaks: Peaks) -> None:
    path = tmp_path / "episode.dat"
    assert load_peaks(path) is None
    save_peaks(path, peaks)
    content = path.read_bytes()
    for damaged in (b"", content[:10], content[:-1], content + b"x", b"\x09" + content[1:]):
        path.write_bytes(damaged)
        assert load_peaks(path) is None
    for at in range(24):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :])
        assert load_peaks(path) is None


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path, peaks: Peaks) -> None:
    (tmp_path / "peaks").write_text("a file in the way")
    with pytest.raises(StoreError):
        save_peaks(tmp_path / "peaks" / "show" / "episode.dat", peaks)


def test_a_library_that_was_moved_away_meanwhile_is_not_begun_anew(tmp_path: Path, peaks: Peaks) -> None:
    library_dir = tmp_path / "moved"
    with pytest.raises(StoreError):
        save_peaks(library_dir / "index" / "peaks" / "show" / "episode.dat", peaks)
    assert not library_dir.exists()
