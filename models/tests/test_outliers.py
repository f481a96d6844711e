"""Outlier rules take out what was planted, by what was asked and never by what was opened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import synthetic

from foretap_models import config
from foretap_models.data import outliers
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import Queries
from foretap_models.errors import ConfigError

STRANGE = 7
"""A person of fold 2, of whom every query is strange."""


@pytest.fixture
def asked(dataset: Dataset) -> Queries:
    return dataset.queries


def rule(name: str, limit: float, over: str = "query", scored: bool = False) -> config.Outlier:
    return config.Outlier(name, over, limit, ("candidates",), scored)


def table(queries: Queries, strange: np.ndarray, by: float = 50.0) -> np.ndarray:
    """One summary, usual but where `strange`, bool [n]."""
    usual = np.random.default_rng(4).normal(10.0, 1.0, len(queries))
    return (usual + by * strange)[:, None]


def taken_out(
    rules: list[config.Outlier], queries: Queries, values: np.ndarray, held_out_fold: int | None = None
) -> tuple[np.ndarray, np.ndarray, list[outliers.Removal]]:
    return outliers.taken_out(tuple(rules), queries, values, ("candidates",), held_out_fold)


RULES = [("z_score", 5.0), ("iqr", 4.0), ("isolation_forest", 0.02)]


@pytest.mark.parametrize(("name", "limit"), RULES)
@pytest.mark.parametrize("over", ["query", "person"])
def test_a_rule_takes_out_what_is_unlike_the_others(name: str, limit: float, over: str, asked: Queries) -> None:
    strange = asked.person == STRANGE
    if over == "query":
        strange &= np.arange(len(asked)) % 40 == 0
    else:  # of 15 people, one can be 3.7 standard deviations away at most, and is 7 % of them
        limit = {"z_score": 3.0, "iqr": limit, "isolation_forest": 0.05}[name]
    training, scored, (removal,) = taken_out([rule(name, limit, over)], asked, table(asked, strange))
    gone = asked.is_training & ~training
    assert gone[strange & asked.is_training].all()
    assert gone.sum() <= max(1.5 * (strange & asked.is_training).sum(), 0.03 * asked.is_training.sum())
    assert (removal.queries, removal.people) == (gone.sum(), len(np.unique(asked.person[gone])))
    np.testing.assert_array_equal(scored, asked.is_scored)


def test_the_limit_itself_is_still_usual(asked: Queries) -> None:
    values = np.where(np.arange(len(asked)) % 2, 1.0, -1.0)[:, None]
    fitted = values[asked.is_training]
    deviations = float((1.0 - fitted.mean()) / fitted.std())
    for limit, goes in ((deviations * 1.000001, False), (deviations * 0.999999, True)):
        training, _, _ = taken_out([rule("z_score", limit)], asked, values)
        assert (training.sum() < asked.is_training.sum()) == goes


def test_scored_queries_go_only_where_a_rule_says_so(asked: Queries) -> None:
    strange = np.arange(len(asked)) % 30 == 0
    values = table(asked, strange)
    assert (strange & asked.is_scored).sum() > 50
    _, scored, (removal,) = taken_out([rule("z_score", 4.5, scored=True)], asked, values)
    assert not scored[strange].any()
    assert removal.scored == (asked.is_scored & ~scored).sum() >= (strange & asked.is_scored).sum()
    assert removal.as_json()["removed_scored"] == removal.scored


def test_what_was_opened_does_not_matter(asked: Queries) -> None:
    values = table(asked, asked.person == STRANGE)
    others = replace(asked, target=np.roll(asked.target, 1), mixer_rank=np.roll(asked.mixer_rank, 1))
    for name, limit in RULES:
        one, other = (taken_out([rule(name, limit)], q, values)[0] for q in (asked, others))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("name", "limit"), RULES)
def test_no_threshold_depends_on_the_fold_held_out(name: str, limit: float, asked: Queries) -> None:
    of_fold = asked.fold == STRANGE % 5
    near = np.arange(len(asked)) % 40 == 0
    usual, strange = (table(asked, near, by=7.0) - 300.0 * (of_fold & odd)[:, None] for odd in (False, True))
    without = [taken_out([rule(name, limit)], asked, v, STRANGE % 5)[0][~of_fold] for v in (usual, strange)]
    np.testing.assert_array_equal(*without)
    with_it = [taken_out([rule(name, limit)], asked, v)[0][~of_fold] for v in (usual, strange)]
    assert (with_it[0] != with_it[1]).any(), "and it would, were it not held out"


def test_a_rule_sees_what_those_before_it_left(asked: Queries) -> None:
    far, near = np.arange(len(asked)) % 50 == 0, np.arange(len(asked)) % 50 == 1
    values = table(asked, far, by=1e6) + 30.0 * near[:, None]
    first, _, _ = taken_out([rule("z_score", 4.5)], asked, values)
    assert first[near & asked.is_training].all(), "beside the far ones the near ones are usual"
    _, _, (one, two) = taken_out([rule("z_score", 4.5)] * 2, asked, values)
    assert one.queries == (far & asked.is_training).sum()
    assert two.queries >= (near & asked.is_training).sum()


def test_of_few_queries_nobody_can_say_who_is_unlike_the_others(asked: Queries) -> None:
    for count, goes in ((outliers.FEWEST_UNITS, True), (outliers.FEWEST_UNITS - 1, False)):
        some = np.flatnonzero(asked.is_training)[:count]
        few = Queries(**{name: array[some] for name, array in vars(asked).items()})
        values = np.linspace(0.0, 1.0, count)[:, None] + 1e6 * (np.arange(count) == 2)[:, None]
        training, _, _ = taken_out([rule("iqr", 3.0)], few, values)
        assert training.all() != goes


def test_summaries_are_of_the_shortlist_and_its_features(dataset: Dataset) -> None:
    q = dataset.queries
    is_candidate = q.is_candidate()
    names = ("candidates", "entropy", "mass", "age_3")
    made = outliers.summaries(q, dataset.features[is_candidate], names, dataset.feature_names)
    p = np.exp(q.log_mix.astype(np.float64))
    at = dataset.feature_names.index("age_3")
    for n in (0, 17, len(q) - 1):
        share = p[n, is_candidate[n]] / p[n].sum()
        expected = [is_candidate[n].sum(), -(share * np.log(share)).sum(), p[n].sum()]
        expected.append(dataset.features[n, is_candidate[n], at].astype(np.float64).mean())
        np.testing.assert_allclose(made[n], expected, rtol=1e-9)


def test_a_summary_that_is_not_there_is_refused() -> None:
    rules = (config.Outlier("iqr", "query", 3.0, ("candidate",), False),)
    with pytest.raises(ConfigError, match="no feature is named candidate"):
        outliers.summary_names(rules, synthetic.NAMES)
