"""Every error a user can meet, as a tree; bugs stay ordinary exceptions. Pure.

    PodindexError(code, message, hint)
    ├── ConfigError       a setting, option or library that cannot be used
    │   ├── NoLibraryError      there is no library where one was looked for   exit 10
    │   └── UsageError          options that make no sense together            exit 2
    ├── AudioError        a file that cannot be read as audio
    ├── ModelError        a model that cannot be found or opened
    ├── TranscribeError   a model that failed on audio it was given
    ├── StoreError        episodes/ cannot be read or written
    │   └── LibraryBusyError    another process is writing                     exit 11
    ├── FormatError       a transcript file that cannot be parsed
    ├── SearchError       the index cannot be read, written or trusted
    └── RequestError      a web request that cannot be answered as it was asked

`code` is a stable word for programs and the anchor of the entry in docs/errors.md, `message` says what happened,
`hint` says what to do next. Adapters translate foreign exceptions with `raise … from exc`; callers decide by type or
code, never by text.
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from podindex.models import ErrorInfo


class PodindexError(Exception):
    """An error that podindex knows and explains."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    @property
    def info(self) -> "ErrorInfo":
        """The error as data, for results and listings."""
        import traceback

        from podindex.models import ErrorInfo

        return ErrorInfo(self.code, self.message, self.hint, "".join(traceback.format_exception(self)))

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(PodindexError):
    """A setting, an option or a library location that cannot be used."""


class NoLibraryError(ConfigError):
    """There is no library where one was looked for."""

    exit_code = 10


class UsageError(ConfigError):
    """Options that make no sense together, or with what they are given for."""

    exit_code = 2


class AudioError(PodindexError):
    """A file that cannot be read as audio."""


class ModelError(PodindexError):
    """A speech model that cannot be found or opened."""


class TranscribeError(PodindexError):
    """A model that failed on audio it was given."""


class StoreError(PodindexError):
    """Something under episodes/ that cannot be read or written."""


class LibraryBusyError(StoreError):
    """Another process is writing to this library."""

    exit_code = 11


class FormatError(PodindexError):
    """A transcript file that cannot be parsed, or a format nobody knows."""


class SearchError(PodindexError):
    """An index that cannot be read, written or trusted."""


class RequestError(PodindexError):
    """A web request that cannot be answered as it was asked."""


def explain(error: Exception) -> PodindexError:
    """Return an error as one of ours; of an unforeseen one with its place: its traceback is only for --verbose."""
    if isinstance(error, PodindexError):
        return error
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename.rpartition('/')[2]}, line {frames[-1].lineno})" if frames else ""
    message = f"an error that podindex does not know: {type(error).__name__}: {error}{place}"
    known = PodindexError("internal-error", message, "report it with this message")
    known.__cause__ = error
    return known
