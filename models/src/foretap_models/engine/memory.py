"""How much memory a process and everything that it started take together."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

PROC = Path("/proc")
"""Where Linux tells; elsewhere nothing is measured."""

INTERVAL_S = 0.2
"""Between two looks; shorter peaks are missed."""

COUNTED = ("Pss_Anon:", "Pss_Shmem:")
"""What the processes hold themselves, shared memory once among all; not the files that they have mapped."""


class Peak:
    """Looks at a process and its descendants while a `with` block lasts.

    Attributes:
        bytes: the most that was seen; `None` where the system does not tell.
    """

    def __init__(self, process: int) -> None:
        self.bytes: int | None = None
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        """Until the block is over."""
        while not self._over.is_set():
            seen = sum(_held(process) for process in _tree(self._process))
            self.bytes = max(self.bytes or 0, seen) or None
            self._over.wait(INTERVAL_S)


def _tree(process: int) -> list[int]:
    """A process and its descendants."""
    found, at = [process], 0
    while at < len(found):
        for children in PROC.glob(f"{found[at]}/task/*/children"):
            found += [int(child) for child in _text(children).split()]
        at += 1
    return found


def _held(process: int) -> int:
    """The bytes of one process; 0 of one that has ended."""
    lines = (line.split() for line in _text(PROC / str(process) / "smaps_rollup").splitlines())
    return sum(int(words[1]) * 1024 for words in lines if words and words[0] in COUNTED)


def _text(path: Path) -> str:
    """What a file says; nothing where it is gone."""
    try:
        return path.read_text()
    except OSError:
        return ""
