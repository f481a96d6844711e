"""What each feature is worth: the gain of the trees that ask it, and what any model loses where it is shuffled.

Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): a feature's values are dealt anew among the
candidates, of all queries, so that it keeps its spread and loses what it says. A feature that all candidates of a query
share is dealt among the queries. Features that say the same hide each other's worth: groups are shuffled together.
"""

from __future__ import annotations

import fnmatch
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import lightgbm
import numpy as np
import xgboost

from foretap_models.data.dataset import Dataset
from foretap_models.errors import ConfigError, HeldOutError
from foretap_models.judge import figures
from foretap_models.judge.answers import AnswersFile, Scores
from foretap_models.learn.calibration import log_softmax
from foretap_models.learn.rows import names as row_names

WHOLE = "whole"
"""The system with all its features as they are."""

Answer = Callable[[Dataset, np.ndarray], np.ndarray]
"""The scores of some queries, float [n, 32], -inf where there is no candidate."""


@dataclass(frozen=True)
class Worth:
    """What shuffling features costs.

    Attributes:
        features: that were shuffled together.
        log_loss: nats more, over the targets in the shortlist.
        hr3: points less by moment, macro.
    """

    features: tuple[str, ...]
    log_loss: float
    hr3: dict[str, float]


def gain(booster: lightgbm.Booster | xgboost.Booster, dataset: Dataset) -> dict[str, float]:
    """The share of the splits' gain of each feature and of log_mix, the greatest first; all of them add up to 1."""
    names = row_names(dataset)
    if isinstance(booster, lightgbm.Booster):
        gains = dict(zip(names, booster.feature_importance("gain").tolist(), strict=True))
    else:
        asked = booster.get_score(importance_type="total_gain")
        gains = {name: float(asked.get(name, 0.0)) for name in names}  # type: ignore[arg-type]
    total = sum(gains.values()) or 1.0
    return dict(sorted(((name, value / total) for name, value in gains.items()), key=lambda of: (-of[1], of[0])))


def groups(dataset: Dataset, patterns: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The features of named groups of patterns; without patterns, each feature by itself.

    Raises:
        ConfigError: a pattern matches no feature.
    """
    if not patterns:
        return {name: (name,) for name in dataset.feature_names}
    found = {}
    for group, of in patterns.items():
        members = [name for name in dataset.feature_names if any(fnmatch.fnmatchcase(name, p) for p in of)]
        if not members or any(not fnmatch.filter(dataset.feature_names, p) for p in of):
            raise ConfigError(f"{group}: a pattern matches no feature")
        found[group] = tuple(members)
    return found


def permutation(
    answer: Answer, dataset: Dataset, at: np.ndarray, of: Mapping[str, tuple[str, ...]], seed: int
) -> dict[str, Worth]:
    """What each group of features is worth to a model, in the order given.

    Args:
        answer: the model.
        dataset: of the queries.
        at: queries of people whom the model never saw, int64 [n].
        of: groups of feature names.
        seed: of the shuffling.

    Raises:
        HeldOutError: no queries.
        JudgeError: `foretap judge` is not here or refuses.
    """
    if len(at) == 0:
        raise HeldOutError("no queries to shuffle features of")
    some = dataset.take(at)
    everything = np.arange(len(at))
    whole = answer(some, everything)
    losses = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        systems = {WHOLE: Scores(whole)}
        for number, (name, features) in enumerate(of.items()):
            shuffled = replace(some, features=dealt(some, features, np.random.default_rng((seed, number))))
            scores = answer(shuffled, everything)
            losses[name] = _log_loss(some, scores) - _log_loss(some, whole)
            systems[f"without {name}"] = Scores(scores)
        with AnswersFile(path) as file:
            file.add(some, everything, systems)
        moments = figures.judge(path, WHOLE).moments
    return {
        name: Worth(
            features=features,
            log_loss=losses[name],
            hr3={moment: -m.systems[f"without {name}"].lead["hr3"].mean for moment, m in moments.items()},
        )
        for name, features in of.items()
    }


def table(worth: Mapping[str, Mapping[str, Worth]]) -> str:
    """What shuffling costs, the dearest first: log-loss in thousandths of a nat, HR@3 in points."""
    lines = []
    for kind, by in worth.items():
        lines += [f"permutation importance of {kind}: log-loss (mnats) and HR@3 (points) lost"]
        for name, of in sorted(by.items(), key=lambda of: -of[1].log_loss):
            lost = "".join(f"  {moment} {rounded(value):+.2f}" for moment, value in of.hr3.items())
            lines.append(f"  {name:<32}{rounded(1_000.0 * of.log_loss):>8.2f}{lost}")
    return "\n".join(lines)


def rounded(value: float, digits: int = 2) -> float:
    """A number to be shown with so many digits; nothing is +0.00, never -0.00."""
    return round(value, digits) + 0.0


def dealt(dataset: Dataset, features: Sequence[str], rng: np.random.Generator) -> np.ndarray:
    """The features of all candidates, float32 [n, 32, F], with some of them dealt anew, all by one deal."""
    made = np.array(dataset.features)
    places = [dataset.feature_names.index(name) for name in features]
    is_candidate = dataset.queries.is_candidate()
    rows = made[is_candidate]
    of_row = np.nonzero(is_candidate)[0]
    first = np.flatnonzero(np.diff(of_row, prepend=-1))
    by_query = rng.permutation(len(made))
    by_row = rng.permutation(len(rows))
    for place in places:
        column = rows[:, place]
        shared = column[first]
        if (column == shared[of_row]).all():
            rows[:, place] = shared[by_query][of_row]
        else:
            rows[:, place] = column[by_row]
    made[is_candidate] = rows
    return made


def _log_loss(dataset: Dataset, scores: np.ndarray) -> float:
    """The mean listwise log-loss of the targets in the shortlist, nats."""
    target = dataset.queries.target
    inside = np.flatnonzero(target >= 0)
    log_p = log_softmax(scores[inside].astype(np.float64))
    return float(-log_p[np.arange(len(inside)), target[inside]].mean())
