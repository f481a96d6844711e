"""Prepare to card in one command, on synthetic people: stopped, gone on with, due again, and never past Pending."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import synthetic
from registered import ADA, CONFIG

from foretap_models import command, foretap
from foretap_models.commands import pipeline as pipeline_command
from foretap_models.config import Config, Outlier
from foretap_models.data.dataset import load
from foretap_models.data.versions import Store, Version
from foretap_models.errors import MissingForetapError
from foretap_models.learn.model import Model
from foretap_models.learn.prune import weights_left
from foretap_models.pipeline import steps
from foretap_models.pipeline.dag import Clock
from foretap_models.pipeline.journal import Journal
from foretap_models.pipeline.learning import MODEL, TUNED
from foretap_models.pipeline.step import DataVersion, Job, Request
from foretap_models.pipeline.steps import FEATURES
from foretap_models.pipeline.triggers import count_queries
from foretap_models.registry import lineage
from foretap_models.registry.dossier import DataSet
from foretap_models.registry.place import Place
from foretap_models.registry.registry import Registry

Shown = pytest.CaptureFixture[str]

CHECKOUT = Path(__file__).parents[2]
"""Its shipped start weights and bundle."""


@pytest.fixture
def arguments(place: Place, tmp_path: Path) -> list[str]:
    """What all commands of the pipeline are given: people with the features that this version of `foretap` computes."""
    try:
        program = foretap.find()
    except MissingForetapError as missing:
        pytest.skip(f"skipped: {missing}")
    shipped = foretap.run(program, ["bundle", "inspect", "--json", CHECKOUT / "core" / "data" / "foretap.bundle"])
    people = synthetic.people(seed=5, count=10, training=20, scored=30)
    schema = json.loads(shipped)["feature_schema"]
    features = synthetic.write(tmp_path / "features.parquet", synthetic.rows(people), feature_schema=schema)
    config = tmp_path / "config.toml"
    config.write_text(synthetic.CONFIG.replace("epochs = 4", "epochs = 2"))
    weights = CHECKOUT / "core" / "data" / "start_weights.tsv"
    given = {"--features": features, "--start-weights": weights, "--config": config, "--registry": place.uri}
    return [str(word) for pair in (*given.items(), ("--workdir", tmp_path / "work")) for word in pair]


class Calendar:
    """The clock of the commands, in days."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = datetime.now(UTC)
        monkeypatch.setattr(pipeline_command, "CLOCK", Clock(lambda: self.at, self.sleep))

    def sleep(self, seconds: float) -> None:
        """Moves the clock."""
        self.at += timedelta(seconds=seconds)


def test_all_runs_prepare_to_card_and_what_was_done_once_is_kept(
    arguments: list[str], place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    calendar = Calendar(monkeypatch)
    work = tmp_path / "work"
    store = Store(tmp_path / "store")
    recorded = [*arguments, "--store", str(store.folder)]

    def run(*words: str, code: int = 0) -> str:
        assert command.main([*words, *recorded]) == code
        shown = capsys.readouterr()
        return shown.out if code == 0 else shown.err

    def outcomes() -> dict[str, str]:
        journal = Journal.read(work)
        assert journal is not None
        return {entry.name: str(entry.outcome) for entry in journal.entries}

    # The step that packs fails: everything before it is kept.
    broken = tmp_path / "broken"
    broken.write_text(
        f"#!/bin/sh\n[ $1 != bundle ] && exec {foretap.find()} \"$@\"\necho 'foretap: cannot pack' >&2\nexit 2\n"
    )
    broken.chmod(0o755)
    named = os.environ.get("FORETAP")
    monkeypatch.setenv("FORETAP", str(broken))
    assert "step pack, attempt 1: ForetapError: cannot pack" in run("all", code=2)
    assert (outcomes()["quantise"], outcomes()["pack"], outcomes()["register"]) == ("done", "failed", "waiting")
    assert "| pack | failed | 1 |" in (work / "run.md").read_text()
    monkeypatch.setenv("FORETAP", named) if named else monkeypatch.delenv("FORETAP")
    assert run("pipeline", "due") == "there is no version yet\n"

    assert run("pipeline", "run", "--if-due").startswith("v1.0: registered")
    found = outcomes()
    kept = {name for name, outcome in found.items() if outcome == "kept"}
    assert kept == {"prepare", "train", "train-0", "quantise"}
    assert {found[name] for name in ("pack", "evaluate", "register", "card")} == {"done"}
    assert "<svg" in (work / "run.svg").read_text()
    with Registry.open(place) as registry:
        (record,) = registry.records()
        assert (record.decision.action, record.decision.after["approval"]) == ("register", "Pending")
        assert record.decision.reason == "there is no version yet"
        journal = Journal.read(work)
        assert journal is not None
        assert (journal.results("card") / "card.md").read_text() == registry.archive.card("v1.0")
        evaluation = registry.archive.evaluation("v1.0")
        assert list(evaluation.figures()) == ["next", "unlock", "unlock_or_resume"]
        assert evaluation.figures()["next"].ece < 1.0
        bundle = registry.archive.bundle("v1.0")
        # The chain begins at the version of the data set that was recorded.
        manifest = store.manifest(Version(1, 0))
        assert registry.archive.registration("v1.0").decision.facts["lineage"]["data"] == manifest.content
        assert " version v1.0, 1,500 queries of 10 people; " in registry.archive.card("v1.0")
    assert bundle == (journal.results("pack") / "foretap.bundle").read_bytes()

    # Nothing has changed: everything is kept, and no second version appears.
    assert run("all").startswith("v1.0: registered")
    assert set(outcomes().values()) == {"kept"}
    # A run that was ended between the registration and the end of its step registers nothing twice.
    shutil.rmtree(work / "register")
    assert run("all").startswith("v1.0: registered")

    # A monitor's alert and the calendar start it again, up to Pending and never further.
    assert run("pipeline", "due") == "not due\n"
    assert run("pipeline", "run", "--if-due") == "not due\n"
    calendar.sleep(86_400.0)
    drift = tmp_path / "drift.json"
    drift.write_text(json.dumps({"format": 1, "at": calendar.at.isoformat(), "psi": {"age_3": 0.4}}))
    assert "drift: 1 features beyond 0.25, age_3 0.40" in run("pipeline", "due", "--drift", str(drift))
    assert run("pipeline", "run", "--if-due", "--drift", str(drift), "--seed", "1").startswith("v1.1: registered")
    with Registry.open(place) as registry:
        assert [record.decision.action for record in registry.records()] == ["register", "register"]
        assert set(registry.state().approvals.values()) == {"Pending"}
        assert registry.records()[-1].decision.reason.startswith("drift: ")
        assert registry.verify()
    calendar.sleep(31 * 86_400.0)
    assert "schedule: 31.0 days" in run("pipeline", "due", "--seed", "1")


def test_the_network_is_tuned_taught_and_pruned_where_that_is_asked_for(
    arguments: list[str], place: Place, tmp_path: Path, capsys: Shown
) -> None:
    # 110 questions of each kind to everyone, over their whole log: a search learns from the first ones.
    lived = [
        replace(q, opening=2 * q.opening, openings=220, is_scored=q.opening >= 77)
        for q in synthetic.people(seed=5, count=10, training=110, scored=0)
    ]
    features = tmp_path / "features.parquet"
    schema = pq.read_metadata(features).metadata[b"foretap.feature_schema"].decode()
    synthetic.write(features, synthetic.rows(lived), feature_schema=schema)
    space = tmp_path / "space.toml"
    space.write_text('learner = "mlp"\n[space]\n"training.learning_rate" = { low = 1e-3, high = 2e-3 }\n')
    few = replace(CONFIG, training=replace(CONFIG.training, epochs=1), inner=replace(CONFIG.inner, rounds=1))
    few = replace(few, distil=replace(few.distil, teachers=("lightgbm",), folds=2))
    few = replace(few, pruning=replace(few.pruning, stages=1), trees=replace(few.trees, rounds=3))
    work = tmp_path / "work"

    def asked(**steps: object) -> Config:
        return replace(few, pipeline=replace(few.pipeline, **steps))  # type: ignore[arg-type]

    def run(**steps: object) -> Journal:
        (tmp_path / "config.toml").write_text(asked(**steps).toml())
        assert command.main(["all", *arguments, "--space", str(space)]) == 0
        journal = Journal.read(work)
        assert journal is not None
        return journal

    everything = {"tune_trials": 1, "distil": True, "prune": True}
    journal = run(**everything)
    names = [entry.name for entry in journal.entries]
    assert {"tune", "distil", "prune", "tune-0", "distil-0", "prune-0"} <= set(names)
    assert "train" not in names
    # What the search found is what the model is of, and what is registered.
    found = json.loads((journal.results("tune") / TUNED).read_text())["training"]["learning_rate"]
    assert 1e-3 <= found <= 2e-3
    taught, pruned = (Model.load(journal.results(step) / MODEL) for step in ("distil", "prune"))
    assert taught.provenance.teachers == ("lightgbm",)
    assert weights_left(taught) > 0.9
    assert weights_left(pruned) == pytest.approx(CONFIG.pruning.left, abs=0.01)
    with Registry.open(place) as registry:
        facts, card = registry.archive.registration("v1.0").decision.facts, registry.archive.card("v1.0")
        used = replace(asked(**everything), training=replace(few.training, learning_rate=found))
        assert facts["lineage"]["config"] == lineage.config_hash(used)
        assert facts["lineage"]["model"] == lineage.file_hash(journal.results("prune") / MODEL)
    assert "the best of 1 trials; taught by lightgbm; pruned to 30 % of its weights |" in card

    # Whoever wants all the weights back learns nothing anew.
    journal = run(tune_trials=1, distil=True)
    outcomes = {entry.name: str(entry.outcome) for entry in journal.entries}
    assert {outcomes[name] for name in ("prepare", "tune", "distil", "tune-0", "distil-0")} == {"kept"}
    assert outcomes["quantise"] == outcomes["register"] == "done"

    space.write_text('learner = "lightgbm"\n[space]\n"trees.rounds" = { low = 1, high = 2 }\n')
    capsys.readouterr()
    assert command.main(["all", *arguments, "--space", str(space)]) == 2
    assert "TuneError: " in (said := capsys.readouterr().err)
    assert "what ships is mlp, not lightgbm" in said


def prepared(request: Request, folder: Path) -> DataSet:
    """What the first step says of the data."""
    folder.mkdir()
    steps.prepare(Job(folder, folder / "kept", {}, request, lambda: datetime.now(UTC), lambda _: None))
    return DataSet.of(load(folder / "cache"))


def test_the_lineage_begins_at_the_manifest_of_the_data(tmp_path: Path) -> None:
    store, version = Store(tmp_path / "store"), Version(1, 0)
    rules = replace(CONFIG, outlier=(Outlier("iqr", "query", 0.5, ("entropy",), scored=False),))
    features = (synthetic.file(tmp_path, synthetic.people(seed=5, count=5, training=12, scored=4)),)
    place = Place.of("sqlite:///registry.db")
    request = Request(rules, {FEATURES: features}, 0, place, None, ADA)
    none = prepared(request, tmp_path / "none")
    assert none.version is None
    recorded = prepared(replace(request, data=DataVersion(store, version, is_there=False)), tmp_path / "recorded")
    manifest = store.manifest(version)
    assert manifest.transformations[0]["removed"]["queries"] > 0, "the configuration's rules are the version's"
    assert (recorded.version, recorded.content) == ("v1.0", manifest.content)
    assert replace(recorded, version=None) == none
    # What is there is taken as it is, whatever the configuration would do now.
    parts = tuple(store.part(part.sha256) for part in manifest.parts)
    taken = replace(request, config=CONFIG, files={FEATURES: parts}, data=DataVersion(store, version, is_there=True))
    assert prepared(taken, tmp_path / "taken") == recorded
    assert count_queries(parts) == recorded.queries
    assert "prepare-0" in [step.name for step in steps.steps(request)], "its rules know nothing of fold 0"
    assert "prepare-0" not in [step.name for step in steps.steps(replace(taken, config=rules))]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "neither --features nor --store with --data-version"),
        (["--store", "store"], "neither --features nor --store with --data-version"),
        (["--data-version", "v1.0"], "neither --features nor --store with --data-version"),
        (["--data-version", "v1.0", "--features", "f.parquet"], "--data-version goes with --store"),
        (["--store", "store", "--data-version", "v1.0"], "store: no version v1.0"),
        (["--store", "store", "--data-version", "1"], "a version is written like v1.0"),
    ],
)
def test_data_that_cannot_be_meant_are_refused_before_anything_is_run(
    words: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(["all", *words, "--start-weights", "w.tsv", "--workdir", "work"]) == 2
    assert why in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "steps_of_a_fold"),
    [
        ({}, ["train-0"]),
        ({"tune_trials": 3}, ["tune-0", "train-0"]),
        ({"distil": True}, ["distil-0"]),
        ({"prune": True}, ["train-0", "prune-0"]),
    ],
)
def test_a_judged_fold_goes_the_way_of_what_ships(asked: dict[str, object], steps_of_a_fold: list[str]) -> None:
    config = replace(CONFIG, pipeline=replace(CONFIG.pipeline, **asked))  # type: ignore[arg-type]
    made = steps.steps(Request(config, {}, 0, Place.of("sqlite:///registry.db"), None, ADA))
    shipped = [step.name for step in made if f"{step.name}-0" in steps_of_a_fold]
    assert [step.name for step in made if step.name.endswith("-0")] == steps_of_a_fold
    assert [f"{name}-0" for name in shipped] == steps_of_a_fold
    by_name = {step.name: step for step in made}
    assert by_name["quantise"].after == (shipped[-1],)
    assert by_name["evaluate"].after == ("prepare", steps_of_a_fold[-1])
    assert set(shipped[:1] if "tune_trials" in asked else ()) <= set(by_name["register"].after)


def test_data_of_which_nobody_says_what_they_are_are_refused_before_anything_is_run(
    arguments: list[str], tmp_path: Path, capsys: Shown
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace(synthetic.LOG, "ab" * 32))
    assert command.main(["all", *arguments]) == 2
    assert f"[card] and the name synthetic are about other logs than {synthetic.LOG[:12]}: " in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


def test_a_missing_command_line_is_said_before_anything_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORETAP", str(tmp_path / "nowhere"))
    work = tmp_path / "work"
    features = synthetic.file(tmp_path, synthetic.people(seed=5, count=1, training=1, scored=1))
    words = ["--features", str(features), "--start-weights", str(features), "--workdir", str(work)]
    assert command.main(["all", *words]) == 2
    assert "nowhere: there is no such file" in capsys.readouterr().err
    assert not work.exists()


def test_each_fold_has_a_cache_of_its_own_where_it_has_features_of_its_own() -> None:
    place = Place.of("sqlite:///registry.db")
    plain = steps.steps(Request(CONFIG, {}, 0, place, None, ADA))
    assert [step.name for step in plain if step.name.startswith("prepare")] == ["prepare"]
    files = {steps.fold_features(fold): (Path("f"),) for fold in range(5)}
    own = steps.steps(Request(CONFIG, files, 0, place, None, ADA))
    assert [step.name for step in own if step.name.startswith("prepare")] == ["prepare", "prepare-0"]
    assert next(step for step in own if step.name == "train-0").after == ("prepare-0",)
    assert next(step for step in own if step.name == "train").after == ("prepare",)
