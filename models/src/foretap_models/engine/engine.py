"""What an engine does, whichever it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Handle = TypeVar("Handle")


class Engine(Protocol):
    """Maps pure functions over tasks: partitions of a lake, folds, trials.

    Results come in the order of the tasks, whatever is finished first. A sum that takes them one after the other is
    therefore the same to the last bit on every engine and with any number of workers.

    Attributes:
        name: as `--engine` takes it.
        workers: tasks that run at once.
    """

    name: str
    workers: int

    def map(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Does `work` on every task; yields the results in the order of the tasks.

        Tasks, results and `work` travel between processes: they can be pickled, and `work` is a function of a module.

        Raises:
            EngineError: a worker died. What `work` raises is raised here as it was raised there.
        """
        ...


def in_order(
    tasks: Iterable[Task], begin: Callable[[Task], Handle], finish: Callable[[Handle], Result], at_once: int
) -> Iterator[Result]:
    """Begins tasks and yields what they come to, in their order, never more than `at_once` unfinished or unread."""
    begun: deque[Handle] = deque()
    for task in tasks:
        begun.append(begin(task))
        if len(begun) == at_once:
            yield finish(begun.popleft())
    while begun:
        yield finish(begun.popleft())
