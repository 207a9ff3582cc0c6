"""What can go wrong with a library over the years, found and mended.

I/O: reads everything under episodes/ and the index, but of audio only headers; mends only what is derived or left over,
and sets aside what is damaged. Nothing that a person made is deleted.
"""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path

from podindex import indexing
from podindex.atomic import is_file, is_refusal, store_error
from podindex.audio.derived import iter_leftovers
from podindex.config import EPISODES_NAME, search_dir, seekable_dir
from podindex.errors import AudioError, LibraryBusyError, PodindexError, StoreError
from podindex.files import is_being_written, unreadable
from podindex.models import Episode, Problem
from podindex.progress import Progress
from podindex.store import EpisodeStore


def find_problems(library_dir: Path, store: EpisodeStore, *, locked: bool = False) -> list[Problem]:
    """Look at every episode and at the index.

    Args:
        library_dir: the library.
        store: its episodes.
        locked: whether the caller holds the writer lock. While another process does, unfinished files are its own.
    """
    problems = [problem for episode_id in store.iter_ids() for problem in _check_episode(store, episode_id)]
    problems += _check_loose_audio(store)
    # Of a library that cannot be written to nobody could remove them.
    with suppress(LibraryBusyError, StoreError), nullcontext() if locked else store.writer_lock():
        leftovers = chain(store.iter_temporary_files(), iter_leftovers(seekable_dir(library_dir)))
        problems += [
            Problem("leftover-file", str(path), "an unfinished file of a run that was killed", repairable=True)
            for path in leftovers
        ]
    problems += [
        Problem("orphan-transcript", str(path), "a transcript without metadata beside it", repairable=False)
        for path in store.iter_orphan_transcripts()
    ]
    problems += [
        Problem(
            "misnamed-transcript", str(path), "its name or its folder's name cannot be part of an id", repairable=False
        )
        for path in store.iter_misnamed_transcripts()
    ]
    return problems + _check_index(library_dir)


def describe_index_lag(library_dir: Path) -> str | None:
    """Say that there are transcripts that the index does not have as they are. No problem: the next search sees to it.

    Raises:
        StoreError: episodes/ cannot be read.
        SearchError: there is an index, and `find_problems` says what is wrong with it.
    """
    from podindex.search.index.manifest import MANIFEST_NAME, load_manifest
    from podindex.search.index.staleness import count_changes

    index_dir = search_dir(library_dir)
    if not count_changes(load_manifest(index_dir), library_dir / EPISODES_NAME):
        return None
    if not is_file(index_dir / MANIFEST_NAME):  # else it is perhaps another version's
        return "there is no index yet: the next search makes it"
    return "the index is not up to date: the next search brings it up to date"


def repair_problems(problems: list[Problem], library_dir: Path, store: EpisodeStore, progress: Progress) -> None:
    """Mend what is repairable; the caller holds the writer lock.

    Raises:
        StoreError: a file cannot be moved or deleted.
        SearchError: the index cannot be rebuilt.
    """
    for problem in problems:
        if problem.code == "leftover-file":
            _remove(Path(problem.where))
        elif problem.code == "damaged-transcript":
            kept = store.set_transcript_aside(problem.where)
            progress.note(
                f"{problem.where}: the damaged transcript is kept as {kept.name}; {_how_anew(store, problem.where)}"
            )
        elif problem.code == "leftover-chunks":
            store.checkpoints(problem.where).clear()
    if any(problem.code in ("index-damaged", "damaged-transcript") for problem in problems):
        indexing.run(library_dir, progress, rebuild=True)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise store_error(error, path) from error


def _how_anew(store: EpisodeStore, episode_id: str) -> str:
    if store.load_episode(episode_id).audio:
        return "`podindex sync` makes it again"
    return "there is no audio to make it again: correct it and rename it back"


def _check_episode(store: EpisodeStore, episode_id: str) -> Iterator[Problem]:
    try:
        yield from _look_at(store, episode_id)
    except StoreError as error:
        yield Problem(error.code, episode_id, str(error), repairable=False)


def _look_at(store: EpisodeStore, episode_id: str) -> Iterator[Problem]:
    episode = store.load_episode(episode_id)
    yield from _check_audio(store, episode)
    if not store.has_transcript(episode_id):
        if episode.audio is None:
            yield Problem("nothing-left", episode_id, "it has neither audio nor a transcript", repairable=False)
        return
    try:
        transcript = store.load_transcript(episode_id)
    except StoreError as error:
        if error.code != "damaged-transcript":
            raise
        yield Problem(error.code, episode_id, error.message, repairable=True)
        return
    is_finished = transcript.origin.is_of(episode.audio.sha256 if episode.audio else None)
    if is_finished and store.checkpoints(episode_id).are_left_over():
        yield Problem("leftover-chunks", episode_id, "chunks of a finished transcription", repairable=True)


def _check_audio(store: EpisodeStore, episode: Episode) -> Iterator[Problem]:
    path = store.audio_path(episode)
    if path is None or episode.audio is None:
        return
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        if is_refusal(error):
            known = unreadable(path, error)
            yield Problem(known.code, episode.id, str(known), repairable=False)
            return
        message = f"{path}: {error.strerror}; put it back, or add it again from where it is now"
        yield Problem("audio-gone", episode.id, message, repairable=False)
        return
    if episode.audio.bytes not in (None, size_bytes):
        message = f"{path} is not the file that was transcribed; `podindex add` it again"
        yield Problem("audio-changed", episode.id, message, repairable=False)


def _check_loose_audio(store: EpisodeStore) -> Iterator[Problem]:
    """Name what `sync` would like to take and cannot; what it can is no problem, and copies are none either."""
    from podindex.audio.probe import probe

    for path in store.iter_loose_audio():
        try:
            if not is_being_written(path):
                probe(path)
        except AudioError as error:
            yield Problem(error.code, str(path), str(error), repairable=False)


def _check_index(library_dir: Path) -> list[Problem]:
    from podindex.search.verify import verify_index

    try:
        complaints = verify_index(search_dir(library_dir))
    except PodindexError as error:
        return [Problem(error.code, "index", str(error), repairable=False)]
    return [Problem("index-damaged", "index", complaint, repairable=True) for complaint in complaints]
