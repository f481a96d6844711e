"""A repository on disk: what phones are served, and what of it is the newest.

    timestamp  root/N  release/SHA-256  bundle/SHA-256  delta/SHA-256

Nothing else is kept: all that the publisher knows, it reads from these files. Only `timestamp` is ever replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foretap_models.errors import RepositoryError
from foretap_models.lock import PATIENCE_S, alone
from foretap_models.publish.disk import Disk
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP, SignedFile, SignedFiles, sha256

BUNDLE, DELTA = "bundle", "delta"
"""Folders beside those of signed files."""


class Repository:
    """A repository that this process alone changes, inside of `locked`."""

    def __init__(self, folder: Path, files: SignedFiles, disk: Disk) -> None:
        self.folder, self.files, self.disk = folder, files, disk

    @contextmanager
    def locked(self, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """Keeps other publishers away, and clears up after one that died.

        Raises:
            BusyError: another one was at it all the time.
        """
        # Beside the folder, not in it: whoever serves it serves files for phones alone.
        with alone(self.folder.absolute().parent / f"{self.folder.name}.lock", patience_s):
            for folder in (self.folder, *(self.folder / name for name in (ROOT, RELEASE, BUNDLE, DELTA))):
                self.disk.tidy(folder)
            yield

    def check_is_new(self) -> None:
        """Refuses a folder with anything in it.

        Raises:
            RepositoryError: there is something.
        """
        if any(path.is_file() for path in self.folder.rglob("*")):
            raise RepositoryError(f"{self.folder}: there is something in it already")

    def root(self, version: int | None = None) -> SignedFile:
        """A root, the newest by default.

        Raises:
            RepositoryError: there is none, one before it is missing, or one says that it is another one.
        """
        names = [path.name for path in (self.folder / ROOT).glob("[1-9]*") if path.name.isdigit()]
        newest = max(map(int, names), default=0)
        if newest == 0:
            raise RepositoryError(f"{self.folder}: no repository; `foretap-models repository init` begins one")
        if len(names) != newest:
            raise RepositoryError(f"{self.folder}: a root before {newest} is missing; phones could not follow")
        version = version or newest
        found = self.files.read(self.folder / ROOT / str(version), ROOT)
        if found.version != version:
            raise RepositoryError(f"root/{version} says that it is {found.version}")
        return found

    def timestamp(self) -> SignedFile | None:
        """Which release counts now; `None` before the first."""
        path = self.folder / TIMESTAMP
        return self.files.read(path, TIMESTAMP) if path.is_file() else None

    def release(self) -> SignedFile | None:
        """The release that the timestamp names; `None` before the first.

        Raises:
            RepositoryError: it is not there, or is another one.
        """
        timestamp = self.timestamp()
        if timestamp is None:
            return None
        named = timestamp.message
        path = self.folder / RELEASE / str(named["release_sha256"])
        if not path.is_file():
            raise RepositoryError(f"release {named['release_version']}, which the timestamp names, is missing")
        found = self.files.read(path, RELEASE)
        if (found.sha256, found.version) != (named["release_sha256"], named["release_version"]):
            raise RepositoryError(f"release {named['release_version']} is not the file that the timestamp names")
        return found

    def releases(self) -> list[SignedFile]:
        """All releases, the newest first, those included that no timestamp came to name.

        Raises:
            RepositoryError: a file is not the one that its name says.
        """
        paths = [p for p in (self.folder / RELEASE).glob("*") if re.fullmatch("[0-9a-f]{64}", p.name)]
        found = [self.files.read(path, RELEASE) for path in sorted(paths)]
        if any(path.name != release.sha256 for path, release in zip(sorted(paths), found, strict=True)):
            raise RepositoryError(f"{self.folder / RELEASE}: a file is not the one that its name says")
        return sorted(found, key=lambda release: release.version, reverse=True)

    def bundle(self, sum_of_it: str) -> bytes:
        """A bundle's file.

        Raises:
            RepositoryError: it is not there, or is another one.
        """
        path = self.folder / BUNDLE / sum_of_it
        if not path.is_file() or sha256(content := path.read_bytes()) != sum_of_it:
            raise RepositoryError(f"bundle {sum_of_it[:12]} is missing, or another file")
        return content

    def add(self, kind: str, name: str, content: bytes) -> None:
        """Puts a file where none was."""
        self.disk.add(self.folder / kind / name, content)

    def replace_timestamp(self, content: bytes) -> None:
        """What phones see from now on."""
        self.disk.replace(self.folder / TIMESTAMP, content)
