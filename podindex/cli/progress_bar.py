"""Progress of a batch as bars, where a person watches.

I/O: stderr.
"""

import time
from typing import TYPE_CHECKING, Self

from podindex.cli.context import LineProgress, Session, clean
from podindex.timecode import format_time
from podindex.wording import times

if TYPE_CHECKING:
    from rich.progress import Task, TaskID


class BarProgress(LineProgress):
    """Draws a bar for the batch and one for each episode in work, in audio time, with speed and time left."""

    def __init__(self, session: Session) -> None:
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        super().__init__(session)
        self._console = session.console(stderr=True)
        self._bars = Progress(
            # In a narrow terminal, names and bars give way to the numbers.
            TextColumn("{task.description}", markup=False, table_column=Column()),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[done]} / {task.fields[of]}", markup=False),
            TextColumn("{task.fields[pace]}", markup=False),
            console=self._console,
            transient=True,
        )
        self._batch: TaskID | None = None
        self._episodes: dict[str, TaskID] = {}
        self._started = 0.0
        self._worked_ms = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self._console.print(clean(text))

    def note(self, message: str) -> None:
        """Print a note above the bars."""
        self.say(message)

    def begin_batch(self, episodes: int, total_ms: int) -> None:
        """Start the bar of the batch."""
        self._started = time.monotonic()
        if episodes > 1:
            self._batch = self._add(f"{episodes} episodes", total_ms)

    def begin_episode(self, name: str, total_ms: int) -> None:
        """Start the bar of an episode."""
        self._episodes[name] = self._add(clean(name)[-50:], total_ms)

    def advance(self, name: str, done_ms: int, *, resumed: bool = False) -> None:
        """Move the bars."""
        if not resumed:
            self._worked_ms += done_ms
        for task in (self._episodes.get(name), self._batch):
            if task is not None:
                self._bars.advance(task, done_ms)
                self._describe(task)

    def end_episode(self, name: str) -> None:
        """Take the bar of an episode away, and what it promised and did not hold out of the batch's."""
        task_id = self._episodes.pop(name, None)
        if task_id is None:
            return
        task = self._task(task_id)
        self._bars.remove_task(task_id)
        if self._batch is not None:
            # A failed or truncated file leaves nothing to wait for; one of unknown length has one now.
            total_ms = round((self._task(self._batch).total or 0) + task.completed - (task.total or 0))
            self._bars.update(self._batch, total=total_ms or None, of=_length(total_ms))
            self._describe(self._batch)

    def _add(self, description: str, total_ms: int) -> "TaskID":
        return self._bars.add_task(description, total=total_ms or None, done="0:00:00", of=_length(total_ms), pace="")

    def _task(self, task_id: "TaskID") -> "Task":
        return next(task for task in self._bars.tasks if task.id == task_id)

    def _describe(self, task_id: "TaskID") -> None:
        task = self._task(task_id)
        speed = self._worked_ms / 1000 / max(time.monotonic() - self._started, 0.001)
        left_ms = (task.total or 0) - task.completed
        # Where nothing is done but what an earlier run has, nobody knows the speed yet.
        pace = f"{times(speed)} real time" if speed else ""
        if left_ms > 0 and speed:
            pace += f", {format_time(round(left_ms / speed))} left"
        self._bars.update(task_id, done=format_time(round(task.completed)), pace=pace)


def _length(ms: int) -> str:
    return format_time(ms) if ms else "?"
