"""Pruning: the smallest weights go, no others, and what is left still beats the mixer."""

from __future__ import annotations

import itertools
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import ModelFileError
from foretap_models.learn import calibration
from foretap_models.learn.learn import corrections
from foretap_models.learn.model import Model
from foretap_models.learn.prune import Stage, largest, prune, share_left, weights_left


@pytest.fixture(scope="module")
def stages(model: Model, dataset: Dataset, config: Config) -> list[Stage]:
    return list(prune(model, dataset, config, lambda _: None))


def test_most_weights_go_while_there_are_many_and_the_last_stage_leaves_what_was_asked(config: Config) -> None:
    of = config.pruning
    left = [1.0, *(share_left(of, stage) for stage in range(1, of.stages + 1))]
    gone = -np.diff(left)
    assert (np.diff(gone) < 0.0).all()
    assert left[-1] == pytest.approx(of.left)


def test_each_stage_has_fewer_weights_and_no_zero_comes_back(stages: list[Stage], config: Config) -> None:
    assert [stage.left for stage in stages] == pytest.approx(
        [share_left(config.pruning, stage) for stage in range(1, config.pruning.stages + 1)], abs=0.01
    )
    for earlier, later in itertools.pairwise(stages):
        for (w, _), (then, _) in zip(earlier.model.layers, later.model.layers, strict=True):
            assert not then[w == 0.0].any()


def test_the_largest_of_each_matrix_stay_and_every_bias() -> None:
    w = jnp.asarray([[0.1, -0.4], [0.0, 0.2]])
    kept = largest([(w, jnp.zeros(2))], 0.5)
    assert kept[0][0].tolist() == [[0.0, 1.0], [0.0, 1.0]]
    assert kept[0][1].tolist() == [1.0, 1.0]
    assert largest([(w, jnp.zeros(2))], 1e-9)[0][0].sum() == 1.0


def test_a_pruned_model_still_beats_the_mixer(stages: list[Stage], model: Model, dataset: Dataset) -> None:
    q, asked = dataset.queries, dataset.scored_queries(0)
    asked = asked[q.target[asked] >= 0]
    pruned = stages[-1].model

    def gain(m: Model) -> float:
        return calibration.log_likelihood(
            q.log_mix[asked], corrections(m, dataset, asked), q.target[asked], calibration.Calibration()
        )

    nothing = calibration.log_likelihood(
        q.log_mix[asked], np.zeros((len(asked), 32)), q.target[asked], calibration.Calibration()
    )
    assert gain(pruned) > nothing + 0.1
    assert weights_left(model) > 0.99
    assert weights_left(pruned) == pytest.approx(0.3, abs=0.01)
    assert pruned.calibration == model.calibration


def test_the_same_model_is_pruned_to_the_same_bytes(
    stages: list[Stage], model: Model, dataset: Dataset, config: Config
) -> None:
    again = list(prune(model, dataset, config, lambda _: None))[-1].model
    for (w, b), (w2, b2) in zip(stages[-1].model.layers, again.layers, strict=True):
        assert w.tobytes() == w2.tobytes()
        assert b.tobytes() == b2.tobytes()


def test_a_model_of_other_features_is_refused(model: Model, dataset: Dataset, config: Config) -> None:
    other = replace(model, provenance=replace(model.provenance, schema="6d" * 32))
    with pytest.raises(ModelFileError):
        next(prune(other, dataset, config, lambda _: None))
