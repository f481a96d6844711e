"""Judges models on people they never learned from: the mixer, the network in both arithmetics, and the trees."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import lightgbm
import numpy as np

from foretap_models.bundle import reference
from foretap_models.bundle.quantise import quantise
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.errors import HeldOutError
from foretap_models.hyperparameters import Trees
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, Scores, of_mixer
from foretap_models.judge.figures import Figures, Part
from foretap_models.judge.panel import Panel, counted, who_counts, why_nobody
from foretap_models.learn import trees
from foretap_models.learn.inputs import chunks
from foretap_models.learn.learn import answered, corrections
from foretap_models.learn.model import Model
from foretap_models.progress import Progress, on_stderr

FP32, INT8, LIGHTGBM = "mlp_fp32", "mlp_int8", "lightgbm"
"""The names of the systems beside the mixer."""


@dataclass(frozen=True)
class Trial:
    """A model and what it is judged on.

    Attributes:
        dataset: the features of the people to judge on (`foretap features` makes one of each fold, because the start
            weights behind them are learned without that fold).
        model: what was learned without them.
        trees: grown beside it, where they are judged as well.
    """

    dataset: Dataset
    model: Model
    trees: lightgbm.Booster | None = None

    def with_trees(self, config: Trees, progress: Progress = on_stderr) -> Trial:
        """The same with LightGBM's trees, grown on the people that the model learned from.

        A model that saw none of the dataset's logs has nobody here to grow them on, and stays alone.

        Raises:
            HeldOutError: the model learned from people it would be judged on.
        """
        fold = judged_fold(self)
        if fold is None:
            return self
        at = self.dataset.training_queries(fold)
        return replace(self, trees=trees.fit(self.dataset, at, config, self.model.provenance.seed, progress))


def evaluate(trials: Sequence[Trial], part: Part = "scored", progress: Progress = on_stderr) -> Figures:
    """Judges models, each on the queries of the fold that it was held from, and pools them.

    A model that saw none of its dataset's logs is judged on everyone.

    Args:
        trials: models of different held-out folds; their datasets are of the same logs.
        part: of everyone's log, that counts.
        progress: shown now and then.

    Raises:
        HeldOutError: a model learned from people it would be judged on, two have the same fold, the datasets are of
            different logs, or nobody has enough queries.
        ModelFileError: a model of other features.
        MissingForetapError: `foretap` is not here.
        ForetapError: it refuses the answers.
    """
    folds = [judged_fold(trial) for trial in trials]
    if len(set(folds)) != len(folds):
        raise HeldOutError("two models for the same people")
    if len({trial.dataset.learned_on for trial in trials}) != 1:
        raise HeldOutError("the datasets are of different logs")
    asked = [trial.dataset.judged_queries(fold) for trial, fold in zip(trials, folds, strict=True)]
    panels = [Panel.of(trial.dataset, at, part) for trial, at in zip(trials, asked, strict=True)]
    if not any(of.people for panel in panels for of in panel):
        scored = [of for trial, at in zip(trials, asked, strict=True) for of in Panel.of(trial.dataset, at, "scored")]
        raise HeldOutError(why_nobody([of for panel in panels for of in panel], part, scored, trials[0].dataset.kinds))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        with AnswersFile(path) as file:
            for trial, fold, at, panel in zip(trials, folds, asked, panels, strict=True):
                who = "everyone" if fold is None else f"fold {fold}"
                # Earlier queries are answered as well, for the figures by day; the table counts those of the part.
                progress(f"judging {who}: {counted(len(at), 'query')} answered; of them count {who_counts(panel)}")
                file.add(trial.dataset, at, _answers(trial, at))
        return figures.judge(path, MIXER, part)


def table(found: Figures) -> str:
    """What the judge says, and the HR@3 of the integers on each day, percent."""
    days: dict[int, dict[str, str]] = {}
    for moment, judged in found.moments.items():
        for day in judged.systems[INT8].days:
            days.setdefault(day.day, {})[moment] = f"{day.hr3:.1f} of {day.queries}"
    if not days:
        return found.text
    lines = [f"{INT8}, HR@3 of each day of use after day 14, all people together, and the queries of the day"]
    lines.append("  day" + "".join(f"{moment:>20}" for moment in found.moments))
    for day, of in sorted(days.items()):
        lines.append(f"{day:>5}" + "".join(f"{of.get(moment, '-'):>20}" for moment in found.moments))
    return found.text + "\n" + "\n".join(lines)


def judged_fold(trial: Trial) -> int | None:
    """The fold a model may be judged on, `None` for everyone."""
    trial.model.check_fits(trial.dataset)
    made = trial.model.provenance
    if not set(made.learned_on) & set(trial.dataset.learned_on):
        return None
    if made.held_out_fold is None:
        raise HeldOutError("this model learned from everyone here; train one with --held-out-fold")
    if made.groups != trial.dataset.split.groups:
        raise HeldOutError("this model was held out from people who were split another way")
    return made.held_out_fold


def _answers(trial: Trial, at: np.ndarray) -> dict[str, Scores]:
    """Every system's answers to the queries `at`."""
    dataset, model = trial.dataset, trial.model
    layers = quantise(model)
    int8 = np.empty((len(at), SHORTLIST), np.float32)
    for part, chunk in chunks(at):
        int8[part] = reference.int8(layers, dataset.features[chunk])
    found = {
        MIXER: of_mixer(dataset, at),
        FP32: answered(dataset, at, corrections(model, dataset, at), model.calibration),
        INT8: answered(dataset, at, int8, model.calibration),
    }
    if trial.trees is not None:
        found[LIGHTGBM] = Scores(trees.scores(trial.trees, dataset, at))
    return found
