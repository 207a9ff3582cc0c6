"""The root of the command line: global options, settings for every option, errors, exit codes.

I/O: the terminal.
"""

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from podindex import __version__
from podindex.cli import EXIT_INTERRUPTED
from podindex.cli.coercion import let_plain_values_past, names_files
from podindex.cli.commands.add import add
from podindex.cli.commands.check import check
from podindex.cli.commands.doctor import doctor
from podindex.cli.commands.episodes import episodes
from podindex.cli.commands.export import export
from podindex.cli.commands.models import group as models
from podindex.cli.commands.play import play
from podindex.cli.commands.reindex import reindex
from podindex.cli.commands.search import Search, search
from podindex.cli.commands.serve import serve
from podindex.cli.commands.show import show
from podindex.cli.commands.shows import shows
from podindex.cli.commands.stats import stats
from podindex.cli.commands.sync import sync
from podindex.cli.commands.watch import watch
from podindex.cli.context import INTERRUPTED, Session, tell
from podindex.config import CONFIG_NAME, ENVIRONMENT_PREFIX, GLOSSARY_NAME, SWITCHES, find_library_dir, read_config
from podindex.errors import ConfigError, PodindexError, UsageError

_UNWRITABLE = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class _Root(TyperGroup):
    """The boundary at which errors become lines and exit codes."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  Typer keeps the type of contexts private
        session = ctx.ensure_object(Session)
        try:
            return super().invoke(ctx)
        except PodindexError as error:
            session.say_error(error)
            raise typer.Exit(error.exit_code) from error
        except TyperException as error:
            name = ctx.invoked_subcommand
            if name in self.commands and getattr(error, "ctx", self) is None:  # an option's value is missing
                error.ctx = type(ctx)(self.commands[name], info_name=name, parent=ctx)  # type: ignore[attr-defined]
            raise
        except BrokenPipeError as error:  # the reader has seen enough, as `head` has
            raise typer.Exit from error
        except KeyboardInterrupt as error:
            session.say(f"interrupted: {INTERRUPTED.message}; {INTERRUPTED.hint}")
            session.print_error(INTERRUPTED)
            raise typer.Exit(EXIT_INTERRUPTED) from error
        finally:
            session.close()


app = typer.Typer(
    cls=_Root,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it appears at once, and any program can read it
    context_settings={
        "help_option_names": ["-h", "--help"],
        "token_normalize_func": lambda name: name.replace("_", "-"),  # whisper's users write --beam_size
    },
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"podindex {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    *,
    library: Annotated[
        str | None, typer.Option(metavar="DIR", help="The library; default: the nearest folder with episodes/.")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print only results and errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print more; show the traceback of an error.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
    version: Annotated[  # noqa: ARG001  the callback has seen to it
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Transcribe podcast episodes and search them down to the second a word is said."""
    session = ctx.ensure_object(Session)
    session.wants_json = "--json" in sys.argv  # what fails here does so before the command reads its own options
    session.library_dir = find_library_dir(library)
    session.quiet, session.verbose, session.no_color = quiet, verbose, no_color
    config = read_config(session.library_dir)
    _check_settings(ctx, config)
    for name in SWITCHES:
        if config.get(name) is True and ENVIRONMENT_PREFIX + name.upper() not in os.environ:
            setattr(session, name, True)
    ctx.default_map = _defaults(ctx, config, session.library_dir)


def _defaults(ctx: typer.Context, config: dict[str, object], folder: Path) -> dict[str, Any]:
    """Return what podindex.toml says for each command: its top level, overlaid with the command's own table.

    Args:
        ctx: of the root.
        config: what it says.
        folder: where it is.
    """
    common = {name: value for name, value in config.items() if not isinstance(value, dict)}
    tables = {name: value for name, value in config.items() if isinstance(value, dict)}
    defaults = {}
    for name, command in _commands(ctx).items():
        given = common | tables.get(name, {})
        paths = {parameter.name for parameter in command.params if names_files(parameter)}
        defaults[name] = {
            parameter: _beside(folder, given[option]) if parameter in paths else given[option]
            for option, parameter in _settings(command).items()
            if option in given
        }
    return defaults


def _beside(folder: Path, value: object) -> object:
    """Return paths as they are meant in any folder: those that podindex.toml names begin where it is."""
    if isinstance(value, list):
        return [_beside(folder, item) for item in value]
    if not isinstance(value, str) or value in ("", "-"):  # nothing, and stdout
        return value
    end = "/" if value.endswith("/") else ""  # which `Path` forgets: a folder, there or not
    with suppress(RuntimeError):  # `~name`, and nobody is called so
        value = f"{folder / Path(value).expanduser()}{end}"
    return value


def _check_settings(ctx: typer.Context, config: dict[str, object]) -> None:
    """Refuse names that no command knows: a typo that changes nothing in silence is worse than an error."""
    commands = _commands(ctx)
    by_command = {name: set(_settings(command)) for name, command in commands.items()}
    everywhere = {*SWITCHES, *(name for names in by_command.values() for name in names)}
    for name, value in config.items():
        if name == GLOSSARY_NAME:
            continue  # its names are those of shows; `read_config` has checked it
        if isinstance(value, dict):
            _refuse_unknown([name], set(by_command), "table", "tables are called as commands: see `podindex --help`")
            hint = f"settings are called as options: see `podindex {name} --help`"
            _refuse_unknown(value, by_command[name], "setting", hint)
        else:
            hint = "settings are called as options: see `podindex COMMAND --help`"
            _refuse_unknown([name], everywhere, "setting", hint)


def _refuse_unknown(names: Iterable[str], known: set[str], kind: str, hint: str) -> None:
    for name in names:
        if name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            message = f"{CONFIG_NAME} has an unknown {kind}: {name}"
            raise ConfigError("unknown-setting", message, f"did you mean {close[0]}?" if close else hint)


def _settings(command: Any) -> dict[str, str]:  # noqa: ANN401  private to Typer
    """Return the parameter behind each option of a command, by the option's long name, as settings are named."""
    return {
        next(name for name in parameter.opts if name.startswith("--"))
        .removeprefix("--")
        .replace("-", "_"): parameter.name
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.name not in ("help", "version")
    }


def _commands(ctx: typer.Context) -> dict[str, Any]:
    group = ctx.command
    return dict(group.commands) if isinstance(group, TyperGroup) else {}


app.command()(add)
app.command()(sync)
app.command()(watch)
app.command(cls=Search)(search)
app.command()(play)
app.command()(show)
app.command()(episodes)
app.command()(shows)
app.command()(export)
app.command()(serve)
app.command()(reindex)
app.command()(check)
app.command()(stats)
app.add_typer(models, name="models")
app.command()(doctor)


def main() -> NoReturn:
    """Run the command line and exit at once, as mypy does.

    Whatever podindex keeps survives a kill, so there is nothing to tidy up, and to take apart all that was loaded takes
    a tenth of a search's time.
    """
    try:
        code = run()
    except KeyboardInterrupt:  # before or after the command
        code = EXIT_INTERRUPTED
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # what could not be written has been said, where that could be
            stream.flush()
    os._exit(code)


def run() -> int:
    """Run the command line and return its exit code, see docs/cli.md."""
    # numpy has nothing to do here that several threads could share; starting them takes a third of a search's CPU time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not os.environ.get("COLUMNS", "1").strip("0"):  # which is how terminals say that they do not know their width
        del os.environ["COLUMNS"]
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started it: what is written goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  for as long as this runs
    # A name or a title in a script that the terminal cannot show must not end the program.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    command = typer.main.get_command(app)
    give_every_option_a_variable(command)
    let_plain_values_past()
    try:
        code = _run_command(command)
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in _UNWRITABLE:
            raise  # not about what was printed
        code = 0
        if not isinstance(error, BrokenPipeError):
            code = 1
            tell(f"error: cannot write the results: {error.strerror} (make room, or send them elsewhere)")
        # What is still to be written would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code if isinstance(code, int) else 0


def _run_command(command: Any) -> Any:  # noqa: ANN401  private to Typer, too
    try:
        return command.main(prog_name="podindex", standalone_mode=False)
    except TyperException as error:
        return _say_usage_error(error)


def give_every_option_a_variable(command: Any) -> None:  # noqa: ANN401  private to Typer, too
    """Let every option of every command be set as `PODINDEX_<OPTION>`."""
    option_of = {parameter: option for option, parameter in _settings(command).items()}
    for parameter in command.params:
        if option := option_of.get(parameter.name):
            parameter.envvar = ENVIRONMENT_PREFIX + option.upper()
            parameter.show_envvar = False  # the rule is in docs/cli.md, and the help is shorter without it
    for child in getattr(command, "commands", {}).values():
        give_every_option_a_variable(child)


def _say_usage_error(error: TyperException) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "podindex"
    if type(error).__name__ == "NoArgsIsHelpError":  # Typer names no public type for it
        with suppress(OSError):
            typer.echo(error.format_message(), err=True)
        return 2
    session = context.ensure_object(Session) if context else Session()
    session.wants_json |= "--json" in sys.argv  # where options cannot be told apart, none has been read
    # So pydantic begins what it says of a value that is none of the choices.
    what = _origin(error) + error.format_message().rstrip(".").replace("Value error, ", "")
    session.say_error(UsageError("wrong-usage", what, _hint_at_place(error) or f"see `{path} --help`"))
    return error.exit_code


def _hint_at_place(error: TyperException) -> str:
    """Say where a global option belongs that was given behind a command; "" for any other."""
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if not context or not any(option in parameter.opts for parameter in context.find_root().command.params):
        return ""
    return f"write it before the command: podindex {option} … {context.command_path.removeprefix('podindex ')}"


def _origin(error: TyperException) -> str:
    """Return what begins the message about a value that was not typed: the variable or the file it came from."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if not context or not parameter:
        return ""
    match getattr(context.get_parameter_source(parameter.name), "name", ""):
        case "ENVIRONMENT":
            return f"{parameter.envvar}: "
        case "DEFAULT_MAP":
            return f"{CONFIG_NAME}: "
    return ""
