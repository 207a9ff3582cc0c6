"""The command line as a person meets it: sample episodes, the real model, real processes."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audio_files import noise, write_audio
from commands import podindex_json, run_podindex
from transcripts import EPISODE, make_transcript

from podindex import Library
from podindex.config import search_dir
from podindex.formats import FORMATS
from podindex.models import Episode
from podindex.search.index.manifest import MANIFEST_NAME
from podindex.store import EpisodeStore

BREACH = "the-sticky-note/three-hundred-thousand-faces"
HIT_KEYS = (
    "episode_id show title published start_ms end_ms jump_ms timestamp speaker match text spans score "
    "more_in_episode url"
).split()


@pytest.fixture
def library_copy(sample_library: Path, tmp_path: Path) -> Path:
    """A library that a test may change."""
    return shutil.copytree(sample_library, tmp_path / "library")


def search(library: Path, *arguments: str) -> Any:
    return podindex_json("--library", library, "search", "--json", *arguments)


def play_with(library: Path, folder: Path, ending: str) -> "subprocess.CompletedProcess[str]":
    """Play something with an mpv that ends so."""
    program = folder / "mpv"
    program.write_text(f"#!/bin/sh\n{ending}\n")
    program.chmod(0o755)
    return run_podindex("--library", library, "play", BREACH, "--player", "mpv", env={"PATH": str(folder)})


def true_lines(repo_dir: Path, title: str) -> list[dict[str, Any]]:
    episodes = json.loads((repo_dir / "tests/data/samples.json").read_text())["episodes"]
    lines: list[dict[str, Any]] = next(episode["lines"] for episode in episodes if episode["title"] == title)
    return lines


class TestSearch:
    def test_the_answer_has_the_fields_of_the_contract(self, sample_library: Path) -> None:
        page = search(sample_library, "facial recognition")
        assert list(page) == ["query", "total", "total_episodes", "took_ms", "did_you_mean", "notes", "hits"]
        assert page["query"] == "facial recognition"
        assert page["total"] >= len(page["hits"]) > 0
        for hit in page["hits"]:
            assert list(hit) == HIT_KEYS
            assert 0 <= hit["jump_ms"] <= hit["start_ms"] < hit["end_ms"]
            assert hit["url"].startswith(f"/episodes/{hit['episode_id']}#t=")
            assert hit["spans"]

    def test_numbers_that_whisper_parts_are_found(self, sample_library: Path) -> None:
        # On processors without AVX-512, the model writes it with a sign.
        ways = {'"3.5 million pounds"': {"3.5 million pounds", "£3.5 million"}, "16000": {"16,000"}}
        for query, texts in ways.items():
            (hit,) = search(sample_library, query)["hits"]
            (span,) = hit["spans"]
            assert hit["text"][slice(*span)] in texts

    def test_a_word_with_a_minus_is_excluded_and_no_option(self, sample_library: Path) -> None:
        with_it = search(sample_library, "breach", "-show:sticky", "--limit", "1")
        assert with_it == search(sample_library, "breach -show:sticky", "--limit", "1") | {
            "took_ms": with_it["took_ms"]
        }
        assert with_it["total"] < search(sample_library, "breach")["total"]

    def test_who_reads_nothing_does_not_make_it_fail(self, sample_library: Path) -> None:
        command = f"{sys.executable} -m podindex --library '{sample_library}' search breach >&-"
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_library_that_cannot_be_written_is_searched_as_it_was(self, library_copy: Path) -> None:
        # A copy has other inodes, so all of it looks changed; and where the lock should be is a folder.
        lock = library_copy / "episodes" / ".podindex.lock"
        lock.unlink(missing_ok=True)
        lock.mkdir()
        result = run_podindex("--library", library_copy, "search", "breach")
        assert result.returncode == 0
        assert "are not found" in result.stderr
        assert "breach" in result.stdout

    def test_every_line_that_was_recognised_is_found_where_it_was_said(
        self, sample_library: Path, repo_dir: Path
    ) -> None:
        """The first four words of each line, as a phrase, at the line's true start."""
        found = errors = 0
        lines = true_lines(repo_dir, "Three Hundred Thousand Faces")
        with Library.open(sample_library) as library:  # a process for each line would take seconds, and show no more
            for line in lines:
                words = line["text"].split()[:4]
                page = library.search(f'"{" ".join(words)}"', episode=BREACH)
                starts_ms = [hit.start_ms for hit in page.hits if hit.match == "exact"]
                if starts_ms:
                    found += 1
                    errors += min(abs(start_ms - line["start_ms"]) for start_ms in starts_ms) > 500
        assert found >= len(lines) * 0.7
        assert errors == 0, "starts are more than half a second off"

    def test_a_phrase_is_found_only_as_it_was_said(self, sample_library: Path) -> None:
        assert search(sample_library, '"facial recognition"')["total"] > 0
        assert search(sample_library, '"recognition facial"')["total"] == 0

    def test_filters_narrow(self, sample_library: Path) -> None:
        everywhere = search(sample_library, "the", "--per-episode", "0", "--limit", "1000")
        one_show = search(sample_library, "the", "--show", "Odd Sums", "--per-episode", "0", "--limit", "1000")
        assert 0 < one_show["total"] < everywhere["total"] == len(everywhere["hits"])
        assert {hit["show"] for hit in one_show["hits"]} == {"Odd Sums"}
        assert search(sample_library, "the", "--until", "2000-01-01")["total"] == 0

    @pytest.mark.parametrize(
        ("days", "months"),
        [(["--since", "2026"], {"2026-03"}), (["--since", "2025-10", "--until", "2025"], {"2025-10"})],
    )
    def test_days_may_be_months_and_years(self, sample_library: Path, days: list[str], months: set[str]) -> None:
        assert {hit["published"][:7] for hit in search(sample_library, "the", *days)["hits"]} == months

    def test_people_get_lines_with_times(self, sample_library: Path) -> None:
        result = run_podindex("--library", sample_library, "search", "facial", "recognition")
        assert result.returncode == 0
        assert "0:00:" in result.stdout
        assert "\x1b" not in result.stdout
        assert "The Sticky Note" in result.stdout

    def test_nothing_found_is_no_error(self, sample_library: Path) -> None:
        result = run_podindex("--library", sample_library, "search", "zyzzyva qwxyz")
        assert result.returncode == 0
        assert "nothing found" in result.stdout

    def test_a_page_has_the_hits_that_it_is_told(self, sample_library: Path) -> None:
        everything = search(sample_library, "the", "--per-episode", "0", "--limit", "1000")["hits"]
        page = search(sample_library, "the", "--per-episode", "0", "--limit", "7", "--offset", "7")["hits"]
        assert [hit["start_ms"] for hit in page] == [hit["start_ms"] for hit in everything[7:14]]


class TestAddAndSync:
    def test_the_same_files_again_are_unchanged_and_load_no_model(self, library_copy: Path, repo_dir: Path) -> None:
        result = run_podindex(
            "--library", library_copy, "add", "--json", repo_dir / "episodes", "--model", "no-such-model"
        )
        assert result.returncode == 0, result.stderr
        document = json.loads(result.stdout)
        assert [outcome["status"] for outcome in document["outcomes"]] == ["unchanged"] * 3
        assert document["indexed"] == 3

    def test_what_was_done_before_an_error_is_said_beside_it(
        self, library_copy: Path, repo_dir: Path, tmp_path: Path
    ) -> None:
        new = write_audio(tmp_path / "new.wav", noise(1, -30))
        command = ("--library", library_copy, "add", "--json", "--model", "no-such-model")
        document = podindex_json(*command, new, repo_dir / "episodes", code=1)
        assert [outcome["status"] for outcome in document["outcomes"]] == ["unchanged"] * 3
        assert document["indexed"] == 3
        assert document["error"]["code"] == "model-unknown"

    def test_a_dry_run_says_how_many_are_indexed(self, sample_library: Path, repo_dir: Path) -> None:
        command = ("--library", sample_library, "add", "--dry-run", "--json")
        assert podindex_json(*command, repo_dir / "episodes")["indexed"] == 3

    def test_nothing_is_written_in_a_dry_run(self, tmp_path: Path, repo_dir: Path) -> None:
        library = tmp_path / "new"
        document = podindex_json("--library", library, "add", "--dry-run", "--json", repo_dir / "episodes")
        assert {outcome["status"] for outcome in document["outcomes"]} == {"pending"}
        assert not library.exists()

    def test_a_dry_run_fails_where_the_run_would_for_its_model(
        self, library_copy: Path, repo_dir: Path, tmp_path: Path
    ) -> None:
        command = ("--library", library_copy, "add", "--dry-run", "--json", "--model", "no-such-model")
        new, cues = write_audio(tmp_path / "new.wav", noise(1, -30)), tmp_path / "cues.vtt"
        cues.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n")
        document = podindex_json(*command, new, code=1)
        assert document["error"]["code"] == "model-unknown"
        assert [outcome["status"] for outcome in document["outcomes"]] == ["pending"]
        podindex_json(*command, repo_dir / "episodes")  # with which there is nothing to do
        podindex_json(*command, new, "--transcript", cues)  # which takes no model

    def test_a_publishers_transcript_is_used_instead_of_a_model(self, tmp_path: Path, repo_dir: Path) -> None:
        audio = next((repo_dir / "episodes").glob("*/*.opus"))
        cues = tmp_path / "cues.vtt"
        cues.write_text("WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ann>Zebras dislike parliamentary procedure.\n")
        library = tmp_path / "library"
        document = podindex_json("--library", library, "add", "--json", audio, "--transcript", cues)
        assert [outcome["status"] for outcome in document["outcomes"]] == ["done"]
        (hit,) = search(library, '"dislike parliamentary"')["hits"]
        assert hit["speaker"] == "Ann"
        assert 1000 < hit["start_ms"] < hit["end_ms"] < 4000
        (episode,) = podindex_json("--library", library, "episodes", "--json")["episodes"]
        assert episode["origin"] == "publisher"

    def test_where_the_old_transcript_is_kept_is_said(self, tmp_path: Path) -> None:
        audio, cues = write_audio(tmp_path / "new.wav", noise(1, -30)), tmp_path / "cues.vtt"
        command = ("--library", tmp_path / "library", "add", audio, "--transcript", cues, "--language", "en", "--force")
        for word in ("hello", "goodbye"):
            cues.write_text(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{word}\n")
            result = run_podindex(*command)
            assert result.returncode == 0
        (kept,) = tmp_path.glob("library/episodes/*/*.replaced-*")
        assert "hello" in kept.read_text()
        assert f"the old transcript is kept as {kept.name}" in result.stderr

    def test_a_folder_without_audio_is_said_to_have_none(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("no audio")
        result = run_podindex("--library", tmp_path / "library", "add", tmp_path)
        assert (result.returncode, result.stderr) == (0, "found no audio to add\n")

    def test_sync_has_nothing_to_do_when_everything_is_done(self, library_copy: Path) -> None:
        assert podindex_json("--library", library_copy, "sync", "--json") == {"outcomes": [], "indexed": 3}

    def test_a_moved_file_is_recognised(self, tmp_path: Path, sample_library: Path, repo_dir: Path) -> None:
        library = shutil.copytree(sample_library, tmp_path / "library")
        store = EpisodeStore(library / "episodes")
        audio = store.audio_path(store.load_episode(BREACH))
        assert audio
        moved = Path(shutil.copy(audio, tmp_path / "renamed.mp3"))
        episode_json = store.metadata_path(BREACH)
        episode_json.write_text(episode_json.read_text().replace(str(audio.parent), "/nowhere"))
        (outcome,) = podindex_json("--library", library, "add", "--json", moved)["outcomes"]
        assert (outcome["episode_id"], outcome["status"]) == (BREACH, "unchanged")
        assert store.audio_path(store.load_episode(BREACH)) == moved

    def test_metadata_given_again_is_taken_over(self, library_copy: Path, repo_dir: Path) -> None:
        audio = EpisodeStore(library_copy / "episodes").load_episode(BREACH).audio
        assert audio
        podindex_json("--library", library_copy, "add", "--json", audio.path, "--title", "Faces, Leaked")
        titles = {hit["title"] for hit in search(library_copy, "facial", "--episode", BREACH)["hits"]}
        assert titles == {"Faces, Leaked"}


class TestLookingAtEpisodes:
    def test_episodes_have_the_fields_of_the_contract(self, sample_library: Path) -> None:
        episodes = podindex_json("--library", sample_library, "episodes", "--json")["episodes"]
        assert len(episodes) == 3
        fields = "episode_id show title published duration_ms status language words origin model audio_path".split()
        for episode in episodes:
            assert list(episode)[: len(fields)] == fields
            assert episode["status"] == "ready"
            assert episode["words"] > 100
            assert episode["model"] == "tiny.en"

    def test_that_no_title_has_the_words_is_said(self, sample_library: Path) -> None:
        assert run_podindex("--library", sample_library, "episodes", "okapis").stderr == "no title has these words\n"
        assert run_podindex("--library", sample_library, "episodes", "faces").stderr == ""

    def test_a_listing_in_a_pipe_is_not_cut(self, tmp_path: Path) -> None:
        store = EpisodeStore(tmp_path / "episodes")
        long_id = f"{'s' * 80}/{'e' * 80}"
        store.save_episode(Episode(long_id, "Show", "Title"))
        result = run_podindex("--library", tmp_path, "episodes", env={"COLUMNS": "80"})
        assert long_id in result.stdout

    def test_shows(self, sample_library: Path) -> None:
        shows = podindex_json("--library", sample_library, "shows", "--json")["shows"]
        assert [show["show"] for show in shows] == ["Odd Sums", "The Sticky Note"]
        assert run_podindex("--library", sample_library, "shows").returncode == 0

    def test_show_begins_where_it_is_told(self, sample_library: Path) -> None:
        result = run_podindex("--library", sample_library, "show", BREACH, "--at", "1:00")
        assert result.returncode == 0
        assert result.stdout.startswith(("0:00:5", "0:01:0"))
        whole = podindex_json("--library", sample_library, "show", BREACH, "--json")
        rest = podindex_json("--library", sample_library, "show", BREACH, "--at", "60s", "--json")
        assert whole["segments"][-len(rest["segments"]) :] == rest["segments"]

    def test_the_folder_of_a_file_is_made(self, sample_library: Path, tmp_path: Path) -> None:
        target = tmp_path / "new" / "breach.srt"
        result = run_podindex("--library", sample_library, "export", BREACH, "-f", "srt", "-o", target)
        assert result.returncode == 0, result.stderr
        assert target.read_text("utf-8").startswith("1\n")

    @pytest.mark.parametrize("written", ["v1.0/", "v1.0/.", "v1.0//"])
    def test_a_slash_at_the_end_makes_a_folder_of_any_name(
        self, library_dir: Path, tmp_path: Path, written: str
    ) -> None:
        result = run_podindex("--library", library_dir, "export", "a-show/one", "-o", written, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert (tmp_path / "v1.0" / "one.vtt").read_text().startswith("WEBVTT")

    def test_what_is_there_and_no_folder_is_written_to(self, library_dir: Path, tmp_path: Path) -> None:
        """A device, a pipe and what a link leads to stay what they are; a file needs no suffix to be one."""
        plain, other, link, pipe = (tmp_path / name for name in ("plain", "other.vtt", "link", "pipe"))
        plain.write_text("before")
        other.write_text("before")
        link.symlink_to(other)
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        for target in (plain, link, pipe, Path("/dev/null")):
            result = run_podindex("--library", library_dir, "export", "a-show/one", "-o", target)
            assert result.returncode == 0, result.stderr
        assert plain.read_bytes() == other.read_bytes() == os.read(reader, 65_536)
        assert plain.read_text().startswith("WEBVTT")
        os.close(reader)
        assert link.is_symlink()
        assert Path("/dev/null").is_char_device()

    def test_several_documents_do_not_go_where_no_folder_is(self, library_dir: Path) -> None:
        result = run_podindex("--library", library_dir, "export", "a-show/one", "-f", "all", "-o", "/dev/null")
        assert result.returncode == 1
        assert result.stderr.startswith("error: cannot write to /dev/null")

    def test_a_device_that_is_full_is_said(self, library_dir: Path) -> None:
        result = run_podindex("--library", library_dir, "export", "a-show/one", "-o", "/dev/full")
        assert (result.returncode, result.stderr.count("\n")) == (1, 1)
        assert "no room" in result.stderr

    @pytest.mark.parametrize(
        "options",
        [
            ["-f", "json", "-o", "."],
            ["-f", "all"],
            ["-f", "words", "-o", "one.transcript.json"],
            ["-f", "json", "-o", "../new/a.json"],
        ],
    )
    def test_what_the_library_keeps_is_not_written_over(
        self, library_dir: Path, tmp_path: Path, options: list[str]
    ) -> None:
        """`export` in the folder of a show, where the metadata are called as the export would be."""
        folder = shutil.copytree(library_dir, tmp_path / "library") / "episodes" / "a-show"
        before = {path: path.read_bytes() for path in folder.iterdir()}
        result = run_podindex("export", "a-show/one", *options, cwd=folder)
        assert result.returncode == 1
        assert result.stderr.startswith("error: ")
        assert "(choose another place with -o)" in result.stderr
        assert {path: path.read_bytes() for path in folder.iterdir()} == before
        assert run_podindex("export", "a-show/one", "-f", "words", cwd=folder).returncode == 0

    @pytest.mark.parametrize("name", list(FORMATS))
    def test_every_format_is_exported(self, sample_library: Path, name: str) -> None:
        result = run_podindex("--library", sample_library, "export", BREACH, "-f", name, "-o", "-")
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip()

    def test_all_formats_go_to_a_folder(self, sample_library: Path, tmp_path: Path) -> None:
        result = run_podindex(
            "--library", sample_library, "export", BREACH, "--output_format", "all", "--output_dir", tmp_path
        )
        assert result.returncode == 0, result.stderr
        assert len(list(tmp_path.iterdir())) == len(FORMATS)

    def test_an_episode_that_cannot_be_exported_does_not_stop_the_others(self, tmp_path: Path) -> None:
        store = EpisodeStore(tmp_path / "episodes")
        for episode_id in ("a/pending", "a/first", "a/last"):
            store.save_episode(Episode(episode_id, "Show", "Title"))
            if episode_id != "a/pending":
                store.save_transcript(make_transcript(["This is said."], episode_id))
        episodes = ("a/first", "a/pending", "nothing", "a/last")
        result = run_podindex("--library", tmp_path, "export", *episodes, "-f", "txt", "-o", tmp_path / "to")
        assert result.returncode == 3
        assert result.stderr.count("error: ") == 2
        assert sorted(path.name for path in (tmp_path / "to").iterdir()) == ["first.txt", "last.txt"]
        assert run_podindex("--library", tmp_path, "export", "a/pending", "-o", tmp_path / "to").returncode == 1

    def test_episodes_of_the_same_name_get_files_of_their_own(self, tmp_path: Path) -> None:
        store = EpisodeStore(tmp_path / "episodes")
        ids = ["a/alpha-title", "b/alpha-title", "b/beta"]
        for episode_id in ids:
            store.save_episode(Episode(episode_id, "Show", "Title"))
            store.save_transcript(make_transcript([f"This is {episode_id}."], episode_id))
        # An episode that is named twice does not share its name with another.
        named = (*ids, "b/beta")
        result = run_podindex("--library", tmp_path, "export", *named, "-f", "txt", "-o", tmp_path / "ex")
        assert result.returncode == 0, result.stderr
        written = {path.name: path.read_text().strip() for path in (tmp_path / "ex").iterdir()}
        assert written == {
            "a_alpha-title.txt": "This is a/alpha-title.",
            "b_alpha-title.txt": "This is b/alpha-title.",
            "beta.txt": "This is b/beta.",
        }

    def test_play_without_a_player_says_where_to_listen(self, sample_library: Path) -> None:
        result = run_podindex("--library", sample_library, "play", f"{BREACH}@1:02.5", env={"PATH": "/nonexistent"})
        assert result.returncode == 0, result.stderr
        path, moment = result.stdout.rstrip("\n").split("\t")
        assert Path(path).is_file()
        assert moment == "0:01:02"

    def test_play_knows_the_hits_of_the_last_search(self, library_copy: Path) -> None:
        hits = search(library_copy, "facial recognition")["hits"]
        result = run_podindex("--library", library_copy, "play", "1", env={"PATH": "/nonexistent"})
        assert result.returncode == 0, result.stderr
        assert Path(result.stdout.split("\t")[0]).is_file()
        assert run_podindex("--library", library_copy, "play", str(len(hits) + 1)).returncode == 1

    @pytest.mark.parametrize("ending", ["exit 0", "exit 4", "kill -TERM $$", "exit 143"])
    def test_a_player_that_is_closed_has_not_failed(self, sample_library: Path, tmp_path: Path, ending: str) -> None:
        assert play_with(sample_library, tmp_path, ending).returncode == 0

    @pytest.mark.parametrize("ending", ["exit 1", "exit 2", "kill -SEGV $$"])
    def test_a_player_that_fails_is_an_error(self, sample_library: Path, tmp_path: Path, ending: str) -> None:
        result = play_with(sample_library, tmp_path, ending)
        assert result.returncode == 1
        assert result.stderr.splitlines()[-1].startswith("error: mpv failed")


class TestUpkeep:
    def test_a_library_is_well(self, sample_library: Path) -> None:
        assert podindex_json("--library", sample_library, "check", "--json") == {"problems": []}

    def test_an_index_that_was_never_made_is_said_and_no_problem(self, tmp_path: Path) -> None:
        store = EpisodeStore(tmp_path / "episodes")
        store.save_episode(EPISODE)
        check = ("--library", tmp_path, "check")
        assert "index" not in run_podindex(*check).stderr, "there is nothing to search"
        store.save_transcript(make_transcript(["Hello there."]))
        result = run_podindex(*check)
        assert result.returncode == 0
        assert "nothing wrong" in result.stderr
        assert "no index yet: the next search makes it" in result.stderr
        assert search(tmp_path, "hello")["total"] == 1
        assert "no index" not in run_podindex(*check).stderr

    def test_an_index_of_another_version_is_not_up_to_date(self, library_copy: Path) -> None:
        """After an upgrade it was said that there is none yet."""
        search(library_copy, "hello")
        manifest = search_dir(library_copy) / MANIFEST_NAME
        manifest.write_text(manifest.read_text().replace('"schema":', '"schema":9'))
        result = run_podindex("--library", library_copy, "check")
        assert result.returncode == 0
        assert "the index is not up to date: the next search" in result.stderr

    def test_an_index_that_is_out_of_date_is_said_and_no_problem(self, library_copy: Path) -> None:
        """Who edited metadata by hand heard that the index was damaged."""
        store = EpisodeStore(library_copy / "episodes")
        episode = store.load_episode(next(store.iter_ids()))
        store.save_episode(replace(episode, title="Edited"))
        check = ("--library", library_copy, "check")
        result = run_podindex(*check)
        assert result.returncode == 0
        assert "the index is not up to date: the next search brings it" in result.stderr
        search(library_copy, "title:edited")
        assert "index" not in run_podindex(*check).stderr

    def test_reindex_changes_no_answer(self, library_copy: Path) -> None:
        before = search(library_copy, "facial recognition")
        assert run_podindex("--library", library_copy, "reindex").returncode == 0
        after = search(library_copy, "facial recognition")
        assert after["hits"] == before["hits"]

    def test_doctor_and_models(self, sample_library: Path) -> None:
        findings = podindex_json("--library", sample_library, "doctor", "--json")
        assert findings["cores"] >= 1
        assert "tiny.en" in findings["models"]
        names = [model["name"] for model in podindex_json("models", "--json")["models"]]
        assert "tiny.en" in names
        assert re.search(r"^large-v3 .* 3092 MB$", run_podindex("models").stdout, re.MULTILINE)

    def test_a_download_is_announced(self) -> None:
        nowhere = {"HF_ENDPOINT": "http://127.0.0.1:1"}
        said = run_podindex("models", "pull", "small.en", env=nowhere).stderr
        assert re.match(r"downloading the model small\.en, \d+ MB\nerror: cannot download the model small\.en: ", said)


class TestExitCodes:
    def test_wrong_usage_is_2(self, sample_library: Path) -> None:
        for arguments in (
            ["searc", "x"],
            ["search"],
            ["search", "x", "--limit", "many"],
            ["search", "x", "--limit", "0"],
            ["search", "x", "--sort", "best"],
            ["search", "x", "--since", "soon"],
            ["show", BREACH, "--at", "noon"],
            ["export", BREACH, "--format", "nope"],
        ):
            result = run_podindex("--library", sample_library, *arguments)
            assert result.returncode == 2, arguments
            assert result.stderr.startswith("error: "), arguments
            assert result.stderr.count("\n") == 1, arguments

    def test_no_library_is_10(self, tmp_path: Path) -> None:
        for arguments in (["search", "x"], ["sync"], ["episodes"], ["reindex"], ["check"], ["serve"], ["play", "1"]):
            result = run_podindex("--library", tmp_path / "none", *arguments)
            assert result.returncode == 10, arguments
            assert result.stderr.startswith("error: "), arguments

    def test_a_second_writer_is_11_and_readers_go_on(self, library_copy: Path, repo_dir: Path) -> None:
        with EpisodeStore(library_copy / "episodes").writer_lock():
            assert run_podindex("--library", library_copy, "add", repo_dir / "episodes").returncode == 11
            assert run_podindex("--library", library_copy, "reindex").returncode == 11
            assert search(library_copy, "facial")["total"] > 0

    def test_an_unknown_episode_is_1(self, sample_library: Path) -> None:
        for episode in ("no/such", "../../etc/passwd", ""):
            result = run_podindex("--library", sample_library, "show", episode)
            assert result.returncode == 1
            assert result.stderr.startswith("error: ")
            assert "Traceback" not in result.stderr


class TestSettings:
    def test_a_flag_beats_the_environment_beats_the_file(self, library_copy: Path) -> None:
        (library_copy / "podindex.toml").write_text("[search]\nlimit = 3\nper_episode = 0\n")
        assert len(search(library_copy, "the")["hits"]) == 3
        result = run_podindex("--library", library_copy, "search", "the", "--json", env={"PODINDEX_LIMIT": "2"})
        assert len(json.loads(result.stdout)["hits"]) == 2
        result = run_podindex(
            "--library", library_copy, "search", "the", "--json", "--limit", "1", env={"PODINDEX_LIMIT": "2"}
        )
        assert len(json.loads(result.stdout)["hits"]) == 1

    def test_what_the_file_says_is_made_what_an_option_takes(self, library_copy: Path) -> None:
        (library_copy / "podindex.toml").write_text("[search]\nshow = 2026\nlimit = '2'\nsort = 'date'\n")
        assert search(library_copy, "the")["total"] == 0
        assert len(search(library_copy, "the", "--show", "Odd Sums")["hits"]) == 2

    @pytest.mark.parametrize("content", ["limt = 3", "[serch]\nlimit = 3", "= nonsense", "[add]\nbeam_size = 'x'"])
    def test_what_is_wrong_in_the_file_is_said(self, library_copy: Path, content: str) -> None:
        (library_copy / "podindex.toml").write_text(content)
        result = run_podindex("--library", library_copy, "add", "x.mp3")
        assert result.returncode in (1, 2)
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1

    def test_variables_and_settings_are_named_as_the_options_are(self, library_copy: Path) -> None:
        """Not as the parameters behind them: `--format` is `PODINDEX_FORMAT` and `format`."""
        export = ("--library", library_copy, "export", BREACH, "-o", "-")
        assert "-->" in run_podindex(*export, env={"PODINDEX_FORMAT": "SRT"}).stdout
        assert json.loads(run_podindex("--library", library_copy, "shows", env={"PODINDEX_JSON": "1"}).stdout)["shows"]
        (library_copy / "podindex.toml").write_text("[export]\nformat = 'tsv'\n[shows]\njson = true\n")
        assert run_podindex(*export).stdout.startswith("start\tend\ttext")
        assert json.loads(run_podindex("--library", library_copy, "shows").stdout)["shows"]
