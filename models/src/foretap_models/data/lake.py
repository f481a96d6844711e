"""The lake: features rows of many people, partitioned by day and by hashed person, on a disk or behind an S3 API.

lake.json                                    {"format": 1, "shards": 40}, and "simulated" where nobody lived it
day=2026-01-05/shard=07/NAME.parquet         a features file: queries of that day of that shard's people
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from foretap_models.data.place import Place
from foretap_models.errors import LakeError, PlaceError
from foretap_models.provenance import SIMULATED

FORMAT = 1
"""The version of the layout."""

MOST_SHARDS = 10_000
"""More folders a day than any file system likes."""


@dataclass(frozen=True)
class Days:
    """A range of days; the first and the last belong to it, `None` is open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class LakeFile:
    """A file of the lake.

    Attributes:
        place: where it is.
        name: below the lake.
        day: of its queries, by each person's clock.
        shard: of its people.
        size: bytes.
    """

    place: Place
    name: str
    day: date
    shard: int
    size: int


@dataclass(frozen=True)
class Lake:
    """A lake that is there.

    Attributes:
        place: its folder.
        shards: parts of the people.
        is_simulated: whether it says that its people never lived.
    """

    place: Place
    shards: int
    is_simulated: bool = False

    @classmethod
    def create(cls, place: Place, shards: int) -> Lake:
        """Begins a lake.

        Raises:
            LakeError: one is there with other shards, or the number makes no sense.
            PlaceError: it cannot be written.
        """
        if not 1 <= shards <= MOST_SHARDS:
            raise LakeError(f"a lake has 1 to {MOST_SHARDS} shards")
        if not (place / "lake.json").exists():
            (place / "lake.json").write(json.dumps({"format": FORMAT, "shards": shards}).encode() + b"\n")
            return cls(place, shards)
        there = cls.open(place)
        if there.shards != shards:
            raise LakeError(f"{place}: a lake of {there.shards} shards")
        return there

    @classmethod
    def open(cls, place: Place) -> Lake:
        """Opens a lake.

        Raises:
            LakeError: it is none.
        """
        try:
            about = json.loads((place / "lake.json").read())
        except (PlaceError, ValueError) as error:
            raise LakeError(f"{place}: not a lake: {error}") from error
        shards = about.get("shards") if isinstance(about, dict) and about.get("format") == FORMAT else None
        if not isinstance(shards, int) or not 1 <= shards <= MOST_SHARDS:
            raise LakeError(f"{place}: a lake of another format")
        return cls(place, shards, SIMULATED in about)

    def files(self, days: Days = Days(), shards: Collection[int] | None = None) -> list[LakeFile]:
        """The files of some days and shards, by shard, day and name: a person's queries in the order of their days.

        Folders of other days are not looked into, files of other shards not opened.

        Raises:
            LakeError: a file lies where none belongs.
            PlaceError: the lake cannot be reached.
        """
        found = []
        for folder in self.place.folders():
            day = _day(folder)
            if day is None or day not in days:
                continue
            for place, size in (self.place / folder).below():
                name = place.url[len(self.place.url.rstrip("/")) + 1 :]
                shard = self._shard(name)
                if shards is None or shard in shards:
                    found.append(LakeFile(place, name, day, shard, size))
        return sorted(found, key=lambda file: (file.shard, file.day, file.name))

    def add(self, features_file: bytes, day: date, shard: int) -> LakeFile:
        """Adds a features file; the same bytes again change nothing.

        Raises:
            LakeError: there is no such shard.
            PlaceError: it cannot be written.
        """
        if not 0 <= shard < self.shards:
            raise LakeError(f"shard {shard} of {self.shards}")
        name = f"day={day}/shard={shard:0{self._digits}}/{hashlib.sha256(features_file).hexdigest()[:16]}.parquet"
        place = self.place / name
        place.write(features_file)
        return LakeFile(place, name, day, shard, len(features_file))

    def check_people(self, file: LakeFile, people: np.ndarray) -> None:
        """Refuses people who belong to another shard.

        Raises:
            LakeError: one does.
        """
        for person in np.unique(people):
            if shard_of(int(person), self.shards) != file.shard:
                raise LakeError(f"{file.place}: a person of another shard")

    def _shard(self, name: str) -> int:
        """The shard of a file, by its name below the lake."""
        match = re.fullmatch(r"day=[^/]+/shard=(\d+)/[^/]+\.parquet", name)
        if not match or int(match[1]) >= self.shards:
            raise LakeError(f"{self.place / name}: not the place of a lake's file")
        return int(match[1])

    @property
    def _digits(self) -> int:
        """Of a shard's folder."""
        return max(2, len(str(self.shards - 1)))


def shard_of(person: int, shards: int) -> int:
    """The shard of a person: the first 8 bytes, big-endian, of the SHA-256 of the decimal number, modulo the shards."""
    return int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:8]) % shards


def _day(folder: str) -> date | None:
    """The day of a folder; `None` of what is no day's."""
    try:
        return date.fromisoformat(folder.removeprefix("day=")) if folder.startswith("day=") else None
    except ValueError as error:
        raise LakeError(f"{folder}: not a day") from error
