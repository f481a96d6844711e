"""What learners say of people whom they never saw: each part of the people is asked of those who learned from the rest.

Wolpert 1992, "Stacked Generalization"; Chernozhukov et al. 2018 call it cross-fitting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.errors import HeldOutError
from foretap_models.learn.kept import Kept, identity
from foretap_models.learn.learners import LEARNERS, Learner
from foretap_models.progress import Progress


@dataclass(frozen=True)
class Member:
    """A learner with a seed.

    Attributes:
        name: of the learner, in `LEARNERS`.
        seed: added to the seed of the whole, so that several of a kind differ.
    """

    name: str
    seed: int = 0

    @property
    def learner(self) -> Learner:
        """What learns."""
        return LEARNERS[self.name]


def crossfit(
    member: Member,
    dataset: Dataset,
    at: np.ndarray,
    config: Config,
    folds: int,
    seed: int,
    progress: Progress,
    kept: Kept,
) -> np.ndarray:
    """The outputs for some queries by learners that saw nobody of theirs, float32 [n, 32].

    Args:
        member: what learns.
        dataset: of the queries.
        at: queries, all of which have their target in the shortlist, int64 [n].
        config: hyper-parameters.
        folds: parts of the people; each costs a training on the others.
        seed: of everything random.
        progress: shown for each part.
        kept: where parts that are done are found again.

    Raises:
        HeldOutError: fewer people than parts.
    """
    q = dataset.queries
    people = np.unique(q.person[at])
    if len(people) < folds:
        raise HeldOutError(f"{len(people)} people cannot be split into {folds} parts that teach each other")
    found = np.empty((len(at), SHORTLIST), np.float32)
    for part in range(folds):
        is_asked = np.isin(q.person[at], people[part::folds])
        progress(f"{member.name} (seed {seed + member.seed}): part {part + 1} of {folds}")
        found[is_asked] = asked_of(member, dataset, at[~is_asked], at[is_asked], config, seed, progress, kept)
    return found


def asked_of(
    member: Member,
    dataset: Dataset,
    learned_from: np.ndarray,
    asked: np.ndarray,
    config: Config,
    seed: int,
    progress: Progress,
    kept: Kept,
) -> np.ndarray:
    """The outputs for some queries of a member that learned from others, float32 [n, 32].

    Args:
        member: what learns.
        dataset: of both.
        learned_from: queries to learn from, int64 [m].
        asked: queries to answer, int64 [n].
        config: hyper-parameters.
        seed: of everything random.
        progress: of the training.
        kept: where it is found again.
    """
    # What the member does not read may differ without making it anew.
    own = {name: getattr(config, name) for name in member.learner.sections}
    made_from = {
        "learner": member.name,
        "seed": seed + member.seed,
        "config": own,
        "learned_from": identity(dataset, learned_from),
        "asked": identity(dataset, asked),
    }

    def make() -> np.ndarray:
        learned = member.learner.learn(dataset, learned_from, config, seed + member.seed, progress)
        return learned.outputs(dataset, asked)

    return kept.array(made_from, make)
