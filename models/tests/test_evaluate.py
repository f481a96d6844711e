"""The verdict: by the protocol, and only on people whom a model never saw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.errors import HeldOutError, ModelFileError
from foretap_models.evaluate import verdict as judge
from foretap_models.judge.metrics import HitRates
from foretap_models.learn.model import Model


@pytest.fixture(scope="module")
def verdicts(dataset: Dataset, model: Model, config: Config) -> list[judge.Verdict]:
    return judge.evaluate([judge.Trial(dataset, model)], config.trees, lambda _: None)


def test_the_mixers_row_is_counted_from_the_queries_themselves(
    verdicts: list[judge.Verdict], queries: list[synthetic.Query]
) -> None:
    for number, verdict in enumerate(verdicts):
        rates = []
        for person in (0, 5, 10):
            of = [q for q in queries if (q.person, q.moment, q.is_scored) == (person, number, True)]
            rates.append(HitRates.of(np.array([q.target + 1 for q in of])))
        assert verdict.people == 3
        assert verdict.queries == 450
        found = verdict.scores[judge.MIXER]
        assert found.rates.hr3 == pytest.approx(np.mean([r.hr3 for r in rates]))
        assert found.rates.mrr == pytest.approx(np.mean([r.mrr for r in rates]))
        assert (found.gain.mean, found.gain.low, found.gain.high) == (0.0, 0.0, 0.0)


def test_the_network_and_the_trees_beat_the_mixer_on_people_they_never_saw(verdicts: list[judge.Verdict]) -> None:
    for verdict in verdicts:
        assert list(verdict.scores) == ["mixer", "mlp_fp32", "mlp_int8", "lightgbm"]
        for name in ("mlp_fp32", "mlp_int8", "lightgbm"):
            assert verdict.scores[name].gain.mean > 2.0, name
        network = verdict.scores["mlp_int8"]
        assert network.ece is not None
        assert network.ece < 8.0
        assert verdict.scores["lightgbm"].ece is None


def test_people_on_either_side_of_the_limits(model: Model, tmp_path: Path) -> None:
    """Four people of fold 0: enough, a query too few, an opening too few, and enough of one moment only."""
    rng = np.random.default_rng(3)
    queries = []
    for person, openings, counts in ((0, 200, (30, 30)), (5, 900, (29, 29)), (10, 199, (90, 90)), (15, 201, (30, 29))):
        for moment, count in enumerate(counts):
            made = [synthetic.query(rng, person, moment, training=False, scored=True) for _ in range(count)]
            queries += [replace(q, openings=openings) for q in made]
    data = cache.prepare([synthetic.file(tmp_path, queries)], tmp_path / "cache")
    found = judge.evaluate([judge.Trial(data, model)], None, lambda _: None)
    assert [(v.moment, v.people, v.left_out, v.queries) for v in found] == [("next", 2, 2, 60), ("unlock", 1, 3, 30)]


def test_a_model_is_never_judged_on_people_it_learned_from(dataset: Dataset, model: Model) -> None:
    everyone = replace(model, provenance=replace(model.provenance, held_out_fold=None))
    with pytest.raises(HeldOutError, match="learned from everyone"):
        judge.evaluate([judge.Trial(dataset, everyone)], None, lambda _: None)
    with pytest.raises(HeldOutError, match="same people"):
        judge.evaluate([judge.Trial(dataset, model)] * 2, None, lambda _: None)


def test_a_model_of_another_log_is_judged_on_everyone(dataset: Dataset, model: Model) -> None:
    abroad = replace(model, provenance=replace(model.provenance, held_out_fold=None, learned_on=("0" * 64,)))
    found = judge.evaluate([judge.Trial(dataset, abroad)], None, lambda _: None)
    assert [v.people for v in found] == [15, 15, 15]


def test_a_model_of_other_features_is_refused(dataset: Dataset, model: Model) -> None:
    for changed in ({"schema": "6d" * 32}, {"feature_names": dataset.feature_names[::-1]}):
        other = replace(model, provenance=replace(model.provenance, **changed))
        with pytest.raises(ModelFileError):
            judge.evaluate([judge.Trial(dataset, other)], None, lambda _: None)


def test_models_of_several_folds_are_pooled(dataset: Dataset, model: Model) -> None:
    """The weights do not matter here, only who is judged by which model."""
    other = replace(model, provenance=replace(model.provenance, held_out_fold=3))
    found = judge.evaluate([judge.Trial(dataset, m) for m in (model, other)], None, lambda _: None)
    assert [(v.people, v.queries) for v in found] == [(6, 900)] * 3


def test_the_table_has_a_row_for_every_system_and_the_figures_of_the_verdict(verdicts: list[judge.Verdict]) -> None:
    lines = judge.table(verdicts).splitlines()
    assert len(lines) == 2 + 3 * 4
    first = verdicts[0].scores["mixer"].rates
    assert f"| mixer | {first.hr1:.2f} | {first.hr3:.2f} | {first.hr5:.2f} | {first.mrr:.2f} |" in lines[2]


def test_datasets_of_different_logs_are_not_pooled(dataset: Dataset, model: Model) -> None:
    other = replace(model, provenance=replace(model.provenance, held_out_fold=3))
    elsewhere = replace(dataset, learned_on=(synthetic.LOG, "0" * 64))
    with pytest.raises(HeldOutError, match="different logs"):
        judge.evaluate([judge.Trial(dataset, model), judge.Trial(elsewhere, other)], None, lambda _: None)
