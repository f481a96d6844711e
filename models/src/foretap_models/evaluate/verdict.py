"""Judges models on people they never learned from: the mixer, the network in both arithmetics, and the trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretap_models.bundle import reference
from foretap_models.bundle.quantise import quantise
from foretap_models.config import Trees
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS
from foretap_models.errors import HeldOutError
from foretap_models.judge import metrics
from foretap_models.judge.metrics import HitRates, Interval
from foretap_models.learn import forward, trees
from foretap_models.learn.inputs import chunks
from foretap_models.learn.model import Model
from foretap_models.progress import Progress, on_stderr

MIXER, FP32, INT8, LIGHTGBM = "mixer", "mlp_fp32", "mlp_int8", "lightgbm"
"""The names of the systems."""


@dataclass(frozen=True)
class Score:
    """One system in one moment.

    Attributes:
        rates: mean over people, percent.
        hr3: the interval of HR@3, percent.
        gain: the interval of its HR@3 less the mixer's, points.
        ece: of the first suggestion's probability, percent; `None` where a system has no probabilities.
    """

    rates: HitRates
    hr3: Interval
    gain: Interval
    ece: float | None


@dataclass(frozen=True)
class Verdict:
    """One moment.

    Attributes:
        moment: its name.
        people: who count.
        left_out: who have too little of it.
        queries: scored, of those who count.
        scores: by system.
    """

    moment: str
    people: int
    left_out: int
    queries: int
    scores: dict[str, Score]


@dataclass(frozen=True)
class Trial:
    """A model and what it is judged on.

    Attributes:
        dataset: the features of the people to judge on (`foretap features` makes one of each fold, because the start
            weights behind them are learned without that fold).
        model: what was learned without them.
    """

    dataset: Dataset
    model: Model


@dataclass(frozen=True)
class _Answers:
    """What was answered to n queries.

    Attributes:
        moment: int [n].
        person: int [n].
        openings: int [n], all openings of that person.
        by_system: the rank of the target int [n], and the first one's probability or NaN [n].
    """

    moment: np.ndarray
    person: np.ndarray
    openings: np.ndarray
    by_system: dict[str, tuple[np.ndarray, ...]]


def evaluate(trials: Sequence[Trial], tree_config: Trees | None, progress: Progress = on_stderr) -> list[Verdict]:
    """Judges models, each on the scored queries of the fold that it was held from, and pools them.

    A model that saw none of its dataset's logs is judged on everyone.

    Args:
        trials: models of different held-out folds; their datasets are of the same logs.
        tree_config: trains LightGBM beside every model, on the same people, where given.
        progress: shown now and then.

    Raises:
        HeldOutError: a model learned from people it would be judged on, two have the same fold, the datasets are of
            different logs, or nobody is scored.
        ModelFileError: a model of other features.
    """
    folds = [_judged_fold(trial) for trial in trials]
    if len(set(folds)) != len(folds):
        raise HeldOutError("two models for the same people")
    if len({trial.dataset.learned_on for trial in trials}) != 1:
        raise HeldOutError("the datasets are of different logs")
    parts = []
    for trial, fold in zip(trials, folds, strict=True):
        at = trial.dataset.scored_queries(fold)
        progress(f"judging on {len(at)} queries of {len(np.unique(trial.dataset.queries.person[at]))} people")
        parts.append(_answer(trial, at, fold, tree_config, progress))
    pooled = _Answers(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("moment", "person", "openings")),
        by_system={
            system: tuple(
                np.concatenate(arrays) for arrays in zip(*(part.by_system[system] for part in parts), strict=True)
            )
            for system in parts[0].by_system
        },
    )
    verdicts = [_verdict(pooled, number) for number in range(len(MOMENTS))]
    found = [verdict for verdict in verdicts if verdict is not None]
    if not found:
        raise HeldOutError("nobody has enough scored queries to be judged on")
    return found


def table(verdicts: Sequence[Verdict]) -> str:
    """The verdicts as a Markdown table, percent."""
    lines = [
        "| moment | system | HR@1 | HR@3 | HR@5 | MRR | HR@3 interval | HR@3 over the mixer | ECE |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for verdict in verdicts:
        about = f"{verdict.moment} ({verdict.people} people, {verdict.queries} queries)"
        for name, s in verdict.scores.items():
            r, gain = s.rates, s.gain
            over = "" if name == MIXER else f"{gain.mean:+.2f} [{gain.low:+.2f}, {gain.high:+.2f}]"
            ece = "" if s.ece is None else f"{s.ece:.2f}"
            lines.append(
                f"| {about} | {name} | {r.hr1:.2f} | {r.hr3:.2f} | {r.hr5:.2f} | {r.mrr:.2f} "
                f"| {s.hr3.low:.2f} to {s.hr3.high:.2f} | {over} | {ece} |"
            )
            about = ""
    return "\n".join(lines)


def as_json(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The verdicts as JSON values, percent."""
    return [asdict(verdict) for verdict in verdicts]


def _judged_fold(trial: Trial) -> int | None:
    """The fold a model may be judged on, `None` for everyone."""
    trial.model.check_fits(trial.dataset)
    made = trial.model.provenance
    if not set(made.learned_on) & set(trial.dataset.learned_on):
        return None
    if made.held_out_fold is None:
        raise HeldOutError("this model learned from everyone here; train one with --held-out-fold")
    return made.held_out_fold


def _answer(trial: Trial, at: np.ndarray, fold: int | None, tree_config: Trees | None, progress: Progress) -> _Answers:
    """Every system's answers to the queries `at`."""
    dataset, model, q = trial.dataset, trial.model, trial.dataset.queries
    layers = quantise(model)
    found = {
        MIXER: (q.mixer_rank[at].astype(np.int64), np.exp(q.log_mix[at, 0])),
        FP32: _network(dataset, model, at, lambda x: forward.fp32(model, x)),
        INT8: _network(dataset, model, at, lambda x: reference.int8(layers, x)),
    }
    if tree_config is not None and fold is not None:
        booster = trees.fit(dataset, dataset.training_queries(fold), tree_config, model.provenance.seed, progress)
        by_trees = metrics.ranks(trees.scores(booster, dataset, at), q.target[at], q.mixer_rank[at])
        found[LIGHTGBM] = (by_trees, np.full(len(at), np.nan))
    return _Answers(q.moment[at], q.person[at], q.openings[at], found)


def _network(
    dataset: Dataset, model: Model, at: np.ndarray, correct: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The calibrated answers of a network whose arithmetic is `correct`: float32 [..., F] -> float32 [...]."""
    q = dataset.queries
    rank, top = np.zeros(len(at), np.int64), np.zeros(len(at))
    for part, chunk in chunks(at):
        correction = correct(dataset.features[chunk])
        for number, calibration in enumerate(model.calibration):
            of = q.moment[chunk] == number
            some, c = chunk[of], correction[of]
            into = part.start + np.flatnonzero(of)
            rank[into] = metrics.ranks(calibration.order(q.log_mix[some], c), q.target[some], q.mixer_rank[some])
            top[into] = calibration.probabilities(q.log_mix[some], c).max(1, initial=0.0)
    return rank, top


def _verdict(answers: _Answers, number: int) -> Verdict | None:
    """The verdict of a moment; `None` if nobody has enough of it."""
    of = answers.moment == number
    person = answers.person[of]
    people = metrics.kept_people(person, answers.openings[of])
    if not people:
        return None
    counts = np.isin(person, people)
    by_system = {name: (rank[of], top[of]) for name, (rank, top) in answers.by_system.items()}
    mixers = np.array([r.hr3 for r in metrics.by_person(person, by_system[MIXER][0], people)])
    scores = {}
    for name, (rank, top) in by_system.items():
        rates = metrics.by_person(person, rank, people)
        each = np.array([r.hr3 for r in rates])
        is_probability = not np.isnan(top[counts]).any()
        ece = 100.0 * metrics.calibration_error(top[counts], rank[counts] == 1) if is_probability else None
        scores[name] = Score(metrics.macro(rates), metrics.interval(each, 0), metrics.interval(each - mixers, 0), ece)
    return Verdict(MOMENTS[number], len(people), len(np.unique(person)) - len(people), int(counts.sum()), scores)
