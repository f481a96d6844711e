"""From a dataset to a model: the inner split that calibrates and judges, then the network that learns from everyone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS, SHORTLIST
from foretap_models.errors import HeldOutError
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, Scores, of_mixer
from foretap_models.judge.panel import LEAST_OPENINGS, LEAST_QUERIES, Panel, counted
from foretap_models.learn import calibration, forward
from foretap_models.learn.calibration import Calibration
from foretap_models.learn.inputs import Examples, Standardisation, chunks
from foretap_models.learn.model import Model, Provenance
from foretap_models.learn.network import Layers, LeftOut, Mlp
from foretap_models.learn.train import SEED_LIMIT, Teacher, fit
from foretap_models.progress import Progress, on_stderr
from foretap_models.provenance import SIMULATED, UPLOADS, title

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
    line: Model | None = None,
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
        line: the model of a release line to go on from, with its weights and its inputs. The inner split begins anew:
            the line may have learned from the people that it judges.

    Raises:
        ModelFileError: the line reads other features.
        HeldOutError: there is no such fold, rules or bins of the data know of it, too few people for the inner split,
            or no queries.
        ConfigError: a dropout pattern matches no feature.
    """
    if held_out_fold is not None and held_out_fold >= dataset.split.folds:
        raise HeldOutError(f"no fold {held_out_fold}: the people are split into {dataset.split.folds}, from 0")
    people = dataset.people(held_out_fold)
    if len(people) < config.inner.folds:
        raise HeldOutError(f"{len(people)} people cannot be split into {config.inner.folds} inner folds")
    if line is not None:
        line.check_fits(dataset)
    at = dataset.training_queries(held_out_fold)  # refuses, where it does, before anything has been learned
    calibrated, inner = _inner_split(dataset, config, people, seed, progress, teach)
    progress(f"learning from {len(at)} queries of {len(people)} people")
    model = uncalibrated(dataset, config, at, held_out_fold, seed, progress, teach, line)
    if UPLOADS in dataset.kinds:
        # How sure a first one of two is says nothing of a first one of many.
        calibrated = tuple(Calibration(of.trust) for of in calibrated)
    # What it says at a moment that it learned nothing of is worth nothing: the mixer's order stays.
    learned = np.bincount(dataset.queries.moment[at], minlength=len(MOMENTS)) > 0
    calibrated = tuple(
        of if is_learned else Calibration(0.0) for of, is_learned in zip(calibrated, learned, strict=True)
    )
    return replace(model, calibration=calibrated, provenance=replace(model.provenance, inner=inner))


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


def answered(dataset: Dataset, at: np.ndarray, correction: np.ndarray, calibrated: tuple[Calibration, ...]) -> Scores:
    """The calibrated answers to some queries.

    Args:
        dataset: whose queries.
        at: int [n].
        correction: float [n, 32], nats.
        calibrated: of each moment, in the order of `MOMENTS`.
    """
    q = dataset.queries
    values, probabilities = np.empty((len(at), SHORTLIST)), np.empty((len(at), SHORTLIST))
    for number, found in enumerate(calibrated):
        of = q.moment[at] == number
        values[of] = found.order(q.log_mix[at][of], correction[of])
        probabilities[of] = found.probabilities(q.log_mix[at][of], correction[of])
    return Scores(values, probabilities)


def uncalibrated(
    dataset: Dataset,
    config: Config,
    at: np.ndarray,
    held_out_fold: int | None,
    seed: int,
    progress: Progress,
    teach: Teach | None,
    line: Model | None = None,
) -> Model:
    """A model of the queries `at`, not calibrated yet."""
    standardisation = Standardisation.of(dataset, at) if line is None else line.standardisation
    examples = Examples.of(dataset, at, standardisation)
    names = dataset.feature_names
    network = Mlp(len(names), config.training.hidden, LeftOut.of(config.dropout, names))
    teacher = None if teach is None else teach(dataset, at)
    start = None if line is None else list(line.layers)
    parameters, losses = fit(
        network, examples, config.training, seed % SEED_LIMIT, progress, teacher=teacher, start=start
    )
    bare = Model(
        layers=of_layers(parameters),
        standardisation=standardisation,
        peaks=np.ones(2, np.float32),
        calibration=(Calibration(),) * len(MOMENTS),
        provenance=Provenance(
            name=title(config.bundle, dataset.kinds, dataset.learned_on),
            version=config.bundle.version,
            feature_names=names,
            schema=dataset.schema,
            learned_on=dataset.learned_on,
            held_out_fold=held_out_fold,
            groups=None if held_out_fold is None else dataset.split.groups,
            seed=seed,
            queries=len(at),
            people=len(np.unique(dataset.queries.person[at])),
            losses=tuple(losses),
            inner={},
            teachers=() if teacher is None else teacher.names,
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
        model = uncalibrated(dataset, config, learned_from, None, seed, lambda _: None, teach)
        at = np.flatnonzero(q.is_training & np.isin(q.person, held_out))
        asked.append(at)
        corrected.append(corrections(model, dataset, at))
    at, correction = np.concatenate(asked), np.concatenate(corrected)
    of_moment = [q.moment[at] == number for number in range(len(MOMENTS))]
    calibrated = tuple(calibration.fit(*_inside(dataset, at[of], correction[of])) for of in of_moment)
    inner = _judge(dataset, at, correction, calibrated)
    for name, found in zip(MOMENTS, calibrated, strict=True):
        words = ", ".join(f"{key} {value:.2f}" for key, value in inner[name].items()) or "not judged"
        progress(f"inner split, {name}: {words}; trust {found.trust:.2f} top {found.top:.2f} slope {found.slope:.2f}")
    if not all(inner.values()):
        progress(_too_little(dataset, at, calibrated, inner))
    return calibrated, inner


def _too_little(
    dataset: Dataset, at: np.ndarray, calibrated: tuple[Calibration, ...], inner: dict[str, dict[str, float]]
) -> str:
    """What the inner split could not do with the queries `at` of those who were held out, and what it would take."""
    panels = Panel.of(dataset, at[~dataset.queries.is_scored[at]], "all")
    most = ", ".join(f"{of.most_queries} of {of.moment}" for of in panels) or "none"
    openings = max((of.most_openings for of in panels), default=0)
    default = [name for name, found in zip(MOMENTS, calibrated, strict=True) if found == Calibration()]
    people = counted(len(np.unique(dataset.queries.person[at])), "person")
    says = (
        f"warning: too little data to judge the inner split at {', '.join(n for n, of in inner.items() if not of)}: of "
        f"{people} held out, one or more would need {LEAST_QUERIES} queries of it to learn from and {LEAST_OPENINGS} "
        f"openings (the most that anybody has: {most}; {openings} openings)"
    )
    # A lake has a third of a person's queries of each moment.
    lake = f"; `foretap lake --queries-per-user {3 * LEAST_QUERIES}` has as many" if SIMULATED in dataset.kinds else ""
    return f"{says}{lake}; calibration stays at its default (trust 1, top 0, slope 0) at {', '.join(default) or 'none'}"


def _inside(dataset: Dataset, at: np.ndarray, correction: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """log_mix, correction and target of the queries whose target is in the shortlist."""
    q = dataset.queries
    inside = q.target[at] >= 0
    return q.log_mix[at][inside], correction[inside], q.target[at][inside]


def _judge(
    dataset: Dataset, at: np.ndarray, correction: np.ndarray, calibrated: tuple[Calibration, ...]
) -> dict[str, dict[str, float]]:
    """Percent over the people who have enough of each moment: the mixer's and the corrected HR@1 and HR@3, and the ECE.

    Hyper-parameters are chosen by these figures, so they leave out every query that is scored in any fold.
    """
    unscored = ~dataset.queries.is_scored[at]
    at, correction = at[unscored], correction[unscored]
    scores = answered(dataset, at, correction, calibrated)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        with AnswersFile(path) as file:
            file.add(dataset, at, {MIXER: of_mixer(dataset, at), "corrected": scores})
        moments = figures.judge(path, MIXER).moments if len(at) > 0 else {}
    inner: dict[str, dict[str, float]] = {name: {} for name in MOMENTS}
    for name, found in moments.items():
        mixers, ours = found.systems[MIXER].macro, found.systems["corrected"]
        inner[name] = {
            "mixer_hr1": mixers.hr1,
            "mixer_hr3": mixers.hr3,
            "hr1": ours.macro.hr1,
            "hr3": ours.macro.hr3,
            "ece": round(100.0 * (ours.ece or 0.0), 4),
        }
    return inner
