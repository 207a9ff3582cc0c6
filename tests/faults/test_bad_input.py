"""Everything that is not a whole episode, in one batch: a clear error each, nothing lost, the rest goes on."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audio_files import noise, write_audio
from commands import podindex_json, run_podindex

from podindex.store import EpisodeStore

SAMPLE = "the-sticky-note/12-three-hundred-thousand-faces.mp3"

BAD_FILES: dict[str, bytes] = {
    "empty.mp3": b"",
    "page.mp3": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "text.mp3": b"These are the show notes, not the show.\n" * 50,
    "playlist.mp3": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/segment.ts\n#EXT-X-ENDLIST\n",
    "session.mp3": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n",
    "concat.mp3": b"ffconcat version 1.0\nfile /etc/hostname\n",
    "bytes.mp3": bytes(range(256)) * 40,
}


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory, repo_dir: Path) -> tuple[Path, dict[str, dict[str, object]], int]:
    """A library after a batch of good, bad and damaged files, and the outcomes by file name."""
    folder = tmp_path_factory.mktemp("batch")
    incoming = folder / "incoming"
    incoming.mkdir()
    whole = (repo_dir / "episodes" / SAMPLE).read_bytes()
    (incoming / "good.mp3").write_bytes(whole)
    (incoming / "truncated.mp3").write_bytes(whole[: len(whole) // 2])
    middle = len(whole) // 2
    (incoming / "garbage.mp3").write_bytes(whole[:middle] + bytes(range(256)) * 80 + whole[middle + 20_480 :])
    shutil.copy(repo_dir / "episodes" / SAMPLE, incoming / "wrong-extension.wav")
    with (incoming / "wrong-extension.wav").open("ab") as file:
        file.write(b"\0" * 100)  # other bytes: else it would be known
    for name, content in BAD_FILES.items():
        (incoming / name).write_bytes(content)
    result = run_podindex("--library", folder / "library", "add", "--json", incoming, incoming / "missing.mp3")
    outcomes = {Path(outcome["path"]).name: outcome for outcome in json.loads(result.stdout)["outcomes"]}
    assert "Traceback" not in result.stderr
    return folder / "library", outcomes, result.returncode


def test_some_failed_is_exit_3(batch: tuple[Path, dict[str, dict[str, object]], int]) -> None:
    assert batch[2] == 3


@pytest.mark.parametrize("name", [*BAD_FILES, "missing.mp3"])
def test_what_is_no_audio_fails_with_a_reason_and_a_remedy(
    batch: tuple[Path, dict[str, dict[str, object]], int], name: str
) -> None:
    outcome = batch[1][name]
    assert outcome["status"] == "failed"
    error = outcome["error"]
    assert isinstance(error, dict)
    assert error["code"]
    assert name in error["message"]
    assert error["hint"]
    assert outcome["episode_id"] is None


def test_the_others_are_done_and_found(batch: tuple[Path, dict[str, dict[str, object]], int]) -> None:
    library, outcomes, _ = batch
    assert outcomes["good.mp3"]["status"] == "done"
    assert outcomes["wrong-extension.wav"]["status"] == "done"
    found = podindex_json("--library", library, "search", "--json", '"facial recognition"')
    assert {outcomes["good.mp3"]["episode_id"]} <= {hit["episode_id"] for hit in found["hits"]}


def test_a_truncated_file_is_partial_up_to_where_it_ends(
    batch: tuple[Path, dict[str, dict[str, object]], int],
) -> None:
    library, outcomes, _ = batch
    outcome = outcomes["truncated.mp3"]
    assert outcome["status"] == "partial"
    origin = EpisodeStore(library / "episodes").load_transcript(str(outcome["episode_id"])).origin
    assert origin.missing[-1].reason == "truncated"
    assert 70_000 < (origin.decoded_duration_ms or 0) < 90_000


def test_garbage_in_the_middle_costs_only_itself(batch: tuple[Path, dict[str, dict[str, object]], int]) -> None:
    """What follows the garbage is there, at its true time."""
    library, outcomes, _ = batch
    store = EpisodeStore(library / "episodes")
    damaged = store.load_transcript(str(outcomes["garbage.mp3"]["episode_id"]))
    whole = store.load_transcript(str(outcomes["good.mp3"]["episode_id"]))
    assert abs((damaged.origin.decoded_duration_ms or 0) - (whole.origin.decoded_duration_ms or 0)) < 1000
    assert abs(damaged.segments[-1].end_ms - whole.segments[-1].end_ms) < 1000


def test_titles_in_common_get_ids_of_their_own(batch: tuple[Path, dict[str, dict[str, object]], int]) -> None:
    ids = [outcome["episode_id"] for outcome in batch[1].values() if outcome["episode_id"]]
    assert len(set(ids)) == len(ids) == 4


NAMES: list[bytes] = [
    "🎙️ émission spéciale ✨.wav".encode(),
    "بودكاست العربية.wav".encode(),
    b"line\nbreak\tand 'quotes' \"double\" `ticks`.wav",
    b"-leading-dash.wav",
    b"n" * 251 + b".wav",
    b"not utf-8 \xff\xfe.wav",
    b"http:..example.com.wav",
    b"\x1b]0;owned\x07\x1b[31mred.wav",
    b"$(touch pwned);`touch pwned`.wav",
]


def test_any_file_name_is_a_file_name(tmp_path: Path) -> None:
    incoming, library = tmp_path / "incoming", tmp_path / "library"
    incoming.mkdir()
    plain = write_audio(tmp_path / "plain.wav", noise(2, -60)).read_bytes()
    for number, name in enumerate(NAMES):
        with open(os.path.join(os.fsencode(incoming), name), "wb") as file:  # noqa: PTH118, PTH123  bytes that are no str
            file.write(plain + b"\0" * (2 * number))
    result = run_podindex("--library", library, "add", "--json", incoming)
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stderr
    outcomes = json.loads(result.stdout)["outcomes"]
    assert [outcome["status"] for outcome in outcomes] == ["done"] * len(NAMES)
    assert len({outcome["episode_id"] for outcome in outcomes}) == len(NAMES)
    for outcome in outcomes:
        part = outcome["episode_id"].partition("/")[2]
        assert part.isascii()
        assert len(part) <= 80
    again = run_podindex("--library", library, "add", "--json", incoming)
    assert {outcome["status"] for outcome in json.loads(again.stdout)["outcomes"]} == {"unchanged"}
    listing = run_podindex("--library", library, "episodes")
    assert listing.returncode == 0
    assert "\x1b" not in listing.stdout
    assert not (tmp_path / "pwned").exists()


def test_a_leading_dash_needs_the_usual_two(tmp_path: Path) -> None:
    write_audio(tmp_path / "-dash.wav", noise(2, -60))
    result = run_podindex("--library", tmp_path / "library", "add", "--", "-dash.wav", cwd=tmp_path)
    assert result.returncode == 0, result.stderr


def test_a_model_that_is_not_here_says_which_are(tmp_path: Path) -> None:
    audio = write_audio(tmp_path / "a.wav", noise(2, -60))
    for name in ("tinny.en", "large-v3", "nobody/nothing", "/no/such/folder"):
        offline = {"HF_HUB_OFFLINE": "1"}
        result = run_podindex("--library", tmp_path / "library", "add", audio, "--model", name, env=offline)
        assert result.returncode == 1
        assert "tiny.en" in result.stderr
        assert "Traceback" not in result.stderr


def test_changed_audio_under_the_same_name_is_noticed(tmp_path: Path) -> None:
    library, audio = tmp_path / "library", tmp_path / "a.wav"
    write_audio(audio, noise(2, -60))
    (first,) = podindex_json("--library", library, "add", "--json", audio)["outcomes"]
    write_audio(audio, noise(4, -60, seed=1))
    (second,) = podindex_json("--library", library, "add", "--json", audio)["outcomes"]
    assert (second["episode_id"], second["status"]) == (first["episode_id"], "done")
    assert second["duration_ms"] == 4000


def test_a_library_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    library, audio = tmp_path / "library", write_audio(tmp_path / "a.wav", noise(2, -60))
    (outcome,) = podindex_json("--library", library, "add", "--json", audio)["outcomes"]
    metadata = EpisodeStore(library / "episodes").metadata_path(outcome["episode_id"])
    newer = metadata.read_text().replace('"schema": 1', '"schema": 99')
    metadata.write_text(newer)
    result = run_podindex("--library", library, "show", outcome["episode_id"])
    assert result.returncode == 1
    assert "newer" in result.stderr
    run_podindex("--library", library, "add", audio, "--force")
    assert metadata.read_text() == newer


def _delete(index: Path) -> None:
    shutil.rmtree(index)


def _truncate(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            os.truncate(path, path.stat().st_size // 2)


def _scramble(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            path.write_bytes(os.urandom(path.stat().st_size))


def _empty(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("damage", [_delete, _truncate, _scramble, _empty])
def test_a_damaged_index_is_noticed_and_rebuilt(
    sample_library: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    library = shutil.copytree(sample_library, tmp_path / "library")
    before = podindex_json("--library", library, "search", "--json", "facial recognition")
    damage(library / "index")
    result = run_podindex("--library", library, "search", "--json", "facial recognition")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["hits"] == before["hits"]
    assert "index" in result.stderr
    assert podindex_json("--library", library, "episodes", "--json")["episodes"]


def test_a_full_disk_is_said_and_nothing_is_lost(sample_library: Path, tmp_path: Path, repo_dir: Path) -> None:
    """A limit on file sizes stands for the full disk: the transcript does not fit, its chunks do."""
    library = tmp_path / "library"
    audio = repo_dir / "episodes" / SAMPLE
    result = run_podindex_with_small_files("--library", library, "add", "--json", audio)
    assert result.returncode == 3, result.stderr
    (outcome,) = json.loads(result.stdout)["outcomes"]
    assert outcome["error"]["code"] == "disk-full"
    (outcome,) = podindex_json("--library", library, "add", "--json", audio)["outcomes"]
    assert outcome["status"] == "done"


def run_podindex_with_small_files(*arguments: object):  # type: ignore[no-untyped-def]
    import subprocess

    from commands import PODINDEX

    # 6 KiB: metadata fit, a transcript of minutes does not.
    command = ["sh", "-c", 'ulimit -f 12; exec "$@"', "sh", *PODINDEX, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
