"""The truth: episodes, transcripts, finished chunks, failures and requests as files under episodes/.

I/O: `<library>/episodes`. Only `EpisodeStore` knows its layout; docs/formats.md describes it. Everything read here may
have been edited, damaged or made to harm: what is wrong is a `StoreError` that names the file. Everything written here
is whole or not there, whenever the process is killed. One process writes at a time, under `writer_lock`.
"""

import filecmp
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from podindex import codec
from podindex.atomic import (
    TEMPORARY_SUFFIX,
    aside,
    copy_atomically,
    is_file,
    is_there,
    make_folder,
    read_file,
    store_error,
    write_atomically,
)
from podindex.config import Settings
from podindex.errors import ConfigError, LibraryBusyError, StoreError
from podindex.files import AUDIO_SUFFIXES, is_audio_name
from podindex.jsonio import JsonObject, as_object
from podindex.models import ChunkResult, Episode, ErrorInfo, Failure, Transcript
from podindex.slugs import is_episode_id, is_slug, slugify, unique_slug
from podindex.stamps import METADATA_SUFFIX, TRANSCRIPT_SUFFIX, Stamp, list_folder, read_stamps

_OTHER_AUDIO_SUFFIX = ".audio"
"""Of copies of audio with any other suffix, which might be that of the metadata."""

CHUNKS_SUFFIX = ".chunks"
LOCK_NAME = ".podindex.lock"
FAILURE_NAME = "failure.json"
REQUEST_NAME = "request.json"
UNCUT_NAME = "end-uncut"

# Far beyond anything real (64 MiB is some 150 hours of words): what is larger is not ours and would fill the memory.
_MAX_BYTES = 64 * 2**20

_MEND = "correct it in an editor, or delete the file and add the audio again: id and transcript stay"
_MEND_TRANSCRIPT = (
    "correct it in an editor, or `podindex check --repair` sets it aside, then `podindex sync` makes a new one"
)

T = TypeVar("T")


class EpisodeStore:
    """Reads and writes a library's episodes/.

    Args:
        root: the folder episodes/; it may be missing until something is saved.

    Every method that takes an episode id raises `StoreError` `bad-episode-id` for a text that is not one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    # --- listing --------------------------------------------------------------------------------------------------

    def iter_ids(self) -> Iterator[str]:
        """Yield the id of every episode that has metadata, in order."""
        yield from sorted(self.stamps())

    def stamps(self) -> dict[str, Stamp]:
        """Return the stamp of every episode, in any order. Looks at folders only: 2,000 episodes take some 20 ms.

        Raises:
            StoreError: a folder cannot be read.
        """
        return read_stamps(self.root)

    def iter_orphan_transcripts(self) -> Iterator[Path]:
        """Yield the transcripts of episodes that have no metadata beside them, in order."""
        with_metadata = self.stamps()
        for episode_id, path in self._list_transcripts():
            if is_episode_id(episode_id) and episode_id not in with_metadata:
                yield path

    def iter_misnamed_transcripts(self) -> Iterator[Path]:
        """Yield the transcripts whose name and folder make no episode id, so that nothing finds them, in order."""
        yield from (path for episode_id, path in self._list_transcripts() if not is_episode_id(episode_id))

    def _list_transcripts(self) -> list[tuple[str, Path]]:
        """Return every transcript with what would be its id by its folder and its name, in order."""
        paths = (Path(file.path) for show in list_folder(self.root) for file in list_folder(Path(show.path)))
        found = (path for path in paths if path.name.endswith(TRANSCRIPT_SUFFIX))
        return sorted((f"{path.parent.name}/{path.name.removesuffix(TRANSCRIPT_SUFFIX)}", path) for path in found)

    def iter_loose_audio(self) -> Iterator[Path]:
        """Yield the audio files anywhere under episodes/ that no episode refers to, in order.

        A file that stands beside damaged metadata of the same name is not loose.
        """
        known: set[tuple[int, int]] = set()
        damaged: set[str] = set()
        for episode_id in self.stamps():
            try:
                path = self.audio_path(self.load_episode(episode_id, anyway=True))
            except StoreError:
                damaged.add(episode_id)
                continue
            if path is not None:
                with suppress(OSError):
                    known.add(_identity(path.stat()))
        for path in sorted(self._iter_audio()):
            beside = path.relative_to(self.root).with_suffix("").as_posix()
            with suppress(OSError):
                if beside not in damaged and _identity(path.stat()) not in known:
                    yield path

    def _iter_audio(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".") and not name.endswith(CHUNKS_SUFFIX)]
            for name in names:
                if is_audio_name(name):
                    yield Path(folder, name)

    def iter_temporary_files(self) -> Iterator[Path]:
        """Yield files that a killed writer left. Only the holder of `writer_lock` knows that they are not in use."""
        for folder, _, names in os.walk(self.root):
            yield from (Path(folder, name) for name in sorted(names) if name.endswith(TEMPORARY_SUFFIX))

    # --- metadata -------------------------------------------------------------------------------------------------

    def new_id(self, show: str, title: str, *, audio_name: str | None = None, reserved: Collection[str] = ()) -> str:
        """Make an id for an episode to be saved next.

        Args:
            show: the show's name.
            title: the episode's title, or its file's name.
            audio_name: name of an audio file in the show's folder that is to belong to the episode. The names of all
                others there count as taken, so that a copy of the audio finds its place free. Not those of folders of
                chunks: finished chunks of the same audio are used, others are as if missing.
            reserved: ids of episodes that are not saved yet.
        """
        show_slug, _, slug = plain_id(show, title).partition("/")
        names = {entry.name for entry in list_folder(self.root / show_slug)} - {audio_name}
        taken = {name.partition(".")[0] for name in names if not name.endswith(CHUNKS_SUFFIX)}
        taken |= {other for owner, _, other in (known.partition("/") for known in reserved) if owner == show_slug}
        return f"{show_slug}/{unique_slug(slug, taken)}"

    def load_episode(self, episode_id: str, *, anyway: bool = False) -> Episode:
        """Read an episode's metadata.

        Args:
            episode_id: whose; it says where they are.
            anyway: accept metadata of another id, because folder or file was renamed, and of a newer schema, for the
                audio that they name: nothing else in them can be trusted.

        Raises:
            StoreError: `no-such-episode`, `damaged-metadata`, `schema-too-new`, or it cannot be read.
        """

        def read(data: JsonObject) -> Episode:
            episode = codec.episode_from_json(data)
            if not anyway:
                _check_id(episode.id, episode_id)
            return replace(episode, id=episode_id)

        missing = StoreError("no-such-episode", f"there is no episode {episode_id}", "`podindex episodes` lists them")
        return _load(self.metadata_path(episode_id), "damaged-metadata", read, missing, any_schema=anyway)

    def save_episode(self, episode: Episode) -> None:
        """Write an episode's metadata; fields that a person added to the file stay.

        Raises:
            StoreError: the file there is damaged or of a newer schema, or it cannot be written.
        """
        path = self._writable(self.metadata_path(episode.id))
        document = codec.episode_to_json(episode)
        found = _load_or_none(path, "damaged-metadata", lambda data: data) or {}
        document |= {key: value for key, value in found.items() if key not in codec.EPISODE_FIELDS}
        if document != found:  # a file that is written anew counts as changed
            write_atomically(path, codec.format_document(document))

    def audio_path(self, episode: Episode) -> Path | None:
        """Return where an episode's audio is, or None where it has none; whether it is there is not asked."""
        return self.metadata_path(episode.id).parent / episode.audio.path if episode.audio else None

    def copy_audio(self, episode_id: str, source: Path) -> Path:
        """Keep a copy of an episode's audio beside its metadata.

        Returns:
            The copy's path, for the `AudioRef` of the metadata to be saved next.

        Raises:
            StoreError: it cannot be read or written.
        """
        target = self._writable(self.copy_path(episode_id, source))
        copy_atomically(source, target)
        return target

    def copy_path(self, episode_id: str, source: Path) -> Path:
        """Return where a copy of an episode's audio belongs."""
        suffix = source.suffix.lower()
        return self._path(episode_id, suffix if suffix in AUDIO_SUFFIXES else _OTHER_AUDIO_SUFFIX)

    def metadata_path(self, episode_id: str) -> Path:
        """Return where an episode's metadata is."""
        return self._path(episode_id, METADATA_SUFFIX)

    def keeps(self, path: Path) -> bool:
        """Tell whether a path, however it is written, is where metadata or a transcript belongs."""
        slug, dot, suffix = path.name.partition(".")
        if not is_slug(slug) or dot + suffix not in (METADATA_SUFFIX, TRANSCRIPT_SUFFIX):
            return False
        return path.parent.resolve().parent == self.root.resolve()

    # --- transcripts ----------------------------------------------------------------------------------------------

    def has_transcript(self, episode_id: str) -> bool:
        """Tell whether there is a transcript, readable or not."""
        return is_there(self._path(episode_id, TRANSCRIPT_SUFFIX))

    def load_transcript(self, episode_id: str) -> Transcript:
        """Read an episode's transcript.

        Raises:
            StoreError: `no-transcript`, `damaged-transcript`, `schema-too-new`, or it cannot be read.
        """

        def read(data: JsonObject) -> Transcript:
            transcript = codec.transcript_from_json(data)
            _check_id(transcript.episode_id, episode_id)
            return transcript

        missing = StoreError("no-transcript", f"{episode_id} has no transcript yet", "`podindex sync` makes it")
        return _load(self._path(episode_id, TRANSCRIPT_SUFFIX), "damaged-transcript", read, missing)

    def save_transcript(self, transcript: Transcript) -> Path | None:
        """Write an episode's transcript in place of the one before.

        That is kept beside it, unless it is of the same audio and says the same: a person may have worked on it.

        Returns:
            Where the one before is kept; None where nothing of it is lost.

        Raises:
            StoreError: the file there is of a newer schema, or it cannot be written; nothing of the one before is lost.
        """
        path = self._writable(self._path(transcript.episode_id, TRANSCRIPT_SUFFIX))
        kept = self._keep_before(path, transcript)
        try:
            write_atomically(path, codec.format_transcript(transcript))
        except StoreError:
            with suppress(OSError):
                if kept and filecmp.cmp(path, kept, shallow=False):  # it is still in its place, too
                    kept.unlink()
            raise
        return kept

    def _keep_before(self, path: Path, transcript: Transcript) -> Path | None:
        """Keep what a transcript is about to replace; return where, or None where nothing of it is lost."""
        try:
            before = _load_or_none(path, "damaged-transcript", codec.transcript_from_json)
        except StoreError as error:
            if error.code != "damaged-transcript":
                raise
            return self.set_transcript_aside(transcript.episode_id)
        if before is None:
            return None
        if before.segments == transcript.segments and before.origin.is_of(transcript.origin.audio_sha256):
            return None
        kept = aside(path, "replaced")
        copy_atomically(path, kept)  # no renaming: a kill must not leave the episode without any
        return kept

    def set_transcript_aside(self, episode_id: str) -> Path:
        """Rename a damaged transcript, so that a new one can be made; return its new name.

        Raises:
            StoreError: it cannot be renamed.
        """
        path = self._path(episode_id, TRANSCRIPT_SUFFIX)
        kept = aside(path, "damaged")
        try:
            path.rename(kept)
        except OSError as error:
            raise store_error(error, path) from error
        return kept

    # --- checkpoints ----------------------------------------------------------------------------------------------

    def save_chunk(self, episode_id: str, fingerprint: str, result: ChunkResult) -> None:
        """Keep a finished chunk; `fingerprint` stands for the audio, the model and the options it was made with."""
        path = self._writable(self._chunks_dir(episode_id) / f"{result.index:05}.json")
        write_atomically(path, codec.format_chunk(fingerprint, result))

    def load_chunks(self, episode_id: str, fingerprint: str) -> dict[int, ChunkResult]:
        """Return the finished chunks of the fingerprint by index; what is damaged or of another is as if missing.

        Raises:
            StoreError: the system does not let us read one: it may well be whole.
        """
        chunks: dict[int, ChunkResult] = {}
        for entry in list_folder(self._chunks_dir(episode_id)):
            if not _is_chunk(entry.name):
                continue
            with _passing_over_damage():
                loaded = _load_or_none(Path(entry.path), "damaged-chunk", codec.chunk_from_json)
                if loaded and loaded[0] == fingerprint:
                    chunks[loaded[1].index] = loaded[1]
        return chunks

    def has_chunks(self, episode_id: str) -> bool:
        """Tell whether a chunk is left of a transcription that was not complete."""
        return any(_is_chunk(entry.name) for entry in list_folder(self._chunks_dir(episode_id)))

    def has_leftover_chunks(self, episode_id: str) -> bool:
        """Tell whether chunks are left that no run will go on from: beside a request or a failure, one will."""
        names = {entry.name for entry in list_folder(self._chunks_dir(episode_id))}
        return names.isdisjoint((REQUEST_NAME, FAILURE_NAME)) and any(map(_is_chunk, names))

    def clear_chunks(self, episode_id: str) -> None:
        """Forget the finished chunks and the request, once there is a transcript."""
        self.clear_request(episode_id)  # first: left alone by a kill, it would have the episode transcribed again
        self._clear(episode_id, lambda name: name != FAILURE_NAME)

    def mark_uncut(self, episode_id: str) -> None:
        """Keep that the end of an episode is not cut: later runs must do the same, or finished chunks fit nowhere."""
        write_atomically(self._writable(self._chunks_dir(episode_id) / UNCUT_NAME), b"")

    def is_uncut(self, episode_id: str) -> bool:
        """Tell whether the end of an episode is not cut, by what an earlier run kept of that."""
        return is_there(self._chunks_dir(episode_id) / UNCUT_NAME)

    def save_request(self, episode_id: str, settings: Settings) -> None:
        """Keep how an episode is to be transcribed, until it is."""
        path = self._writable(self._chunks_dir(episode_id) / REQUEST_NAME)
        write_atomically(path, codec.format_document({"schema": codec.SCHEMA, "settings": asdict(settings)}))

    def load_request(self, episode_id: str) -> Settings | None:
        """Return how an episode is to be transcribed; None where nothing says so, or what does is damaged.

        Raises:
            StoreError: the system does not let us read it.
        """
        path = self._chunks_dir(episode_id) / REQUEST_NAME
        with suppress(ConfigError), _passing_over_damage():
            return _load_or_none(path, "damaged-request", _settings_from_json)
        return None

    def has_request(self, episode_id: str) -> bool:
        """Tell whether an episode is to be transcribed, perhaps again, in a way of its own."""
        return is_file(self._chunks_dir(episode_id) / REQUEST_NAME)

    def clear_request(self, episode_id: str) -> None:
        """Forget how an episode is to be transcribed."""
        self._clear(episode_id, lambda name: name == REQUEST_NAME)

    def save_failure(self, episode_id: str, failure: Failure) -> None:
        """Keep why an episode could not be transcribed."""
        path = self._writable(self._chunks_dir(episode_id) / FAILURE_NAME)
        write_atomically(path, codec.format_document(codec.failure_to_json(failure)))

    def record_failure(self, episode_id: str, error: ErrorInfo) -> None:
        """Keep why an episode could not be transcribed this time, and how often that has happened.

        A failure that cannot be written down, because the disk is what failed, is forgotten.
        """
        with suppress(StoreError):
            before = self.load_failure(episode_id)
            self.save_failure(episode_id, Failure(error, before.attempts + 1 if before else 1, datetime.now(UTC)))

    def load_failure(self, episode_id: str) -> Failure | None:
        """Return why an episode could not be transcribed; None where it never failed or nothing readable says so."""
        path = self._chunks_dir(episode_id) / FAILURE_NAME
        with suppress(StoreError):
            return _load_or_none(path, "damaged-failure", codec.failure_from_json)
        return None

    def clear_failure(self, episode_id: str) -> None:
        """Forget a failure."""
        self._clear(episode_id, lambda name: name == FAILURE_NAME)

    def _chunks_dir(self, episode_id: str) -> Path:
        return self._path(episode_id, CHUNKS_SUFFIX)

    def _clear(self, episode_id: str, doomed: Callable[[str], bool]) -> None:
        """Delete files of the folder of chunks, and the folder once it is empty."""
        folder = self._chunks_dir(episode_id)
        try:
            if not folder.is_dir():
                return
            self._check_inside(folder)
            for entry in list_folder(folder):
                if doomed(entry.name) and not entry.is_dir(follow_symlinks=False):  # a NAS puts its own everywhere
                    Path(entry.path).unlink(missing_ok=True)
            with suppress(OSError):  # something else is in it
                folder.rmdir()
        except OSError as error:
            raise store_error(error, folder) from error

    # --- paths and locks ------------------------------------------------------------------------------------------

    @contextmanager
    def writer_lock(self) -> Iterator[None]:
        """Be the only writer while the context lasts; the system lets go when the process dies, however it dies.

        Raises:
            LibraryBusyError: `library-busy`: another process is writing.
            StoreError: the lock cannot be made.
        """
        from filelock import FileLock, Timeout

        make_folder(self.root)
        path = self.root / LOCK_NAME
        lock = FileLock(path, blocking=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryBusyError(
                "library-busy", f"another process is writing to {self.root.parent}", "try again when it has finished"
            ) from error
        except OSError as error:
            raise store_error(error, path) from error
        try:
            yield
        finally:
            lock.release()

    def _path(self, episode_id: str, suffix: str) -> Path:
        if not is_episode_id(episode_id):
            raise StoreError("bad-episode-id", f"not an episode id: {episode_id!r}", "`podindex episodes` lists them")
        return self.root / f"{episode_id}{suffix}"

    def _writable(self, path: Path) -> Path:
        """Make the folders above a file that is about to be written."""
        make_folder(self.root)
        for folder in reversed(path.relative_to(self.root).parents[:-1]):
            make_folder(self.root / folder)
            self._check_inside(self.root / folder)
        return path

    def _check_inside(self, folder: Path) -> None:
        """Refuse a folder that a symbolic link leads out of episodes/."""
        if not folder.resolve().is_relative_to(self.root.resolve()):
            raise StoreError("outside-library", f"{folder} leads out of the library", "put a real folder in its place")


def plain_id(show: str, title: str) -> str:
    """Return the id of an episode of this name where no other has it."""
    return f"{slugify(show, fallback='unknown-show')}/{slugify(title, fallback='episode')}"


def audio_gone(episode_id: str) -> StoreError:
    """Build the error for an episode whose audio is not where its metadata says."""
    message = f"the audio of {episode_id} is not there"
    return StoreError("audio-gone", message, "put the file back, or add it again from where it is now")


def _is_chunk(name: str) -> bool:
    return name.endswith(".json") and name not in (FAILURE_NAME, REQUEST_NAME)


def _settings_from_json(data: JsonObject) -> Settings:
    values = as_object(data.get("settings"), "settings")
    return Settings().override(**{field.name: values.get(field.name) for field in fields(Settings)})


def _load(
    path: Path, code: str, read: Callable[[JsonObject], T], missing: StoreError, *, any_schema: bool = False
) -> T:
    """Read a document of ours; `code` is the error for one that is damaged, `missing` that for one not there."""
    document = _load_or_none(path, code, read, any_schema=any_schema)
    if document is None:
        raise missing
    return document


def _load_or_none(path: Path, code: str, read: Callable[[JsonObject], T], *, any_schema: bool = False) -> T | None:
    """Read a document of ours; None where it is not there."""
    try:
        return read(codec.parse_document(read_file(path, _MAX_BYTES), any_schema=any_schema))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except codec.NewerSchemaError as error:
        message = f"{path} was written by a newer podindex ({error})"
        raise StoreError("schema-too-new", message, "install the newest podindex") from error
    except ValueError as error:
        hint = _MEND_TRANSCRIPT if code == "damaged-transcript" else _MEND
        if isinstance(error, _MovedError) and code == "damaged-metadata":
            hint = error.hint
        raise StoreError(code, f"{path} is damaged: {error}", hint) from error
    except OSError as error:
        raise store_error(error, path) from error


@contextmanager
def _passing_over_damage() -> Iterator[None]:
    """Do without a document that is of no use; not without one that the system does not let us read now."""
    try:
        yield
    except StoreError as error:
        if isinstance(error.__cause__, OSError):
            raise


class _MovedError(ValueError):
    """A file says that it is another episode's."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"episode_id: expected {expected}, as the file is named, got {found[:170]!r}")
        (show, _, slug), (show_here, _, _) = found.partition("/"), expected.partition("/")
        name = f"folder its name {show}" if show != show_here else f"file its name {slug}{METADATA_SUFFIX}"
        back = f"give the {name} back: ids never change; a copy belongs outside episodes/"
        self.hint = back if is_episode_id(found) else _MEND


def _check_id(found: str, expected: str) -> None:
    if found != expected:
        raise _MovedError(found, expected)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
