"""The files of episodes/: read with care, and the folders that they are written in.

I/O: the files it is given. What is read here may have been edited, damaged or made to harm: what is wrong with it is a
`StoreError` that names the file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from podindex.atomic import make_folder, read_file, store_error
from podindex.codec import NewerSchemaError, parse_document
from podindex.errors import StoreError
from podindex.jsonio import JsonObject

# Far beyond anything real (64 MiB is some 150 hours of words): what is larger is not ours and would fill the memory.
_MAX_BYTES = 64 * 2**20

T = TypeVar("T")


def load_document(
    path: Path, code: str, read: Callable[[JsonObject], T], *, mend: str = "", any_schema: bool = False
) -> T | None:
    """Read a document of ours.

    Args:
        path: where it is.
        code: of the error for one that is damaged.
        read: makes something of its JSON, or raises ValueError.
        mend: what to do with a damaged one; "": nothing, because it is done without.
        any_schema: accept one of a newer podindex.

    Returns:
        None where it is not there.

    Raises:
        StoreError: `code`, `schema-too-new`, or it cannot be read.
    """
    try:
        return read(parse_document(read_file(path, _MAX_BYTES), any_schema=any_schema))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NewerSchemaError as error:
        message = f"{path} was written by a newer podindex ({error})"
        raise StoreError("schema-too-new", message, "install the newest podindex") from error
    except ValueError as error:
        raise StoreError(code, f"{path} is damaged: {error}", mend) from error
    except OSError as error:
        raise store_error(error, path) from error


@contextmanager
def passing_over_damage() -> Iterator[None]:
    """Do without a document that is of no use; not without one that the system does not let us read now."""
    try:
        yield
    except StoreError as error:
        if isinstance(error.__cause__, OSError):
            raise


def make_folders_above(path: Path, root: Path) -> None:
    """Make the folders between episodes/, the root, and a file that is about to be written.

    Raises:
        StoreError: one cannot be made, or leads elsewhere.
    """
    make_folder(root)
    for folder in reversed(path.relative_to(root).parents[:-1]):
        make_folder(root / folder)
        check_inside(root / folder, root)


def check_inside(folder: Path, root: Path) -> None:
    """Refuse a folder that a symbolic link leads out of episodes/, the root.

    Raises:
        StoreError: `outside-library`.
    """
    if not folder.resolve().is_relative_to(root.resolve()):
        raise StoreError("outside-library", f"{folder} leads out of the library", "put a real folder in its place")
