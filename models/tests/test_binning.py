"""Bins lose what they say they lose, and nothing of who is held out."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
import synthetic
from sklearn.cluster import KMeans

from foretap_models import config
from foretap_models.data import binning, clusters
from foretap_models.data.binning import Bins, Sample
from foretap_models.errors import TransformationError


def bins_of(method: str, values: np.ndarray, bins: int, every: int = 1) -> Bins:
    sample = Sample.of(values.astype(np.float32)[:, None], every)
    (made,) = binning.fitted((config.Binning(method, ("age_1",), bins),), ("age_1",), sample)
    return made["age_1"]


SHAPES = {
    "spread": lambda rng: rng.normal(0.0, 3.0, 5_000),
    "heavy tail": lambda rng: rng.lognormal(1.0, 2.0, 5_000),
    "few values": lambda rng: rng.integers(0, 4, 5_000),
    "one value": lambda rng: np.full(5_000, 2.5),
    "mostly zero": lambda rng: rng.random(5_000) * (rng.random(5_000) < 0.05),
}


@pytest.mark.parametrize("method", config.METHODS)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_value_moves_further_than_the_loss(method: str, shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(3)).astype(np.float32)
    bins = bins_of(method, values, 16, every=7)
    moved = np.abs(bins.apply(values).astype(np.float64) - values)
    assert moved.max() <= bins.loss + 1e-6 * np.abs(values).max()
    assert 1 <= len(np.unique(bins.apply(values))) <= len(bins.values) <= 16
    assert (np.diff(bins.edges) >= 0).all()
    assert (bins.edges[:-1] <= bins.values).all()
    assert (bins.values <= bins.edges[1:]).all()
    np.testing.assert_array_equal(bins.apply(bins.apply(values)), bins.apply(values))


def test_fixed_width_loses_half_a_width_and_quantiles_hold_as_many_each() -> None:
    values = np.random.default_rng(5).lognormal(0.0, 1.0, 10_000).astype(np.float32)
    fixed = bins_of("fixed_width", values, 10)
    assert fixed.loss == pytest.approx(float(values.max() - values.min()) / 20, rel=1e-5)
    quantile = bins_of("quantile", values, 10)
    counts = np.bincount(np.searchsorted(quantile.edges[1:-1], values, side="right"))
    assert counts.min() >= 990
    assert quantile.values[-1] < (quantile.edges[-2] + quantile.edges[-1]) / 4, "where the tail's values are"
    k_means = bins_of("k_means", values, 10)
    squares = [np.square(bins.apply(values) - values).mean() for bins in (k_means, fixed, quantile)]
    assert squares[0] == min(squares), "that is what it makes small"


def test_k_means_finds_the_clusters_that_are_there() -> None:
    rng = np.random.default_rng(6)
    centres = np.array([-4.0, 0.0, 9.0])
    values = (centres[rng.integers(0, 3, 3_000)] + rng.normal(0.0, 0.1, 3_000)).astype(np.float32)
    np.testing.assert_allclose(bins_of("k_means", values, 3).values, centres, atol=0.02)


def inertia(values: np.ndarray, means: np.ndarray) -> float:
    """The squared distances from the nearest mean."""
    halfway = means[:-1] + np.diff(means) / 2.0
    return float(np.square(values - means[np.searchsorted(halfway, values)]).sum())


def exact(values: np.ndarray, bins: int) -> float:
    """The least inertia of all ways to cut sorted values into stretches."""
    cuts = itertools.combinations(range(1, len(values)), bins - 1)
    parts = (np.split(values, cut) for cut in cuts)
    return min(sum(float(np.square(part - part.mean()).sum()) for part in of) for of in parts)


@pytest.mark.parametrize("bins", [2, 3, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_k_means_of_few_values_is_the_best_there_is(shape: str, bins: int) -> None:
    values = np.sort(SHAPES[shape](np.random.default_rng(8))[:40].astype(np.float64))[::2]
    found = clusters.means(values, bins)
    assert len(found) == min(bins, len(np.unique(values)))
    best = exact(values, bins) if len(np.unique(values)) > bins else 0.0
    assert inertia(values, found) == pytest.approx(best, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("bins", [8, 32, 100])
@pytest.mark.parametrize("shape", ["spread", "heavy tail"])
def test_k_means_of_many_values_is_no_worse_than_by_all_distances(shape: str, bins: int) -> None:
    values = SHAPES[shape](np.random.default_rng(9)).astype(np.float32).astype(np.float64)
    by_distances = KMeans(bins, n_init=3, random_state=0).fit(values[:, None])
    assert inertia(values, clusters.means(values, bins)) <= by_distances.inertia_ * 1.005


def test_more_clusters_than_are_sought_exactly_are_better_than_quantiles() -> None:
    values = np.random.default_rng(9).normal(0.0, 3.0, 20_000)
    bins = 2 * clusters.MOST_EXACT
    found = clusters.means(values, bins)
    assert 0.9 * bins <= len(found) <= bins
    quantiles = np.array([part.mean() for part in np.array_split(np.sort(values), bins)])
    assert inertia(values, found) < 0.5 * inertia(values, quantiles)


def test_k_means_of_a_whole_sample_takes_less_than_the_first_steps_by_all_distances() -> None:
    values = np.random.default_rng(10).lognormal(1.0, 2.0, binning.SAMPLE).astype(np.float32)
    begun = time.process_time()
    found = clusters.means(values, 32)
    ours = time.process_time() - begun
    begun = time.process_time()
    KMeans(32, n_init=1, max_iter=40, tol=0.0, random_state=0).fit(values.astype(np.float64)[:, None])
    assert ours < time.process_time() - begun
    assert len(found) == 32


def test_what_lies_outside_belongs_to_the_outer_bins() -> None:
    bins = bins_of("fixed_width", np.linspace(0.0, 1.0, 100), 4)
    np.testing.assert_array_equal(bins.apply(np.float32([-9.0, 9.0])), bins.values[[0, -1]])


def test_written_edges_are_the_edges() -> None:
    bins = bins_of("quantile", np.random.default_rng(1).normal(size=900), 8)
    written = bins.as_json()
    np.testing.assert_array_equal(np.float32(written["edges"]), bins.edges)
    np.testing.assert_array_equal(np.float32(written["values"]), bins.values)


def test_samples_of_partitions_joined_know_the_extremes_of_all() -> None:
    parts = [np.float32([[1.0], [5.0], [2.0]]), np.zeros((0, 1), np.float32), np.float32([[3.0], [-7.0]])]
    joined = Sample.joined([Sample.of(part, 2) for part in parts])
    assert (joined.least, joined.most) == (-7.0, 5.0)
    assert joined.values[:, 0].tolist() == [1.0, 2.0, 3.0]


def test_a_feature_in_two_binnings_and_a_data_set_without_training_are_refused() -> None:
    twice = tuple(config.Binning("quantile", (pattern,), 8) for pattern in ("age_*", "age_1"))
    with pytest.raises(TransformationError, match="age_1 is in two binnings"):
        binning.binned_names(twice, synthetic.NAMES)
    with pytest.raises(TransformationError, match="no query to learn from"):
        bins_of("quantile", np.zeros(0), 8)
