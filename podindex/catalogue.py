"""Every episode as one row, fast: what `podindex episodes` lists, and where a file that is already known is found.

I/O: `index/catalogue.json`, a cache of rows by the stamps of the files they were read from. It is never the truth: a
row whose stamp differs is read again from episodes/, and a cache that is damaged, deleted or of another version is
made anew.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

from podindex.atomic import is_refusal, make_folder, write_atomically
from podindex.errors import StoreError
from podindex.jsonio import (
    JsonObject,
    as_array,
    as_choice,
    as_count,
    as_date,
    as_factor,
    as_ms,
    as_object,
    as_path,
    as_text,
    format_date,
    format_json,
    optional,
    parse_json,
    unexpected,
)
from podindex.models import AudioRef, EpisodeStatus, EpisodeSummary, ErrorInfo, Origin, OriginKind, Transcript
from podindex.passages import segment_words
from podindex.progress import Progress
from podindex.slugs import is_episode_id
from podindex.stamps import FileStamp, Stamp, has_transcript, metadata_mtime_ns
from podindex.store import EpisodeStore

CACHE_NAME = "catalogue.json"

_VERSION = 4
"""Of the rows; raise it when their fields or the meaning of one change."""

_MANY = 200
"""Reading so many episodes takes about a second."""

_STAMP_PARTS = 3

_NO_DATE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Row:
    stamp: Stamp
    summary: EpisodeSummary
    """As metadata and transcript say, but without the audio's path and failures."""
    audio_path: str | None
    """As in the metadata: absolute, or relative to its folder."""
    sha256: str | None
    """Of its audio; where it has none, of that which its transcript was made of."""
    audio_bytes: int | None


class Catalogue:
    """The episodes of a store in a list.

    Args:
        index_dir: the folder whose `catalogue.json` keeps the rows between runs; made when there is something to keep.
        store: the truth.
        progress: is told when much must be read.
    """

    def __init__(self, index_dir: Path, store: EpisodeStore, progress: Progress | None = None) -> None:
        self._cache_path = index_dir / CACHE_NAME
        self._store = store
        self._progress = progress or Progress()
        self._rows: dict[str, _Row] | None = None
        self._was_refused = False
        """Whether the system did not let us read the cache. Then it stays: it is all that knows the audio of episodes
        whose metadata are damaged."""
        self._lookups: tuple[dict[Path, str], dict[str, str]] | None = None

    def summaries(self) -> list[EpisodeSummary]:
        """List all episodes as they are now, by show, then by date, those without a date first.

        Raises:
            StoreError: a folder under episodes/ cannot be read.
        """
        summaries = [self._complete(row) for row in self._refresh().values()]
        return sorted(summaries, key=lambda row: (row.show.casefold(), row.published or _NO_DATE, row.episode_id))

    def find_by_audio_path(self, path: Path) -> str | None:
        """Return the id of the episode whose audio is this file, as of the last `refresh` or `remember`."""
        by_path, _ = self._build_lookups()
        return by_path.get(path.absolute()) or by_path.get(Path(os.path.realpath(path)))

    def find_by_sha256(self, sha256: str) -> str | None:
        """Return the id of an episode whose audio has this content, as of the last `refresh` or `remember`."""
        _, by_sha256 = self._build_lookups()
        return by_sha256.get(sha256)

    def is_current(self, path: Path, status: os.stat_result) -> bool:
        """Tell whether a file is an episode's audio and has not changed since the episode was last saved."""
        episode_id = self.find_by_audio_path(path)
        row = (self._rows or {}).get(episode_id) if episode_id else None
        return (
            row is not None
            and row.audio_bytes == status.st_size
            and metadata_mtime_ns(row.stamp) >= max(status.st_ctime_ns, status.st_mtime_ns)
        )

    def iter_changed_audio(self) -> Iterator[Path]:
        """Yield the files below episodes/ that had another length when their episodes were saved."""
        for episode_id, row in self._refresh().items():
            if row.audio_path and row.audio_bytes is not None and not Path(row.audio_path).is_absolute():
                path = _normal(self._store.root, episode_id, row.audio_path)
                with suppress(OSError):  # it is gone: whoever needs it says so
                    if path.stat().st_size != row.audio_bytes:
                        yield path

    def iter_overwritten(self, contents: Mapping[Path, str]) -> Iterator[str]:
        """Yield the episodes, as of the last `refresh`, whose audio file now has another content.

        Args:
            contents: the SHA-256 of the files that were looked at.
        """
        root = self._store.root.resolve()
        for episode_id, row in (self._rows or {}).items():
            if row.audio_path and row.sha256:
                path = _normal(root, episode_id, row.audio_path)
                if contents.get(path, row.sha256) != row.sha256:
                    yield episode_id

    def remember(self, episode_id: str, path: Path, sha256: str) -> None:
        """Let the audio of an episode be found where it is now, and only there, without reading all rows again."""
        by_path, by_sha256 = self._build_lookups()
        for former in [former for former, owner in by_path.items() if owner == episode_id]:
            del by_path[former]
        by_path[path.absolute()] = episode_id
        by_sha256[sha256] = episode_id

    def refresh(self) -> None:
        """Read what has changed under episodes/ since it was last read, so that look-ups know it.

        Raises:
            StoreError: a folder under episodes/ cannot be read.
        """
        self._refresh()

    def _refresh(self) -> Mapping[str, _Row]:
        known = self._load() if self._rows is None else self._rows
        stamps = sorted(self._store.stamps().items())
        rows = {
            episode_id: row
            for episode_id, stamp in stamps
            if (row := known.get(episode_id)) and row.stamp == stamp and _lasts(row)
        }
        if len(stamps) - len(rows) >= _MANY:
            self._progress.note(
                f"reading {len(stamps) - len(rows):,} episodes for the list (only now and after changes)"
            )
        rows = {
            episode_id: rows.get(episode_id) or _read_row(self._store, episode_id, stamp, known.get(episode_id))
            for episode_id, stamp in stamps
        }
        if rows != known and not self._was_refused:
            # A library that may only be read, or a full disk, is listed all the same.
            with suppress(StoreError):
                make_folder(self._cache_path.parent)
                write_atomically(self._cache_path, _format_rows(rows))
        self._rows = rows
        self._lookups = None
        return rows

    def _load(self) -> dict[str, _Row]:
        try:
            return _load_rows(self._cache_path)
        except OSError as error:
            self._was_refused = is_refusal(error)
            return {}

    def _build_lookups(self) -> tuple[dict[Path, str], dict[str, str]]:
        """Return the ids by path and by content of their audio."""
        if self._lookups is None:
            by_path: dict[Path, str] = {}
            by_sha256: dict[str, str] = {}
            root = self._store.root.resolve()  # once: resolving every path would cost more than reading the list
            rows = self._refresh() if self._rows is None else self._rows
            # Where several name the same audio, one that can be read goes first, then one that has it still.
            for episode_id, row in sorted(
                rows.items(), key=lambda item: (item[1].summary.error is not None, item[1].audio_path is None)
            ):
                if row.audio_path:
                    by_path.setdefault(_normal(root, episode_id, row.audio_path), episode_id)
                if row.sha256:
                    by_sha256.setdefault(row.sha256, episode_id)
            self._lookups = by_path, by_sha256
        return self._lookups

    def _complete(self, row: _Row) -> EpisodeSummary:
        """Say where an episode's audio is and, if it has no transcript, why."""
        summary = row.summary
        if row.audio_path:
            path = Path(self._store.root, _show_of(summary.episode_id), row.audio_path)
            summary = replace(summary, audio_path=path)
        if summary.error:
            return replace(summary, is_unreadable=True)
        if summary.status == "pending" and (failure := self._store.checkpoints(summary.episode_id).load_failure()):
            summary = replace(summary, status="failed", error=failure.error)
        return summary


def _normal(root: Path, episode_id: str, audio_path: str) -> Path:
    """Return where audio is, without the `..` of a file that lies in another folder than its show's."""
    path = Path(root, _show_of(episode_id), audio_path)
    return Path(os.path.normpath(path)) if ".." in path.parts else path


def _show_of(episode_id: str) -> str:
    return episode_id.partition("/")[0]


def _lasts(row: _Row) -> bool:
    """Tell whether a row is right until its files change: what the system did not let us read may be read next time."""
    error = row.summary.error
    return error is None or error.code in ("damaged-metadata", "damaged-transcript")


def _read_row(store: EpisodeStore, episode_id: str, stamp: Stamp, before: _Row | None) -> _Row:
    """Read an episode's row from its files; what cannot be read makes it `failed`, with why.

    It keeps its audio even then, or that would become a new episode: where the metadata are damaged, what they named
    `before`; where they are of another id or a newer podindex, what they name.
    """
    show, _, slug = episode_id.partition("/")
    summary = EpisodeSummary(episode_id, show, slug, None, None, "failed", None, 0, None, None, None)
    audio = sha256 = None
    try:
        episode = store.load_episode(episode_id)
        audio = episode.audio
        summary = replace(
            summary,
            show=episode.show,
            title=episode.title,
            published=episode.published,
            duration_ms=episode.duration_ms,
            language=episode.language,
            status="pending",
            real_time_factor=episode.real_time_factor,
        )
        if has_transcript(stamp):
            transcript = store.load_transcript(episode_id)
            summary, sha256 = _with_transcript(summary, transcript, audio), transcript.origin.audio_sha256
    except StoreError as error:
        summary = replace(summary, status="failed", error=error.info)
        if audio is None:
            if before:
                return replace(before, stamp=stamp, summary=summary)
            with suppress(StoreError):
                audio = store.load_episode(episode_id, anyway=True).audio
    if audio is None:
        return _Row(stamp, summary, None, sha256, None)
    return _Row(stamp, summary, audio.path, audio.sha256, audio.bytes)


def _with_transcript(summary: EpisodeSummary, transcript: Transcript, audio: AudioRef | None) -> EpisodeSummary:
    origin = transcript.origin
    counts = [(len(segment_words(segment)), bool(segment.quality)) for segment in transcript.segments]
    return replace(
        summary,
        status=_status(origin, audio.sha256 if audio else None),
        language=transcript.language or summary.language,
        words=sum(words for words, _ in counts),
        doubtful_words=sum(words for words, doubtful in counts if doubtful),
        origin=origin.kind,
        model=origin.model,
    )


def _status(origin: Origin, audio_sha256: str | None) -> EpisodeStatus:
    if not origin.is_of(audio_sha256):
        return "pending"
    return "partial" if origin.missing else "ready"


# --- the cache ----------------------------------------------------------------------------------------------------


def _load_rows(path: Path) -> dict[str, _Row]:
    """Return the rows of a cache; none where it is damaged or of another version.

    Raises:
        OSError: it is not there, or cannot be read.
    """
    try:
        data = as_object(parse_json(path.read_bytes()), "the catalogue")
        if data.get("version") != _VERSION:
            return {}
        rows = [_row_from_json(as_object(row, "row")) for row in as_array(data.get("rows"), "rows")]
    except ValueError:
        return {}
    return {row.summary.episode_id: row for row in rows}


def _format_rows(rows: dict[str, _Row]) -> bytes:
    document = {"version": _VERSION, "rows": [_row_to_json(row) for row in rows.values()]}
    return format_json(document).encode()


def _row_to_json(row: _Row) -> JsonObject:
    summary = row.summary
    error = summary.error
    return {
        "episode_id": summary.episode_id,
        "stamp": row.stamp,
        "show": summary.show,
        "title": summary.title,
        "published": summary.published and format_date(summary.published),
        "duration_ms": summary.duration_ms,
        "status": summary.status,
        "language": summary.language,
        "words": summary.words,
        "origin": summary.origin,
        "model": summary.model,
        "audio_path": row.audio_path,
        "sha256": row.sha256,
        "audio_bytes": row.audio_bytes,
        "error": error and [error.code, error.message, error.hint],
        "doubtful_words": summary.doubtful_words,
        "real_time_factor": summary.real_time_factor,
    }


def _row_from_json(data: JsonObject) -> _Row:
    episode_id = as_text(data.get("episode_id"), "episode_id")
    if not is_episode_id(episode_id):
        raise ValueError("not an episode id")
    summary = EpisodeSummary(
        episode_id=episode_id,
        show=as_text(data.get("show"), "show"),
        title=as_text(data.get("title"), "title"),
        published=optional(data, "published", as_date),
        duration_ms=optional(data, "duration_ms", as_ms),
        status=cast(EpisodeStatus, as_choice(data.get("status"), "status", get_args(EpisodeStatus))),
        language=optional(data, "language", as_text),
        words=as_count(data.get("words"), "words"),
        origin=cast(OriginKind | None, optional(data, "origin", _as_origin)),
        model=optional(data, "model", as_text),
        audio_path=None,
        error=optional(data, "error", _as_error),
        doubtful_words=as_count(data.get("doubtful_words"), "doubtful_words"),
        real_time_factor=optional(data, "real_time_factor", as_factor),
    )
    return _Row(
        stamp=_as_stamp(data.get("stamp")),
        summary=summary,
        audio_path=optional(data, "audio_path", as_path),
        sha256=optional(data, "sha256", as_text),
        audio_bytes=optional(data, "audio_bytes", as_count),
    )


def _as_origin(value: object, where: str) -> str:
    return as_choice(value, where, get_args(OriginKind))


def _as_error(value: object, where: str) -> ErrorInfo:
    code, message, hint = (as_text(part, where) for part in as_array(value, where))
    return ErrorInfo(code, message, hint)


def _as_stamp(value: object) -> Stamp:
    metadata, transcript = as_array(value, "stamp")
    return [_as_file_stamp(metadata), None if transcript is None else _as_file_stamp(transcript)]


def _as_file_stamp(value: object) -> FileStamp:
    # Any numbers: times before 1970 are negative, and inodes of network drives and pooled disks may take all 64 bits.
    stamp = [part for part in as_array(value, "stamp") if type(part) is int]
    if len(stamp) != _STAMP_PARTS:
        raise unexpected("stamp", "time, size and inode", value)
    return stamp
