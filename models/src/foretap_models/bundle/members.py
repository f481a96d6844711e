"""The members of a bundle beside its graph: what each says, how much it counts, and which questions are for fewer.

A parts directory with members has, beside the five parts, `members.json` (weights, router, sizes), `trees.bin` and
`sequence.bin`; `foretap bundle pack` reads them where `members.json` is there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from foretap_models.bundle.sequence import SequenceMember
from foretap_models.bundle.trees import TreesMember
from foretap_models.data.features_file import MOMENTS
from foretap_models.data.past import CANDIDATES
from foretap_models.errors import MembersError

MOST_WEIGHT = 4.0
"""The largest factor of a member, either way."""

MOST_CERTAINTY = 1_000.0
"""The largest threshold of a router, nats."""


@dataclass(frozen=True)
class Weights:
    """The factor of each member's corrections at one moment; a member of factor 0 is not asked."""

    mlp: float
    trees: float
    sequence: float


@dataclass(frozen=True)
class Router:
    """Sends simple questions to cheap members.

    Attributes:
        certainty: nats by moment; a question is simple where the mixer's first is more than this before its second.
        weights: by moment, of simple questions.
    """

    certainty: tuple[float, float, float]
    weights: tuple[Weights, Weights, Weights]


@dataclass(frozen=True)
class Question:
    """What members read of one shortlist besides its features.

    Attributes:
        moment: place in `MOMENTS`.
        log_mix: float32 [rows], the mixer's log-probabilities, the likeliest first.
        recency: int [rows], places in the order of last use, from 0.
        history: uint8 [32, 3], as `Dataset.history`.
        gap, time: of the question, as `Queries`.
    """

    moment: int
    log_mix: np.ndarray
    recency: np.ndarray
    history: np.ndarray
    gap: int
    time: int

    def certainty(self) -> float:
        """How many nats the mixer's first is before its second; infinite where there is no second."""
        return float(self.log_mix[0] - self.log_mix[1]) if len(self.log_mix) > 1 else float("inf")


@dataclass(frozen=True)
class Members:
    """What a bundle has beside its graph.

    Attributes:
        weights: by moment.
        trees, sequence: one of them at least; the factor of one that is not there is 0.
        router: none sends every question to all.
    """

    weights: tuple[Weights, Weights, Weights]
    trees: TreesMember | None = None
    sequence: SequenceMember | None = None
    router: Router | None = None

    def __post_init__(self) -> None:
        """Refuses what no bundle may have.

        Raises:
            MembersError: there is no member, or a number is beyond its limit.
        """
        if self.trees is None and self.sequence is None:
            raise MembersError("no member beside the graph")
        for weights in self.weights + (self.router.weights if self.router else ()):
            if not all(abs(weight) <= MOST_WEIGHT for weight in asdict(weights).values()):
                raise MembersError(f"a weight is not finite, or beyond {MOST_WEIGHT}")
            if (self.trees is None and weights.trees) or (self.sequence is None and weights.sequence):
                raise MembersError("a weight of a member that is not there")
        if self.router and not all(0.0 <= nats <= MOST_CERTAINTY for nats in self.router.certainty):
            raise MembersError(f"a certainty is not within 0 and {MOST_CERTAINTY} nats")

    def scores(self, features: np.ndarray, question: Question) -> np.ndarray | None:
        """The trees' scores of candidates [rows, F], float32 [rows]; `None` without trees."""
        rows = np.concatenate([features, question.log_mix[:, None]], axis=1).astype(np.float32, copy=False)
        return self.trees.scores(rows) if self.trees else None

    def corrections(self, question: Question) -> np.ndarray | None:
        """The sequence model's corrections of candidates, float32 [rows]; `None` without one."""
        if self.sequence is None:
            return None
        of = ([getattr(question, name)] for name in ("history", "gap", "time", "moment"))
        answers = self.sequence.dequantised().answers(*map(np.array, of))[0]
        inside = question.recency < CANDIDATES
        return np.where(inside, answers[np.where(inside, question.recency, 0)], 0.0).astype(np.float32)

    def answer(self, correction: np.ndarray, features: np.ndarray, question: Question) -> np.ndarray:
        """What the members say together as the router has it, float32 [rows], where the graph says `correction`."""
        moment = question.moment
        is_simple = self.router is not None and question.certainty() > np.float32(self.router.certainty[moment])
        weights = self.router.weights[moment] if self.router and is_simple else self.weights[moment]
        parts = {"mlp": correction, "trees": self.scores(features, question), "sequence": self.corrections(question)}
        total = np.zeros(len(correction), np.float32)
        for name, part in parts.items():
            if part is not None:
                total += np.float32(getattr(weights, name)) * part
        return total

    def save(self, folder: Path) -> None:
        """Writes `members.json`, `trees.bin` and `sequence.bin` into a parts directory; others of them are removed."""
        for name, member in (("trees.bin", self.trees), ("sequence.bin", self.sequence)):
            (folder / name).unlink(missing_ok=True)
            if member is not None:
                (folder / name).write_bytes(member.content())
        about = {
            "weights": dict(zip(MOMENTS, map(asdict, self.weights), strict=True)),
            "router": self.router
            and {
                name: {"certainty": certainty} | asdict(weights)
                for name, certainty, weights in zip(MOMENTS, self.router.certainty, self.router.weights, strict=True)
            },
            "trees": self.trees and self.trees.sizes(),
            "sequence": self.sequence and self.sequence.sizes(),
        }
        (folder / "members.json").write_text(json.dumps(about, allow_nan=False) + "\n", encoding="utf-8")
