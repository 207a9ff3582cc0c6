"""The truth: episodes and transcripts as files under episodes/.

I/O: `<library>/episodes`. Only `EpisodeStore` knows its layout; docs/formats.md describes it. Everything written here
is whole or not there, whenever the process is killed. One process writes at a time, under `writer_lock`.
"""

import filecmp
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from podindex import codec
from podindex.atomic import (
    TEMPORARY_SUFFIX,
    aside,
    copy_atomically,
    is_there,
    make_folder,
    store_error,
    write_atomically,
)
from podindex.checkpoints import CHUNKS_SUFFIX, Checkpoints
from podindex.episode_files import load_document, make_folders_above
from podindex.errors import LibraryBusyError, StoreError
from podindex.files import AUDIO_SUFFIXES, is_audio_name
from podindex.models import Episode, Transcript
from podindex.slugs import is_episode_id, is_slug, slugify, unique_slug
from podindex.stamps import METADATA_SUFFIX, TRANSCRIPT_SUFFIX, Stamp, list_folder, read_stamps

_OTHER_AUDIO_SUFFIX = ".audio"
"""Of copies of audio with any other suffix, which might be that of the metadata."""

LOCK_NAME = ".podindex.lock"

_MEND = "correct it in an editor, or delete the file and add the audio again: id and transcript stay"
_MEND_TRANSCRIPT = (
    "correct it in an editor, or `podindex check --repair` sets it aside, then `podindex sync` makes a new one"
)


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
        path = self.metadata_path(episode_id)
        episode = load_document(path, "damaged-metadata", codec.episode_from_json, mend=_MEND, any_schema=anyway)
        if episode is None:
            hint = "`podindex episodes` lists them"
            raise StoreError("no-such-episode", f"there is no episode {episode_id}", hint)
        if episode.id != episode_id and not anyway:
            mend = _how_to_rename(episode.id, episode_id)
            raise _moved("damaged-metadata", path, episode_id, episode.id, mend)
        return replace(episode, id=episode_id)

    def save_episode(self, episode: Episode) -> None:
        """Write an episode's metadata; fields that a person added to the file stay.

        Raises:
            StoreError: the file there is damaged or of a newer schema, or it cannot be written.
        """
        path = self.metadata_path(episode.id)
        make_folders_above(path, self.root)
        document = codec.episode_to_json(episode)
        found = load_document(path, "damaged-metadata", lambda data: data, mend=_MEND) or {}
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
        target = self.copy_path(episode_id, source)
        make_folders_above(target, self.root)
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
        path = self._path(episode_id, TRANSCRIPT_SUFFIX)
        transcript = self._load_transcript(path)
        if transcript is None:
            raise StoreError("no-transcript", f"{episode_id} has no transcript yet", "`podindex sync` makes it")
        if transcript.episode_id != episode_id:
            raise _moved("damaged-transcript", path, episode_id, transcript.episode_id, _MEND_TRANSCRIPT)
        return transcript

    def _load_transcript(self, path: Path) -> Transcript | None:
        return load_document(path, "damaged-transcript", codec.transcript_from_json, mend=_MEND_TRANSCRIPT)

    def save_transcript(self, transcript: Transcript) -> Path | None:
        """Write an episode's transcript in place of the one before.

        That is kept beside it, unless it is of the same audio and says the same: a person may have worked on it.

        Returns:
            Where the one before is kept; None where nothing of it is lost.

        Raises:
            StoreError: the file there is of a newer schema, or it cannot be written; nothing of the one before is lost.
        """
        path = self._path(transcript.episode_id, TRANSCRIPT_SUFFIX)
        make_folders_above(path, self.root)
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
            before = self._load_transcript(path)
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

    # --- what is unfinished ---------------------------------------------------------------------------------------

    def checkpoints(self, episode_id: str) -> Checkpoints:
        """Return what is kept of an episode until it is transcribed, be there something or not."""
        return Checkpoints(self._path(episode_id, CHUNKS_SUFFIX), self.root)

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


def plain_id(show: str, title: str) -> str:
    """Return the id of an episode of this name where no other has it."""
    return f"{slugify(show, fallback='unknown-show')}/{slugify(title, fallback='episode')}"


def audio_gone(episode_id: str) -> StoreError:
    """Build the error for an episode whose audio is not where its metadata says."""
    message = f"the audio of {episode_id} is not there"
    return StoreError("audio-gone", message, "put the file back, or add it again from where it is now")


def _moved(code: str, path: Path, episode_id: str, found: str, mend: str) -> StoreError:
    """Build the error for a file that says that it is another episode's."""
    what = f"episode_id: expected {episode_id}, as the file is named, got {found[:170]!r}"
    return StoreError(code, f"{path} is damaged: {what}", mend)


def _how_to_rename(found: str, episode_id: str) -> str:
    """Say how a file of metadata gets back the id that it has."""
    (show, _, slug), (show_here, _, _) = found.partition("/"), episode_id.partition("/")
    name = f"folder its name {show}" if show != show_here else f"file its name {slug}{METADATA_SUFFIX}"
    back = f"give the {name} back: ids never change; a copy belongs outside episodes/"
    return back if is_episode_id(found) else _MEND


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
