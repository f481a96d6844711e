"""Ray: workers on this machine, or on the cluster that RAY_ADDRESS names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType

from foretap_models.engine.engine import Result, Task, in_order
from foretap_models.errors import EngineError

# Before Ray is imported: nothing is reported to anyone.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

import ray
from ray.exceptions import RayError, RayTaskError

STORE_BYTES = 2**30
"""The memory in which Ray passes results around, where it is started here."""


class RayEngine:
    """Tasks of one processor each. Without RAY_ADDRESS a Ray of its own is started on loopback, and ended with it.

    On a cluster of several machines, caches and stores have to lie where all of them can write.
    """

    name = "ray"

    def __init__(self, workers: int, store_bytes: int = STORE_BYTES) -> None:
        self.workers = workers
        if os.environ.get("RAY_ADDRESS"):
            ray.init(configure_logging=False, log_to_driver=False)
        else:
            ray.init(
                num_cpus=workers,
                num_gpus=0,
                object_store_memory=store_bytes,
                include_dashboard=False,
                configure_logging=False,
                log_to_driver=False,
                _node_ip_address="127.0.0.1",
            )
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


def _do(work: Callable[[Task], Result], task: Task) -> Result:
    """The one remote function."""
    return work(task)
