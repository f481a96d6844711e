"""How long work shows how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable

Progress = Callable[[str], None]
"""Takes a line about how far the work is."""


def on_stderr(line: str) -> None:
    """Shows a line of progress."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
