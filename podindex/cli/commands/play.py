"""`podindex play`."""

from typing import Annotated, Literal

import typer

from podindex.cli.context import session_of
from podindex.errors import ConfigError
from podindex.timecode import format_time, parse_time


def play(
    ctx: typer.Context,
    hit: Annotated[str, typer.Argument(metavar="HIT", help="SHOW/EPISODE@12:34, or the number of a hit.")],
    player: Annotated[
        Literal["mpv", "vlc", "browser"] | None, typer.Option(help="Default: the first that is installed.")
    ] = None,
) -> None:
    """Listen to a hit of the last search, or to an episode."""
    import subprocess

    from podindex.cli.last_search import load_last_search
    from podindex.cli.players import choose_player, has_failed, player_command
    from podindex.store import audio_gone

    session = session_of(ctx)
    session.library.require()
    if hit.isdecimal() and len(hit) < 10:
        found = load_last_search(session.library_dir, int(hit))
        if found is None:
            raise ConfigError("no-such-hit", f"the last search has no hit {hit}", "search first, then play its number")
        episode_id, start_ms = found
    else:
        episode_id, start_ms = _parse_place(hit)
    # Players find times in a file as browsers do: by the share of its bytes, where it has no index.
    path = session.library.playable_audio_path(episode_id)
    if path is None:
        raise audio_gone(episode_id)
    chosen = choose_player(player)
    if chosen is None:
        session.say("no player found (looked for mpv and vlc): listen here")
        typer.echo(f"{path}\t{format_time(start_ms)}")
        return
    session.say(f"{chosen}: {episode_id} at {format_time(start_ms)}")
    try:
        ended = subprocess.run(player_command(chosen, path, start_ms), check=False)  # noqa: S603  a list of our own making
    except OSError as error:
        message = f"cannot start {chosen}: {error.strerror}"
        raise ConfigError("player-failed", message, "choose another with --player") from error
    if has_failed(ended.returncode):
        message = f"{chosen} failed with exit code {ended.returncode}"
        raise ConfigError("player-failed", message, "see what it says, or choose another with --player")


def _parse_place(text: str) -> tuple[str, int]:
    episode_id, _, moment = text.partition("@")
    try:
        return episode_id, parse_time(moment) if moment else 0
    except ValueError as error:
        raise typer.BadParameter(f"{error}; say SHOW/EPISODE@12:34") from error
