"""Magnitude pruning of the network that ships: the smallest weights become zero, a few at a time, and the rest adapts.

Zhu and Gupta 2017, "To Prune, or Not to Prune": after stage k of n a share s (1 - (1 - k/n)^3) of the weights is gone,
so that most go while there are many. Each matrix loses the same share; biases stay. The network keeps its inputs' means
and its calibration: it is meant to say the same as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import jax.numpy as jnp
import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.hyperparameters import Pruning
from foretap_models.learn.inputs import Examples
from foretap_models.learn.learn import Teach, of_layers, peaks
from foretap_models.learn.model import Model
from foretap_models.learn.network import Layers, LeftOut, Mlp
from foretap_models.learn.train import SEED_LIMIT, fit
from foretap_models.progress import Progress


@dataclass(frozen=True)
class Stage:
    """A network on the way.

    Attributes:
        left: weights of the matrices that are not zero, as a share.
        model: it, with its calibration and what else belongs to it.
    """

    left: float
    model: Model


def prune(
    model: Model, dataset: Dataset, config: Config, progress: Progress, teach: Teach | None = None
) -> Iterator[Stage]:
    """Yields the model after each stage; the last one is the pruned one.

    It learns from the people that the model learned from, and in the same order.

    Args:
        model: what was trained.
        dataset: what it was trained on.
        config: hyper-parameters.
        progress: shown once a stage.
        teach: asks teachers, as where the model was distilled.

    Raises:
        ModelFileError: a model of other features.
        HeldOutError: there is nobody to learn from.
    """
    model.check_fits(dataset)
    made, names = model.provenance, dataset.feature_names
    at = dataset.training_queries(made.held_out_fold)
    examples = Examples.of(dataset, at, model.standardisation)
    teacher = None if teach is None else teach(dataset, at)
    network = Mlp(len(names), config.training.hidden, LeftOut.of(config.dropout, names))
    parameters: Layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in model.layers]
    of = config.pruning
    schedule = replace(config.training, epochs=of.epochs, learning_rate=of.learning_rate, warm_up=0)
    for number in range(1, of.stages + 1):
        left = share_left(of, number)
        kept = largest(parameters, left)
        start = [(w * m, b) for (w, b), (m, _) in zip(parameters, kept, strict=True)]
        parameters, losses = fit(
            network, examples, schedule, made.seed % SEED_LIMIT, lambda _: None, teacher=teacher, start=start, kept=kept
        )
        bare = replace(model, layers=of_layers(parameters))
        pruned = replace(bare, peaks=peaks(bare, dataset, at, config.quantisation.percentile))
        progress(f"pruned to {100.0 * weights_left(pruned):.1f} % of the weights: loss {losses[-1]:.4f} nats")
        yield Stage(weights_left(pruned), pruned)


def share_left(pruning: Pruning, stage: int) -> float:
    """The share of the weights that is left after a stage, from 1."""
    return 1.0 - (1.0 - pruning.left) * (1.0 - (1.0 - stage / pruning.stages) ** 3)


def largest(parameters: Layers, share: float) -> Layers:
    """1 for the largest share of each matrix and for every bias, 0 for the rest."""
    found = []
    for w, b in parameters:
        sizes = np.abs(np.asarray(w)).ravel()
        stay = np.argsort(-sizes, kind="stable")[: max(1, round(share * sizes.size))]
        mask = np.zeros(sizes.size, np.float32)
        mask[stay] = 1.0
        found.append((jnp.asarray(mask.reshape(w.shape)), jnp.ones_like(b)))
    return found


def weights_left(model: Model) -> float:
    """The share of the matrices' weights that is not zero."""
    matrices = [w for w, _ in model.layers]
    return sum(int(np.count_nonzero(w)) for w in matrices) / sum(w.size for w in matrices)
