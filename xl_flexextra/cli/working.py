"""What a long command is doing: a moving line where a person looks on, otherwise a plain line once it takes seconds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from threading import Lock, Timer

from . import screen, step_log

PATIENCE = 2.0  # seconds without a word, where nobody looks on
Step = Callable[[str], None]


@contextlib.contextmanager
def working(step: str) -> Iterator[Step]:
    """Say on standard error what is being done; gives what to call with the next step. A log gets each step as a line."""
    step_log.step(step)
    if not screen.looked_on(error=True):
        plain = _Plain(step)
        try:
            yield _logged(plain.next)
        finally:
            plain.end()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=screen.console(error=True), transient=True) as bar:
        task = bar.add_task(screen.safe(step), total=None)
        yield _logged(lambda text: bar.update(task, description=screen.safe(text)))


def _logged(shown: Step) -> Step:
    def both(text: str) -> None:
        step_log.step(text)
        shown(text)

    return both


class _Plain:
    """The steps as lines, from the moment on at which the command has taken longer than a person waits without a word."""

    def __init__(self, step: str) -> None:
        self._step, self._said, self._late = step, "", False
        self._lock = Lock()
        self._timer = Timer(PATIENCE, self._speak)
        self._timer.daemon = True
        self._timer.start()

    def _speak(self) -> None:
        with self._lock:
            self._late = True
            if self._step and self._step != self._said:
                self._said = self._step
                screen.say(self._step, error=True)

    def next(self, step: str) -> None:
        """Another step begins."""
        self._step = step
        if self._late:
            self._speak()

    def end(self) -> None:
        """Nothing more is said."""
        self._timer.cancel()
        with self._lock:
            self._step = ""
