"""The audit log: it only grows, it says where it is broken, and a crash or a second process leaves no gap in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import registered
from registered import ADA, GATES, opened

from foretap_models import command
from foretap_models.errors import AuditError, UnsignedDecisionError
from foretap_models.registry.place import Place
from foretap_models.registry.registry import Signature
from foretap_models.registry.state import Action, Stage
from foretap_models.registry.store import QUIET, Store


def edit(place: Place, *statements: str) -> None:
    """Runs SQL on the log, as someone with the file could."""
    with closing(sqlite3.connect(place.audit)) as log, log:
        for statement in statements:
            log.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET content = '{}' WHERE number = 2",
        "DELETE FROM record WHERE number = 6",
        "DELETE FROM record",
        "INSERT OR REPLACE INTO record VALUES (2, '{}', '')",
        "REPLACE INTO record SELECT number, content, '' FROM record WHERE number = 6",
        "INSERT INTO record VALUES (99, '{}', '')",
        "INSERT INTO record VALUES (0, '{}', '')",
    ],
)
def test_records_cannot_be_changed_or_deleted_or_inserted_before_others(filled: Place, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        edit(filled, statement)
    with opened(filled) as registry:
        assert len(registry.records()) == 9


def test_a_reading_of_uploads_is_a_record_that_changes_no_version(filled: Place) -> None:
    with opened(filled) as registry:
        before = registry.state()
        with pytest.raises(UnsignedDecisionError):
            registry.note_reading("7 samples of 2026-11-30", Signature("Ada", " "), {})
        registry.note_reading("7 samples of 2026-11-30", ADA, {"rows": 7})
        assert registry.state() == before
        assert len(registry.verify()) == 3
        last = registry.records()[-1].decision
    assert (last.action, last.version, last.facts) == (Action.READ_UPLOADS, "7 samples of 2026-11-30", {"rows": 7})
    with opened(filled) as registry:
        registry.demote("v1.1", ADA)
        assert registry.state().staging is None


def forged(number: int, change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """Changes a record, with a hash that fits it."""

    def forge(path: Path) -> None:
        with closing(sqlite3.connect(path)) as log, log:
            (content,) = log.execute("SELECT content FROM record WHERE number = ?", (number,)).fetchone()
            value = json.loads(content)
            change(value)
            text = json.dumps(value, sort_keys=True, separators=(",", ":"))
            sealed = registered.sha256(text.encode())
            log.execute("UPDATE record SET content = ?, hash = ? WHERE number = ?", (text, sealed, number))

    return forge


def sql(statement: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        with closing(sqlite3.connect(path)) as log, log:
            log.execute(statement)

    return run


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (
            sql("UPDATE record SET content = REPLACE(content, 'Ada', 'Eve') WHERE number = 3"),
            "record 3 is not what was",
        ),
        (sql("UPDATE record SET hash = REPLACE(hash, 'a', 'b') WHERE number = 1"), "record 1 is not what was recorded"),
        (sql("DELETE FROM record WHERE number = 4"), "record 4 is missing"),
        (sql("DELETE FROM record WHERE number = 9"), "its last records are missing"),
        (sql("DELETE FROM record"), "its last records are missing"),
        (forged(5, lambda record: record.update(by="Eve")), "record 6 does not follow"),
        (forged(5, lambda record: record.update(number=4)), "record 5 does not follow"),
        (forged(9, lambda record: record.update(by="Eve")), "not that of this registry"),
        (forged(2, lambda record: record.pop("reason")), "record 2 cannot be read"),
        (forged(2, lambda record: record.update(action="bless")), "record 2 cannot be read"),
    ],
)
def test_the_first_broken_record_is_named(
    filled: Place, tamper: Callable[[Path], None], found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(filled, "DROP TRIGGER never_updated", "DROP TRIGGER never_deleted")
    tamper(filled.audit)
    arguments = ["registry", "audit", "--verify", "--registry", filled.uri]
    assert command.main(arguments) == 2
    shown = capsys.readouterr()
    assert found in shown.err
    assert shown.out == ""


def test_a_file_that_is_no_audit_log_is_refused(place: Place) -> None:
    place.audit.write_text("not a database, but long enough to be taken for one" * 20)
    with pytest.raises(AuditError, match="not an audit log"), opened(place):
        pass


class KilledError(BaseException):
    """The end of a process."""


@pytest.mark.parametrize("step", ["nothing", "tag", "alias", "seal"])
def test_what_was_recorded_before_a_crash_is_carried_out_by_the_next_command(
    filled: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The process ends before MLflow was changed at all, and after each of the changes of a promotion."""
    method = {
        "nothing": "set_model_version_tag",
        "tag": "delete_registered_model_alias",
        "alias": "set_registered_model_tag",
    }
    with opened(filled) as registry, monkeypatch.context() as patch:
        client = registry._store._client

        def killed(*_: object) -> None:
            raise KilledError

        if step in method:
            patch.setattr(client, method[step], killed)
            with pytest.raises(KilledError):
                registry.promote("v1.1", Stage.PRODUCTION, ADA, GATES)
        else:
            registry.promote("v1.1", Stage.PRODUCTION, ADA, GATES)
    said: list[str] = []
    with opened(filled, progress=said.append) as registry:
        assert registry.state().production == "v1.1"
        assert registry.verify()
        assert len(registry.records()) == 10
    assert said == (["record 10 is carried out now: promote v1.1"] if step in method else [])
    assert Store(filled.uri, filled.model, None, create=False).stages() == {"production": "v1.1", "staging": None}


KILLED = """
import os, signal, sys
import registered
from foretap_models.registry.place import Place
from foretap_models.registry.store import QUIET, Store
Store.carry_out = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with registered.opened(Place.of(sys.argv[1])) as registry:
    registered.register(registry, "v3.0")
"""

BUSY = """
import os, socket, sys
import registered
from foretap_models.errors import TransitionError
from foretap_models.registry.place import Place
socket.getaddrinfo = lambda *_, **__: os._exit(3)
place, name = Place.of(sys.argv[1]), sys.argv[2]
for number in range(2):
    with registered.opened(place) as registry:
        registered.register(registry, f"v{name}.{number}")
try:
    with registered.opened(place) as registry:
        registry.approve("v2.0", registered.Signature(name, "first come"), registered.GATES)
except TransitionError:
    print("late")
from mlflow.telemetry import get_telemetry_client
assert get_telemetry_client() is None
"""

NEVER_AT_HOME = {"CI", "PYTEST_CURRENT_TEST", *QUIET}
"""Variables that would keep MLflow quiet without our doing."""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name not in NEVER_AT_HOME}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_registration_survives_kill_9_between_record_and_mlflow(filled: Place) -> None:
    with start(KILLED, filled.uri) as process:
        assert process.wait() == -signal.SIGKILL, process.stderr and process.stderr.read()
    assert "v3.0" not in Store(filled.uri, filled.model, None, create=False).versions()
    said: list[str] = []
    with opened(filled, progress=said.append) as registry:
        assert registry.state().approvals["v3.0"] == "Pending"
        assert registry.verify()
    assert said == ["record 10 is carried out now: register v3.0"]
    assert list(Store(filled.uri, filled.model, None, create=False).versions())[-1] == "v3.0"


def test_two_processes_that_decide_at_once_leave_one_chain(filled: Place) -> None:
    """Neither of them calls home meanwhile."""
    with start(BUSY, filled.uri, "3") as one, start(BUSY, filled.uri, "4") as other:
        shown = [process.communicate(timeout=120) for process in (one, other)]
    assert [process.returncode for process in (one, other)] == [0, 0], shown
    assert sorted(out.strip() for out, _ in shown) == ["", "late"]
    with opened(filled) as registry:
        assert registry.verify()
        assert len(registry.records()) == 9 + 2 + 2 + 1
        assert set(registry.state().approvals) >= {f"v{name}.{number}" for name in (3, 4) for number in range(2)}


def test_a_database_from_a_backup_is_brought_up_to_the_log(filled: Place, tmp_path: Path) -> None:
    database = tmp_path / "registry.db"
    shutil.copy(database, tmp_path / "backup.db")
    with opened(filled) as registry:
        registry.approve("v2.0", ADA, GATES)
        registry.promote("v1.1", Stage.PRODUCTION, ADA, GATES)
        registry.promote("v2.0", Stage.STAGING, ADA, GATES)
    shutil.copy(tmp_path / "backup.db", database)
    said: list[str] = []
    with opened(filled, progress=said.append) as registry:
        state = registry.state()
        assert (state.production, state.staging) == ("v1.1", "v2.0")
    assert len(said) == 3
