"""What this machine can do for podindex. I/O: asks the system; loads the heavy libraries to see that they load."""

import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from podindex.atomic import is_folder
from podindex.cores import count_cores

_PACKAGES = ("faster-whisper", "ctranslate2", "av", "pydub", "Whoosh", "numpy", "onnxruntime")


def examine(library_dir: Path) -> dict[str, object]:
    """Return what was found, by name, as JSON values.

    Args:
        library_dir: the library, whether it is there or not.
    """
    from podindex.audio.codecs import missing_codecs
    from podindex.transcribe.devices import count_gpus
    from podindex.transcribe.models import list_models

    existing = next(folder for folder in (library_dir, *library_dir.parents) if is_folder(folder))
    return {
        "podindex": version("podindex"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": count_cores(),
        "gpus": count_gpus(),
        "packages": [f"{name} {version(name)}" for name in _PACKAGES],
        "missing_codecs": missing_codecs(),
        "models": [entry.name for entry in list_models() if entry.path],
        "library": str(library_dir),
        "free_space_gb": round(shutil.disk_usage(existing).free / 1e9, 1),
    }
