"""Training: it starts as the mixer, learns what the mixer does not know, and nothing else changes its bytes."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import synthetic

from foretap_models.config import Config, Dropout
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS
from foretap_models.errors import ConfigError, HeldOutError
from foretap_models.learn import listwise
from foretap_models.learn.calibration import Calibration
from foretap_models.learn.inputs import Examples, Standardisation
from foretap_models.learn.learn import learn
from foretap_models.learn.model import Model
from foretap_models.learn.network import Layers, LeftOut, Mlp
from foretap_models.learn.train import fit, learning_rate


def mlp(width: int = synthetic.FEATURES, hidden: tuple[int, ...] = (64, 32), dropout: tuple[Dropout, ...] = ()) -> Mlp:
    """An MLP on the synthetic features."""
    return Mlp(width, hidden, LeftOut.of(dropout, synthetic.NAMES))


def entropy(parameters: Layers, examples: Examples) -> float:
    """The loss of a network on examples, nats, without dropout or decay."""
    correction = mlp().corrections(parameters, examples.inputs(slice(None)), None)
    log_p = listwise.log_p(correction, jnp.asarray(examples.log_mix), anchored=True)
    return float(listwise.cross_entropy(log_p, jnp.asarray(examples.target)))


def test_an_untrained_network_is_the_mixer(dataset: Dataset) -> None:
    at = dataset.training_queries(None)[:300]
    examples = Examples.of(dataset, at, Standardisation.of(dataset, at))
    log_mix, target = examples.log_mix.astype(np.float64), examples.target
    mass = np.exp(log_mix).sum(1)
    expected = -(log_mix[np.arange(len(target)), target] - np.log(mass)).mean()
    parameters = mlp().initial(seed=0)
    assert entropy(parameters, examples) == pytest.approx(expected, rel=1e-5)


def test_the_loss_ignores_what_is_beyond_the_last_candidate(dataset: Dataset) -> None:
    at = dataset.training_queries(None)[:300]
    examples = Examples.of(dataset, at, Standardisation.of(dataset, at))
    beyond = ~dataset.queries.is_candidate()[at]
    assert beyond.any()
    steps = examples.steps.copy()
    steps[beyond] = 99
    rng = np.random.default_rng(0)
    parameters = [(jnp.asarray(rng.normal(0, 0.1, w.shape), jnp.float32), b) for w, b in mlp(hidden=(8, 8)).initial(0)]
    assert entropy(parameters, replace(examples, steps=steps)) == entropy(parameters, examples)
    steps[:] = 99
    assert entropy(parameters, replace(examples, steps=steps)) != entropy(parameters, examples)


def test_it_learns_what_the_mixer_does_not_know(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)
    standardisation = Standardisation.of(dataset, at)
    held_out = np.flatnonzero(dataset.queries.is_scored & (dataset.queries.fold == 0) & (dataset.queries.target >= 0))
    examples, others = (Examples.of(dataset, part, standardisation) for part in (at, held_out))
    network = mlp(dropout=config.dropout)
    parameters, losses = fit(network, examples, config.training, 0, lambda _: None)
    start = network.initial(0)
    assert entropy(parameters, others) < entropy(start, others) - 0.1
    assert losses[-1] < losses[0]


def test_the_learning_rate_warms_up_and_ends_at_its_final_share(config: Config) -> None:
    t = config.training
    rates = np.array([learning_rate(t, step, 400) for step in range(400)])
    assert rates[0] == pytest.approx(t.learning_rate / t.warm_up, rel=0.01)
    assert rates.argmax() == t.warm_up - 1
    assert rates[-1] == pytest.approx(t.learning_rate * t.final_share)
    assert (np.diff(rates[t.warm_up :]) < 0).all()


def test_a_dropout_group_has_the_features_of_its_patterns_and_a_pattern_of_none_is_refused() -> None:
    names = ("age_1", "age_2", "count_1", "page_1")
    made = LeftOut.of((Dropout(0.1, ("age_*",)), Dropout(0.2, ("count_1", "page_?"))), names)
    assert made.rates == (0.1, 0.2)
    assert made.members == ((0, 1), (2, 3))
    with pytest.raises(ConfigError, match="no feature is named agee"):
        LeftOut.of((Dropout(0.1, ("age_*", "agee_*")),), names)


def test_a_group_is_left_out_of_a_query_whole_and_as_often_as_its_rate() -> None:
    groups = (Dropout(0.3, ("age_*",)), Dropout(0.1, ("count_*",)))
    keep = np.asarray(LeftOut.of(groups, synthetic.NAMES).keep(jax.random.key(0), 4_000))
    for name, rate in (("age_", 0.3), ("count_", 0.1), ("share_", 0.0)):
        of = keep[:, [at for at, feature in enumerate(synthetic.NAMES) if feature.startswith(name)]]
        assert (of == of[:, :1]).all()
        assert 1.0 - of.mean() == pytest.approx(rate, abs=0.02)


def test_a_feature_that_is_always_dropped_is_never_learned_from(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[:400]
    standardisation = Standardisation.of(dataset, at)
    examples = Examples.of(dataset, at, standardisation)
    always = (Dropout(0.999999, ("share_*", "context_*")),)
    lost = [n for n, name in enumerate(dataset.feature_names) if name.startswith(("share_", "context_"))]
    noise = examples.steps.copy()
    noise[:, :, lost] = np.random.default_rng(0).integers(-127, 128, noise[:, :, lost].shape)

    def first_weights(steps: np.ndarray, dropout: tuple[Dropout, ...]) -> np.ndarray:
        changed = replace(examples, steps=steps)
        return np.asarray(fit(mlp(dropout=dropout), changed, config.training, 0, lambda _: None)[0][0][0])

    np.testing.assert_array_equal(first_weights(examples.steps, always), first_weights(noise, always))
    assert (first_weights(examples.steps, ()) != first_weights(noise, ())).any()


def test_another_seed_gives_another_network(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[:100]
    examples = Examples.of(dataset, at, Standardisation.of(dataset, at))
    one, other = (fit(mlp(), examples, config.training, seed, lambda _: None)[0][2][0] for seed in (1, 2))
    assert (np.asarray(one) != np.asarray(other)).any()


def test_the_inner_split_says_what_the_correction_is_worth(model: Model) -> None:
    for measured in model.provenance.inner.values():
        assert measured["hr3"] > measured["mixer_hr3"]
        assert measured["ece"] < 10.0


def test_too_few_people_cannot_be_split(dataset: Dataset, config: Config) -> None:
    few = replace(config, inner=replace(config.inner, folds=13))
    with pytest.raises(HeldOutError, match="12 people"):
        learn(dataset, few, held_out_fold=0, seed=0, progress=lambda _: None)


def test_too_little_data_for_the_inner_split_is_one_line(dataset: Dataset, config: Config) -> None:
    """Eleven queries of each moment: no figures, and next to nothing to calibrate by."""
    q = dataset.queries
    few = dataset.take(np.flatnonzero((q.is_training & (q.opening < 11)) | q.is_scored))
    short = replace(config, training=replace(config.training, epochs=1))
    said: list[str] = []
    made = learn(few, short, held_out_fold=0, seed=0, progress=said.append)
    (warning,) = [line for line in said if line.startswith("warning: ")]
    assert "too little data to judge the inner split at next, unlock, unlock_or_resume: of 6 people held out" in warning
    assert "30 queries of it to learn from and 200 openings (the most that anybody has: 11 of next, 11 of" in warning
    default = [name for name, of in zip(MOMENTS, made.calibration, strict=True) if of == Calibration()]
    assert default
    assert warning.endswith(f"at its default (trust 1, top 0, slope 0) at {', '.join(default)}")
    assert "inner split, next: not judged; trust " in "\n".join(said)
    assert "`foretap lake" not in warning
    said.clear()
    learn(replace(few, kinds=("simulated",)), short, held_out_fold=0, seed=0, progress=said.append)
    assert any("openings); `foretap lake --queries-per-user 90` has as many; calibration" in line for line in said)


def test_a_fold_that_rules_have_seen_is_refused_before_anything_is_learned(dataset: Dataset, config: Config) -> None:
    said: list[str] = []
    with pytest.raises(HeldOutError, match="fitted on fold 0"):
        learn(replace(dataset, seen_folds=(0, 1)), config, held_out_fold=0, seed=0, progress=said.append)
    assert said == []


def test_weight_decay_shrinks_weights(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[:200]
    examples = Examples.of(dataset, at, Standardisation.of(dataset, at))
    sizes = []
    for decay in (0.0, 1.0):
        training = replace(config.training, weight_decay=decay)
        layers = fit(mlp(), examples, training, 0, lambda _: None)[0]
        sizes.append(sum(float((np.asarray(w) ** 2).sum()) for w, _ in layers))
    assert sizes[1] < sizes[0]
