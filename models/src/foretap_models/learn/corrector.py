"""What has been learned, whatever learned it: an output for each candidate, and what it costs to ship and to ask.

An anchored one corrects the mixer, another stands alone:

    score = log_mix + output        or        score = output
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.learn.inputs import Examples, Standardisation, chunks
from foretap_models.learn.listwise import Parameters
from foretap_models.learn.tokens import Sequences
from foretap_models.learn.train import Network, outputs

SPLIT_BYTES = 7
"""A split as a bundle has it: a byte for the feature and for the place of each child, four for the threshold."""

TIMED_QUERIES = 100
"""Queries of which the median time is taken."""

TIMES = 5
"""How often each of them is asked."""

STEP = 256
"""Networks are asked of a multiple of so many queries: each number of them is compiled anew."""


class Corrector(Protocol):
    """Something learned that orders shortlists."""

    @property
    def anchored(self) -> bool:
        """Whether its output is added to the mixer's log-probability, rather than in its place."""

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """The output for each candidate of some queries, float32 [n, 32], 0 where there is no candidate."""

    def size(self) -> Size:
        """How much it is."""

    def one(self, dataset: Dataset, query: int) -> Callable[[], Any]:
        """Answers one query again and again, its inputs made ready: what is timed."""


@dataclass(frozen=True)
class Size:
    """How much is shipped.

    Attributes:
        parameters: numbers.
        bytes: as deployed: matrices INT8 with a float32 scale a row or column, vectors float32, trees as nodes.
        runtime: what answers while it is timed here.
    """

    parameters: int
    bytes: int
    runtime: str


@dataclass(frozen=True)
class ByFeatures:
    """A network that reads the candidates' features.

    Attributes:
        network: what was trained.
        parameters: what it learned.
        standardisation: of the features.
    """

    network: Network
    parameters: Parameters
    standardisation: Standardisation

    @property
    def anchored(self) -> bool:
        """As the network is."""
        return self.network.anchored

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """See `Corrector`."""
        found = [
            outputs(
                self.network, self.parameters, Examples.of(dataset, chunk, self.standardisation).inputs(slice(None))
            )
            for chunk in filled(at)
        ]
        is_candidate = dataset.queries.is_candidate()[at]
        return np.where(is_candidate, np.concatenate(found)[: len(at)], np.float32(0.0))

    def size(self) -> Size:
        """See `Corrector`."""
        return of_arrays(self.parameters)

    def one(self, dataset: Dataset, query: int) -> Callable[[], Any]:
        """See `Corrector`."""
        examples = Examples.of(dataset, np.array([query]), self.standardisation)
        return _one(self.network, self.parameters, examples.inputs(slice(None)))


@dataclass(frozen=True)
class ByPast:
    """A network that reads the past.

    Attributes:
        network: what was trained.
        parameters: what it learned.
    """

    network: Network
    parameters: Parameters

    @property
    def anchored(self) -> bool:
        """As the network is."""
        return self.network.anchored

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """See `Corrector`."""
        found = [
            outputs(self.network, self.parameters, Sequences.of(dataset, chunk).inputs(slice(None)))
            for chunk in filled(at)
        ]
        return np.concatenate(found)[: len(at)]

    def size(self) -> Size:
        """See `Corrector`."""
        return of_arrays(self.parameters)

    def one(self, dataset: Dataset, query: int) -> Callable[[], Any]:
        """See `Corrector`."""
        inputs = Sequences.of(dataset, np.array([query])).inputs(slice(None))
        return _one(self.network, self.parameters, inputs)


def filled(at: np.ndarray) -> Iterator[np.ndarray]:
    """Query numbers, some at a time, the last ones filled up to a multiple of `STEP` with the very last again."""
    for _, chunk in chunks(at):
        yield np.pad(chunk, (0, -len(chunk) % STEP), mode="edge")


def of_arrays(parameters: Parameters) -> Size:
    """The size of a network's arrays."""
    arrays = [np.asarray(array) for array in jax.tree.leaves(parameters)]
    shipped = [a.size + 4 * max(a.shape) if a.ndim == 2 else 4 * a.size for a in arrays]
    return Size(sum(a.size for a in arrays), sum(shipped), "jax")


def of_trees(leaves: int, trees: int, runtime: str) -> Size:
    """The size of trees: a split is a feature, a threshold (float32) and two places, a leaf is float32."""
    splits = leaves - trees
    return Size(2 * splits + leaves, SPLIT_BYTES * splits + 4 * leaves, runtime)


def scores(corrector: Corrector, dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The scores that order some queries, float64 [n, 32], -inf where there is no candidate."""
    return scored(corrector.outputs(dataset, at), dataset.queries.log_mix[at], anchored=corrector.anchored)


def scored(found: np.ndarray, log_mix: np.ndarray, *, anchored: bool) -> np.ndarray:
    """Outputs [n, 32] as scores, float64 [n, 32], -inf where there is no candidate."""
    base = log_mix.astype(np.float64) if anchored else 0.0
    return np.where(np.isfinite(log_mix), base + found.astype(np.float64), -np.inf)


def microseconds(corrector: Corrector, dataset: Dataset, at: np.ndarray) -> float:
    """The median over the first of some queries of the time that each takes by itself, its inputs made ready.

    Of each query the fastest of `TIMES` counts: on a busy machine the others say how busy it was.
    """
    taken = []
    for query in at[:TIMED_QUERIES]:
        answer = corrector.one(dataset, int(query))
        answer()  # the first one compiles
        taken.append(min(_nanoseconds(answer) for _ in range(TIMES)))
    return float(np.median(taken)) / 1_000.0


def _nanoseconds(answer: Callable[[], Any]) -> int:
    """How long an answer takes."""
    began = time.perf_counter_ns()
    answer()
    return time.perf_counter_ns() - began


def _one(network: Network, parameters: Parameters, inputs: dict[str, np.ndarray]) -> Callable[[], Any]:
    """Answers one query by a network."""
    ready = jax.tree.map(jax.numpy.asarray, inputs)
    return lambda: outputs(network, parameters, ready).block_until_ready()
