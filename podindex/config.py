"""Where the library is and what its owner set. I/O: reads podindex.toml.

A value comes from, strongest first: a flag or argument, the environment (`PODINDEX_<OPTION>`), `podindex.toml`, the
default. The command line hands every option of every command to that file and the environment; this module knows only
the settings that Python users need as well, which are those of transcription.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date, time
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from podindex.atomic import is_file, is_there, read_file
from podindex.errors import ConfigError, StoreError, UsageError
from podindex.jsonio import without_surrogates
from podindex.languages import parse_language

CONFIG_NAME = "podindex.toml"
GLOSSARY_NAME = "glossary"
EPISODES_NAME = "episodes"
INDEX_NAME = "index"
ENVIRONMENT_PREFIX = "PODINDEX_"

# A settings file is a page of text; anything larger is not one.
_MAX_CONFIG_BYTES = 2**20

# As CTranslate2 has them; which of them a device can compute with shows when the model is loaded.
_COMPUTE_TYPES = (
    "auto",
    "default",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "int16",
    "float16",
    "bfloat16",
    "float32",
)

SWITCHES = ("quiet", "verbose", "no_color")
"""Global options that the file may switch on or off; checked here, because it is read after Typer's checks."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to transcribe, unless a command says otherwise."""

    model: str = "auto"
    """A size, a folder, a Hugging Face id, or `auto`: the best up to `small` on this machine, else `base`."""
    language: str | None = None
    """A code (`en`, `pt-BR`) or an English name (`German`), kept as Whisper's code; empty: detect it per episode."""
    device: str = "auto"
    """`cpu`, `cuda` or `auto`."""
    compute_type: str = "auto"
    """A CTranslate2 compute type; `auto`: int8 on a CPU, float16 on a GPU."""
    workers: int = 0
    """Worker processes; 0: one per core, or one per GPU."""
    beam_size: int = 5
    """Hypotheses kept while decoding."""
    prompt: str | None = None
    """Text that sets style and spelling."""
    hotwords: str | None = None
    """Words that the model should expect."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "language", _parse_language(self.language))
        if self.device not in ("auto", "cpu", "cuda"):
            raise ConfigError("bad-setting", f"device is {self.device!r}", "use auto, cpu or cuda")
        if self.compute_type not in _COMPUTE_TYPES:
            message = f"compute_type is {self.compute_type!r}"
            raise ConfigError("bad-setting", message, f"use one of {', '.join(_COMPUTE_TYPES)}")
        if not 0 <= self.workers <= 256:
            raise ConfigError("bad-setting", f"workers is {self.workers}", "use 0 (one a core) to 256")
        if not 1 <= self.beam_size <= 100:
            raise ConfigError("bad-setting", f"beam_size is {self.beam_size}", "use 1 to 100; 5 is usual")

    def override(self, **values: object) -> "Settings":
        """Return settings with every value that is not None replaced.

        Raises:
            ConfigError: a value is of the wrong type or out of range.
        """
        given = {name: _checked(name, value) for name, value in values.items() if value is not None}
        return replace(self, **given)  # type: ignore[arg-type]  # _checked has seen to the types


def _parse_language(language: str | None) -> str | None:
    try:
        return parse_language(language or "")
    except ValueError as error:
        hint = "give a code such as en, or an English name such as German; leave it out to detect the language"
        raise ConfigError("bad-setting", f"language: {error}", hint) from error


_TYPES: Mapping[str, type] = {field.name: int if field.type is int else str for field in fields(Settings)}


def _checked(name: str, value: object) -> object:
    expected = _TYPES[name]
    if expected is int and isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)  # the environment has only text
    if isinstance(value, str) and without_surrogates(value) != value:  # neither a model nor its tokens can carry them
        raise ConfigError("bad-setting", f"{name} is {value!r}", "give text in UTF-8")
    if isinstance(value, expected) and not isinstance(value, bool):
        return value
    kind = "a whole number" if expected is int else "text"
    raise ConfigError("bad-setting", f"{name} is {as_written(value)}", f"give {kind}")


def as_written(value: object) -> str:
    """Write a value for a message, much as `podindex.toml` has it."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)


def load_glossary(library_dir: Path) -> dict[str, tuple[str, ...]]:
    """Read the table `[glossary]` of `podindex.toml`: the names and words to be expected in each show.

    Returns:
        The terms by the show's slug, without those that are empty or doubled.

    Raises:
        ConfigError: as `read_config`.
    """
    from podindex.slugs import slugify

    glossary = {}
    for show, terms in _glossary_of(read_config(library_dir)).items():
        cleaned = (" ".join(term.split()) for term in terms)
        glossary[slugify(show, fallback=show)] = tuple(dict.fromkeys(term for term in cleaned if term))
    return glossary


def _glossary_of(config: Mapping[str, object]) -> dict[str, list[str]]:
    table = config.get(GLOSSARY_NAME, {})
    if not isinstance(table, dict):
        message = f"{CONFIG_NAME}: {GLOSSARY_NAME} is {as_written(table)}"
        raise ConfigError("bad-setting", message, "make it a table: shows, each with a list")
    for show, terms in table.items():
        if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
            message = f"{CONFIG_NAME}: the glossary of {show} is {as_written(terms)}"
            raise ConfigError("bad-setting", message, "give a list of texts; settings stand above [glossary]")
    return table


def search_dir(library_dir: Path) -> Path:
    """Return where a library's search index is."""
    return library_dir / INDEX_NAME / "search"


def peaks_dir(library_dir: Path) -> Path:
    """Return where the waveform peaks of a library's episodes are kept."""
    return library_dir / INDEX_NAME / "peaks"


def seekable_dir(library_dir: Path) -> Path:
    """Return where copies of audio are kept in which players do not miss the time they are sent to."""
    return library_dir / INDEX_NAME / "audio"


def find_library_dir(explicit: str | os.PathLike[str] | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Find the directory that is, or is to become, the library.

    Args:
        explicit: what the user named; wins when given.
        environ: where `PODINDEX_LIBRARY` is looked up.

    Returns:
        An absolute path that need not exist.

    Raises:
        UsageError: `bad-setting`: what is named is empty, or the home of nobody.
    """
    if explicit == "":
        raise UsageError("bad-setting", "--library is empty", "name a folder")  # and not the nearest instead
    named = explicit or environ.get(f"{ENVIRONMENT_PREFIX}LIBRARY")
    if named:
        return expand(Path(named))
    with suppress(FileNotFoundError):  # the current folder has been deleted
        here = Path.cwd()
        for folder in (here, *here.parents):
            if _is_library(folder):
                return folder
    import platformdirs

    return Path(platformdirs.user_data_dir("podindex", appauthor=False))


def _is_library(folder: Path) -> bool:
    """Tell whether a folder is a library, or may be: where its disk fails just now, not another one is to be filled."""
    return _may_be_there(folder / CONFIG_NAME, S_ISREG) or _may_be_there(folder / EPISODES_NAME, S_ISDIR)


def _may_be_there(path: Path, is_kind: Callable[[int], bool]) -> bool:
    try:
        return is_there(path, is_kind)
    except StoreError as error:
        return error.code != "no-permission"  # else a folder above the user's, of somebody else


def expand(path: Path) -> Path:
    """Return an absolute path, with `~` as the home that it stands for.

    Raises:
        UsageError: `bad-setting`: there is no such home, or no current folder.
    """
    try:
        return path.expanduser().absolute()
    except (RuntimeError, FileNotFoundError) as error:
        raise UsageError(
            "bad-setting", f"{path}: there is no such home folder, or no current folder", "name another"
        ) from error


def read_config(library_dir: Path) -> dict[str, object]:
    """Read the library's `podindex.toml`; a missing file is an empty one.

    A model that lies beside the file is named by its whole path, so that it is the same one from every folder.

    Raises:
        ConfigError: the file cannot be read, is not TOML, sets a switch to something else than true or false, or has a
            glossary that is not lists of texts by show.
    """
    path = library_dir / CONFIG_NAME
    try:
        content = read_file(path, _MAX_CONFIG_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(
            "config-unreadable", f"cannot read {path}: {error.strerror}", "check its permissions"
        ) from error
    except ValueError as error:
        raise ConfigError("config-invalid", f"{path} is {error}", "correct it or move it away") from error
    import tomllib

    try:
        config = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            "config-invalid", f"{path} is not valid TOML: {error}", "correct it or move it away"
        ) from error
    _check_switches(config)
    _glossary_of(config)  # a setting that stands below [glossary] would be one of a show, and nobody be told
    for table in (config, config.get("add")):
        if isinstance(table, dict) and isinstance(name := table.get("model"), str):
            folder = library_dir / name.strip()
            if is_file(folder / "model.bin"):
                table["model"] = str(folder)
    return config


def _check_switches(config: Mapping[str, object]) -> None:
    for name in SWITCHES:
        if not isinstance(config.get(name, False), bool):
            message = f"{CONFIG_NAME}: {name} is {as_written(config[name])}"
            raise ConfigError("bad-setting", message, "use true or false, without quotes")


def load_settings(library_dir: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Combine defaults, `podindex.toml` (top level, then its `[add]` table) and the environment.

    Raises:
        ConfigError: a value is of the wrong type or out of range.
    """
    config = read_config(library_dir)
    table = config.get("add", {})
    merged = config | (table if isinstance(table, dict) else {})
    names = [field.name for field in fields(Settings)]
    settings = _override(Settings(), CONFIG_NAME, {name: merged.get(name) for name in names})
    for name in names:
        variable = ENVIRONMENT_PREFIX + name.upper()
        settings = _override(settings, variable, {name: environ.get(variable) or None})
    return settings


def _override(settings: Settings, source: str, values: Mapping[str, object]) -> Settings:
    """Replace values that nobody has typed now: what is wrong with one is said with where it stands."""
    try:
        return settings.override(**values)
    except ConfigError as error:
        raise ConfigError(error.code, f"{source}: {error.message}", error.hint) from error
