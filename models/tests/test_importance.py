"""Importance: what decides is worth something, what does not is worth nothing, and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import ConfigError, HeldOutError
from foretap_models.evaluate.importance import Worth, dealt, gain, groups, permutation, table
from foretap_models.learn import boosted, trees
from foretap_models.learn.learn import answered, corrections
from foretap_models.learn.model import Model


@pytest.fixture(scope="module")
def worth(model: Model, dataset: Dataset) -> dict[str, Worth]:
    """Of what decides (see `synthetic.truth`) and of what does not."""
    of = {name: (name,) for name in ("count_0", "share_0", "flag_1", "flag_7")}
    of |= {"deciding": ("count_0", "share_0", "flag_0", "context_0"), "ages": tuple(synthetic.NAMES[48:60])}
    return permutation(
        lambda data, at: answered(data, at, corrections(model, data, at), model.calibration).values,
        dataset,
        dataset.scored_queries(0),
        of,
        seed=0,
    )


def test_what_decides_is_worth_more_than_what_does_not(worth: dict[str, Worth]) -> None:
    assert worth["count_0"].log_loss > 0.05
    assert worth["share_0"].log_loss > 0.02
    assert min(worth["count_0"].log_loss, worth["share_0"].log_loss) > 5.0 * abs(worth["flag_1"].log_loss)
    assert worth["deciding"].log_loss > worth["count_0"].log_loss
    assert abs(worth["ages"].log_loss) < 0.02


def test_a_feature_that_is_always_the_same_is_worth_exactly_nothing(worth: dict[str, Worth]) -> None:
    assert worth["flag_7"].log_loss == 0.0
    assert worth["flag_7"].hr3 == {"next": 0.0, "unlock": 0.0, "unlock_or_resume": 0.0}


def test_hits_are_lost_where_what_decides_is_shuffled(worth: dict[str, Worth]) -> None:
    assert all(lost > 1.0 for lost in worth["deciding"].hr3.values())
    text = table({"features": worth})
    assert text.index("deciding") < text.index("count_0") < text.index("flag_7")


def test_only_the_features_named_are_dealt_and_each_keeps_its_values(dataset: Dataset) -> None:
    some = dataset.take(dataset.scored_queries(0)[:200])
    names = ("count_0", "context_3")
    made = dealt(some, names, np.random.default_rng(0))
    there = some.queries.is_candidate()
    for place, name in enumerate(some.feature_names):
        before, after = some.features[there][:, place], made[there][:, place]
        assert (before != after).any() == (name in names)
        if name == "count_0":
            np.testing.assert_array_equal(np.sort(before), np.sort(after))
    assert not made[~there].any()
    # What candidates share they still share, each query by itself.
    context = made[:, :, synthetic.NAMES.index("context_3")]
    assert (np.where(there, context, context[:, :1]) == context[:, :1]).all()
    np.testing.assert_array_equal(
        np.sort(context[:, 0]), np.sort(some.features[:, 0, synthetic.NAMES.index("context_3")])
    )


def test_the_trees_gain_most_by_what_decides(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[::3]
    for booster in (
        trees.fit(dataset, at, config.trees, 0, lambda _: None),
        boosted.fit(dataset, at, config.boosted, 0, lambda _: None),
    ):
        found = gain(booster, dataset)
        assert set(found) == {*dataset.feature_names, "log_mix"}
        assert sum(found.values()) == pytest.approx(1.0)
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert {"count_0", "share_0"} & set(list(found)[:3])
        assert found["flag_7"] == 0.0


def test_groups_are_of_the_patterns_and_a_pattern_of_nothing_is_refused(dataset: Dataset) -> None:
    found = groups(dataset, {"flags": ("flag_*",), "two": ("age_0", "count_0")})
    assert found == {"flags": tuple(f"flag_{n}" for n in range(8)), "two": ("count_0", "age_0")}
    assert len(groups(dataset, {})) == len(dataset.feature_names)
    with pytest.raises(ConfigError, match="two"):
        groups(dataset, {"two": ("age_0", "agee_*")})


def test_no_queries_are_refused(dataset: Dataset) -> None:
    with pytest.raises(HeldOutError):
        permutation(lambda data, at: data.queries.log_mix[at], dataset, np.empty(0, np.int64), {}, 0)


def test_what_is_taken_is_what_was_there(dataset: Dataset) -> None:
    at = dataset.scored_queries(0)[[5, 2, 9]]
    some = dataset.take(at)
    np.testing.assert_array_equal(some.features, dataset.features[at])
    np.testing.assert_array_equal(some.history, dataset.history[at])
    np.testing.assert_array_equal(some.queries.target, dataset.queries.target[at])
    assert (
        replace(
            some, features=dataset.features, history=dataset.history, recency=dataset.recency, queries=dataset.queries
        )
        == dataset
    )
