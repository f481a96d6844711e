"""Where a file lies: a path, or a URL that fsspec understands, such as one of an S3 API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import fsspec

from foretap_models.errors import PlaceError

BYTES_AT_A_TIME = 2**20
"""Read at once where all of a file is hashed."""


@dataclass(frozen=True)
class Place:
    """A file or a folder.

    Attributes:
        url: a path, or `s3://bucket/key`.
        endpoint: URL of the S3 API where it is not Amazon's; by default what AWS_ENDPOINT_URL says.
    """

    url: str
    endpoint: str | None = None

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: str) -> Place:
        return Place(f"{self.url.rstrip('/')}/{name}", self.endpoint)

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rstrip("/").rsplit("/", 1)[-1]

    @property
    def is_local(self) -> bool:
        """Whether it is a path on a disk."""
        return "://" not in self.url

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Opens the file for reading; it can be sought in.

        Raises:
            PlaceError: it is not there, or cannot be reached.
        """
        fs, path = self.found()
        with _named(self):
            file = fs.open(path, "rb")
        with file:
            yield file

    def exists(self) -> bool:
        """Whether it is there.

        Raises:
            PlaceError: it cannot be reached.
        """
        fs, path = self.found()
        with _named(self):
            return bool(fs.exists(path))

    def read(self) -> bytes:
        """All of it.

        Raises:
            PlaceError: it is not there, or cannot be reached.
        """
        with self.open() as file, _named(self):
            return file.read()

    def write(self, content: bytes) -> None:
        """Writes all of it; folders are made. On a disk it is whole or not there.

        Raises:
            PlaceError: it cannot be written.
        """
        fs, path = self.found()
        with _named(self):
            fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            if fs.protocol != ("file", "local"):
                fs.pipe_file(path, content)  # an object appears when all of it is there
                return
            fs.pipe_file(f"{path}.partial", content)
            fs.mv(f"{path}.partial", path)

    def sha256(self) -> str:
        """Of its bytes, 64 hex digits.

        Raises:
            PlaceError: it is not there, or cannot be reached.
        """
        digest = hashlib.sha256()
        with self.open() as file, _named(self):
            while block := file.read(BYTES_AT_A_TIME):
                digest.update(block)
        return digest.hexdigest()

    def below(self) -> list[tuple[Place, int]]:
        """Every file below this folder with its bytes, by name; none where there is no folder.

        Raises:
            PlaceError: it cannot be reached.
        """
        fs, path = self.found()
        with _named(self):
            found = fs.find(path, detail=True) if fs.exists(path) else {}
        prefix = self.url.rstrip("/")
        return [
            (Place(prefix + name[len(path.rstrip("/")) :], self.endpoint), int(about["size"]))
            for name, about in sorted(found.items())
        ]

    def folders(self) -> list[str]:
        """The names of the folders in it, sorted.

        Raises:
            PlaceError: it is not there, or cannot be reached.
        """
        fs, path = self.found()
        with _named(self):
            listed = fs.ls(path, detail=True)
        return sorted(of["name"].rstrip("/").rsplit("/", 1)[-1] for of in listed if of["type"] == "directory")

    def found(self) -> tuple[Any, str]:
        """The file system and the path in it.

        Raises:
            PlaceError: nothing here speaks that protocol.
        """
        of_s3 = self.url.startswith(("s3://", "s3a://"))
        options = {"endpoint_url": self.endpoint} if of_s3 and self.endpoint else {}
        with _named(self):
            # Listings are not kept: what others write in the meantime is there.
            return fsspec.core.url_to_fs(self.url, **options, **({"use_listings_cache": False} if of_s3 else {}))


@contextmanager
def _named(place: Place) -> Iterator[None]:
    """Says which place it was."""
    try:
        yield
    except (OSError, ValueError, ImportError, *_of_s3()) as error:
        raise PlaceError(f"{place}: {type(error).__name__}: {error}") from error


def _of_s3() -> tuple[type[Exception], ...]:
    """What the S3 client raises, where it is installed."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        return ()
    return BotoCoreError, ClientError
