"""Golden vectors: made-up inputs and what the model answers, by which a phone checks a bundle before it uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from foretap_models.bundle.members import Members, Question
from foretap_models.data.features_file import MOMENTS, SHORTLIST
from foretap_models.data.past import CANDIDATES, LAST_RANK, LONGEST_GAP, OPENINGS, SESSION, WEEKEND
from foretap_models.learn.inputs import Standardisation

ROWS = (1, 1, 1, 2, 5, 13, SHORTLIST)
"""Candidates of each vector. 55 rows of 72 float32 are 16 KB, a quarter of the largest bundle."""


SURE = 4.0
"""Nats by which every other mixer's first candidate is ahead: more than a router asks for, as a rule."""

EDGES = (0.0, 10.0, -10.0)
"""Standard deviations from the mean of the first vectors: the inputs are cut at 5."""


@dataclass(frozen=True)
class Golden:
    """A vector.

    Attributes:
        features: float32 [rows, F].
        correction: float32 [rows], nats: the graph's.
        question: what members read besides; there where there are members.
    """

    features: np.ndarray
    correction: np.ndarray
    question: Question | None = None

    def as_json(self, members: Members | None) -> dict[str, Any]:
        """The vector as `golden.json` has it, with what each member answers."""
        about: dict[str, Any] = {"features": self.features.tolist(), "correction": self.correction.tolist()}
        if members is None or self.question is None:
            return about
        q, scores = self.question, members.scores(self.features, self.question)
        corrections = members.corrections(q)
        return about | {
            "moment": MOMENTS[q.moment],
            "log_mix": q.log_mix.tolist(),
            "recency": q.recency.tolist(),
            "history": q.history.tolist(),
            "gap": q.gap,
            "time": q.time,
            "trees": None if scores is None else scores.tolist(),
            "sequence": None if corrections is None else corrections.tolist(),
            "answer": members.answer(self.correction, self.features, q).tolist(),
        }


def golden(
    standardisation: Standardisation, seed: int, correct: Callable[[np.ndarray], np.ndarray]
) -> tuple[Golden, ...]:
    """Vectors of synthetic rows.

    First the mean and far outside on both sides, then normal ones of twice the spread; the very last row lies on the
    halves between steps, where rounding shows.

    Args:
        standardisation: of the model; the rows lie around its mean and are nobody's.
        seed: of the normal rows.
        correct: float32 [rows, F] -> float32 [rows], the arithmetic of the model.
    """
    rng = np.random.default_rng(seed)
    width = len(standardisation.mean)
    made = []
    for at, rows in enumerate(ROWS):
        deviations = np.full((rows, width), EDGES[at]) if at < len(EDGES) else rng.normal(0.0, 2.0, (rows, width))
        features = (standardisation.mean + deviations * standardisation.sd).astype(np.float32)
        if at == len(ROWS) - 1:
            halves = rng.integers(-60, 60, width) + np.float32(0.5)
            features[-1] = standardisation.mean + halves.astype(np.float32) * standardisation.step
        made.append(Golden(features, correct(features)))
    return tuple(made)


def with_questions(vectors: tuple[Golden, ...], seed: int) -> tuple[Golden, ...]:
    """The same vectors with what members read: pasts of none to 32 openings, every moment, mixers sure and unsure."""
    rng = np.random.default_rng(seed)
    return tuple(
        replace(vector, question=_question(rng, at, len(vector.features))) for at, vector in enumerate(vectors)
    )


def _question(rng: np.random.Generator, at: int, rows: int) -> Question:
    """The past of the vector at this place, with so many candidates."""
    score = np.sort(rng.normal(0.0, 0.5, rows))[::-1]
    score[0] += SURE if at % 2 == 0 else 0.0
    known = OPENINGS * min(at, 3) // 3
    times = (
        rng.integers(0, 24, OPENINGS) + WEEKEND * rng.integers(0, 2, OPENINGS) + SESSION * rng.integers(0, 2, OPENINGS)
    )
    ranks, gaps = rng.integers(1, LAST_RANK + 1, OPENINGS), rng.integers(0, LONGEST_GAP + 1, OPENINGS)
    history = np.stack([ranks, gaps, times], axis=1).astype(np.uint8)
    history[: OPENINGS - known] = 0
    return Question(
        moment=at % len(MOMENTS),
        log_mix=(score - np.log(np.exp(score).sum())).astype(np.float32),
        recency=rng.permutation(CANDIDATES)[:rows],
        history=history,
        gap=int(rng.integers(0, LONGEST_GAP + 1)),
        time=int(rng.integers(0, 24) + WEEKEND * rng.integers(0, 2)),
    )
