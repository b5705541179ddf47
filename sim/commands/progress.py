"""How far a run is: a bar on a terminal, a line now and then elsewhere."""

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.commands.output import Screen, errors

SECONDS_BETWEEN_LINES = 15.0


class RunProgress(AbstractContextManager["RunProgress"]):
    """Shows the events of `sim.study.run` on the standard error; call it with each event."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._console = errors()
        self._bar: Progress | None = None
        self._last_line = self._began = time.monotonic()
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: str, **values: object) -> None:
        """One event: `started` and `done` move the bar, `stage` adds to `seconds`, all others are remarks."""
        if event == "started":
            self._start(int(str(values["total"])))
        elif event == "done":
            self._advance(int(str(values["finished"])), int(str(values["total"])))
        elif event == "stage":
            name = str(values["name"])
            self.seconds[name] = self.seconds.get(name, 0.0) + float(str(values["seconds"]))
        else:
            self._remark(event, values)

    def _remark(self, event: str, values: dict[str, object]) -> None:
        words = self._screen.text(f"run.{event}", **values)
        (self._bar.console if self._bar else self._console).print(words, markup=False, soft_wrap=True)

    def _start(self, total: int) -> None:
        self._last_line = self._began = time.monotonic()
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn(self._screen.text("run.time_left")),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=self._console)
            self._bar.add_task(self._screen.text("run.replications"), total=total)
            self._bar.start()

    def _advance(self, finished: int, total: int) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=finished)
        elif finished == total or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            seconds = self._last_line - self._began
            left = round(seconds / finished * (total - finished))
            self._remark("progress", {"finished": finished, "total": total, "left": left})
