"""How long work tells what it is doing, without knowing who listens. Pure.

Long work takes a `Progress` and calls it; the command line draws bars, tests record calls, and nobody else listens.
Amounts are milliseconds of audio, because that is what a person waits for.
"""


class Progress:
    """Receives the course of long work. Every method returns at once and raises nothing; here they ignore it all."""

    def note(self, message: str) -> None:
        """Say one thing once: which model was chosen and why, what was set aside."""

    def begin_batch(self, episodes: int, total_ms: int) -> None:
        """Start a batch: how many episodes and how much audio by what the files' headers say."""

    def begin_episode(self, name: str, total_ms: int) -> None:
        """Start an episode; `name` identifies it until `end_episode`."""

    def advance(self, name: str, done_ms: int, *, resumed: bool = False) -> None:
        """Add finished audio; `resumed` marks audio finished by an earlier run, which says nothing of the speed."""

    def end_episode(self, name: str) -> None:
        """End an episode, done or failed; its outcome says which."""


class Notes(Progress):
    """Remembers what was noted.

    Attributes:
        messages: in order.
    """

    def __init__(self) -> None:
        self.messages: list[str] = []

    def note(self, message: str) -> None:
        """Remember it."""
        self.messages.append(message)
