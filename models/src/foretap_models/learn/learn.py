"""From a dataset to a model: the inner split that calibrates and judges, then the network that learns from everyone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS, SHORTLIST
from foretap_models.errors import HeldOutError
from foretap_models.judge import metrics
from foretap_models.learn import calibration, forward
from foretap_models.learn.calibration import Calibration
from foretap_models.learn.inputs import Examples, Standardisation, chunks
from foretap_models.learn.model import Model, Provenance
from foretap_models.learn.network import Layers, LeftOut, Mlp
from foretap_models.learn.train import SEED_LIMIT, Teacher, fit
from foretap_models.progress import Progress, on_stderr

Teach = Callable[[Dataset, np.ndarray], Teacher]
"""Asks teachers about the queries of a training, int64 [n]; they never learned from the people they are asked about."""

PEAK_QUERIES = 4_000
"""Queries whose hidden activations are looked at: 100,000 rows, of which the 99.99th percentile leaves ten above."""


def learn(
    dataset: Dataset,
    config: Config,
    held_out_fold: int | None,
    seed: int,
    progress: Progress = on_stderr,
    *,
    teach: Teach | None = None,
) -> Model:
    """Trains and calibrates a model.

    Args:
        dataset: the training cache.
        config: hyper-parameters.
        held_out_fold: nothing is learned from this fold's people; `None` learns from everyone.
        seed: of everything random.
        progress: shown now and then.
        teach: asks teachers about the queries of each training, where there are teachers; they, too, learn from nobody
            who is held out of it.

    Raises:
        HeldOutError: too few people for the inner split, or no queries.
        ConfigError: a dropout pattern matches no feature.
    """
    people = dataset.people(held_out_fold)
    if len(people) < config.inner.folds:
        raise HeldOutError(f"{len(people)} people cannot be split into {config.inner.folds} inner folds")
    calibrated, inner = _inner_split(dataset, config, people, seed, progress, teach)
    at = dataset.training_queries(held_out_fold)
    progress(f"learning from {len(at)} queries of {len(people)} people")
    model = _network(dataset, config, at, held_out_fold, seed, progress, teach)
    made = model.provenance
    provenance = Provenance(**{**made.__dict__, "inner": inner})
    return Model(model.layers, model.standardisation, model.peaks, calibrated, provenance)


def corrections(model: Model, dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The FP32 corrections of some queries, float32 [n, 32] nats."""
    found = np.empty((len(at), SHORTLIST), np.float32)
    for part, chunk in chunks(at):
        found[part] = forward.fp32(model, dataset.features[chunk])
    return found


def of_layers(parameters: Layers) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """What a training learned as a model keeps it."""
    return tuple((np.asarray(w), np.asarray(b)) for w, b in parameters)


def peaks(bare: Model, dataset: Dataset, at: np.ndarray, percentile: float) -> np.ndarray:
    """The percentile of each hidden layer's activations over some of the queries `at`, float32 [2]."""
    some = at[np.linspace(0, len(at) - 1, min(PEAK_QUERIES, len(at))).astype(np.int64)]
    rows = dataset.features[some][dataset.queries.is_candidate()[some]]
    hidden = forward.hidden_activations(bare, rows)
    return np.array([np.percentile(h, percentile) for h in hidden], np.float32)


def _network(
    dataset: Dataset,
    config: Config,
    at: np.ndarray,
    held_out_fold: int | None,
    seed: int,
    progress: Progress,
    teach: Teach | None,
) -> Model:
    """A model of the queries `at`, not calibrated yet."""
    standardisation = Standardisation.of(dataset, at)
    examples = Examples.of(dataset, at, standardisation)
    names = dataset.feature_names
    network = Mlp(len(names), config.training.hidden, LeftOut.of(config.dropout, names))
    teacher = None if teach is None else teach(dataset, at)
    parameters, losses = fit(network, examples, config.training, seed % SEED_LIMIT, progress, teacher=teacher)
    bare = Model(
        layers=of_layers(parameters),
        standardisation=standardisation,
        peaks=np.ones(2, np.float32),
        calibration=(Calibration(),) * len(MOMENTS),
        provenance=Provenance(
            name=config.bundle.name,
            version=config.bundle.version,
            feature_names=names,
            schema=dataset.schema,
            learned_on=dataset.learned_on,
            held_out_fold=held_out_fold,
            seed=seed,
            queries=len(at),
            people=len(np.unique(dataset.queries.person[at])),
            losses=tuple(losses),
            inner={},
        ),
    )
    return replace(bare, peaks=peaks(bare, dataset, at, config.quantisation.percentile))


def _inner_split(
    dataset: Dataset, config: Config, people: np.ndarray, seed: int, progress: Progress, teach: Teach | None
) -> tuple[tuple[Calibration, ...], dict[str, dict[str, float]]]:
    """The calibration of each moment, and what the inner split's held-out people saw.

    Every `folds`-th person is held out in turn, `rounds` times.
    """
    q = dataset.queries
    asked, corrected = [], []
    for part in range(config.inner.rounds):
        held_out = people[part :: config.inner.folds]
        others = np.setdiff1d(people, held_out)
        progress(f"inner split {part + 1}/{config.inner.rounds}: {len(held_out)} people held out of {len(people)}")
        learned_from = dataset.training_queries(None, others)
        model = _network(dataset, config, learned_from, None, seed, lambda _: None, teach)
        at = np.flatnonzero(q.is_training & np.isin(q.person, held_out))
        asked.append(at)
        corrected.append(corrections(model, dataset, at))
    at, correction = np.concatenate(asked), np.concatenate(corrected)
    calibrated, inner = [], {}
    for number, name in enumerate(MOMENTS):
        of = q.moment[at] == number
        found = calibration.fit(*_inside(dataset, at[of], correction[of]))
        calibrated.append(found)
        inner[name] = _judge(dataset, at[of], correction[of], found)
        words = ", ".join(f"{key} {value:.2f}" for key, value in inner[name].items())
        progress(f"inner split, {name}: {words}; trust {found.trust:.2f} top {found.top:.2f} slope {found.slope:.2f}")
    return tuple(calibrated), inner


def _inside(dataset: Dataset, at: np.ndarray, correction: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """log_mix, correction and target of the queries whose target is in the shortlist."""
    q = dataset.queries
    inside = q.target[at] >= 0
    return q.log_mix[at][inside], correction[inside], q.target[at][inside]


def _judge(dataset: Dataset, at: np.ndarray, correction: np.ndarray, found: Calibration) -> dict[str, float]:
    """Percent over the people who have enough of a moment: the mixer's and the corrected HR@1 and HR@3.

    Hyper-parameters are chosen by these figures, so they leave out every query that is scored in any fold.
    """
    q = dataset.queries
    unscored = ~q.is_scored[at]
    at, correction = at[unscored], correction[unscored]
    people = metrics.kept_people(q.person[at], q.openings[at])
    if not people:
        return {}
    rank = metrics.ranks(found.order(q.log_mix[at], correction), q.target[at], q.mixer_rank[at])
    ours = metrics.macro(metrics.by_person(q.person[at], rank, people))
    mixers = metrics.macro(metrics.by_person(q.person[at], q.mixer_rank[at], people))
    p = found.probabilities(q.log_mix[at], correction).max(1)
    return {
        "mixer_hr1": mixers.hr1,
        "mixer_hr3": mixers.hr3,
        "hr1": ours.hr1,
        "hr3": ours.hr3,
        "ece": 100.0 * metrics.calibration_error(p, rank == 1),
    }
