"""Files that are there whole or not at all, whenever the power goes."""

from __future__ import annotations

import os
from pathlib import Path

from foretap_models.errors import RepositoryError

UNFINISHED = ".new"
"""How the name of a file ends that is being written; it begins with a dot."""


class Disk:
    """What the publisher does to a disk, one method for each operation that can fail."""

    def make_folder(self, path: Path) -> None:
        """Makes a folder and those above it."""
        path.mkdir(parents=True, exist_ok=True)

    def write(self, path: Path, content: bytes) -> None:
        """Writes a file, in the place of what was there."""
        path.write_bytes(content)
        path.chmod(0o644)

    def flush(self, path: Path) -> None:
        """Brings a file, or the names in a folder, to the disk."""
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

    def rename(self, old: Path, new: Path) -> None:
        """Gives a file another name, at once, in the place of what had it."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Removes a file."""
        path.unlink()

    def replace(self, path: Path, content: bytes) -> None:
        """Puts a file in the place of another one; whoever reads meanwhile reads either."""
        unfinished = path.with_name(f".{path.name}{UNFINISHED}")
        self.write(unfinished, content)
        self.flush(unfinished)
        self.rename(unfinished, path)
        self.flush(path.parent)

    def add(self, path: Path, content: bytes) -> None:
        """Puts a file where none was. The same bytes may be there already: of a run that was cut short.

        Raises:
            RepositoryError: another file is there.
        """
        if path.exists():
            if path.read_bytes() != content:
                raise RepositoryError(f"{path} is there already, and is another file; nothing is overwritten")
            return
        if not path.parent.is_dir():
            self.make_folder(path.parent)
            self.flush(path.parent.parent)
        self.replace(path, content)

    def tidy(self, folder: Path) -> None:
        """Removes what a run that was cut short had not finished."""
        for path in folder.glob(f".*{UNFINISHED}"):
            self.remove(path)
