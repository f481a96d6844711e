"""Ray: workers on this machine, or on the cluster that RAY_ADDRESS names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

from foretap_models.engine.engine import Result, Task, in_order
from foretap_models.errors import EngineError

# Before Ray is imported: nothing is reported to anyone, and workers are as nice as who started them, not 15 nicer.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ.setdefault("RAY_worker_niceness", "0")

import ray
from ray.exceptions import RayError, RayTaskError

STORE_BYTES = 2**30
"""The memory in which Ray passes results around, where it is started here."""

ATTEMPTS = 3
"""Ray grants its own start 30 seconds, which a busy machine may pass."""


class RayEngine:
    """Tasks of one processor each. Without RAY_ADDRESS a Ray of its own is started on loopback, and ended with it.

    On a cluster of several machines, caches and stores have to lie where all of them can write.
    """

    name = "ray"

    def __init__(self, workers: int, store_bytes: int = STORE_BYTES) -> None:
        self.workers = workers
        for attempt in range(ATTEMPTS):
            try:
                ray.init(**_where(workers, store_bytes), configure_logging=False, log_to_driver=False)
                break
            except Exception as error:  # of any kind, plain ones too
                ray.shutdown()
                if attempt + 1 == ATTEMPTS:
                    raise EngineError(f"Ray cannot be started: {error}") from error
        self._do = ray.remote(num_cpus=1)(_do)

    def __enter__(self) -> RayEngine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        ray.shutdown()

    def map(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """As `Engine.map`."""
        try:
            yield from in_order(tasks, lambda task: self._do.remote(work, task), ray.get, 2 * self.workers)
        except RayTaskError as error:
            raise error.cause from None
        except RayError as error:
            raise EngineError(f"Ray: {type(error).__name__}: {error}") from error


def _where(workers: int, store_bytes: int) -> dict[str, Any]:
    """How Ray is started: on the cluster that is named, or on loopback."""
    if os.environ.get("RAY_ADDRESS"):
        return {}
    own = {"num_cpus": workers, "num_gpus": 0, "object_store_memory": store_bytes}
    return own | {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}


def _do(work: Callable[[Task], Result], task: Task) -> Result:
    """The one remote function."""
    return work(task)
