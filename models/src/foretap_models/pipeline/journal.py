"""What a run has done so far, in a file that is whole at any moment: for `pipeline status`, reports and triggers."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from foretap_models.errors import WorkdirError

FILE = "run.json"
"""In the working directory."""


class Outcome(StrEnum):
    """How far a run or a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    KEPT = "kept"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Entry:
    """A step of a run.

    Attributes:
        name: of the step.
        outcome: KEPT where nothing that it depends on had changed.
        key: SHA-256 of what it depends on; empty before that is known.
        attempts: how often it was tried.
        begun_s: seconds after the run's beginning.
        seconds: that it took, waits between attempts included.
        error: of the last attempt that failed.
    """

    name: str
    outcome: Outcome = Outcome.WAITING
    key: str = ""
    attempts: int = 0
    begun_s: float = 0.0
    seconds: float = 0.0
    error: str = ""


@dataclass
class Journal:
    """A run.

    Attributes:
        folder: the working directory.
        reason: why it was started.
        begun: when.
        ended: when; `None` while it runs.
        outcome: of all of it.
        entries: its steps, in the order in which they are run.
    """

    folder: Path
    reason: str
    begun: datetime
    ended: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    entries: list[Entry] = field(default_factory=list)

    def entry(self, step: str) -> Entry:
        """Of a step."""
        return next(entry for entry in self.entries if entry.name == step)

    def results(self, step: str) -> Path:
        """Where a step's results lie."""
        return self.folder / step / self.entry(step).key[:16]

    def write(self) -> None:
        """Writes it over the last run's, or over what it was before."""
        value = asdict(self)
        del value["folder"]
        value |= {"begun": self.begun.isoformat(), "ended": self.ended.isoformat() if self.ended else None}
        partial = self.folder / f"{FILE}.partial"
        with partial.open("w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> Journal | None:
        """The last run in a working directory; `None` before the first.

        Raises:
            WorkdirError: its file is another one's.
        """
        path = folder / FILE
        if not path.exists():
            return None
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            entries = [Entry(**entry | {"outcome": Outcome(entry["outcome"])}) for entry in value["entries"]]
            ended = datetime.fromisoformat(value["ended"]) if value["ended"] else None
            begun = datetime.fromisoformat(value["begun"])
            return cls(folder, value["reason"], begun, ended, Outcome(value["outcome"]), entries)
        except (ValueError, KeyError, TypeError) as error:
            raise WorkdirError(f"{path}: not a run of the pipeline: {error!r}") from error
