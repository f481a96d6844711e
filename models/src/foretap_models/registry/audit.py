"""The audit log: every decision, appended once, never changed, each record sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from foretap_models.errors import AuditError, NoRegistryError
from foretap_models.registry.state import NOTES, Action, Stage, State

BEGINNING = "0" * 64
"""What stands before the first record."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY, content TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS never_updated BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS never_deleted BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER IF NOT EXISTS only_appended BEFORE INSERT ON record
    WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM record)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""


@dataclass(frozen=True)
class Decision:
    """Who decided what, and on what grounds.

    Attributes:
        at: when, in UTC, ISO 8601.
        by: who.
        action: what.
        version: about which version; of a publication which signed file, `release 7`; of a reading which rows.
        stage: to or from which stage; `None` where it is about none.
        reason: why.
        evaluation: SHA-256 of the version's evaluation, 64 hex digits; empty for a publication or a reading.
        before: the state's view of the version before; of a publication the SHA-256 of the file before; of a reading
            empty.
        after: the same after.
        facts: of a registration: what the version is and where it lies; of a publication what was signed, and by whom;
            of a reading which lake, table, days, files and rows, and what values had to keep to.
    """

    at: str
    by: str
    action: Action
    version: str
    stage: Stage | None
    reason: str
    evaluation: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A decision in the log.

    Attributes:
        number: from 1.
        decision: what was decided.
        previous: hash of the record before, `BEGINNING` for the first.
        hash: SHA-256 of the record as it is stored, 64 hex digits.
    """

    number: int
    decision: Decision
    previous: str
    hash: str


class Audit:
    """The log, in an SQLite file of its own whose triggers refuse to change or delete a record."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Opens it.

        Args:
            path: the file.
            create: makes it if it is not there.

        Raises:
            NoRegistryError: it is not there.
            AuditError: it is no such file.
        """
        if not create and not path.exists():
            raise NoRegistryError(f"{path}: no audit log; `foretap-models register` begins one")
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            # A record is on the disk before anything follows from it.
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            self._connection.close()
            raise AuditError(f"{path}: not an audit log: {error}") from error

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def records(self) -> list[Record]:
        """All of them, in order, checked.

        Raises:
            AuditError: names the first record that is not as it was written.
        """
        found: list[Record] = []
        for number, content, sealed in self._connection.execute(
            "SELECT number, content, hash FROM record ORDER BY number"
        ):
            expected = len(found) + 1
            if number != expected:
                raise AuditError(f"{self.path}: record {expected} is missing")
            record = self._read(number, content, sealed)
            if (record.number, record.previous) != (number, found[-1].hash if found else BEGINNING):
                raise AuditError(f"{self.path}: record {number} does not follow the one before it")
            found.append(record)
        return found

    def append(self, decision: Decision, last: Record | None) -> Record:
        """Writes a decision behind the record `last`; it is on the disk when this returns.

        Raises:
            AuditError: another one stands there already, or it cannot be written.
        """
        number, previous = (last.number + 1, last.hash) if last else (1, BEGINNING)
        content = _canonical({"number": number, "previous": previous, **asdict(decision)})
        sealed = _sha256(content)
        try:
            self._connection.execute("INSERT INTO record VALUES (?, ?, ?)", (number, content, sealed))
        except sqlite3.Error as error:
            raise AuditError(f"{self.path}: record {number} cannot be written: {error}") from error
        return Record(number, decision, previous, sealed)

    def _read(self, number: int, content: str, sealed: str) -> Record:
        """A stored record, if it is the one that was sealed."""
        if _sha256(content) != sealed:
            raise AuditError(f"{self.path}: record {number} is not what was recorded")
        try:
            values = json.loads(content)
            values["action"] = Action(values["action"])
            values["stage"] = Stage(values["stage"]) if values["stage"] else None
            return Record(
                values.pop("number"), previous=values.pop("previous"), decision=Decision(**values), hash=sealed
            )
        except (ValueError, TypeError, KeyError) as error:
            raise AuditError(f"{self.path}: record {number} cannot be read: {error}") from error


def state(records: Sequence[Record]) -> State:
    """What has been decided, from the records."""
    found = State()
    for record in records:
        if record.decision.action not in NOTES:
            found = found.with_view(record.decision.version, record.decision.after)
    return found


def _canonical(value: Any) -> str:  # noqa: ANN401
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _sha256(text: str) -> str:
    """64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
