"""Values of options and arguments that need no check, or one that Typer does not make.

I/O: none; changes how Typer checks.

Typer checks every value with pydantic, also those that nobody gave. Loading pydantic takes half as long as all else
that a search loads, so what can be read without it never gets there.
"""

import re
from datetime import date, time
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperArgument, TyperOption

from podindex.config import CONFIG_NAME, as_written
from podindex.errors import ConfigError

_NUMBERS = {int: re.compile(r"[0-9]{1,9}"), float: re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")}
"""How numbers are mostly typed. Others, wrong ones among them, are Typer's to read."""


def let_plain_values_past() -> None:
    """Read what is plainly a default, a text, a number in its range or one of some words; Typer checks the rest."""
    for kind in (TyperArgument, TyperOption):
        # The method that makes the check. Should a Typer to come have none, it checks everything.
        if make_check := getattr(kind, "get_runtime_param", None):
            kind.get_runtime_param = _with_a_look_first(make_check)  # type: ignore[method-assign]


def _with_a_look_first(make_check: Any) -> Any:  # noqa: ANN401  private to Typer
    return lambda parameter: _Check(lambda: make_check(parameter))


class _Check:
    """Stands in for a check of Typer's, which it makes only for values that need it.

    Args:
        make_check: makes Typer's check.
    """

    def __init__(self, make_check: Any) -> None:  # noqa: ANN401
        self._make_check = make_check

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401
        """Return a value as the command gets it."""
        if param.multiple and isinstance(value, str):
            value = [value]  # podindex.toml may say one thing where a list is wanted
        if names_files(param):
            _check_paths(value, param, ctx)
        if isinstance(value, bool) and param.type_descriptor.annotation in (int, float):  # which pydantic takes for 1
            raise _error_in_file(f"{as_written(value)} is not a number", param)
        if parse := param.type_descriptor.parameter_info.parser:
            return value if value is None else parse(value)
        if param.type_descriptor.annotation is str and value is not None:
            value = _read_text(value, param)
        value = _read_number(value, param)
        if not _is_plain(value, param):
            value = self._make_check().coerce(value, param=param, ctx=ctx)
        return value


def as_typed(value: object) -> str:
    """Return a value as one would type it: podindex.toml has days, times of day and numbers as well.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{as_written(value)} is not text")


def names_files(param: Any) -> bool:  # noqa: ANN401  private to Typer
    """Tell whether a parameter's values are paths."""
    return param.type_descriptor.annotation in (Path, list[Path])


def _read_text(value: object, param: Any) -> str:  # noqa: ANN401
    """Refuse what Typer would write down as Python does: a list, true and false."""
    try:
        return as_typed(value)
    except ValueError as error:
        raise _error_in_file(str(error), param) from error


def _error_in_file(what: str, param: Any) -> ConfigError:  # noqa: ANN401
    return ConfigError("bad-setting", f"{CONFIG_NAME}: {param.opts[0].removeprefix('--')}: {what}", "correct it there")


def _read_number(value: Any, param: Any) -> Any:  # noqa: ANN401
    """Return the number that a text plainly is, where one such is wanted; whatever else as it is."""
    wanted = param.type_descriptor.annotation
    is_number = wanted in _NUMBERS and isinstance(value, str) and _NUMBERS[wanted].fullmatch(value)
    return wanted(value) if is_number else value


def _check_paths(value: Any, param: Any, ctx: Any) -> None:  # noqa: ANN401
    """Refuse what is no text, and a path of no letters (`add "$UNSET"`), which Python takes for the current folder."""
    for path in value if isinstance(value, list | tuple) else [value]:
        if path is not None and not isinstance(path, str | bytes | Path):
            raise _error_in_file(f"{as_written(path)} is not a path", param)
        if path == "":
            raise typer.BadParameter("the path is empty", ctx=ctx, param=param)
    if isinstance(value, list) and param.type_descriptor.annotation is Path:
        raise _error_in_file(f"{as_written(value)} is not a path", param)


def _is_plain(value: Any, param: Any) -> bool:  # noqa: ANN401
    if value is None:
        return param.nargs == 1 and not param.multiple
    wanted = param.type_descriptor.annotation
    if wanted == list[str]:
        return not isinstance(value, str) and all(isinstance(item, str) for item in value)
    if type(value) is wanted and wanted in _NUMBERS:
        limits = param.type_descriptor.parameter_info
        return (limits.min is None or limits.min <= value) and (limits.max is None or value <= limits.max)
    is_text = isinstance(value, str) and (wanted is str or value in get_args(wanted))
    return is_text or (type(value) is type(param.default) and value == param.default)
