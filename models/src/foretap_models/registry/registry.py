"""The registry: versions, and the decisions about them. A decision is recorded first and carried out then.

A process that dies between the two leaves a record that MLflow does not know of yet. MLflow keeps the hash of the last
decision that was carried out, written last of all; so the next command sees what is missing and carries it out, which
does no harm where part of it was done. One process at a time is at it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from foretap_models.errors import AuditError, EvidenceError, GateError, UnsignedDecisionError, VersionNameError
from foretap_models.lock import PATIENCE_S, alone
from foretap_models.operations import Gates
from foretap_models.progress import Progress, on_stderr
from foretap_models.registry import audit
from foretap_models.registry.archive import BUNDLE, CARD, DOSSIER, EVALUATION, Archive
from foretap_models.registry.audit import Audit, Decision, Record
from foretap_models.registry.card import card
from foretap_models.registry.dossier import Dossier
from foretap_models.registry.evaluation import Evaluation, shortcomings
from foretap_models.registry.lineage import bundle_id
from foretap_models.registry.place import Place
from foretap_models.registry.state import NOTES, Action, Stage, State
from foretap_models.registry.store import Store

REPAIR = "`foretap-models registry verify --restore` undoes what was changed past the audit log"


def system_clock() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Signature:
    """What every decision needs.

    Attributes:
        by: who decides.
        reason: why.
    """

    by: str
    reason: str


class Registry:
    """An opened registry. What a method refuses, with a `RegistryError`, has changed nothing."""

    def __init__(self, store: Store, log: Audit, clock: Callable[[], datetime], progress: Progress) -> None:
        self._store, self._audit, self._clock = store, log, clock
        self._settle(progress)

    @classmethod
    @contextmanager
    def open(
        cls,
        place: Place,
        *,
        create: bool = False,
        clock: Callable[[], datetime] = system_clock,
        patience_s: float = PATIENCE_S,
        progress: Progress = on_stderr,
    ) -> Iterator[Registry]:
        """Opens a registry for this process alone, and carries out what one that died had decided.

        Args:
            place: where it is.
            create: makes it if it is not there.
            clock: what decisions are dated with.
            patience_s: how long other processes are waited for, seconds.
            progress: told what is carried out late.

        Raises:
            NoRegistryError: it is not there.
            BusyError: another process was at it all the time.
            AuditError: the audit log is broken, or is not that of this registry.
            RegistryStoreError: MLflow fails.
        """
        if not create:
            place.check_is_there()
        with alone(place.lock, patience_s):
            log = Audit(place.audit, create=create)
            try:
                log.records()  # a broken log is refused before anything else is opened
                yield cls(Store(place.uri, place.model, place.artifacts, create=create), log, clock, progress)
            finally:
                log.close()

    @property
    def archive(self) -> Archive:
        """What lies in it."""
        return Archive(self._store, self.records())

    def records(self) -> list[Record]:
        """The audit log.

        Raises:
            AuditError: names the first broken record.
        """
        return self._audit.records()

    def state(self) -> State:
        """What has been decided."""
        return audit.state(self.records())

    def numbers(self) -> dict[str, int]:
        """MLflow's number of each version."""
        return {name: stored.number for name, stored in self._store.versions().items()}

    def register(
        self, bundle: bytes, evaluation: Evaluation, dossier: Dossier, signature: Signature, version: str | None = None
    ) -> str:
        """Adds a version, Pending; returns its name.

        Args:
            bundle: the file that ships.
            evaluation: of this bundle.
            dossier: how it was made.
            signature: whose doing it is.
            version: `v1.0`; by default the minor one after the highest.

        Raises:
            UnsignedDecisionError: no name or no reason.
            BundleFileError: it is no bundle.
            EvidenceError: evaluation or lineage is not that of the bundle.
            VersionNameError: the name is taken or malformed, or bundle and evaluation are registered together already.
        """
        check_signed(signature)
        found = bundle_id(bundle)
        if not evaluation.bundle == dossier.lineage.bundle == found:
            raise EvidenceError(f"evaluation and lineage are not both of this bundle, {found[:12]}")
        state = self.state()
        name = version or _next(state)
        if not re.fullmatch(r"v\d{1,6}\.\d{1,6}", name):
            raise VersionNameError(f"{name}: a version is called v1.0, v1.1, v2.0")
        after = state.registered(name)
        if twin := self.archive.twin(found, evaluation.sha256()):
            raise VersionNameError(f"this bundle with this evaluation is {twin} already")
        written = dossier.written()
        files = {
            BUNDLE: bundle,
            EVALUATION: evaluation.written(),
            DOSSIER: written,
            CARD: card(name, dossier, evaluation, len(bundle)).encode("utf-8"),
        }
        lineage = dossier.lineage.as_json()
        run = self._store.upload(files, lineage, evaluation.metrics())
        facts = {
            "run": run,
            "lineage": lineage,
            "dossier": hashlib.sha256(written).hexdigest(),
            "queries": dossier.data.queries,
        }
        self._decide(Action.REGISTER, name, None, signature, evaluation.sha256(), after, facts)
        return name

    def approve(self, version: str, signature: Signature, gates: Gates) -> None:
        """Pending -> Approved."""
        self._judge(Action.APPROVE, version, None, signature, lambda state: state.approved(version), gates)

    def reject(self, version: str, signature: Signature) -> None:
        """Pending, or Approved and in no stage -> Rejected."""
        self._judge(Action.REJECT, version, None, signature, lambda state: state.rejected(version), None)

    def promote(self, version: str, stage: Stage, signature: Signature, gates: Gates) -> None:
        """Approved -> staging -> production."""
        self._judge(Action.PROMOTE, version, stage, signature, lambda state: state.promoted(version, stage), gates)

    def demote(self, version: str, signature: Signature) -> None:
        """Out of its stage."""
        stage = self.state().stage(version)
        self._judge(Action.DEMOTE, version, stage, signature, lambda state: state.demoted(version), None)

    def rollback(self, signature: Signature) -> str:
        """Production goes to what was there before; returns its name."""
        version = str(self.state().rolled_back().production)
        self._judge(Action.ROLLBACK, version, Stage.PRODUCTION, signature, State.rolled_back, None)
        return version

    def note_publication(
        self,
        action: Action,
        subject: str,
        signature: Signature,
        change: tuple[str | None, str],
        facts: Mapping[str, Any],
    ) -> None:
        """Records that a signed file of a repository is about to be served.

        Args:
            action: one of `PUBLICATIONS`.
            subject: which file, `release 7`.
            signature: whose decision it is.
            change: SHA-256 of the file before, where there was one, and of this one.
            facts: what was signed, and by whom.

        Raises:
            UnsignedDecisionError: no name or no reason.
        """
        before, after = ({"sha256": sha256} for sha256 in change)
        self._note(action, subject, signature, before, after, facts)

    def note_reading(self, subject: str, signature: Signature, facts: Mapping[str, Any]) -> None:
        """Records that rows which phones sent are about to be read.

        Args:
            subject: which rows, in a few words.
            signature: whose doing it is.
            facts: lake, table, days, files and rows.

        Raises:
            UnsignedDecisionError: no name or no reason.
        """
        self._note(Action.READ_UPLOADS, subject, signature, {}, {}, facts)

    def verify(self) -> list[str]:
        """What holds, one line each: the log, MLflow against it, the files of every version.

        Raises:
            AuditError: the log is broken, or MLflow is not as was decided.
            EvidenceError: a file is missing, or another one.
            BundleFileError: a bundle is damaged.
        """
        records = self.records()
        state = audit.state(records)
        self._compare(state)
        for version in state.approvals:
            self.archive.card(version)
        seal = f", the last is {records[-1].hash}" if records else ""
        return [
            f"{len(records)} records, each sealed with the one before{seal}",
            "MLflow's tags and aliases are those that were decided",
            f"the bundles and evaluations of {len(state.approvals)} versions are those that were registered",
        ]

    def restore(self) -> None:
        """Sets MLflow's tags and aliases to what was decided, where someone changed them past the audit log."""
        records = self.records()
        for record in records:
            self._carry_out(record, audit.state(records))

    def _note(
        self,
        action: Action,
        subject: str,
        signature: Signature,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> None:
        """Records what changes neither approvals nor stages."""
        check_signed(signature)
        decision = Decision(
            at=self._clock().astimezone(UTC).isoformat(timespec="milliseconds"),
            by=signature.by.strip(),
            action=action,
            version=subject,
            stage=None,
            reason=signature.reason.strip(),
            evaluation="",
            before=before,
            after=after,
            facts=facts,
        )
        records = self.records()
        self._store.note(self._audit.append(decision, records[-1] if records else None).hash)

    def _judge(
        self,
        action: Action,
        version: str,
        stage: Stage | None,
        signature: Signature,
        step: Callable[[State], State],
        gates: Gates | None,
    ) -> None:
        """Takes a step, if it is signed, can be taken, and its evidence is there and enough."""
        check_signed(signature)
        state = self.state()
        after = step(state)
        self._compare(state)
        archive = self.archive
        evaluation = archive.evaluation(version)
        archive.bundle(version)
        if gates is not None:
            in_use = archive.evaluation(state.production) if state.production else None
            if short := shortcomings(evaluation, in_use, gates):
                raise GateError(f"{version}: {'; '.join(short)}")
        self._decide(action, version, stage, signature, evaluation.sha256(), after, {})

    def _decide(
        self,
        action: Action,
        version: str,
        stage: Stage | None,
        signature: Signature,
        evaluation: str,
        after: State,
        facts: Mapping[str, Any],
    ) -> None:
        """Records a decision, then carries it out."""
        records = self.records()
        decision = Decision(
            at=self._clock().astimezone(UTC).isoformat(timespec="milliseconds"),
            by=signature.by.strip(),
            action=action,
            version=version,
            stage=stage,
            reason=signature.reason.strip(),
            evaluation=evaluation,
            before=audit.state(records).view(version),
            after=after.view(version),
            facts=facts,
        )
        self._carry_out(self._audit.append(decision, records[-1] if records else None), after)

    def _carry_out(self, record: Record, after: State) -> None:
        """Brings MLflow to what was decided."""
        if record.decision.action in NOTES:
            self._store.note(record.hash)
            return
        version = record.decision.version
        registration = self.archive.registration(version).decision
        tags = {**registration.facts["lineage"], "evaluation": registration.evaluation}
        self._store.carry_out(after, version, registration.facts["run"], tags, record.hash)

    def _settle(self, progress: Progress) -> None:
        """Carries out what was decided but not carried out: by a process that died, or before a backup came back."""
        records = self.records()
        seals = [None, *(record.hash for record in records)]
        found = self._store.seal()
        if found not in seals:
            raise AuditError("this audit log is not that of this registry, or its last records are missing")
        for count in range(seals.index(found), len(records)):
            record = records[count]
            progress(f"record {record.number} is carried out now: {record.decision.action} {record.decision.version}")
            self._carry_out(record, audit.state(records[: count + 1]))

    def _compare(self, state: State) -> None:
        """Refuses a registry that was changed past the audit log."""
        found = {name: stored.approval for name, stored in self._store.versions().items()}
        decided = {name: approval.value for name, approval in state.approvals.items()}
        for stage, name in self._store.stages().items():
            found[stage] = str(name)
            decided[stage] = str(state.production if stage is Stage.PRODUCTION else state.staging)
        differing = sorted({name for name, _ in found.items() ^ decided.items()})
        if differing:
            name = differing[0]
            raise AuditError(f"{name} is {found.get(name)} in MLflow, {decided.get(name)} was decided; {REPAIR}")


def check_signed(signature: Signature) -> None:
    """Refuses a decision that nobody signs or explains.

    Raises:
        UnsignedDecisionError: no name or no reason.
    """
    if not signature.by.strip():
        raise UnsignedDecisionError("a decision needs the name of who decides (--by)")
    if not signature.reason.strip():
        raise UnsignedDecisionError("a decision needs a reason (--reason)")


def _next(state: State) -> str:
    """The minor version after the highest."""
    numbers = [tuple(map(int, name.removeprefix("v").split("."))) for name in state.approvals]
    major, minor = max(numbers, default=(1, -1))
    return f"v{major}.{minor + 1}"
