"""The receiver's lake: which files there are, and what their footers say. No row is read here.

samples/day=2026-11-30/shard=07/NAME.parquet     unlocks: noisy bins of what was opened and of one other candidate
reports/day=2026-11-30/shard=07/NAME.parquet     days: noisy answers to closed questions

The day is that on which the receiver took the rows, which may be two weeks after they were drawn. The shard is the
first byte of a row's pseudonym, modulo 16.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.data.lake import Days
from foretap_models.data.place import Place
from foretap_models.engine.engine import Engine
from foretap_models.errors import UploadsColumnError, UploadsError, UploadsFileError, UploadsValueError

SHARDS = 16
"""Of every day."""

EVERY_DAY = Days()

PSEUDONYM_BYTES, SUM_BYTES = 16, 32
"""Of a row's name, and of a SHA-256 sum."""


class Table(StrEnum):
    """The two tables."""

    SAMPLES = "samples"
    REPORTS = "reports"


NUMBERS: Mapping[Table, tuple[str, ...]] = {
    Table.SAMPLES: ("week", "moment", "part_of_day"),
    Table.REPORTS: ("week",),
}
"""The columns of integers; those of a report's answers come besides."""

BYTES: Mapping[Table, tuple[str, ...]] = {
    Table.SAMPLES: ("pseudonym", "model", "feature_schema", "opened", "other"),
    Table.REPORTS: ("pseudonym", "model"),
}
"""The columns of bytes."""

BYTE_COLUMNS = frozenset(name for names in BYTES.values() for name in names)
"""All of these."""

ANSWER = "answer."
"""What the columns of answers are called by in what was read, before the question's name."""

MAY_BE_EMPTY = ("model",)
"""Columns of which a cell says something by being empty."""


@dataclass(frozen=True)
class UploadsFile:
    """A file of the lake.

    Attributes:
        place: where it is.
        name: below the folder of its table.
        day: on which its rows were received.
        shard: of its rows.
        rows: how many, as its footer says; 0 until that was read.
        numbers: the columns of integers, of answers among them; none until the footer was read.
    """

    place: Place
    name: str
    day: date
    shard: int
    rows: int = 0
    numbers: tuple[str, ...] = ()

    def refuse(self, is_bad: np.ndarray, what: str) -> None:
        """Raises for the first row where `is_bad`, bool [rows]; nothing that stands in the row is told.

        Raises:
            UploadsValueError: there is one.
        """
        if is_bad.any():
            raise UploadsValueError(f"{self.place}: row {int(np.argmax(is_bad))}: {what}")

    def read(self, columns: Sequence[str], answers: Sequence[str] = ()) -> pa.Table:
        """Reads some columns, all rows.

        Args:
            columns: of the table's own, by their names.
            answers: columns of answers; each is called `answer.NAME` in what comes back, since a question has the name
                of another column.

        Raises:
            UploadsFileError: the file is damaged.
            UploadsColumnError: a cell is empty that may not be.
            PlaceError: it is not there any more.
        """
        try:
            with self.place.open() as source, pq.ParquetFile(source) as file:
                whole = file.read() if answers else file.read(list(columns))
        except (pa.ArrowException, OSError) as error:
            raise _damaged(self, error) from None
        wanted = {name: _at(whole.schema, name, is_bytes=name in BYTE_COLUMNS) for name in columns}
        wanted |= {f"{ANSWER}{name}": _at(whole.schema, name, is_bytes=False) for name in answers}
        table = pa.table({name: whole.column(at) for name, at in wanted.items()})
        for name in table.column_names:
            if name not in MAY_BE_EMPTY and table[name].null_count:
                raise UploadsColumnError(f"{self.place}: column {name.removeprefix(ANSWER)} has empty cells")
        return table


@dataclass(frozen=True)
class Reading:
    """What is about to be read, for the audit log.

    Attributes:
        lake: its URL.
        table: of its rows.
        days: on which they were received, ascending, each once.
        files: how many.
        rows: how many.
    """

    lake: str
    table: Table
    days: tuple[date, ...]
    files: int
    rows: int

    @property
    def subject(self) -> str:
        """In a few words."""
        days = f"{self.days[0]}" if len(self.days) == 1 else f"{self.days[0]}..{self.days[-1]}"
        return f"{self.rows:,} {self.table} of {days}"

    def facts(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "lake": self.lake,
            "table": str(self.table),
            "days": [str(day) for day in self.days],
            "files": self.files,
            "rows": self.rows,
        }


@dataclass(frozen=True)
class UploadsLake:
    """A lake that a receiver writes."""

    place: Place

    def files(
        self, table: Table, days: Days = EVERY_DAY, shards: Collection[int] | None = None, newest: int | None = None
    ) -> list[UploadsFile]:
        """The files of some days and shards, by day, shard and name.

        Args:
            table: of which.
            days: of which days.
            shards: only these; all by default.
            newest: only the days up to so many before the newest one that is there, that one among them.

        Raises:
            UploadsError: there are none, or one lies where none belongs.
            PlaceError: the lake cannot be reached.
        """
        folder = self.place / str(table)
        there = [] if not folder.exists() else [(name, _day(name)) for name in folder.folders()]
        if newest is not None and there:
            last = max(day for _, day in there)
            days = Days(last - timedelta(days=newest - 1), last)
        found = []
        for name, day in there:
            if day not in days:
                continue
            for place, _ in (folder / name).below():
                if not place.name.endswith(".parquet"):
                    continue  # one that the receiver is about to put in place
                below = place.url[len(folder.url.rstrip("/")) + 1 :]
                shard = _shard(below, place)
                if shards is None or shard in shards:
                    found.append(UploadsFile(place, below, day, shard))
        if not found:
            raise UploadsError(f"{folder}: no {table} of these days and shards")
        return sorted(found, key=lambda file: (file.day, file.shard, file.name))


def announced(
    lake: UploadsLake, table: Table, files: Sequence[UploadsFile], engine: Engine, note: Callable[[Reading], None]
) -> list[UploadsFile]:
    """Reads the footers of files, and has the reading noted; only then is a row to be read.

    Args:
        lake: of the files.
        table: of their rows.
        files: one or more.
        engine: who does it.
        note: writes the reading down; raises where that cannot be done, and nothing is read then.

    Raises:
        UploadsFileError: a file is no whole Parquet file.
        UploadsColumnError: a column is missing, or of another type.
    """
    opened = list(engine.map(partial(_opened, table=table), files))
    days = tuple(sorted({file.day for file in opened}))
    note(Reading(str(lake.place), table, days, len(opened), sum(file.rows for file in opened)))
    return opened


def pseudonyms(table: pa.Table, file: UploadsFile) -> np.ndarray:
    """The names of some rows, uint8 [rows, 16].

    Raises:
        UploadsValueError: one is of another length, or belongs to another shard.
    """
    names = fixed_bytes(table, "pseudonym", PSEUDONYM_BYTES, file)
    file.refuse(names[:, 0] % SHARDS != file.shard, "a pseudonym of another shard")
    return names


def weeks(table: pa.Table, file: UploadsFile) -> np.ndarray:
    """The weeks of some rows, int64 [rows], as 202648.

    Raises:
        UploadsValueError: one is none.
    """
    week = numbers(table, "week")
    year, of_year = week // 100, week % 100
    file.refuse((year < 1970) | (year > 9999) | (of_year < 1) | (of_year > 53), "week is no year and week")
    return week


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column of integers, int64 [rows]."""
    return table[name].cast(pa.int64()).to_numpy()


def fixed_bytes(table: pa.Table, name: str, size: int, file: UploadsFile) -> np.ndarray:
    """A column of bytes of one length, uint8 [rows, size].

    Raises:
        UploadsValueError: one is longer or shorter.
    """
    cells = table[name].to_pylist()
    file.refuse(np.array([len(cell) != size for cell in cells], bool), f"{name} is not {size} bytes")
    return np.frombuffer(b"".join(cells), np.uint8).reshape(len(cells), size)


def _opened(file: UploadsFile, table: Table) -> UploadsFile:
    """Reads and checks a footer."""
    try:
        with file.place.open() as source, pq.ParquetFile(source) as parquet:
            schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, error) from None
    for names, is_bytes in ((NUMBERS[table], False), (BYTES[table], True)):
        for name in names:
            if name not in schema.names:
                raise UploadsColumnError(f"{file.place}: no column {name}")
            if _at(schema, name, is_bytes=is_bytes) is None:
                raise UploadsColumnError(f"{file.place}: column {name} has no {'bytes' if is_bytes else 'integers'}")
    numbers = tuple(field.name for field in schema if pa.types.is_integer(field.type))
    return replace(file, rows=rows, numbers=numbers)


def _at(schema: pa.Schema, name: str, *, is_bytes: bool) -> int | None:
    """The place of the column of this name whose cells are bytes, or integers: another may have the same name."""
    is_right = _are_bytes if is_bytes else pa.types.is_integer
    return next((at for at, field in enumerate(schema) if field.name == name and is_right(field.type)), None)


def _are_bytes(kind: pa.DataType) -> bool:
    """Whether cells are bytes, however they are kept."""
    of = pa.types
    return of.is_binary(kind) or of.is_large_binary(kind) or of.is_fixed_size_binary(kind) or of.is_binary_view(kind)


def _damaged(file: UploadsFile, error: Exception) -> UploadsFileError:
    """An error that tells no more than where: what a Parquet reader says may hold what it read."""
    return UploadsFileError(f"{file.place}: not a whole Parquet file ({type(error).__name__})")


def _day(folder: str) -> date:
    """The day of a folder."""
    try:
        if not folder.startswith("day="):
            raise ValueError
        return date.fromisoformat(folder.removeprefix("day="))
    except ValueError:
        raise UploadsError(f"{folder}: not the folder of a day") from None


def _shard(name: str, place: Place) -> int:
    """The shard of a file, by its name below the folder of its table."""
    match = re.fullmatch(r"day=[^/]+/shard=(\d\d)/[^/]+\.parquet", name)
    if not match or int(match[1]) >= SHARDS:
        raise UploadsError(f"{place}: not the place of a file of uploads")
    return int(match[1])
