"""What a person is told of the files of a run, besides the outcome of each. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(slots=True)
class Remarks:
    """What was noticed, and the sentences for it."""

    growing: list[Path] = field(default_factory=list)
    """Files that were passed over, because a program still writes to them."""
    waiting: list[datetime] = field(default_factory=list)
    """When the failed episodes are due that were passed over."""
    misleading: list[Path] = field(default_factory=list)
    """New files in which players miss the time that they are sent to."""
    overwritten: list[str] = field(default_factory=list)
    """Episodes whose audio another's has been written over."""
    outdated: list[str] = field(default_factory=list)
    """Episodes of which the audio has changed and the publisher's transcript was kept."""
    too_long: list[str] = field(default_factory=list)
    """Episodes whose publisher's transcript goes on where their audio has ended."""
    without_language: list[str] = field(default_factory=list)
    """Episodes that got a publisher's transcript of which nobody says in what language it is."""

    def on_what_waits(self) -> Iterator[str]:
        """Yield what is to be said of the files and episodes that the next run takes."""
        for path in self.growing:
            yield f"{path.name} is still being written to: the next `podindex sync` takes it"
        if self.waiting:
            first = f"{min(self.waiting).astimezone():%Y-%m-%d %H:%M}"
            what = "episode waits" if len(self.waiting) == 1 else "episodes wait"
            yield (
                f"{len(self.waiting)} failed {what} for the next try, due at {first} or later; "
                "`podindex add FILE` tries at once"
            )

    def on_episodes(self) -> Iterator[str]:
        """Yield what is to be said of single episodes."""
        for episode_id in self.overwritten:
            yield (
                f"{episode_id} has lost its audio: another episode's file has replaced it (add it again if you have it)"
            )
        for episode_id in self.outdated:
            yield (
                f"the audio of {episode_id} has changed; its publisher's transcript stays as it is "
                "(`podindex add FILE --force` transcribes the audio)"
            )
        for episode_id in self.too_long:
            yield (
                f"the transcript of {episode_id} goes on after the end of the audio: does it belong to another version?"
            )
        for episode_id in self.without_language:
            yield (
                f"the language of {episode_id} is unknown: searches find its words as written, but no "
                "inflections (repeat the `add` with `--language CODE`)"
            )

    def on_misleading(self, *, seek_safe: bool) -> Iterator[str]:
        """Yield what is to be said of files that mislead players, and of copies, made already or not."""
        if not self.misleading:
            return
        files = self.misleading[0].name
        if len(self.misleading) > 1:
            files = f"{len(self.misleading)} files ({files}, for one)"
        advice = "index/ keeps exact copies"
        if not seek_safe:
            advice = "`podindex play` and the web player make an exact copy when needed, `add --seek-safe` at once"
        yield (
            f"{files}: players jump to wrong times or show a wrong length, because the bit rate varies or the "
            f"header is wrong; {advice}"
        )
