"""How models are run once they are learned: cards, gates, the pipeline, its triggers. Sections of the configuration.

As in `hyperparameters`, a section says itself in which limits its values make sense.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretap_models.hyperparameters import Limits


@dataclass(frozen=True)
class Bundle:
    """What the bundle is called.

    Attributes:
        name: of the model.
        version: of the name.
        logs: SHA-256 of the logs that this name and the texts of the card are about, 64 hex digits each.
    """

    name: str
    version: str
    logs: tuple[str, ...]

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.logs: each of 64 hex digits": all(
                isinstance(log, str) and re.fullmatch(r"[0-9a-f]{64}", log) for log in self.logs
            )
        }


@dataclass(frozen=True)
class Card:
    """What a model card says of the data, which no file of it tells.

    Attributes:
        learned_from: what the data are, and whose.
        licence: under which they were used.
        limits: where the model is known or expected to fall short.
    """

    learned_from: str
    licence: str
    limits: str


@dataclass(frozen=True)
class Gates:
    """What an evaluation has to show before a version is approved or promoted.

    Attributes:
        hr3_margin: points of HR@3, in each moment, by which it may be below the mixer, and below the version in
            production where there is one.
        ece_limit: the highest calibration error of the first suggestion, a share.
    """

    hr3_margin: float
    ece_limit: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.hr3_margin: 0 or more": self.hr3_margin >= 0.0,
            f"{section}.ece_limit: above 0, at most 1": 0.0 < self.ece_limit <= 1.0,
        }


@dataclass(frozen=True)
class Pipeline:
    """How the steps are run.

    Attributes:
        judged_folds: folds of people that are held out in turn, each by a training of its own.
        tune_trials: of a search for the network's hyper-parameters before it is trained; 0 takes them as they are.
        distil: whether teachers of `[distil]` teach the network.
        prune: whether the network loses weights, as `[pruning]` says.
        retries: how often a step that failed is tried again.
        backoff_s: seconds before the first retry; each further one waits twice as long.
    """

    judged_folds: tuple[int, ...]
    tune_trials: int
    distil: bool
    prune: bool
    retries: int
    backoff_s: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        folds = self.judged_folds
        are_folds = 0 < len(folds) == len(set(folds)) and all(type(fold) is int and 0 <= fold < 5 for fold in folds)
        return {
            f"{section}.judged_folds: one or more of 0..5, each once": are_folds,
            f"{section}.tune_trials, {section}.retries and {section}.backoff_s: 0 or more": (
                min(self.tune_trials, self.retries, self.backoff_s) >= 0
            ),
        }


@dataclass(frozen=True)
class Triggers:
    """When the pipeline is due.

    Attributes:
        interval_days: days since it last ran.
        new_queries: queries more than the newest version was made of.
        drift_limit: population stability index of a feature.
    """

    interval_days: float
    new_queries: int
    drift_limit: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {f"{section}: each above 0": min(self.interval_days, self.new_queries, self.drift_limit) > 0}
