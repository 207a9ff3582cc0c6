"""The checkpoints of an episode, and what else is kept of it until it is transcribed: the request, and why it failed.

I/O: the folder `<episode>.chunks`, of which only `Checkpoints` knows what is in it; docs/formats.md describes it. What
is damaged there is as if it were missing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path

from podindex import codec
from podindex.atomic import is_file, is_folder, is_there, store_error, write_atomically
from podindex.config import Settings
from podindex.episode_files import check_inside, load_document, make_folders_above, passing_over_damage
from podindex.errors import ConfigError, StoreError
from podindex.jsonio import JsonObject, as_object
from podindex.models import ChunkResult, ErrorInfo, Failure
from podindex.stamps import list_folder

CHUNKS_SUFFIX = ".chunks"
_FAILURE_NAME = "failure.json"
_REQUEST_NAME = "request.json"
_UNCUT_NAME = "end-uncut"


class Checkpoints:
    """Reads and writes the folder of an episode that is not transcribed yet, or is to be once more.

    Args:
        folder: it; made when something is saved, gone when nothing is left in it.
        root: episodes/.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root

    def save(self, fingerprint: str, result: ChunkResult) -> None:
        """Keep a finished chunk; `fingerprint` stands for the audio, the model and the options it was made with."""
        self._write(f"{result.index:05}.json", codec.format_chunk(fingerprint, result))

    def load(self, fingerprint: str) -> dict[int, ChunkResult]:
        """Return the finished chunks of the fingerprint by index; what is damaged or of another is as if missing.

        Raises:
            StoreError: the system does not let us read one: it may well be whole.
        """
        chunks: dict[int, ChunkResult] = {}
        for name in filter(_is_chunk, self._names()):
            with passing_over_damage():
                loaded = load_document(self._folder / name, "damaged-chunk", codec.chunk_from_json)
                if loaded and loaded[0] == fingerprint:
                    chunks[loaded[1].index] = loaded[1]
        return chunks

    def exist(self) -> bool:
        """Tell whether a chunk is left of a transcription that was not complete."""
        return any(map(_is_chunk, self._names()))

    def are_left_over(self) -> bool:
        """Tell whether chunks are left that no run will go on from: beside a request or a failure, one will."""
        return self._names().isdisjoint((_REQUEST_NAME, _FAILURE_NAME)) and self.exist()

    def clear(self) -> None:
        """Forget all of it, once there is a transcript."""
        self.clear_request()  # first: left alone by a kill, it would have the episode transcribed again
        self._delete(lambda _: True)

    def mark_uncut(self) -> None:
        """Keep that the end of an episode is not cut: later runs must do the same, or finished chunks fit nowhere."""
        self._write(_UNCUT_NAME, b"")

    def is_uncut(self) -> bool:
        """Tell whether the end of an episode is not cut, by what an earlier run kept of that."""
        return is_there(self._folder / _UNCUT_NAME)

    # --- the request

    def save_request(self, settings: Settings) -> None:
        """Keep how an episode is to be transcribed, until it is."""
        self._write(_REQUEST_NAME, codec.format_document({"schema": codec.SCHEMA, "settings": asdict(settings)}))

    def load_request(self) -> Settings | None:
        """Return how an episode is to be transcribed; None where nothing says so, or what does is damaged.

        Raises:
            StoreError: the system does not let us read it.
        """
        with suppress(ConfigError), passing_over_damage():
            return load_document(self._folder / _REQUEST_NAME, "damaged-request", _settings_from_json)
        return None

    def has_request(self) -> bool:
        """Tell whether an episode is to be transcribed, perhaps again, in a way of its own."""
        return is_file(self._folder / _REQUEST_NAME)

    def clear_request(self) -> None:
        """Forget how an episode is to be transcribed."""
        self._delete(lambda name: name == _REQUEST_NAME)

    # --- the failure

    def save_failure(self, failure: Failure) -> None:
        """Keep why an episode could not be transcribed."""
        self._write(_FAILURE_NAME, codec.format_document(codec.failure_to_json(failure)))

    def record_failure(self, error: ErrorInfo) -> None:
        """Keep why an episode could not be transcribed this time, and how often that has happened.

        A failure that cannot be written down, because the disk is what failed, is forgotten.
        """
        with suppress(StoreError):
            before = self.load_failure()
            self.save_failure(Failure(error, before.attempts + 1 if before else 1, datetime.now(UTC)))

    def load_failure(self) -> Failure | None:
        """Return why an episode could not be transcribed; None where it never failed or nothing readable says so."""
        with suppress(StoreError):
            return load_document(self._folder / _FAILURE_NAME, "damaged-failure", codec.failure_from_json)
        return None

    # --- the folder

    def _names(self) -> set[str]:
        return {entry.name for entry in list_folder(self._folder)}

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        make_folders_above(path, self._root)
        write_atomically(path, content)

    def _delete(self, doomed: Callable[[str], bool]) -> None:
        """Delete files, and the folder once it is empty."""
        try:
            entries = list_folder(self._folder)  # first: it says why nobody may look, where `is_folder` says no
            if not is_folder(self._folder):
                return
            check_inside(self._folder, self._root)
            for entry in entries:
                if doomed(entry.name) and not entry.is_dir(follow_symlinks=False):  # a NAS puts its own everywhere
                    Path(entry.path).unlink(missing_ok=True)
            with suppress(OSError):  # something else is in it
                self._folder.rmdir()
        except OSError as error:
            raise store_error(error, self._folder) from error


def _is_chunk(name: str) -> bool:
    return name.endswith(".json") and name not in (_FAILURE_NAME, _REQUEST_NAME)


def _settings_from_json(data: JsonObject) -> Settings:
    values = as_object(data.get("settings"), "settings")
    return Settings().override(**{field.name: values.get(field.name) for field in fields(Settings)})
