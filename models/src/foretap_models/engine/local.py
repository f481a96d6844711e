"""This machine: in this process, or in processes of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType

from foretap_models.engine.engine import Result, Task, in_order
from foretap_models.errors import EngineError


class LocalEngine:
    """One worker works in this process; more are processes that are started afresh, so that no thread is forked."""

    name = "local"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        fresh = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, mp_context=fresh) if workers > 1 else None

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def map(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """As `Engine.map`."""
        pool = self._pool
        if pool is None:
            yield from map(work, tasks)
            return
        try:
            yield from in_order(
                tasks, lambda task: pool.submit(work, task), lambda begun: begun.result(), 2 * self.workers
            )
        except BrokenProcessPool as error:
            raise EngineError("a worker process died, for want of memory perhaps") from error
