"""All learners side by side: on the same people, the same shortlists and the same splits, judged by the same harness.

The rules stand beside them, as `foretap replay` found them on the same questions. Each learner learns without the fold
it is judged on. An ensemble's weights and its calibration are fitted on the inner split of the people learned from, as
everything that is chosen.
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
from foretap_models.errors import ConfigError, HeldOutError, ReplayError
from foretap_models.evaluate.replayed import LEARNED, TIMED, Replay
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, Scores, of_mixer
from foretap_models.judge.figures import Figures, Part, Rates, SystemFigures
from foretap_models.learn import calibration
from foretap_models.learn.corrector import scored
from foretap_models.learn.crossfit import Parts, crossfit, learned
from foretap_models.learn.distil import STUDENT, member
from foretap_models.learn.ensemble import Ensemble
from foretap_models.learn.kept import Kept
from foretap_models.learn.learn import answered
from foretap_models.learn.learners import LEARNERS
from foretap_models.progress import Progress, on_stderr

UNKNOWN = "-"
"""Stands where nobody says what a system costs."""

PLUS = "+"
"""Stands between the members of an ensemble."""

SCORED: Part = "scored"
"""The part that a replay scores."""

NAMES = (*LEARNERS, STUDENT)
"""What can be compared."""


COSTS = ("parameters", "bytes", "microseconds")
"""What is counted of a cost."""


@dataclass(frozen=True)
class Cost:
    """What a system costs, the mean over folds; `None` where nobody says it.

    Attributes:
        parameters: numbers that it learned.
        bytes: as it would be deployed (see `Size`).
        microseconds: the median of single queries, by `runtime`, on this machine: read them as ratios (`microseconds`).
        runtime: what answered.
    """

    parameters: float | None
    bytes: float | None
    microseconds: float | None
    runtime: str


@dataclass(frozen=True)
class Peers:
    """What was found.

    Attributes:
        figures: of every system that was judged.
        costs: by system; an ensemble costs what its members do.
        weights: by ensemble, of each fold, each moment and each member.
        replay: of the systems that learn nothing here, where there is one.
    """

    figures: Figures
    costs: dict[str, Cost]
    weights: dict[str, list[list[list[float]]]]
    replay: Replay | None = None

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        costs = {name: asdict(cost) for name, cost in self.costs.items()}
        replay = self.replay.as_json() if self.replay else None
        return {"costs": costs, "weights": self.weights, "judged": self.figures.json, "replay": replay}


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
    replay: Replay | None = None,
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
        replay: of the same questions; what it says of systems that learn nothing here stands beside.

    Raises:
        ConfigError: an unknown learner, or an ensemble of fewer than two.
        HeldOutError: two folds with the same people, or nobody has enough queries.
        ReplayError: the replay is of other questions; seen before anything is trained.
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
    if replay:
        _check(replay, folds, part)
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
    costs |= _costs_of(replay) if replay else {}
    return Peers(judged, costs, weights, replay)


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
    if found.replay:
        replayed = found.replay.moments
        for name in found.replay.systems():
            cells = [_replayed(replayed[m].systems[name], replayed[m].systems[MIXER]) for m in moments]
            lines.append(_row(name, found.costs.get(name), cells))
    for name in next(iter(moments.values())).systems:
        cells = [_cells(moment.systems[name], is_mixer=name == MIXER) for moment in moments.values()]
        lines.append(_row(name, found.costs.get(name), cells))
    return "\n".join(lines)


def _check(replay: Replay, folds: Sequence[Fold], part: Part) -> None:
    """Refuses a replay that is not of the questions of these folds."""
    if part != SCORED:
        raise ReplayError(f"a replay scores the last 30 % of everyone's log, not the {part} part")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        with AnswersFile(path) as file:
            for fold in folds:
                asked = fold.dataset.scored_queries(fold.number)
                file.add(fold.dataset, asked, {MIXER: of_mixer(fold.dataset, asked)})
        replay.check(figures.judge(path, MIXER, part), folds[0].dataset.learned_on)


def _costs_of(replay: Replay) -> dict[str, Cost]:
    """What a replay says that its systems cost: a rule learns nothing, and the whole of Foretap is timed."""
    return {
        name: Cost(
            parameters=None if name in LEARNED else 0.0,
            bytes=None,
            microseconds=replay.microseconds if name == TIMED else None,
            runtime="foretap",
        )
        for name in replay.systems()
    }


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
    mean = {name: float(np.mean([of[name] for of in of_folds])) for name in COSTS}
    return Cost(**mean, runtime=str(of_folds[0]["runtime"]))


def _sum(costs: Sequence[Cost]) -> Cost:
    """What several cost together."""
    total = {name: sum(getattr(cost, name) for cost in costs) for name in COSTS}
    return Cost(**total, runtime=PLUS.join(dict.fromkeys(cost.runtime for cost in costs)))


def _row(name: str, cost: Cost | None, cells: Sequence[str]) -> str:
    """A line of the table."""
    numbers = [None if cost is None else getattr(cost, what) for what in COSTS]
    told = [UNKNOWN if number is None else f"{number:.0f}" for number in numbers]
    return f"| {' | '.join([name, *told, cost.runtime if cost else UNKNOWN, *cells])} |"


def _replayed(found: Rates, mixer: Rates) -> str:
    """The figures of a system of the replay at a moment: two cells. Over whom it leads is not told, so no interval."""
    return f"{found.hr1:.2f} / {found.hr3:.2f} / {found.mrr:.2f} | {found.hr3 - mixer.hr3:+.2f}"


def _cells(found: SystemFigures, *, is_mixer: bool) -> str:
    """The figures of a system at a moment: two cells."""
    lead = found.lead["hr3"]
    over = "" if is_mixer else f"{lead.mean:+.2f} [{lead.low:+.2f}, {lead.high:+.2f}]"
    return f"{found.macro.hr1:.2f} / {found.macro.hr3:.2f} / {found.macro.mrr:.2f} | {over}"
