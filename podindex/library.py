"""The use cases: what a person or a program can do with a library of episodes.

I/O: through the modules below it. Command line, web pages and Python users call `Library` and nothing else.

What a search in a fresh process does not need is imported where it is used: a person waits for every import.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, get_args

from podindex.atomic import is_there, may_be_file
from podindex.config import (
    EPISODES_NAME,
    INDEX_NAME,
    expand,
    find_library_dir,
    load_settings,
    peaks_dir,
    search_dir,
    seekable_dir,
)
from podindex.current_index import CurrentIndex
from podindex.errors import (
    AudioError,
    ConfigError,
    NoLibraryError,
    SearchError,
    StoreError,
    UsageError,
)
from podindex.hits import SearchRequest, SortOrder
from podindex.progress import Progress

if TYPE_CHECKING:
    from podindex.audio.peaks import Peaks
    from podindex.catalogue import Catalogue
    from podindex.config import Settings
    from podindex.hits import SearchPage
    from podindex.ingest import Job
    from podindex.intake import Intake
    from podindex.models import Episode, EpisodeOutcome, EpisodeSummary, LibraryStats, Problem, ShowSummary, Transcript
    from podindex.store import EpisodeStore

# To index so many episodes, or to read so many files, takes a while; fewer are done before anyone has read of it.
_MANY = 100


class Library:
    """A directory of episodes, transcripts and their index.

    Opening touches nothing: the folder is made by the first `add`, the index by the first `search`. Several threads may
    search and read it at once; none may close, reindex or repair it meanwhile.

    Attributes:
        path: the library's directory, absolute.
    """

    def __init__(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> None:
        self.path = expand(Path(path))
        self._progress = progress or Progress()
        self._index = CurrentIndex(self.path, self._progress)

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None, *, progress: Progress | None = None) -> Self:
        """Open a library.

        Args:
            path: its directory; None: `PODINDEX_LIBRARY`, else the nearest of the current directory and its parents
                that holds `podindex.toml` or `episodes/`, else the user's data directory.
            progress: is told of the course of long work.
        """
        return cls(find_library_dir(path), progress=progress)

    @cached_property
    def _store(self) -> EpisodeStore:
        from podindex.store import EpisodeStore

        return EpisodeStore(self.path / EPISODES_NAME)

    @cached_property
    def _catalogue(self) -> Catalogue:
        from podindex.catalogue import Catalogue

        return Catalogue(self.path / INDEX_NAME, self._store, self._progress)

    def close(self) -> None:
        """Let go of the index. The library can be used again afterwards."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- bringing episodes in -----------------------------------------------------------------------------------------

    def add(
        self,
        paths: Iterable[str | os.PathLike[str]] | os.PathLike[str],
        *,
        show: str | None = None,
        title: str | None = None,
        published: date | None = None,
        copy: bool = False,
        seek_safe: bool = False,
        transcript: str | os.PathLike[str] | None = None,
        force: bool = False,
        dry_run: bool = False,
        settings: Settings | None = None,
    ) -> Iterator[EpisodeOutcome]:
        """Register, transcribe and index audio files, and those below folders.

        Nothing is done before the first outcome is asked for, and no more once the loop over them is left: what is
        unfinished then, the next `add` or `sync` finishes.

        Args:
            paths: files and folders, or one of them.
            show: the show they belong to; None: what the file's tags say, else its folder's name.
            title: the title, for a single file; None: what the file's tags say, else its name.
            published: day of publication; None: what the file's tags say.
            copy: keep a copy of the audio in the library.
            seek_safe: where players would miss the time they are sent to, keep a copy in index/ in which they do not.
            transcript: a VTT, SRT or JSON file with the transcript of a single file, used instead of a model. It must
                be readable, or the file is not added.
            force: transcribe again what has a transcript, or replace that by `transcript`.
            dry_run: write nothing; yield `pending` for what would be transcribed, then fail where its model would.
            settings: how to transcribe; None: what `podindex.toml` and the environment say.

        Yields:
            One outcome a file, in the order in which they end. An episode that fails does not stop the others.

        Raises:
            LibraryBusyError: another process is writing.
            ModelError: there is no such model here.
            ConfigError: a setting cannot be used, a path is empty, or what is for one file is given for several.
        """
        from podindex.batch import Batch
        from podindex.files import composed
        from podindex.intake import Intake, IntakeOptions
        from podindex.models import EpisodeOutcome

        usual = _from_anywhere(load_settings(self.path))
        settings = _from_anywhere(settings) if settings else usual
        # None for a publisher's transcript: `sync` would transcribe the audio, and write over the one that is there.
        request = settings if transcript is None and (force or settings != usual) else None
        show, title = (name and composed(name.strip()) for name in (show, title))
        options = IntakeOptions(show, title, _midnight(published), copy, force, dry_run, request)
        files = self._find_files(paths)
        if (title or transcript) and len(files) > 1:
            what = "--title" if title else "--transcript"
            raise UsageError("one-file-only", f"{what} is for one file, and these are {len(files)}", "name one file")

        def take(intake: Intake) -> Iterator[Job | EpisodeOutcome]:
            if transcript is None:
                return intake.take_all(files)
            return intake.take_with_transcript(files, Path(transcript), settings.language)

        if dry_run:
            batch = Batch(self.path, self._store, settings, self._progress)
            needs_model = False
            for item in take(Intake(self._store, self._catalogue, options)):
                if isinstance(item, EpisodeOutcome):
                    needs_model |= item.status == "pending" and transcript is None
                    yield item
            if needs_model:
                batch.require_model()
            return
        with self._writing(create=True):
            intake = Intake(self._store, self._catalogue, options)  # not before: another process may add the same file
            taken = self._take_and_conclude(intake, take(intake), seek_safe=seek_safe)
            for outcome in self._run(taken, settings):
                if seek_safe and outcome.episode_id and outcome.status != "failed":
                    self._keep_seekable(outcome.episode_id)
                yield outcome

    def _find_files(self, paths: Iterable[str | os.PathLike[str]] | os.PathLike[str]) -> list[Path | AudioError]:
        """Return files and those below folders: once, also where a folder is given and something in it."""
        from podindex.files import iter_audio_files

        skip = self.path / INDEX_NAME
        found = (file for path in _several(paths) for file in iter_audio_files(path, skip=skip))
        files = list(dict.fromkeys(found))
        if len(files) >= _MANY:
            self._progress.note(f"looking at {len(files):,} files")
        return files

    def _take_and_conclude(
        self, intake: Intake, taken: Iterable[Job | EpisodeOutcome], *, seek_safe: bool
    ) -> Iterator[Job | EpisodeOutcome]:
        """Yield what is taken; then conclude, and warn of files in which players miss the time they are sent to."""
        yield from taken
        self._say(intake.conclude())
        self._say(intake.remarks.on_misleading(seek_safe=seek_safe))

    def _keep_seekable(self, episode_id: str) -> None:
        from podindex.audio.seekable import make_seekable

        path = self.audio_path(episode_id)
        if path is not None:
            try:
                make_seekable(seekable_dir(self.path), episode_id, path)
            except (AudioError, StoreError) as error:
                self._progress.note(f"{episode_id}: no seek-safe copy: {error}")

    def sync(self, *, settings: Settings | None = None) -> Iterator[EpisodeOutcome]:
        """Finish whatever is unfinished: loose audio in episodes/, interrupted and failed episodes, the index.

        Done while the outcomes are asked for, as by `add`.

        Yields:
            One outcome for each episode that was not ready.

        Raises:
            NoLibraryError: there is no library here.
            LibraryBusyError, ModelError, ConfigError: as for `add`.
        """
        from podindex.intake import Intake, IntakeOptions

        self.require()
        settings = settings or load_settings(self.path)
        with self._writing():
            intake = Intake(self._store, self._catalogue, IntakeOptions())
            taken = [*intake.take_library(), *intake.take_unfinished(), *intake.iter_unreadable()]
            self._say(intake.remarks.on_what_waits())
            self._say(intake.conclude())
            yield from self._run(taken, settings)

    def watch(
        self,
        folders: Iterable[str | os.PathLike[str]] | os.PathLike[str] = (),
        *,
        settle_s: float = 5.0,
        settings: Settings | None = None,
    ) -> Iterator[EpisodeOutcome]:
        """`sync`, continuously, and add audio files that appear in folders. Never ends by itself.

        Args:
            folders: watched besides episodes/, or one of them; they may come and go.
            settle_s: a file is taken when it has not changed for so many seconds.
            settings: how to transcribe; None: what `podindex.toml` and the environment say.

        Yields:
            One outcome for each episode, as it is finished.

        Raises:
            NoLibraryError: there is no library here.
            ModelError, ConfigError: as for `add`. Other errors are noted, and what failed is tried again.
        """
        from podindex.file_events import iter_ticks
        from podindex.intake import Intake, IntakeOptions
        from podindex.watching import Watch, follow

        self.require()
        settings = settings or load_settings(self.path)
        note = self._progress.note
        watch = Watch(
            self._store,
            self._catalogue,
            [expand(folder) for folder in _several(folders)],
            index_dir=self.path / INDEX_NAME,
            settle_s=settle_s,
            note=note,
        )

        unreadable: list[EpisodeOutcome] = []

        def take(paths: list[Path]) -> Iterator[EpisodeOutcome]:
            nonlocal unreadable
            with self._writing():
                intake = Intake(self._store, self._catalogue, IntakeOptions())
                taken = [*intake.take_all(paths), *intake.take_unfinished()]
                before, unreadable = unreadable, list(intake.iter_unreadable())
                taken += [outcome for outcome in unreadable if outcome not in before]  # said once, until it changes
                self._say(intake.conclude())
                yield from self._run(taken, settings)

        yield from follow(watch, iter_ticks(watch.roots), take, note=note)

    def _run(self, taken: Iterable[Job | EpisodeOutcome], settings: Settings) -> Iterator[EpisodeOutcome]:
        from podindex.batch import Batch

        yield from Batch(self.path, self._store, settings, self._progress).run(taken)
        self._catalogue.refresh()  # what was added is known from now on, even if its metadata are damaged later

    def _say(self, notes: Iterable[str]) -> None:
        for note in notes:
            self._progress.note(note)

    @property
    def indexed(self) -> int:
        """How many episodes the index holds; 0 where there is none that can be used."""
        from podindex.search.index.manifest import load_manifest

        try:
            manifest = load_manifest(search_dir(self.path))
        except (SearchError, OSError):
            return 0
        return sum(len(segment.episodes) for segment in manifest.segments) if manifest else 0

    # --- searching ----------------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        show: str | None = None,
        speaker: str | None = None,
        episode: str | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int = 10,
        offset: int = 0,
        sort: SortOrder = "relevance",
        per_episode: int = 3,
        context_ms: int | None = None,
    ) -> SearchPage:
        """Find where something is said. What each option means, `SearchRequest` says (podindex/hits.py).

        A query never fails for what it says: see docs/search.md. An index that is missing, damaged or out of date is
        brought up to date first, unless another process is writing: then the answer comes from what is indexed.

        Raises:
            NoLibraryError: there is no library here.
            SearchError: the index cannot be trusted or rebuilt.
            ValueError: `sort` is no order, or a number is negative.
        """
        if sort not in get_args(SortOrder):
            raise ValueError(f"sort is {sort!r}; give one of {', '.join(get_args(SortOrder))}")
        if min(limit, offset, per_episode, context_ms or 0) < 0:
            raise ValueError("limit, offset, per_episode and context_ms cannot be negative")
        request = SearchRequest(
            query=query,
            show=show,
            speaker=speaker,
            episode=episode,
            since=since,
            until=until,
            limit=limit,
            offset=offset,
            sort=sort,
            per_episode=per_episode,
            context_ms=context_ms,
        )
        self.require()
        return self._index.ask(lambda index: index.search(request))

    def look_ahead(self) -> None:
        """Begin to look for changes in a process of its own, while a fresh one still loads what the next search needs.

        For programs that search once and end, as the command line does.
        """
        self._index.look_ahead()

    def moments(
        self,
        query: str,
        *,
        show: str | None = None,
        speaker: str | None = None,
        episode: str | None = None,
        since: date | None = None,
        until: date | None = None,
        similar: bool = False,
    ) -> dict[str, list[int]]:
        """Say when each episode's hits begin, in ms, by episode id: all of them, but nothing else of them.

        With `similar`, those that are only similar count where nothing else is found, as in `search`.

        Raises:
            NoLibraryError, SearchError: as for `search`.
        """
        request = SearchRequest(query=query, show=show, speaker=speaker, episode=episode, since=since, until=until)
        self.require()
        found = self._index.ask(lambda index: index.moments(request, similar=similar))
        return {episode_id: times_ms[:, 0].tolist() for episode_id, times_ms in found.items()}

    def reindex(self) -> int:
        """Rebuild the index from the transcripts, without touching audio or models.

        Returns:
            How many episodes are indexed.

        Raises:
            NoLibraryError: there is no library here.
            LibraryBusyError: another process is writing.
            SearchError: the index cannot be written.
        """
        from podindex import indexing

        self.require()
        self.close()
        with self._writing():
            if (episodes := len(self._store.stamps())) >= _MANY:
                self._progress.note(f"indexing {episodes:,} episodes")
            return indexing.run(self.path, self._progress, rebuild=True)

    # --- looking at episodes ------------------------------------------------------------------------------------------

    def episodes(self, title: str | None = None) -> list[EpisodeSummary]:
        """List all episodes, by show, then by date; or those with these words in their title, see `find_titled`."""
        self.require()
        summaries = self._catalogue.summaries()
        if title is None:
            return summaries
        from podindex.titles import find_titled

        return find_titled(summaries, title)

    def shows(self) -> list[ShowSummary]:
        """List all shows with what they hold, by name."""
        from podindex.stats import summarize_shows

        return summarize_shows(self.episodes())

    def stats(self) -> LibraryStats:
        """Say what the library amounts to: hours, words, speed, models, how much of the text is doubtful."""
        from podindex.stats import build_stats

        return build_stats(self.episodes())

    def episode(self, episode_id: str) -> Episode:
        """Return an episode's metadata.

        Raises:
            StoreError: there is no such episode, or its file is damaged.
        """
        self.require()
        return self._store.load_episode(episode_id)

    def transcript(self, episode_id: str) -> Transcript:
        """Return an episode's transcript.

        Raises:
            StoreError: there is no such episode, it has no transcript yet, or its file is damaged.
        """
        self.episode(episode_id)
        return self._store.load_transcript(episode_id)

    def is_begun(self, episode_id: str) -> bool:
        """Tell whether parts of an episode are transcribed, but not yet all."""
        return self._store.checkpoints(episode_id).exist()

    def is_transcribed(self, episode_id: str) -> bool:
        """Tell whether an episode has a transcript, without reading it."""
        return self._store.has_transcript(episode_id)

    def audio_path(self, episode_id: str) -> Path | None:
        """Return where an episode's audio is, or None where there is none or it has gone.

        Audio that the system does not let us look at now has not gone: whoever reads it learns why.
        """
        path = self._store.audio_path(self.episode(episode_id))
        return path if path is not None and may_be_file(path) else None

    def playable_audio_path(self, episode_id: str) -> Path | None:
        """Return a file with an episode's sound that browsers can seek in, or None where there is none.

        That is the episode's own, or a copy under index/ where browsers would seek wrongly in its own.

        Raises:
            StoreError: there is no such episode.
        """
        from podindex.audio.seekable import seekable_audio

        path = self.audio_path(episode_id)
        return None if path is None else seekable_audio(seekable_dir(self.path), episode_id, path)

    def peaks(self, episode_id: str, *, points: int | None = None) -> Peaks:
        """Return the waveform peaks of an episode's audio; computed once and kept in index/.

        Args:
            episode_id: whose audio.
            points: join neighbours until at most so many are left; None: all there are.

        Raises:
            StoreError: there is no such episode; `audio-gone`: its audio is not there.
            AudioError: its audio cannot be read.
        """
        from podindex.audio.peaks import cached_peaks, zoom_out
        from podindex.store import audio_gone

        path = self.audio_path(episode_id)
        if path is None:
            raise audio_gone(episode_id)
        peaks = cached_peaks(peaks_dir(self.path), episode_id, path)
        return peaks if points is None else zoom_out(peaks, points)

    def export(self, episode_id: str, format_name: str) -> str:
        """Return an episode's transcript in one of the formats of `podindex.formats`.

        Raises:
            FormatError: there is no such format.
            StoreError: as for `transcript`.
        """
        from podindex.formats import format_transcript

        return format_transcript(self.episode(episode_id), self.transcript(episode_id), format_name)

    def keeps(self, path: Path) -> bool:
        """Tell whether a file is an episode's metadata or transcript, or would be: nobody else may write there."""
        return self._store.keeps(path)

    # --- upkeep -------------------------------------------------------------------------------------------------------

    def check(self, *, repair: bool = False) -> list[Problem]:
        """Verify library and index.

        Args:
            repair: mend what can be mended.

        Returns:
            The problems that are there, or, with `repair`, that are left.
        """
        from podindex.upkeep import find_problems, repair_problems

        self.require()
        problems = find_problems(self.path, self._store)
        if not repair or not problems:
            return problems
        self.close()
        with self._writing():
            # Once more, now that nobody else writes.
            repair_problems(find_problems(self.path, self._store, locked=True), self.path, self._store, self._progress)
            return find_problems(self.path, self._store, locked=True)

    def require(self) -> None:
        """Make sure that there is a library.

        Raises:
            NoLibraryError: there is none here.
            StoreError: the system does not say whether there is one.
        """
        episodes_dir = self.path / EPISODES_NAME
        if not is_there(episodes_dir, stat.S_ISDIR):
            hint = "`podindex add FILE` makes one; `--library DIR` names another"
            raise NoLibraryError("no-library", f"there is no library at {self.path}", hint)

    @contextmanager
    def _writing(self, *, create: bool = False) -> Iterator[None]:
        if create:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                message = f"cannot make a library at {self.path}: {error.strerror}"
                raise ConfigError("library-not-writable", message, "choose another place with --library") from error
        with self._store.writer_lock():
            yield


def _several(paths: Iterable[str | os.PathLike[str]] | os.PathLike[str]) -> Iterator[Path]:
    """Yield paths, and one alone as several: a text is an iterable of letters.

    Raises:
        UsageError: `bad-setting`: one has no letters, which Python takes for the current folder.
    """
    for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
        if path == "":
            raise UsageError("bad-setting", "a path is empty", "name a file or a folder")
        yield Path(path)


def _from_anywhere(settings: Settings) -> Settings:
    """Return settings that mean the same when they are read in another folder."""
    from podindex.transcribe.models import absolute_name

    return settings.override(model=absolute_name(settings.model))


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time_of_day(), UTC) if day else None
