"""The registry: what may follow what, that a refused decision changes nothing, and that all of it is written down."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import registered
from registered import ADA, GATES, opened, register

from foretap_models.errors import (
    AuditError,
    BundleFileError,
    BusyError,
    EvidenceError,
    GateError,
    ModelsError,
    NoRegistryError,
    TransitionError,
    UnknownVersionError,
    UnsignedDecisionError,
    VersionNameError,
)
from foretap_models.registry import table
from foretap_models.registry.evaluation import Evaluation
from foretap_models.registry.lineage import bundle_id
from foretap_models.registry.place import Place
from foretap_models.registry.registry import Registry, Signature
from foretap_models.registry.state import Stage, State
from foretap_models.registry.store import Store


def test_three_versions_walk_to_production_staging_and_pending(place: Place) -> None:
    with opened(place) as registry:
        for version in ("v1.0", "v1.1"):
            register(registry, version)
            assert registry.state().approvals[version] == "Pending"
            registry.approve(version, ADA, GATES)
            registry.promote(version, Stage.STAGING, ADA, GATES)
            if version == "v1.0":
                registry.promote(version, Stage.PRODUCTION, ADA, GATES)
        register(registry, "v2.0", hr3=58.0)
        shown = table.versions(registry)
        print(shown)  # noqa: T201
        assert registry.verify()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()[2:]]
    assert [row[:3] for row in rows] == [
        ["v1.0", "Approved", "Production"],
        ["v1.1", "Approved", "Staging"],
        ["v2.0", "Pending", ""],
    ]
    assert [row[6] for row in rows] == ["1", "2", "3"]
    assert "next 58.0" in rows[2][7]
    store = Store(place.uri, place.model, None, create=False)
    assert store.stages() == {Stage.STAGING: "v1.1", Stage.PRODUCTION: "v1.0"}
    assert [stored.approval for stored in store.versions().values()] == ["Approved", "Approved", "Pending"]


def test_a_decision_is_recorded_with_who_when_what_why_and_on_what_grounds(place: Place) -> None:
    with opened(place) as registry:
        register(registry, "v1.0")
        registry.approve("v1.0", Signature(" Bo ", "calibrated, and a point above production"), GATES)
        first, second = registry.records()
        evaluation = registry.archive.evaluation("v1.0").sha256()
    assert second.previous == first.hash
    assert second.decision.__dict__ == {
        "at": "2026-01-01T13:00:00.000+00:00",
        "by": "Bo",
        "action": "approve",
        "version": "v1.0",
        "stage": None,
        "reason": "calibrated, and a point above production",
        "evaluation": evaluation,
        "before": {"approval": "Pending", "staging": None, "production": None, "earlier": []},
        "after": {"approval": "Approved", "staging": None, "production": None, "earlier": []},
        "facts": {},
    }
    made = registered.dossier(registered.bundle("v1.0"))
    assert first.decision.facts["lineage"] == made.lineage.as_json()


def everything(place: Place) -> list[str]:
    """Every row of MLflow's database and of the audit log."""
    rows = []
    for path in (place.audit.with_name("registry.db"), place.audit):
        with closing(sqlite3.connect(path)) as database:
            rows += database.iterdump()
    return rows


def refused(
    place: Place, error: type[ModelsError], decide: Callable[[Registry], object], match: str | None = None
) -> None:
    """A decision ends with an error, and with everything as it was."""
    before = everything(place)
    with opened(place) as registry, pytest.raises(error, match=match):
        decide(registry)
    assert everything(place) == before


def test_a_refused_decision_changes_nothing(filled: Place) -> None:
    """Unsigned, unexplained, impossible, unknown: every decision there is."""
    for signature in (Signature("", "good"), Signature(" ", "good"), Signature("Ada", ""), Signature("Ada", "\n")):
        refused(filled, UnsignedDecisionError, lambda r, s=signature: r.approve("v2.0", s, GATES))
        refused(filled, UnsignedDecisionError, lambda r, s=signature: r.reject("v2.0", s))
        refused(filled, UnsignedDecisionError, lambda r, s=signature: r.promote("v1.1", Stage.PRODUCTION, s, GATES))
    unsigned = Signature("", "")
    refused(filled, UnsignedDecisionError, lambda r: r.demote("v1.1", unsigned))
    refused(filled, UnsignedDecisionError, lambda r: r.register(*candidate("v3.0"), unsigned, "v3.0"))
    refused(filled, UnknownVersionError, lambda r: r.approve("v7.0", ADA, GATES))
    refused(filled, UnknownVersionError, lambda r: r.demote("v7.0", ADA))
    refused(filled, TransitionError, lambda r: r.approve("v1.0", ADA, GATES), "only Pending")
    refused(filled, TransitionError, lambda r: r.promote("v2.0", Stage.STAGING, ADA, GATES), "only Approved")
    refused(filled, TransitionError, lambda r: r.promote("v1.1", Stage.STAGING, ADA, GATES), "already")
    refused(filled, TransitionError, lambda r: r.reject("v1.1", ADA), "demote it first")
    refused(filled, TransitionError, lambda r: r.demote("v2.0", ADA), "no stage")
    refused(filled, TransitionError, lambda r: r.rollback(ADA), "nothing was in production before")


def candidate(name: str) -> tuple[bytes, Evaluation, registered.Dossier]:
    """What `register` takes."""
    made = registered.bundle(name)
    return made, registered.evaluation(made), registered.dossier(made)


def test_gates_hold_on_either_side_of_their_limits(filled: Place) -> None:
    refused(
        filled, GateError, lambda r: r.approve("v2.1", ADA, GATES), "next: HR@3 56.40, production less the margin 56.50"
    )
    tighter = dataclasses.replace(GATES, ece_limit=GATES.ece_limit - 0.001)
    refused(filled, GateError, lambda r: r.approve("v2.0", ADA, tighter), "calibration error 0.050, at most 0.049")
    with opened(filled) as registry:
        registry.approve("v2.0", ADA, GATES)
        registry.reject("v2.1", ADA)
        register(registry, "v2.2", ece=None)
    refused(filled, GateError, lambda r: r.approve("v2.2", ADA, GATES), "no calibration error was measured")
    refused(filled, GateError, lambda r: r.promote("v2.0", Stage.STAGING, ADA, tighter))


def test_the_first_version_is_measured_by_the_mixer_and_comes_by_way_of_staging(place: Place) -> None:
    """The mixer has 55.4 in each moment; a margin of 0.5 allows 54.9."""
    with opened(place) as registry:
        register(registry, "v1.0", hr3=54.8)
        register(registry, "v1.1", hr3=54.9)
        alone = registered.bundle("v1.2")
        judged = registered.judged()
        for moment in judged["moments"].values():
            moment["systems"] = {"mlp_int8": moment["systems"]["mlp_int8"]}
        registry.register(alone, Evaluation(bundle_id(alone), "mlp_int8", judged), registered.dossier(alone), ADA)
    below = "next: HR@3 54.80, the mixer less the margin 54.90; unlock: HR@3 54.80"
    refused(place, GateError, lambda r: r.approve("v1.0", ADA, GATES), below)
    refused(place, GateError, lambda r: r.approve("v1.2", ADA, GATES), "next: the mixer was not judged beside it")
    with opened(place) as registry:
        registry.approve("v1.1", ADA, GATES)
    refused(place, TransitionError, lambda r: r.promote("v1.1", Stage.PRODUCTION, ADA, GATES), "v1.1 is not in staging")
    tighter = dataclasses.replace(GATES, hr3_margin=0.4)
    refused(place, GateError, lambda r: r.promote("v1.1", Stage.STAGING, ADA, tighter), "the mixer less the margin")
    with opened(place) as registry:
        registry.promote("v1.1", Stage.STAGING, ADA, GATES)
        registry.promote("v1.1", Stage.PRODUCTION, ADA, GATES)
        assert registry.state().production == "v1.1"


def test_an_evaluation_has_to_be_there_and_be_that_of_the_bundle(filled: Place, tmp_path: Path) -> None:
    def approve(registry: Registry) -> None:
        registry.approve("v2.0", ADA, GATES)

    with opened(filled) as registry:
        run = registry.archive.registration("v2.0").decision.facts["run"]
    (found,) = filled.artifacts.rglob(f"{run}/artifacts/evaluation.json")
    (bundle,) = filled.artifacts.rglob(f"{run}/artifacts/foretap.bundle")
    whole, shipped = found.read_bytes(), bundle.read_bytes()
    found.write_bytes(whole.replace(b"56.5", b"66.5"))
    refused(filled, EvidenceError, approve, "not the one that was registered")
    found.write_bytes(registered.evaluation(registered.bundle("v1.0")).written())
    refused(filled, EvidenceError, approve, "not the one that was registered")
    found.unlink()
    refused(filled, EvidenceError, approve, "evaluation.json is not in run")
    found.write_bytes(whole)
    bundle.write_bytes(registered.bundle("v1.0"))
    refused(filled, EvidenceError, approve, "the bundle is not the one")
    bundle.write_bytes(shipped[:-1])
    refused(filled, BundleFileError, approve, "damaged")
    bundle.write_bytes(shipped)
    with opened(filled) as registry:
        approve(registry)


def test_a_bundle_is_registered_with_its_own_evaluation_alone_and_once(filled: Place) -> None:
    made, evaluation, dossier = candidate("v3.0")
    other = registered.bundle("another")
    refused(filled, EvidenceError, lambda r: r.register(made, registered.evaluation(other), dossier, ADA), "not both")
    refused(filled, EvidenceError, lambda r: r.register(made, evaluation, registered.dossier(other), ADA), "not both")
    refused(filled, BundleFileError, lambda r: r.register(made[:-1], evaluation, dossier, ADA))
    refused(filled, BundleFileError, lambda r: r.register(b"FORETAP", evaluation, dossier, ADA))
    refused(filled, VersionNameError, lambda r: r.register(made, evaluation, dossier, ADA, "v1.0"), "already")
    refused(filled, VersionNameError, lambda r: r.register(made, evaluation, dossier, ADA, "3.0"), "is called")
    with opened(filled) as registry:
        assert registry.register(made, evaluation, dossier, ADA) == "v2.2"
    refused(filled, VersionNameError, lambda r: r.register(made, evaluation, dossier, ADA), "is v2.2 already")
    with opened(filled) as registry:
        again = registered.evaluation(made, hr3=57.1)
        assert registry.register(made, again, dossier, ADA, "v3.0") == "v3.0"


def test_production_comes_after_staging_and_goes_back_in_one_step(filled: Place) -> None:
    with opened(filled) as registry:
        registry.approve("v2.0", ADA, GATES)
    refused(filled, TransitionError, lambda r: r.promote("v2.0", Stage.PRODUCTION, ADA, GATES), "not in staging")
    with opened(filled) as registry:
        registry.promote("v1.1", Stage.PRODUCTION, ADA, GATES)
        assert (registry.state().production, registry.state().staging) == ("v1.1", None)
        registry.promote("v2.0", Stage.STAGING, ADA, GATES)
        registry.promote("v2.0", Stage.PRODUCTION, ADA, GATES)
        assert registry.records()[-1].decision.before["production"] == "v1.1"
        assert registry.rollback(ADA) == "v1.1"
        registry.demote("v1.1", ADA)
        assert registry.state().production is None
        assert registry.rollback(ADA) == "v1.0"
        with pytest.raises(TransitionError):
            registry.rollback(ADA)
        assert registry.verify()
    store = Store(filled.uri, filled.model, None, create=False)
    assert store.stages() == {Stage.STAGING: None, Stage.PRODUCTION: "v1.0"}


def test_a_rejected_version_is_never_rolled_back_to() -> None:
    state = State()
    for version in ("v1.0", "v1.1", "v1.2"):
        state = state.registered(version).approved(version).promoted(version, Stage.STAGING)
        state = state.promoted(version, Stage.PRODUCTION)
    assert state.earlier == ("v1.0", "v1.1")
    assert state.rejected("v1.1").rolled_back().production == "v1.0"
    assert state.rolled_back().production == "v1.1"


def test_what_was_changed_past_the_audit_log_is_refused_and_can_be_restored(filled: Place) -> None:
    client = Store(filled.uri, filled.model, None, create=False)._client
    client.set_registered_model_alias(filled.model, "production", "3")
    refused(
        filled, AuditError, lambda r: r.approve("v2.0", ADA, GATES), "production is v2.0 in MLflow, v1.0 was decided"
    )
    refused(filled, AuditError, lambda r: r.verify())
    client.set_model_version_tag(filled.model, "3", "foretap.approval", "Approved")
    with opened(filled) as registry:
        registry.restore()
        assert registry.verify()
    assert Store(filled.uri, filled.model, None, create=False).stages()[Stage.PRODUCTION] == "v1.0"


def test_only_one_process_is_at_it(place: Place) -> None:
    with opened(place), pytest.raises(BusyError), opened(place, patience_s=0.1):
        pass


def test_what_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    place = Place.of(f"sqlite:///{tmp_path}/deep/registry.db")
    with pytest.raises(NoRegistryError), Registry.open(place):
        pass
    assert list(tmp_path.iterdir()) == []
    for uri in ("registry.db", "sqlite:///", "http://127.0.0.1:1"):
        with pytest.raises(NoRegistryError):
            Place.of(uri)
