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
from foretap_models.learn.corrector import microseconds
from foretap_models.learn.kept import Kept, identity
from foretap_models.learn.learners import LEARNERS, Learner
from foretap_models.progress import Progress


@dataclass(frozen=True)
class Member:
    """A learner with a seed.

    Attributes:
        name: of the learner.
        seed: added to the seed of the whole, so that several of a kind differ.
        of: the learner, where it is none of `LEARNERS`.
    """

    name: str
    seed: int = 0
    of: Learner | None = None

    @property
    def learner(self) -> Learner:
        """What learns."""
        return self.of or LEARNERS[self.name]


@dataclass(frozen=True)
class Parts:
    """Parts of the people that are asked of those who learned from the rest.

    Attributes:
        folds: how many.
        rounds: how many of them are asked; all of them where each person has to be answered.
    """

    folds: int
    rounds: int

    def of(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """The part of each of some queries, int [n]: every `folds`-th person is in the same.

        Raises:
            HeldOutError: fewer people than parts.
        """
        people, place = np.unique(dataset.queries.person[at], return_inverse=True)
        if len(people) < self.folds:
            raise HeldOutError(f"{len(people)} people cannot be split into {self.folds} parts that teach each other")
        return place % self.folds

    def asked(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """Those of some queries whose parts are asked, int64."""
        return at[self.of(dataset, at) < self.rounds]


def crossfit(
    member: Member,
    dataset: Dataset,
    at: np.ndarray,
    config: Config,
    parts: Parts,
    seed: int,
    progress: Progress,
    kept: Kept,
) -> np.ndarray:
    """The outputs for the queries of `parts.asked` by learners that saw nobody of theirs, float32 [m, 32].

    Args:
        member: what learns.
        dataset: of the queries.
        at: queries, all of which have their target in the shortlist, int64 [n].
        config: hyper-parameters.
        parts: of the people; each costs a training on the others.
        seed: of everything random.
        progress: shown for each part.
        kept: where parts that are done are found again.

    Raises:
        HeldOutError: fewer people than parts.
    """
    part = parts.of(dataset, at)
    found = np.empty((len(at), SHORTLIST), np.float32)
    for number in range(parts.rounds):
        is_asked = part == number
        progress(f"{member.name} (seed {seed + member.seed}): part {number + 1} of {parts.rounds}")
        answers = learned(member, dataset, at[~is_asked], at[is_asked], config, seed, progress, kept)
        found[is_asked] = answers["outputs"]
    return found[part < parts.rounds]


def learned(
    member: Member,
    dataset: Dataset,
    learned_from: np.ndarray,
    asked: np.ndarray,
    config: Config,
    seed: int,
    progress: Progress,
    kept: Kept,
    *,
    measured: bool = False,
) -> dict[str, np.ndarray]:
    """What a member says that learned from others: `outputs` float32 [n, 32], and what it costs where that is measured.

    Args:
        member: what learns.
        dataset: of both.
        learned_from: queries to learn from, int64 [m].
        asked: queries to answer, int64 [n].
        config: hyper-parameters.
        seed: of everything random.
        progress: of the training.
        kept: where it is found again.
        measured: whether `parameters`, `bytes`, `runtime` and `microseconds` (of a query) are wanted as well.
    """
    # What the member does not read may differ without making it anew.
    own = {name: getattr(config, name) for name in member.learner.sections}
    made_from = {
        "learner": member.name,
        "seed": seed + member.seed,
        "config": own,
        "learned_from": identity(dataset, learned_from),
        "asked": identity(dataset, asked),
        "measured": measured,
    }

    def make() -> dict[str, np.ndarray]:
        made = member.learner.learn(dataset, learned_from, config, seed + member.seed, progress)
        found = {"outputs": made.outputs(dataset, asked)}
        if measured:
            size, time = made.size(), microseconds(made, dataset, asked)
            cost = {"parameters": size.parameters, "bytes": size.bytes, "runtime": size.runtime, "microseconds": time}
            found |= {name: np.array(value) for name, value in cost.items()}
        return found

    return kept.arrays(made_from, make)
