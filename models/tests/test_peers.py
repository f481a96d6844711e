"""All learners side by side: judged on people they never saw, kept as they are done, in one table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models import command
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.errors import ConfigError, HeldOutError
from foretap_models.evaluate.peers import Fold, Peers, markdown, peers
from foretap_models.judge.answers import MIXER
from foretap_models.learn import learners
from foretap_models.learn.corrector import microseconds
from foretap_models.learn.kept import Kept
from foretap_models.learn.learners import LEARNERS

NAMES = ("lightgbm", "mlp")
BOTH = "mlp+lightgbm"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Ten people; two of them are fold 0 and two fold 3."""
    folder = tmp_path_factory.mktemp("small")
    made = synthetic.people(seed=8, count=10, training=40, scored=80)
    return cache.prepare([synthetic.file(folder, made)], folder / "cache")


def run(dataset: Dataset, config: Config, folder: Path) -> Peers:
    folds = [Fold(dataset, 0), Fold(dataset, 3)]
    return peers(folds, NAMES, [BOTH.split("+")], config, 1, "scored", Kept(folder), lambda _: None)


@pytest.fixture(scope="module")
def found(small: Dataset, config: Config, folder: Path) -> Peers:
    return run(small, config, folder)


def test_every_learner_and_their_ensemble_beat_the_mixer(found: Peers) -> None:
    for moment in found.figures.moments.values():
        assert moment.people == 4
        assert list(moment.systems) == [MIXER, *NAMES, BOTH]
        for name in (*NAMES, BOTH):
            assert moment.systems[name].lead["hr3"].mean > 2.0, name
        # Only what was calibrated on the inner split has probabilities.
        assert [name for name, s in moment.systems.items() if s.ece is not None] == [MIXER, BOTH]


def test_an_ensemble_has_weights_of_each_fold_and_moment_and_costs_what_its_members_do(found: Peers) -> None:
    assert np.shape(found.weights[BOTH]) == (2, 3, 2)
    assert np.min(found.weights[BOTH]) >= 0.0
    assert np.max(found.weights[BOTH]) > 0.3
    both, each = found.costs[BOTH], [found.costs[name] for name in NAMES]
    assert both.bytes == sum(cost.bytes for cost in each)
    assert both.microseconds == pytest.approx(sum(cost.microseconds for cost in each))
    assert both.runtime == "jax+lightgbm"
    # 74-64-32-1 with biases; INT8 matrices.
    assert found.costs["mlp"].parameters == 74 * 64 + 64 + 64 * 32 + 32 + 32 + 1
    assert 6_000 < found.costs["mlp"].bytes < 9_000


def test_what_is_done_is_not_done_again(
    found: Peers, small: Dataset, config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("learned again")

    for name in NAMES:
        monkeypatch.setitem(learners.LEARNERS, name, replace(LEARNERS[name], learn=never))
    again = run(small, config, folder)
    assert again.as_json() == found.as_json()


def test_the_table_has_a_row_for_every_system_and_json_has_it_all(found: Peers) -> None:
    lines = markdown(found).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| mixer", *(f"| {name}" for name in (*NAMES, BOTH))]
    assert len({line.count("|") for line in lines}) == 1
    hr3 = found.figures.moments["next"].systems["mlp"].macro.hr3
    assert f"/ {hr3:.2f} /" in lines[4]
    assert set(json.loads(json.dumps(found.as_json()))) == {"costs", "weights", "judged", "replay"}


def test_what_cannot_be_compared_is_refused(dataset: Dataset, config: Config) -> None:
    def compared(folds: list[Fold], names: list[str], ensembles: list[list[str]]) -> Peers:
        return peers(folds, names, ensembles, config, 0, "scored", Kept(), lambda _: None)

    with pytest.raises(ConfigError, match="no learner mpl"):
        compared([Fold(dataset, 0)], ["mpl"], [])
    with pytest.raises(ConfigError, match="two members"):
        compared([Fold(dataset, 0)], ["mlp"], [["mlp", "mlp"]])
    with pytest.raises(HeldOutError, match="same people"):
        compared([Fold(dataset, 0), Fold(dataset, 0)], ["mlp"], [])
    with pytest.raises(HeldOutError, match="nobody is in fold 7"):
        compared([Fold(dataset, 7)], ["mlp"], [])
    elsewhere = replace(dataset, learned_on=("0" * 64,))
    with pytest.raises(HeldOutError, match="different logs"):
        compared([Fold(dataset, 0), Fold(elsewhere, 1)], ["mlp"], [])


@pytest.mark.parametrize("name", list(LEARNERS))
def test_every_learner_says_what_it_costs_and_whether_it_is_anchored(
    name: str, dataset: Dataset, config: Config
) -> None:
    at, asked = dataset.training_queries(0)[:200], dataset.scored_queries(0)[:20]
    learner = LEARNERS[name]
    made = learner.learn(dataset, at, config, 0, lambda _: None)
    found, size = made.outputs(dataset, asked), made.size()
    assert found.shape == (20, 32)
    assert np.isfinite(found).all()
    assert not found[~dataset.queries.is_candidate()[asked]].any()
    assert size.bytes > 0
    assert size.parameters > 0
    assert size.runtime in ("jax", "lightgbm", "xgboost")
    assert microseconds(made, dataset, asked[:3]) > 0.0
    assert made.anchored == learner.anchored


def test_the_commands_distil_prune_and_compare(
    tmp_path: Path, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    data = synthetic.file(tmp_path, synthetic.people(seed=6, count=10, training=20, scored=40))
    cache.prepare([data], tmp_path / "cache")
    few = replace(config, distil=replace(config.distil, teachers=("lightgbm",), folds=2))
    (tmp_path / "config.toml").write_text(few.toml())
    both = ["--config", str(tmp_path / "config.toml"), "--kept", str(tmp_path / "kept")]
    paths = {name: str(tmp_path / name) for name in ("cache", "m.npz", "p.npz", "t.md", "t.json", "r.html", "e.html")}
    distilled = ["distil", paths["cache"], "--out", paths["m.npz"], "--held-out-fold", "0", "--report", paths["r.html"]]
    assert command.main([*distilled, *both]) == 0
    assert command.main(["prune", paths["m.npz"], paths["cache"], "--out", paths["p.npz"], *both]) == 0
    shown = capsys.readouterr().out
    assert "| weights left | INT8 bytes | after zstd | HR@3 lost, next |" in shown
    rows = [line.split("|") for line in shown.splitlines() if line.startswith("| ") and "%" in line]
    assert [row[1].strip() for row in rows] == ["100.0 %", "50.7 %", "32.6 %", "30.0 %"]
    assert int(rows[-1][3]) < 0.7 * int(rows[0][3])
    compared = ["peers", paths["cache"], "--folds", "0", "--learners", "lightgbm", "--markdown", paths["t.md"]]
    assert command.main([*compared, "--json", paths["t.json"], *both]) == 0
    assert "| lightgbm |" in Path(paths["t.md"]).read_text()
    assert json.loads(Path(paths["t.json"]).read_text())["judged"]["against"] == MIXER
    evaluated = [
        "evaluate",
        paths["p.npz"],
        "--cache",
        paths["cache"],
        "--importance",
        "100",
        "--report",
        paths["e.html"],
    ]
    assert command.main([*evaluated, "--config", str(tmp_path / "config.toml")]) == 0
    assert "permutation importance of groups" in capsys.readouterr().out
    assert "Permutation importance of features" in Path(paths["e.html"]).read_text()
