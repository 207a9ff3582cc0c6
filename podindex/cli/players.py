"""Programs that can play an episode from a given moment. I/O: looks for programs."""

import shutil
import sys
from pathlib import Path

from podindex.timecode import seconds_from_ms

_PROGRAMS = ("mpv", "vlc")  # in order of preference: mpv starts at the exact moment
# SIGHUP, SIGINT and SIGTERM, as Python and as shells report them, and mpv's own code for them (`man mpv`, EXIT CODES).
_CLOSED = frozenset({-1, -2, -15, 129, 130, 143, 4})


def choose_player(wanted: str | None) -> str | None:
    """Return the player to use: the one that is wanted, else the first that is installed, else None."""
    return wanted or next(iter(installed_players()), None)


def installed_players() -> list[str]:
    """Return the players that are installed, the preferred one first."""
    return [name for name in _PROGRAMS if shutil.which(name)]


def has_failed(exit_code: int) -> bool:
    """Tell whether a player ended for another reason than that nobody wants to hear more."""
    return exit_code != 0 and exit_code not in _CLOSED


def player_command(player: str, path: Path, start_ms: int) -> list[str]:
    """Return the command that plays a file from a moment.

    The path is absolute, so no name can be taken for an option.
    """
    start_s = f"{seconds_from_ms(start_ms):.3f}"
    absolute = str(path.absolute())
    if player == "mpv":
        return ["mpv", "--force-window=no", f"--start={start_s}", "--hr-seek=yes", "--", absolute]
    if player == "vlc":
        return ["vlc", f"--start-time={start_s}", "--play-and-exit", path.absolute().as_uri()]
    # Browsers understand media fragments: https://www.w3.org/TR/media-frags/
    url = f"{path.absolute().as_uri()}#t={start_s}"
    return [sys.executable, "-P", "-m", "webbrowser", "-t", url]
