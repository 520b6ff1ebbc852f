"""The engines of a batch: this process, processes on this machine, and Dask. Each gives back parts as they are done.

A part is computed from its own reading of the inputs and writes its own files, so nothing but its number and the plan
travels. A worker that is lost costs the part it had, which another one does anew; one that is lost over the same part
twice is given up, and the part fails.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import connection
from typing import Any

from ..cells.data_frames import keep_pandas_away
from ..errors import BadInput, FlexExtraError, MissingData
from . import part as parts
from .part import Part
from .plan import Plan
from .written import Done

ENGINES = ("process", "processes", "dask")
TRIES = 2  # of a part whose worker is lost

Result = tuple[Part, "Done | FlexExtraError"]


def in_process(plan: Plan, todo: Sequence[Part]) -> Iterator[Result]:
    """One part after the other, here."""
    for one in todo:
        yield one, _tried(plan, one)


def _tried(plan: Plan, one: Part) -> Done | FlexExtraError:
    try:
        return parts.run(plan, one)
    except FlexExtraError as error:
        return MissingData(str(error))  # of a kind that travels between processes


class Processes:
    """Parts in processes of this machine. They ``begin`` at once: while the plan is looked over there is time for it."""

    def __init__(self, workers: int, begin: bool) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._workers = workers
        self._ready = [_Worker(self._context) for _ in range(workers if begin else 0)]

    def __call__(self, plan: Plan, todo: Sequence[Part]) -> Iterator[Result]:
        waiting, tries = list(reversed(todo)), dict.fromkeys((one.number for one in todo), 0)
        pool: dict[Any, _Worker] = {}
        try:
            while waiting or any(one.part for one in pool.values()):
                while waiting and len(pool) < self._workers:
                    worker = self._ready.pop() if self._ready else _Worker(self._context)
                    worker.begin(plan)
                    pool[worker.pipe] = worker
                for worker in pool.values():
                    if worker.part is None and waiting:
                        worker.give(waiting.pop(_best(waiting, worker, pool.values())))
                for pipe in connection.wait([pipe for pipe, one in pool.items() if one.part]):
                    worker = pool[pipe]
                    one, answer = worker.part, worker.answer()
                    assert one is not None
                    if answer is not None:
                        worker.part = None
                        yield one, answer
                        continue
                    del pool[pipe]
                    worker.end()
                    tries[one.number] += 1
                    if tries[one.number] < TRIES:
                        waiting.append(one)
                    else:
                        lost = f"The worker of part {one.number} was lost {TRIES} times; give it more memory."
                        yield one, MissingData(lost)
        finally:
            for worker in [*pool.values(), *self._ready]:
                worker.end()
            self._ready.clear()


def _best(waiting: Sequence[Part], worker: _Worker, pool: Iterable[_Worker]) -> int:
    """Which part a worker does next: of the contracts that it has read, else of some that no other has, else the first."""
    others = {one.held for one in pool if one is not worker}
    places = range(len(waiting) - 1, -1, -1)  # the last is the first to do
    own = (place for place in places if _of(waiting[place]) == worker.held)
    new = (place for place in places if _of(waiting[place]) not in others)
    return next(own, next(new, len(waiting) - 1))


def _of(part: Part) -> str:
    """Which group of contracts a part is of, by the first of them."""
    return part.contracts[0].code


class _Worker:
    """A process of this machine that does one part after the other."""

    def __init__(self, context: Any) -> None:
        self.pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        other.close()
        self.part: Part | None = None
        self.held = ""  # the contracts that it has read

    def begin(self, plan: Plan) -> None:
        """Tell it the plan of the parts to come."""
        with contextlib.suppress(OSError):
            self.pipe.send(plan)

    def give(self, one: Part) -> None:
        """Let it do a part; whether it still lives is seen when it answers."""
        self.part, self.held = one, _of(one)
        with contextlib.suppress(OSError):
            self.pipe.send(one)

    def answer(self) -> Done | FlexExtraError | None:
        """What became of its part; None where it is lost."""
        try:
            found: Done | FlexExtraError = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return found

    def end(self) -> None:
        """End it."""
        self.pipe.close()
        self._process.terminate()
        self._process.join()


def _serve(pipe: Any) -> None:
    """In the worker: a plan and its parts come in, what became of them goes out."""
    keep_pandas_away()  # as in the command
    import pyarrow.dataset
    import pyarrow.parquet  # noqa: F401  (what every part needs, before the first comes)

    with contextlib.suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        plan = pipe.recv()
        while True:
            pipe.send(_tried(plan, pipe.recv()))


def on_dask(plan: Plan, todo: Sequence[Part], address: str) -> Iterator[Result]:
    """Parts on the workers of a Dask cluster, which see the plan's folders under the same names."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise MissingData("--engine dask needs Dask; install it with 'pip install xl-flexextra[dask]'.") from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        raise BadInput(f"No Dask scheduler answers at {address} ({type(error).__name__}); check --address.") from None
    with client:
        waiting = {client.submit(_tried, plan, one, pure=False, retries=TRIES - 1): one for one in todo}
        for future in as_completed(list(waiting)):
            one = waiting.pop(future)
            failed = future.exception() if future.status == "error" else None
            if failed is not None:
                yield (
                    one,
                    MissingData(f"The Dask worker of part {one.number} was lost ({type(failed).__name__}); run it again."),
                )
            else:
                yield one, future.result()
            future.release()


def engine(name: str, workers: int, address: str, begin: bool = True) -> Callable[[Plan, Sequence[Part]], Iterator[Result]]:
    """An engine by its name; its processes begin at once where they will be needed."""
    if name not in ENGINES:
        raise BadInput(f"--engine must be one of {', '.join(ENGINES)} (got {name!r}).")
    if (name == "dask") != bool(address):
        raise BadInput("--engine dask needs --address, such as tcp://host:8786, and no other engine takes one.")
    if name == "dask":
        return lambda plan, todo: on_dask(plan, todo, address)
    if name == "processes":
        return Processes(workers or os.cpu_count() or 1, begin)
    return in_process
