"""What the drills share: a folder, and the commands that a person would type."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from foretap_models import command, foretap
from foretap_models.progress import on_stderr

WHY = ("--by", "Drill", "--reason", "a drill")


class Drill:
    """The folder of a drill, and its steps.

    Attributes:
        folder: where everything is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._program = foretap.find()
        self._began = time.monotonic()

    def says(self, line: str) -> None:
        """Shows how far it is."""
        on_stderr(f"{time.monotonic() - self._began:6.1f} s  {line}")

    def models(self, *arguments: str | Path) -> None:
        """Runs `foretap-models`."""
        if command.main([str(argument) for argument in arguments]) != 0:
            raise SystemExit(f"foretap-models {arguments[0]} failed")

    def foretap(self, *arguments: str | Path) -> str:
        """Runs `foretap`; returns its stdout."""
        return foretap.run(self._program, arguments)


def wait(holds: Callable[[], bool], otherwise: str, seconds: float = 60) -> None:
    """Waits; ends the drill where it takes too long."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise SystemExit(otherwise)
        time.sleep(0.1)


def expect(holds: bool, told: object) -> None:
    """Ends the drill where something does not hold."""
    if not holds:
        raise SystemExit(f"unexpected: {told if isinstance(told, str) else json.dumps(told, indent=1)}")
