"""Tuning: hyper-parameters chosen on windows of time within the people learned from, never on a scored query.

The windows expand: learn from everything up to a point of each person's openings, judge on the stretch that follows,
then move the point on (Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 5.10). People can be held
out as well, as those are for whom the model is made.

    grid     every combination of the space's points
    random   drawn evenly (Bergstra and Bengio 2012)
    tpe      drawn by what did well so far (Bergstra et al. 2011: tree-structured Parzen estimators)

Every trial lies in an SQLite file, so that what was interrupted goes on; the sampler is seeded anew for each trial by
the number of those before it, so that it goes on as if it had not been.
"""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import optuna

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import HeldOutError, TuneError
from foretap_models.judge import figures
from foretap_models.judge.answers import AnswersFile, Scores
from foretap_models.learn.calibration import log_softmax
from foretap_models.learn.corrector import scored
from foretap_models.learn.crossfit import Member
from foretap_models.learn.ensemble import Ensemble
from foretap_models.learn.kept import identity
from foretap_models.learn.space import Space
from foretap_models.progress import Progress


class Sampler(StrEnum):
    """How trials are drawn."""

    GRID = "grid"
    RANDOM = "random"
    TPE = "tpe"


@dataclass(frozen=True)
class Window:
    """What a window learns from and is judged on, query numbers int64."""

    learned_from: np.ndarray
    judged_on: np.ndarray


Objective = Callable[[Dataset, np.ndarray, np.ndarray], float]
"""What a correction [n, 32] of some queries costs: less is better."""


@dataclass(frozen=True)
class Study:
    """A search.

    Attributes:
        space: what varies.
        sampler: how trials are drawn.
        trials: how many in all, those found in the file among them; a grid ends sooner.
        seed: of everything random.
    """

    space: Space
    sampler: Sampler
    trials: int
    seed: int


def windows(dataset: Dataset, config: Config, held_out_fold: int | None) -> list[Window]:
    """The windows of a configuration.

    Args:
        dataset: the training cache.
        config: where they end, whether people are held out as well, how many queries each learns from.
        held_out_fold: nobody of this fold is among them.

    Raises:
        HeldOutError: a window has nothing to learn from or to be judged on.
    """
    q, of = dataset.queries, config.tune
    at = dataset.training_queries(held_out_fold)
    at = at[~q.is_scored[at]]
    when = q.opening[at] / np.maximum(q.openings[at], 1)
    people = np.unique(q.person[at])
    made = []
    for number, (start, end) in enumerate(itertools.pairwise(of.ends)):
        before, within = when < start, (when >= start) & (when < end)
        if of.people > 1:
            is_held_out = np.isin(q.person[at], people[number % of.people :: of.people])
            before, within = before & ~is_held_out, within & is_held_out
        made.append(Window(thinned(at[before], of.queries), at[within]))
    if not all(len(window.learned_from) and len(window.judged_on) for window in made):
        raise HeldOutError("a window of the tuning has nothing to learn from or to be judged on")
    return made


def thinned(at: np.ndarray, most: int) -> np.ndarray:
    """At most so many of some queries, evenly; all of them where `most` is 0."""
    if most == 0 or len(at) <= most:
        return at
    return at[np.linspace(0, len(at) - 1, most).astype(np.int64)]


def log_loss(dataset: Dataset, at: np.ndarray, correction: np.ndarray) -> float:
    """The mean listwise log-loss of the targets, nats."""
    q = dataset.queries
    log_p = log_softmax(scored(correction, q.log_mix[at], anchored=True))
    return float(-log_p[np.arange(len(at)), q.target[at]].mean())


def hr3(dataset: Dataset, at: np.ndarray, correction: np.ndarray) -> float:
    """The points of HR@3 that are missing to 100, macro, the mean over the moments of which somebody has enough.

    Raises:
        HeldOutError: nobody has enough queries of any moment.
        JudgeError: `foretap judge` is not here or refuses.
    """
    scores = Scores(scored(correction, dataset.queries.log_mix[at], anchored=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        with AnswersFile(path) as file:
            file.add(dataset, at, {"tried": scores})
        moments = figures.judge(path).moments
    if not moments:
        raise HeldOutError("nobody has enough queries in a window to be judged by HR@3")
    return 100.0 - float(np.mean([moment.systems["tried"].macro.hr3 for moment in moments.values()]))


OBJECTIVES: dict[str, Objective] = {"log_loss": log_loss, "hr3": hr3}
"""What can be made small, by name."""


def tune(
    study: Study,
    dataset: Dataset,
    config: Config,
    held_out_fold: int | None,
    storage: Path,
    progress: Progress,
    objective: Objective = log_loss,
) -> tuple[Config, float]:
    """The best configuration found and what it costs.

    The output of each trial counts by a weight for each moment that is fitted on the very window it is judged on: what
    is compared is the best that each can be, as the calibration makes it later.

    Args:
        study: what is searched, and how.
        dataset: the training cache.
        config: where the search begins, and what does not vary.
        held_out_fold: nobody of this fold is learned from or judged on.
        storage: the SQLite file; made where it is not there.
        progress: shown once a trial.
        objective: what is made small.

    Raises:
        TuneError: the file holds another search.
        ConfigError: values of the space do not go together.
        HeldOutError: the windows are too small.
        JudgeError: the objective needs `foretap judge`, which is not here or refuses.
    """
    stretches = windows(dataset, config, held_out_fold)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage.parent.mkdir(parents=True, exist_ok=True)
    opened = optuna.create_study(storage=f"sqlite:///{storage}", study_name="tune", load_if_exists=True)
    made_from = _made_from(study, config, dataset, stretches, objective)
    if opened.user_attrs.get("made_from", made_from) != made_from:
        raise TuneError(f"{storage}: another search; name another file, or remove it")
    opened.set_user_attr("made_from", made_from)
    _take_up(opened)
    total = study.trials
    if study.sampler is Sampler.GRID:
        total = _line_up(opened, study)

    def cost(trial: optuna.Trial) -> float:
        changed = study.space.suggested(trial, config)
        return float(np.mean([_cost(study, dataset, changed, window, objective) for window in stretches]))

    while (done := len(_done(opened))) < total:
        opened.sampler = _sampler(study, done)
        trial = opened.ask()
        value = cost(trial)
        opened.tell(trial, value)
        progress(f"trial {done + 1}/{total}: {value:.4f}, best {opened.best_value:.4f}; {_words(trial.params)}")
    best = optuna.trial.FixedTrial(opened.best_params)
    return study.space.suggested(best, config), opened.best_value


def save(best: Config, space: Space, path: Path) -> None:
    """Writes the sections that a search changed, as JSON."""
    sections = {dimension.section for dimension in space.dimensions}
    found = {section: asdict(getattr(best, section)) for section in sorted(sections)}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def tuned(config: Config, path: Path | None) -> Config:
    """A configuration with the sections that `save` wrote; as it is where there was no search.

    Raises:
        ConfigError: a key is unknown, missing or out of range.
    """
    return config if path is None else config.changed(json.loads(path.read_text(encoding="utf-8")))


def _cost(study: Study, dataset: Dataset, config: Config, window: Window, objective: Objective) -> float:
    """What a configuration costs in a window."""
    member, at, q = Member(study.space.learner), window.judged_on, dataset.queries
    found = member.learner.learn(dataset, window.learned_from, config, study.seed, lambda _: None).outputs(dataset, at)
    weighted = Ensemble.of((member.name,), found[None], q.log_mix[at], q.target[at], q.moment[at])
    return objective(dataset, at, weighted.corrections(found[None], q.moment[at]))


def _made_from(study: Study, config: Config, dataset: Dataset, stretches: list[Window], objective: Objective) -> str:
    """What tells a search from another one; how many trials it has may change."""
    queries = [identity(dataset, at) for window in stretches for at in (window.learned_from, window.judged_on)]
    return repr((study.space, study.sampler, study.seed, config, queries, objective.__name__))


def _line_up(opened: optuna.Study, study: Study) -> int:
    """Has the combinations of the grid asked in an order of chance; returns how many of them."""
    grid = study.space.grid()
    combinations = list(itertools.product(*grid.values()))
    order = np.random.default_rng(study.seed).permutation(len(combinations))[: study.trials]
    for number in order:
        opened.enqueue_trial(dict(zip(grid, combinations[number], strict=True)), skip_if_exists=True)
    return len(order)


def _take_up(opened: optuna.Study) -> None:
    """Asks anew what was being tried when the search was interrupted."""
    for trial in opened.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        opened.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        if trial.params:
            opened.enqueue_trial(trial.params)


def _done(opened: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """The trials that have ended with a value."""
    return opened.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))


def _sampler(study: Study, done: int) -> optuna.samplers.BaseSampler:
    """What draws the next trial; those of a grid are lined up already."""
    seed = int(np.random.SeedSequence((study.seed, done)).generate_state(1)[0])
    if study.sampler is Sampler.TPE:
        return optuna.samplers.TPESampler(seed=seed)
    return optuna.samplers.RandomSampler(seed=seed)


def _words(params: dict[str, object]) -> str:
    """The values of a trial."""
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in params.items()
    )
