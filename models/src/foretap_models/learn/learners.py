"""The learners by name: what each learns from some queries, all of them alike to ask and to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.hyperparameters import Schedule
from foretap_models.learn import boosted, trees
from foretap_models.learn.attention import SetAttention
from foretap_models.learn.corrector import ByFeatures, ByPast, Corrector
from foretap_models.learn.inputs import Examples, Standardisation
from foretap_models.learn.network import LeftOut, Mlp
from foretap_models.learn.peers.hour_gated import HourGated
from foretap_models.learn.peers.lstm import Lstm
from foretap_models.learn.peers.online_linear import OnlineLinear
from foretap_models.learn.sequence import Sequence
from foretap_models.learn.tokens import Sequences
from foretap_models.learn.train import SEED_LIMIT, Network, Teacher, fit
from foretap_models.progress import Progress

Learn = Callable[[Dataset, np.ndarray, Config, int, Progress], Corrector]
"""Learns from some queries, all of which have their target in the shortlist, by a configuration and a seed."""


@dataclass(frozen=True)
class Learner:
    """A way to learn.

    Attributes:
        learn: does it.
        sections: of the configuration that it reads.
        anchored: whether what it learns corrects the mixer, rather than stands alone.
    """

    learn: Learn
    sections: tuple[str, ...]
    anchored: bool = False


def mlp(
    dataset: Dataset,
    at: np.ndarray,
    config: Config,
    seed: int,
    progress: Progress,
    teacher: Teacher | None = None,
) -> ByFeatures:
    """The MLP that ships, taught where there is a teacher."""
    names = dataset.feature_names
    network = Mlp(len(names), config.training.hidden, LeftOut.of(config.dropout, names))
    return _by_features(network, dataset, at, config.training, seed, progress, teacher)


def attention(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> Corrector:
    """Set attention across the candidates."""
    names = dataset.feature_names
    network = SetAttention(len(names), config.attention, LeftOut.of(config.dropout, names))
    return _by_features(network, dataset, at, config.attention, seed, progress)


def sequence(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> ByPast:
    """The Transformer over recency-rank tokens, which corrects the mixer."""
    return _by_past(Sequence(config.sequence), dataset, at, config.sequence, seed, progress)


def sequence_alone(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> ByPast:
    """The same Transformer, standing alone."""
    return _by_past(Sequence(config.sequence, anchored=False), dataset, at, config.sequence, seed, progress)


def lstm(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> Corrector:
    """The published LSTM."""
    return _by_past(Lstm(config.lstm), dataset, at, config.lstm, seed, progress)


def hour_gated(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> Corrector:
    """The published hour-gated Transformer."""
    return _by_past(HourGated(config.hour_gated), dataset, at, config.hour_gated, seed, progress)


def online(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> Corrector:
    """A linear layer of each person's own over the frozen Transformer."""
    frozen = sequence_alone(dataset, at, config, seed, progress)
    return OnlineLinear(frozen, config.online)


def by_lightgbm(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> trees.LightGbm:
    """LightGBM's lambdarank."""
    return trees.LightGbm(trees.fit(dataset, at, config.trees, seed, progress))


def by_listwise_trees(
    dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress
) -> trees.LightGbm:
    """LightGBM's trees, which correct the mixer."""
    grown = trees.fit(dataset, at, config.listwise_trees, seed, progress, anchored=True)
    return trees.LightGbm(grown, anchored=True)


def by_xgboost(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> Corrector:
    """XGBoost's ranker."""
    return boosted.XgBoost(boosted.fit(dataset, at, config.boosted, seed, progress))


LEARNERS: dict[str, Learner] = {
    "mlp": Learner(mlp, ("training", "dropout"), anchored=True),
    "lightgbm": Learner(by_lightgbm, ("trees",)),
    "listwise_trees": Learner(by_listwise_trees, ("listwise_trees",), anchored=True),
    "xgboost": Learner(by_xgboost, ("boosted",)),
    "attention": Learner(attention, ("attention", "dropout"), anchored=True),
    "sequence": Learner(sequence, ("sequence",), anchored=True),
    "sequence_alone": Learner(sequence_alone, ("sequence",)),
    "lstm": Learner(lstm, ("lstm",)),
    "hour_gated": Learner(hour_gated, ("hour_gated",)),
    "online_linear": Learner(online, ("sequence", "online")),
}
"""All of them, in the order of the tables."""


def _by_features(
    network: Network,
    dataset: Dataset,
    at: np.ndarray,
    schedule: Schedule,
    seed: int,
    progress: Progress,
    teacher: Teacher | None = None,
) -> ByFeatures:
    """Trains a network that reads features."""
    standardisation = Standardisation.of(dataset, at)
    examples = Examples.of(dataset, at, standardisation)
    parameters, _ = fit(network, examples, schedule, seed % SEED_LIMIT, progress, teacher=teacher)
    return ByFeatures(network, parameters, standardisation)


def _by_past(
    network: Network, dataset: Dataset, at: np.ndarray, schedule: Schedule, seed: int, progress: Progress
) -> ByPast:
    """Trains a network that reads the past."""
    parameters, _ = fit(network, Sequences.of(dataset, at), schedule, seed % SEED_LIMIT, progress)
    return ByPast(network, parameters)
