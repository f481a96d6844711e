"""Judges models on people they never learned from: the mixer, the network in both arithmetics, and the trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretap_models import metrics, reference, trees
from foretap_models.config import Trees
from foretap_models.dataset import Dataset
from foretap_models.errors import HeldOutError
from foretap_models.features_file import MOMENTS
from foretap_models.inputs import chunks
from foretap_models.metrics import HitRates, Interval
from foretap_models.model import Model
from foretap_models.quantise import quantise
from foretap_models.train import Progress, on_stderr

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
class _Answers:
    """One system's answers to n queries: the rank of the target [n], and the first one's probability or NaN [n]."""

    rank: np.ndarray
    top: np.ndarray


def evaluate(
    dataset: Dataset, models: Sequence[Model], tree_config: Trees | None, progress: Progress = on_stderr
) -> list[Verdict]:
    """Judges models, each on the scored queries of the fold that it was held from, and pools them.

    A model that saw none of the dataset's logs is judged on everyone.

    Args:
        dataset: the cache.
        models: of different held-out folds.
        tree_config: trains LightGBM beside every model, on the same people, where given.
        progress: shown now and then.

    Raises:
        HeldOutError: a model learned from people it would be judged on, two have the same fold, or nobody is scored.
        ModelFileError: a model of other features.
    """
    folds = [_judged_fold(dataset, model) for model in models]
    if len(set(folds)) != len(folds):
        raise HeldOutError("two models for the same people")
    asked: list[np.ndarray] = []
    answers: dict[str, list[_Answers]] = {}
    for model, fold in zip(models, folds, strict=True):
        at = dataset.scored_queries(fold)
        progress(f"judging on {len(at)} queries of {len(np.unique(dataset.queries.person[at]))} people")
        for name, found in _systems(dataset, model, at, fold, tree_config, progress).items():
            answers.setdefault(name, []).append(found)
        asked.append(at)
    at = np.concatenate(asked)
    pooled = {
        name: _Answers(np.concatenate([a.rank for a in found]), np.concatenate([a.top for a in found]))
        for name, found in answers.items()
    }
    verdicts = []
    for number, moment in enumerate(MOMENTS):
        of = dataset.queries.moment[at] == number
        part = {name: _Answers(found.rank[of], found.top[of]) for name, found in pooled.items()}
        verdict = _verdict(dataset, moment, at[of], part)
        if verdict is not None:
            verdicts.append(verdict)
    if not verdicts:
        raise HeldOutError("nobody has enough scored queries to be judged on")
    return verdicts


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


def _judged_fold(dataset: Dataset, model: Model) -> int | None:
    """The fold a model may be judged on, `None` for everyone."""
    model.check_fits(dataset)
    made = model.provenance
    if not set(made.learned_on) & set(dataset.learned_on):
        return None
    if made.held_out_fold is None:
        raise HeldOutError("this model learned from everyone here; train one with --held-out-fold")
    return made.held_out_fold


def _systems(
    dataset: Dataset, model: Model, at: np.ndarray, fold: int | None, tree_config: Trees | None, progress: Progress
) -> dict[str, _Answers]:
    """Every system's answers to the queries `at`."""
    q = dataset.queries
    log_mix = q.log_mix[at]
    layers = quantise(model)
    found = {
        MIXER: _Answers(q.mixer_rank[at].astype(np.int64), np.exp(log_mix[:, 0])),
        FP32: _answers(dataset, model, at, lambda x: reference.fp32(model, x)),
        INT8: _answers(dataset, model, at, lambda x: reference.int8(layers, x)),
    }
    if tree_config is not None and fold is not None:
        booster = trees.fit(dataset, dataset.training_queries(fold), tree_config, model.provenance.seed, progress)
        by_trees = metrics.ranks(trees.scores(booster, dataset, at), q.target[at], q.mixer_rank[at])
        found[LIGHTGBM] = _Answers(by_trees, np.full(len(at), np.nan))
    return found


def _answers(dataset: Dataset, model: Model, at: np.ndarray, correct: Any) -> _Answers:  # noqa: ANN401
    """The calibrated answers of a network whose arithmetic is `correct`: float32 [..., F] -> float32 [...]."""
    q = dataset.queries
    rank, top = np.zeros(len(at), np.int64), np.zeros(len(at))
    first = 0
    for chunk in chunks(at):
        correction = correct(dataset.features[chunk])
        for number, calibration in enumerate(model.calibration):
            of = q.moment[chunk] == number
            some, c = chunk[of], correction[of]
            into = first + np.flatnonzero(of)
            rank[into] = metrics.ranks(calibration.order(q.log_mix[some], c), q.target[some], q.mixer_rank[some])
            top[into] = calibration.probabilities(q.log_mix[some], c).max(1, initial=0.0)
        first += len(chunk)
    return _Answers(rank, top)


def _verdict(dataset: Dataset, moment: str, at: np.ndarray, answers: dict[str, _Answers]) -> Verdict | None:
    """One moment's verdict; `None` if nobody has enough of it."""
    q = dataset.queries
    person = q.person[at]
    people = metrics.kept_people(person, q.openings[at])
    if not people:
        return None
    counts = np.isin(person, people)
    mixers = np.array([r.hr3 for r in metrics.by_person(person, answers[MIXER].rank, people)])
    scores = {}
    for name, found in answers.items():
        rates = metrics.by_person(person, found.rank, people)
        each = np.array([r.hr3 for r in rates])
        top = found.top[counts]
        ece = None if np.isnan(top).any() else 100.0 * metrics.calibration_error(top, found.rank[counts] == 1)
        scores[name] = Score(metrics.macro(rates), metrics.interval(each, 0), metrics.interval(each - mixers, 0), ece)
    left_out = len(np.unique(person)) - len(people)
    return Verdict(moment, len(people), left_out, int(counts.sum()), scores)
