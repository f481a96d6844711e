"""Teachers for the network that ships: trees, Transformers and other seeds, pooled, about people whom they never saw.

A teacher that answers queries it learned from teaches its own overfitting. So each part of the people is asked of
teachers that learned from the rest (`crossfit`), and the teachers' weights are fitted on those answers (`ensemble`).
The student's loss is then

    (1 - share) CE(target) + share T^2 KL(teachers || student)        over the shortlist, both softened by T in the KL
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.learn.corrector import Corrector, scored
from foretap_models.learn.crossfit import Member, Parts, crossfit
from foretap_models.learn.ensemble import Ensemble
from foretap_models.learn.kept import Kept
from foretap_models.learn.learn import Teach
from foretap_models.learn.learners import LEARNERS, Learner, mlp
from foretap_models.learn.train import Teacher
from foretap_models.progress import Progress

STUDENT = "student"
"""The name of the MLP that was taught."""


def member(name: str, kept: Kept) -> Member:
    """The member of this name, the student among them."""
    return Member(STUDENT, of=student(kept)) if name == STUDENT else Member(name)


def student(kept: Kept) -> Learner:
    """The MLP, taught by teachers who learned from the same people, crosswise.

    Args:
        kept: where answers of the teachers that took long are found again.
    """

    def learn(dataset: Dataset, at: np.ndarray, config: Config, seed: int, progress: Progress) -> Corrector:
        return mlp(dataset, at, config, seed, progress, teachers(config, seed, kept, progress)(dataset, at))

    return Learner(learn, ("distil", *dict.fromkeys(s for of in LEARNERS.values() for s in of.sections)), anchored=True)


def members(names: tuple[str, ...]) -> tuple[Member, ...]:
    """The members of these names; a name that comes again has the next seed."""
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        made.append(Member(name, seen[name]))
        seen[name] += 1
    return tuple(made)


def teachers(config: Config, seed: int, kept: Kept, progress: Progress) -> Teach:
    """The teachers of a configuration.

    Args:
        config: of the teachers and of what they are asked for.
        seed: of everything random.
        kept: where answers that took long are found again.
        progress: shown now and then.
    """
    of = config.distil
    parts = Parts(of.folds, of.folds)

    def teach(dataset: Dataset, at: np.ndarray) -> Teacher:
        asked = members(of.teachers)
        outputs = np.stack([crossfit(m, dataset, at, config, parts, seed, progress, kept) for m in asked])
        q = dataset.queries
        pooled = Ensemble.of(of.teachers, outputs, q.log_mix[at], q.target[at], q.moment[at])
        worth = ", ".join(f"{name} {w:.2f}" for name, w in zip(of.teachers, pooled.weights.mean(0), strict=True))
        progress(f"teachers: {worth}")
        scores = scored(pooled.corrections(outputs, q.moment[at]), q.log_mix[at], anchored=True)
        return Teacher(scores.astype(np.float32), of.share, of.temperature, of.teachers)

    return teach
