"""Binning: of a feature only the bin is kept, as the value that stands for it, so that its unit stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from foretap_models import config
from foretap_models.data import clusters
from foretap_models.errors import TransformationError

SAMPLE = 200_000
"""Values, evenly thinned, from which quantiles and means of a data set are taken."""


@dataclass(frozen=True)
class Sample:
    """What the edges of some columns' bins are made from.

    Attributes:
        values: float32 [m, k], evenly thinned candidates.
        least: float32 [k], of all candidates.
        most: float32 [k], of all candidates.
    """

    values: np.ndarray
    least: np.ndarray
    most: np.ndarray

    @classmethod
    def of(cls, columns: np.ndarray, every: int) -> Sample:
        """Every so manieth row of float32 [rows, k], from the first on."""
        if len(columns) == 0:
            bounds = np.full(columns.shape[1], np.inf, np.float32)
            return cls(columns, bounds, -bounds)
        return cls(columns[::every], columns.min(0), columns.max(0))

    @classmethod
    def joined(cls, samples: list[Sample]) -> Sample:
        """Those of all partitions, in their order."""
        return cls(
            np.concatenate([sample.values for sample in samples]),
            np.min([sample.least for sample in samples], axis=0),
            np.max([sample.most for sample in samples], axis=0),
        )


@dataclass(frozen=True)
class Bins:
    """The bins of a feature.

    Attributes:
        edges: float32 [b + 1], ascending; what lies outside belongs to the first or the last bin.
        values: float32 [b], what stands for each bin.
    """

    edges: np.ndarray
    values: np.ndarray

    def apply(self, column: np.ndarray) -> np.ndarray:
        """The value that stands for each value's bin, float32 of the same shape."""
        return self.values[np.searchsorted(self.edges[1:-1], column, side="right")]

    @property
    def loss(self) -> float:
        """How far a value between the outer edges can be moved, in the feature's unit."""
        return float(np.maximum(self.values - self.edges[:-1], self.edges[1:] - self.values).max())

    def as_json(self) -> dict[str, Any]:
        """Numbers only; a float32 is a float64, so nothing is lost."""
        return {"edges": self.edges.tolist(), "values": self.values.tolist(), "loss": self.loss}


def fitted(binnings: tuple[config.Binning, ...], names: tuple[str, ...], sample: Sample) -> list[dict[str, Bins]]:
    """The bins of each binning's features, by name.

    Args:
        binnings: in their order.
        names: of the sampled columns, k.
        sample: of them.

    Raises:
        TransformationError: there is nothing to place the edges by.
    """
    if binnings and len(sample.values) == 0:
        raise TransformationError("binning: no query to learn from, so no edges")
    made = []
    for binning in binnings:
        at = config.places(binning.columns, names, "binning")
        made.append({names[n]: _bins(binning, sample.values[:, n], sample.least[n], sample.most[n]) for n in at})
    return made


def binned_names(binnings: tuple[config.Binning, ...], features: tuple[str, ...]) -> tuple[str, ...]:
    """The features that some binnings change.

    Raises:
        ConfigError: a pattern matches none.
        TransformationError: a feature would be binned twice.
    """
    places = [place for binning in binnings for place in config.places(binning.columns, features, "binning")]
    twice = [features[place] for place in places if places.count(place) > 1]
    if twice:
        raise TransformationError(f"binning: {twice[0]} is in two binnings")
    return tuple(features[place] for place in sorted(places))


def as_json(binning: config.Binning, bins: dict[str, Bins]) -> dict[str, Any]:
    """The transformation with its parameters and what came of them."""
    return asked(binning) | {"features": {name: of.as_json() for name, of in bins.items()}}


def asked(binning: config.Binning) -> dict[str, Any]:
    """The transformation with its parameters."""
    return {"kind": "binning", **binning.__dict__, "columns": list(binning.columns)}


def _bins(binning: config.Binning, values: np.ndarray, least: np.float32, most: np.float32) -> Bins:
    """The bins of one column."""
    if binning.method == "k_means":
        return _k_means(values, binning.bins, least, most)
    if binning.method == "quantile":
        inner = np.quantile(values, np.linspace(0.0, 1.0, binning.bins + 1)[1:-1])
    else:
        inner = np.linspace(np.float64(least), np.float64(most), binning.bins + 1)[1:-1]
    # What occurs often is several quantiles at once: fewer bins then.
    edges = np.unique(np.concatenate([[least], inner.astype(np.float32), [most]]))
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    middles = edges[:-1] + (edges[1:] - edges[:-1]) * np.float32(0.5)
    return Bins(edges, _means(values, edges, middles) if binning.method == "quantile" else middles)


def _means(values: np.ndarray, edges: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """The mean of each bin's values, float32 [b]: the middle of a long tail's bin would be where hardly a value is."""
    of = np.searchsorted(edges[1:-1], values, side="right")
    counts = np.bincount(of, minlength=len(otherwise))
    means = np.bincount(of, values, len(otherwise)) / np.maximum(counts, 1)
    return np.where(counts > 0, means, otherwise).astype(np.float32)


def _k_means(values: np.ndarray, bins: int, least: np.float32, most: np.float32) -> Bins:
    """Bins around means, with edges halfway between them."""
    means = np.unique(clusters.means(values, bins).astype(np.float32))
    halfway = means[:-1] + (means[1:] - means[:-1]) * np.float32(0.5)
    return Bins(np.concatenate([[least], halfway, [most]]).astype(np.float32), means)
