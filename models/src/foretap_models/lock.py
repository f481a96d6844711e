"""One process at a time: a lock that the system lets go of when its holder dies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foretap_models.errors import BusyError

PATIENCE_S = 60.0
"""How long others are waited for, seconds."""


@contextmanager
def alone(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Holds the lock of a file, which is made if it is not there.

    The lock is SQLite's own: it works on every system, waits, and never outlives its process.

    Raises:
        BusyError: others held it all the time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BusyError(f"{path}: another process is at it ({error})") from error
        yield
    finally:
        connection.close()
