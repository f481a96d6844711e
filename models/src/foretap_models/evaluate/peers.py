"""All learners side by side: on the same people, the same shortlists and the same splits, judged by the same harness.

Each learns without the fold it is judged on. An ensemble's weights and its calibration are fitted on the inner split of
the people learned from, as everything that is chosen.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS
from foretap_models.errors import ConfigError, HeldOutError
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, Scores, of_mixer
from foretap_models.judge.figures import Figures, Part, SystemFigures
from foretap_models.learn import calibration
from foretap_models.learn.corrector import scored
from foretap_models.learn.crossfit import Parts, crossfit, learned
from foretap_models.learn.distil import STUDENT, member
from foretap_models.learn.ensemble import Ensemble
from foretap_models.learn.kept import Kept
from foretap_models.learn.learn import answered
from foretap_models.learn.learners import LEARNERS
from foretap_models.progress import Progress, on_stderr

PLUS = "+"
"""Stands between the members of an ensemble."""

NAMES = (*LEARNERS, STUDENT)
"""What can be compared."""


@dataclass(frozen=True)
class Cost:
    """What a system costs, the mean over folds.

    Attributes:
        parameters: numbers that it learned.
        bytes: as it would be deployed (see `Size`).
        microseconds: the median of single queries, by `runtime`, on this machine: read them as ratios.
        runtime: what answered.
    """

    parameters: float
    bytes: float
    microseconds: float
    runtime: str


@dataclass(frozen=True)
class Peers:
    """What was found.

    Attributes:
        figures: of every system.
        costs: by system; an ensemble costs what its members do.
        weights: by ensemble, of each fold, each moment and each member.
    """

    figures: Figures
    costs: dict[str, Cost]
    weights: dict[str, list[list[list[float]]]]

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        costs = {name: asdict(cost) for name, cost in self.costs.items()}
        return {"costs": costs, "weights": self.weights, "judged": self.figures.json}


@dataclass(frozen=True)
class Fold:
    """Who is judged.

    Attributes:
        dataset: features whose start weights were learned without the fold.
        number: of the fold.
    """

    dataset: Dataset
    number: int


def peers(
    folds: Sequence[Fold],
    names: Sequence[str],
    ensembles: Sequence[Sequence[str]],
    config: Config,
    seed: int,
    part: Part,
    kept: Kept,
    progress: Progress = on_stderr,
) -> Peers:
    """Trains every learner without each fold, and judges them on it.

    Args:
        folds: who is judged; each once, all of the same logs.
        names: of the learners.
        ensembles: members of each, names of learners.
        config: hyper-parameters.
        seed: of everything random.
        part: of everyone's log, that counts.
        kept: where what is done is found again.
        progress: shown now and then.

    Raises:
        ConfigError: an unknown learner, or an ensemble of fewer than two.
        HeldOutError: two folds with the same people, or nobody has enough queries.
        JudgeError: `foretap judge` is not here or refuses.
    """
    for name in {*names, *itertools.chain(*ensembles)}:
        if name not in NAMES:
            raise ConfigError(f"no learner {name}; there are {', '.join(NAMES)}")
    if any(len(set(members)) < 2 for members in ensembles):
        raise ConfigError("an ensemble has two members or more")
    if len({fold.number for fold in folds}) != len(folds) or len({fold.dataset.learned_on for fold in folds}) != 1:
        raise HeldOutError("two folds with the same people, or of different logs")
    for fold in folds:
        if len(fold.dataset.judged_queries(fold.number)) == 0:
            raise HeldOutError(f"nobody is in fold {fold.number}")
    wanted = list(dict.fromkeys([*names, *itertools.chain(*ensembles)]))
    found: list[dict[str, dict[str, np.ndarray]]] = []
    weights: dict[str, list[list[list[float]]]] = {PLUS.join(members): [] for members in ensembles}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        with AnswersFile(path) as file:
            for fold in folds:
                dataset, asked = fold.dataset, fold.dataset.judged_queries(fold.number)
                answers = _learned(fold, wanted, config, seed, kept, progress)
                systems = {MIXER: of_mixer(dataset, asked)}
                for name in wanted:
                    anchored = member(name, kept).learner.anchored
                    values = scored(answers[name]["outputs"], dataset.queries.log_mix[asked], anchored=anchored)
                    systems[name] = Scores(values)
                for members in ensembles:
                    outputs = np.stack([answers[name]["outputs"] for name in members])
                    pooled, scores = _pooled(fold, members, outputs, config, seed, kept, progress)
                    systems[PLUS.join(members)] = scores
                    weights[PLUS.join(members)].append(pooled.weights.tolist())
                file.add(dataset, asked, systems)
                found.append(answers)
        judged = figures.judge(path, MIXER, part)
    if not judged.moments:
        raise HeldOutError("nobody has enough queries to be judged on")
    costs = {name: _cost([answers[name] for answers in found]) for name in wanted}
    costs |= {PLUS.join(members): _sum([costs[name] for name in members]) for members in ensembles}
    return Peers(judged, costs, weights)


def markdown(found: Peers) -> str:
    """The table: what each system costs, and HR@1, HR@3 and MRR at each moment, percent."""
    moments = found.figures.moments
    about = [f"{name} ({m.people} people, {m.queries} queries)" for name, m in moments.items()]
    lines = [
        "| system | parameters | bytes | us | by | "
        + " | ".join(f"{a}: HR@1 / HR@3 / MRR | over the mixer" for a in about)
        + " |",
        "| --- | ---: | ---: | ---: | --- | " + " | ".join("--- | ---" for _ in about) + " |",
    ]
    for name in next(iter(moments.values())).systems:
        cost = found.costs.get(name)
        told = (
            " | | | "
            if cost is None
            else f"{cost.parameters:.0f} | {cost.bytes:.0f} | {cost.microseconds:.0f} | {cost.runtime}"
        )
        cells = [_cells(moment.systems[name], is_mixer=name == MIXER) for moment in moments.values()]
        lines.append(f"| {name} | {told} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _learned(
    fold: Fold, names: Sequence[str], config: Config, seed: int, kept: Kept, progress: Progress
) -> dict[str, dict[str, np.ndarray]]:
    """What each learner says of a fold that it did not learn from."""
    learned_from, asked = fold.dataset.training_queries(fold.number), fold.dataset.judged_queries(fold.number)
    found = {}
    for name in names:
        progress(f"fold {fold.number}: {name} learns from {len(learned_from)} queries")
        found[name] = learned(
            member(name, kept), fold.dataset, learned_from, asked, config, seed, progress, kept, measured=True
        )
    return found


def _pooled(
    fold: Fold, members: Sequence[str], outputs: np.ndarray, config: Config, seed: int, kept: Kept, progress: Progress
) -> tuple[Ensemble, Scores]:
    """An ensemble, and its calibrated answers to a fold, of whom its members say `outputs` (float32 [K, n, 32])."""
    dataset, q = fold.dataset, fold.dataset.queries
    at = dataset.training_queries(fold.number)
    parts = Parts(config.inner.folds, config.inner.rounds)
    inner = np.stack(
        [crossfit(member(name, kept), dataset, at, config, parts, seed, progress, kept) for name in members]
    )
    asked = parts.asked(dataset, at)
    pooled = Ensemble.of(tuple(members), inner, q.log_mix[asked], q.target[asked], q.moment[asked])
    corrected = pooled.corrections(inner, q.moment[asked])
    calibrated = tuple(
        calibration.fit(q.log_mix[asked][of], corrected[of], q.target[asked][of])
        for of in (q.moment[asked] == number for number in range(len(MOMENTS)))
    )
    judged = dataset.judged_queries(fold.number)
    return pooled, answered(dataset, judged, pooled.corrections(outputs, q.moment[judged]), calibrated)


def _cost(of_folds: Sequence[Mapping[str, np.ndarray]]) -> Cost:
    """The mean cost over folds."""
    mean = {name: float(np.mean([of[name] for of in of_folds])) for name in ("parameters", "bytes", "microseconds")}
    return Cost(**mean, runtime=str(of_folds[0]["runtime"]))


def _sum(costs: Sequence[Cost]) -> Cost:
    """What several cost together."""
    total = {name: sum(getattr(cost, name) for cost in costs) for name in ("parameters", "bytes", "microseconds")}
    return Cost(**total, runtime=PLUS.join(dict.fromkeys(cost.runtime for cost in costs)))


def _cells(found: SystemFigures, *, is_mixer: bool) -> str:
    """The figures of a system at a moment: two cells."""
    lead = found.lead["hr3"]
    over = "" if is_mixer else f"{lead.mean:+.2f} [{lead.low:+.2f}, {lead.high:+.2f}]"
    return f"{found.macro.hr1:.2f} / {found.macro.hr3:.2f} / {found.macro.mrr:.2f} | {over}"
