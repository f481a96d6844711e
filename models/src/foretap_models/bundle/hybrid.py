"""A hybrid: the network with trees and a sequence model beside it, what each counts, and who is asked what.

The weights are fitted on people whom no member had seen (the inner split), and so are the router and the calibration.
Simple questions, where the mixer is sure of its first, are for the network alone as long as that loses hardly anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from foretap_models.bundle.members import MOST_CERTAINTY, Members, Router, Weights
from foretap_models.bundle.sequence import SequenceLayer, SequenceMember, SequenceWeights
from foretap_models.bundle.trees import TreesMember
from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS
from foretap_models.errors import MembersError
from foretap_models.learn import calibration, ensemble
from foretap_models.learn.blocks import Block
from foretap_models.learn.calibration import log_softmax
from foretap_models.learn.crossfit import Parts, crossfit
from foretap_models.learn.distil import STUDENT, member
from foretap_models.learn.kept import Kept, identity
from foretap_models.learn.learners import by_listwise_trees, sequence
from foretap_models.learn.listwise import Parameters
from foretap_models.learn.model import Model
from foretap_models.progress import Progress

BESIDE = {"trees": "listwise_trees", "sequence": "sequence"}
"""The members that can stand beside the network, and the learners that they are of."""


@dataclass(frozen=True)
class Hybrid:
    """What was made.

    Attributes:
        model: the network, calibrated for what all members say together.
        members: beside it.
        simple: by moment, the share of the inner split's questions that are for the network alone.
        gained: by moment, nats of log-loss less than the network alone, on the inner split.
    """

    model: Model
    members: Members
    simple: dict[str, float]
    gained: dict[str, float]


@dataclass(frozen=True)
class _Moment:
    """What is found for one moment.

    Attributes:
        weights: [K], the network's first.
        alone: the network's weight where it is asked alone.
        certainty: nats, from which on it is.
        corrected: float32 [n, 32], what is added to log_mix then.
    """

    weights: np.ndarray
    alone: float
    certainty: float
    corrected: np.ndarray


def hybrid(
    model: Model,
    dataset: Dataset,
    config: Config,
    names: Sequence[str],
    kept: Kept,
    progress: Progress,
    *,
    is_student: bool = False,
) -> Hybrid:
    """Trains members beside a model, on the people that it learned from.

    Args:
        model: the network.
        dataset: what it was trained on.
        config: hyper-parameters.
        names: of the members, keys of `BESIDE`.
        kept: where what is done is found again.
        progress: shown now and then.
        is_student: whether the network was distilled: then those of the inner split are as well.

    Raises:
        MembersError: no such member, or one that no bundle may hold.
        ModelFileError: a model of other features.
        HeldOutError: too few people for the inner split.
    """
    if not names or not set(names) <= set(BESIDE):
        raise MembersError(f"members beside the network are one or more of {', '.join(BESIDE)}")
    model.check_fits(dataset)
    q, seed = dataset.queries, model.provenance.seed
    at = dataset.training_queries(model.provenance.held_out_fold)
    parts = Parts(config.inner.folds, config.inner.rounds)
    asked = parts.asked(dataset, at)
    learners = [STUDENT if is_student else "mlp", *(BESIDE[name] for name in names)]
    outputs = np.stack(
        [crossfit(member(name, kept), dataset, at, config, parts, seed, progress, kept) for name in learners]
    )
    moments, calibrated, simple, gained = [], [], {}, {}
    for number, name in enumerate(MOMENTS):
        of = q.moment[asked] == number
        log_mix, target = q.log_mix[asked][of], q.target[asked][of]
        found = _moment(outputs[:, of], log_mix, target, config)
        moments.append(found)
        calibrated.append(calibration.fit(log_mix, found.corrected, target))
        alone = ensemble.fit(outputs[:1, of], log_mix, target)
        losses = [_losses(log_mix, c, target).mean() for c in (alone[0] * outputs[0, of], found.corrected)]
        gained[name] = float(losses[0] - losses[1])
        simple[name] = float((_certainty(log_mix) > found.certainty).mean())
        progress(f"{name}: weights {np.round(found.weights, 3).tolist()}, {100 * simple[name]:.0f} % simple")
    grown = {
        "trees": lambda: TreesMember.of(by_listwise_trees(dataset, at, config, seed, progress).booster.dump_model()),
        "sequence": lambda: _sequence(dataset, at, config, seed, progress, kept),
    }
    weights = tuple(_weights(dict(zip(("mlp", *names), found.weights.tolist(), strict=True))) for found in moments)
    is_routed = any(share > 0.0 for share in simple.values())
    router = Router(tuple(m.certainty for m in moments), tuple(_weights({"mlp": m.alone}) for m in moments))
    members = Members(weights, **{name: grown[name]() for name in names}, router=router if is_routed else None)
    return Hybrid(replace(model, calibration=tuple(calibrated)), members, simple, gained)


def _sequence(
    dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress, kept: Kept
) -> SequenceMember:
    """Trains the sequence model, which takes longest, or finds it among what is kept."""

    def make() -> dict[str, np.ndarray]:
        weights = sequence_weights(sequence(dataset, at, config, seed, progress).parameters, config.sequence.heads)
        return {name: np.asarray(value) for name, value in vars(SequenceMember.of(weights)).items()}

    made_from = {"member": "sequence", "seed": seed, "config": config.sequence, "learned_from": identity(dataset, at)}
    found = kept.arrays(made_from, make)
    return SequenceMember(**{name: value if value.ndim else int(value) for name, value in found.items()})


def sequence_weights(parameters: Parameters, heads: int) -> SequenceWeights:
    """What `learn.sequence` learned, as a bundle names it."""
    tables = {name: np.asarray(parameters[name]) for name in ("rank", "gap", "time", "moment", "position")}
    return SequenceWeights(
        heads=heads,
        **tables,
        layers=tuple(_layer(block) for block in parameters["blocks"]),
        gain=1.0 + np.asarray(parameters["gain"]),
        offset=np.asarray(parameters["offset"]),
        answer=np.asarray(parameters["out"]),
        bias=np.asarray(parameters["bias"]),
    )


def _layer(block: Block) -> SequenceLayer:
    """A block of the Transformer as a bundle names it."""
    of = {name: np.asarray(array) for name, array in block.items()}
    return SequenceLayer(
        query=of["q"],
        key=of["k"],
        value=of["v"],
        output=of["o"],
        first=of["w1"],
        second=of["w2"],
        attention_gain=1.0 + of["gain1"],
        attention_offset=of["offset1"],
        hidden_gain=1.0 + of["gain2"],
        hidden_offset=of["offset2"],
        first_bias=of["b1"],
        second_bias=of["b2"],
    )


def _moment(outputs: np.ndarray, log_mix: np.ndarray, target: np.ndarray, config: Config) -> _Moment:
    """The weights of one moment, and the least certainty from which on the network alone is about as good.

    Args:
        outputs: float32 [K, n, 32], the network's first.
        log_mix: float32 [n, 32], -inf where there is no candidate.
        target: int [n].
        config: the router's tolerance and how many thresholds are tried.
    """
    if len(target) == 0:
        return _Moment(np.zeros(len(outputs)), 0.0, MOST_CERTAINTY, np.zeros(log_mix.shape, np.float32))
    weights = ensemble.fit(outputs, log_mix, target)
    everything = np.tensordot(weights, outputs, 1).astype(np.float32)
    losses, certainty = _losses(log_mix, everything, target), _certainty(log_mix)
    best = _Moment(weights, 0.0, MOST_CERTAINTY, everything)
    if config.hybrid.tolerance == 0.0:
        return best
    # From the most certain questions on: once too much is lost, more of it would be.
    for share in np.arange(1, config.hybrid.thresholds + 1) / config.hybrid.thresholds:
        # In single precision, as a phone compares; the lowest threshold sends everything.
        threshold = float(np.float32(np.quantile(certainty, 1.0 - share, method="lower"))) if share < 1.0 else 0.0
        is_simple = certainty > threshold
        if not 0.0 <= threshold <= MOST_CERTAINTY or not is_simple.any():
            continue
        alone = float(ensemble.fit(outputs[:1, is_simple], log_mix[is_simple], target[is_simple])[0])
        cheap = np.float32(alone) * outputs[0, is_simple]
        lost = (_losses(log_mix[is_simple], cheap, target[is_simple]) - losses[is_simple]).sum() / len(target)
        if lost > config.hybrid.tolerance:
            break
        corrected = everything.copy()
        corrected[is_simple] = cheap
        best = _Moment(weights, alone, threshold, corrected)
    return best


def _certainty(log_mix: np.ndarray) -> np.ndarray:
    """How many nats the mixer's first is before its second, float32 [n]; infinite where there is no second."""
    return log_mix[:, 0] - log_mix[:, 1]


def _losses(log_mix: np.ndarray, correction: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The listwise log-loss of each query, nats [n]."""
    scores = np.where(np.isfinite(log_mix), log_mix.astype(np.float64) + correction, -np.inf)
    return -log_softmax(scores)[np.arange(len(target)), target]


def _weights(of: dict[str, float]) -> Weights:
    """Weights by member; those not named count nothing."""
    return Weights(**{name: of.get(name, 0.0) for name in ("mlp", "trees", "sequence")})
