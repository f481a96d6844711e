"""A phone for tests: `foretap sync` on a log of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from foretap_models import foretap

OUTCOMES = {0: "taken", 3: "refused"}
"""What an exit code says of a run."""


class Phone:
    """A phone that begins with a root.

    Attributes:
        folder: of its log.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, folder: Path, root: Path) -> Phone:
        """A phone that never looked; `root` is the file of its first root."""
        shutil.copytree(_log(), folder)
        shutil.copy(root, folder / "root")
        return cls(folder)

    def sync(self, repository: Path, at_s: int) -> dict[str, Any]:
        """A run at a time; what it says."""
        given = ["--db", self.folder / "log.db", "--key-file", self.folder / "key", "--root", self.folder / "root"]
        command = [foretap.find(), "sync", repository, *given, "--at", str(at_s), "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode in OUTCOMES, ended.stderr
        said: dict[str, Any] = json.loads(ended.stdout)
        assert (said["outcome"] in ("refused", "unreachable")) == (ended.returncode == 3), said
        return said


@cache
def _log() -> Path:
    """A log of two days, made once."""
    folder = Path(mkdtemp())
    events = [f"a,{1_790_000_000_000 + hour * 3_600_000},0,launch,app{hour % 3}" for hour in range(40)]
    (folder / "log.csv").write_text("\n".join(["user,at_ms,utc_offset_min,kind,item", *events]) + "\n")
    (folder / "key").write_text("5a" * 48)
    given = ["log", folder / "log.db", "--key-file", folder / "key", "record", folder / "log.csv", "--quiet"]
    foretap.run(foretap.find(), given)
    return folder
