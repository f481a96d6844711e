"""Outlier rules: queries or people unlike the others, which are then not learned from.

A rule looks at what was asked, never at what was opened: a surprising answer is what there is to learn. Thresholds come
from what is learned from; scored queries are spared unless a rule says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from foretap_models import config
from foretap_models.data.features_file import Queries

ABOUT_THE_LIST = ("candidates", "entropy", "mass")
"""Summaries besides the features: candidates in the shortlist, their entropy (nats), their probability together."""

TREES = 100
"""Of an isolation forest, each of at most 256 units (Liu, Ting and Zhou, Isolation Forest, 2008)."""

FEWEST_UNITS = 8
"""Of fewer queries or people nobody can say who is unlike the others."""


@dataclass(frozen=True)
class Removal:
    """What a rule took out.

    Attributes:
        rule: the rule.
        queries: taken out of what is learned from.
        people: whose queries these are.
        scored: of the queries, how many are not judged on either.
    """

    rule: config.Outlier
    queries: int
    people: int
    scored: int

    def as_json(self) -> dict[str, Any]:
        """The transformation with its parameters and its counts."""
        return (
            asked(self.rule)
            | {"removed": {"queries": self.queries, "people": self.people}}
            | ({"removed_scored": self.scored} if self.rule.scored else {})
        )


def asked(rule: config.Outlier) -> dict[str, Any]:
    """The transformation with its parameters."""
    return {"kind": "outlier", **rule.__dict__, "columns": list(rule.columns)}


def summary_names(rules: tuple[config.Outlier, ...], features: tuple[str, ...]) -> tuple[str, ...]:
    """The summaries that some rules look at.

    Raises:
        ConfigError: a pattern matches none.
    """
    known = ABOUT_THE_LIST + features
    wanted = {place for rule in rules for place in config.places(rule.columns, known, "outlier")}
    return tuple(known[place] for place in sorted(wanted))


def summaries(queries: Queries, features: np.ndarray, names: tuple[str, ...], all_names: tuple[str, ...]) -> np.ndarray:
    """Summaries of queries.

    Args:
        queries: n of them.
        features: float32 [rows, F], the candidates of each query, one query after the other.
        names: k summaries: of `ABOUT_THE_LIST` or of the features, whose mean over the candidates it is.
        all_names: of the features.

    Returns:
        float64 [n, k].
    """
    made = np.empty((len(queries), len(names)))
    starts = np.cumsum(queries.candidates) - queries.candidates
    p = np.exp(queries.log_mix.astype(np.float64))
    mass = p.sum(1)
    about = {"candidates": queries.candidates, "mass": mass, "entropy": _entropy(p / mass[:, None])}
    for at, name in enumerate(names):
        if name in about:
            made[:, at] = about[name]
        else:
            column = features[:, all_names.index(name)].astype(np.float64)
            made[:, at] = np.add.reduceat(column, starts) / queries.candidates
    return made


def taken_out(
    rules: tuple[config.Outlier, ...],
    queries: Queries,
    table: np.ndarray,
    names: tuple[str, ...],
    held_out_fold: int | None,
) -> tuple[np.ndarray, np.ndarray, list[Removal]]:
    """Applies rules one after the other, each to what those before have left.

    Args:
        rules: in their order.
        queries: n of them.
        table: float64 [n, k], their summaries.
        names: of the summaries.
        held_out_fold: no threshold depends on this fold's people.

    Returns:
        What is still learned from and what is still judged on, bool [n] each; and what each rule took out.
    """
    training, scored, removals = queries.is_training.copy(), queries.is_scored.copy(), []
    for rule in rules:
        asked = training | scored if rule.scored else training
        columns = table[:, config.places(rule.columns, names, "outlier")]
        fitted_on = training & (queries.fold != held_out_fold) if held_out_fold is not None else training
        if rule.over == "person":
            gone = asked & _outlying_people(rule, queries.person, columns, fitted_on, asked)
        else:
            gone = asked.copy()
            gone[asked] = _outlying(rule, columns[asked], fitted_on[asked])
        judged = gone & scored if rule.scored else np.zeros_like(gone)
        removals.append(Removal(rule, int(gone.sum()), len(np.unique(queries.person[gone])), int(judged.sum())))
        training &= ~gone
        scored &= ~judged
    return training, scored, removals


def _outlying_people(
    rule: config.Outlier, person: np.ndarray, columns: np.ndarray, fitted_on: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """Whose queries are outlying on average, bool [n], by person."""
    people, of = np.unique(person[asked], return_inverse=True)
    count = np.bincount(of, minlength=len(people))
    means = np.stack([np.bincount(of, column, len(people)) for column in columns[asked].T], axis=1) / count[:, None]
    outlying = people[_outlying(rule, means, np.isin(people, person[fitted_on]))]
    return np.isin(person, outlying)


def _outlying(rule: config.Outlier, values: np.ndarray, fitted_on: np.ndarray) -> np.ndarray:
    """Which units are unlike those fitted on, bool [units], from float64 [units, k]."""
    if fitted_on.sum() < FEWEST_UNITS:
        return np.zeros(len(values), bool)
    return RULES[rule.rule](values, values[fitted_on], rule.limit)


def _z_score(values: np.ndarray, usual: np.ndarray, limit: float) -> np.ndarray:
    """More than `limit` standard deviations from the mean, in any column."""
    return (np.abs(values - usual.mean(0)) > limit * usual.std(0)).any(1)


def _iqr(values: np.ndarray, usual: np.ndarray, limit: float) -> np.ndarray:
    """More than `limit` interquartile ranges outside the quartiles, in any column (Tukey's fences)."""
    low, high = np.quantile(usual, [0.25, 0.75], axis=0)
    reach = limit * (high - low)
    return ((values < low - reach) | (values > high + reach)).any(1)


def _isolation_forest(values: np.ndarray, usual: np.ndarray, limit: float) -> np.ndarray:
    """Easier to isolate than all but a share of `limit`."""
    from sklearn.ensemble import IsolationForest  # seconds to import, and workers only summarise

    forest = IsolationForest(n_estimators=TREES, random_state=0, n_jobs=1).fit(usual)
    bound = np.quantile(-forest.score_samples(usual), 1.0 - limit)
    return -forest.score_samples(values) > bound


def _entropy(p: np.ndarray) -> np.ndarray:
    """Of distributions [n, 32], nats [n]."""
    return -(p * np.log(np.where(p > 0.0, p, 1.0))).sum(1)


RULES: dict[str, Callable[[np.ndarray, np.ndarray, float], np.ndarray]] = {
    "z_score": _z_score,
    "iqr": _iqr,
    "isolation_forest": _isolation_forest,
}
"""By the names of `config.RULES`."""
