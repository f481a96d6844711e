"""Search spaces of hyper-parameters, read from TOML: which keys of the configuration vary, and within what.

    learner = "mlp"

    [space]
    "training.learning_rate" = { low = 1e-3, high = 1e-2, log = true, points = 3 }
    "training.hidden" = { choices = [[32, 16], [64, 32]] }

`points` are the values of a grid between the ends (3 where they are not given); a key is a whole number where the
configuration has one.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna

from foretap_models.config import SPACES, Config
from foretap_models.errors import TuneError
from foretap_models.learn.learners import LEARNERS

POINTS = 3
"""Of a grid, between and with the ends, where nothing else is said."""

KEYS = {"low", "high", "log", "points"}
"""What is said of a range."""

Value = float | int | str
"""What a trial suggests: a number, or the JSON of a choice."""


@dataclass(frozen=True)
class Dimension:
    """A key that varies.

    Attributes:
        section: of the configuration.
        key: in it.
        low: the least value of a range.
        high: the greatest.
        log: whether the range is even in logarithms.
        points: of a grid.
        is_whole: whether only whole numbers are meant.
        choices: what else it may be, in place of a range.
    """

    section: str
    key: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    points: int = POINTS
    is_whole: bool = False
    choices: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """As it stands in the file."""
        return f"{self.section}.{self.key}"

    def grid(self) -> list[Value]:
        """The values of a grid."""
        if self.choices:
            return [json.dumps(choice) for choice in self.choices]
        ends = np.array([self.low, self.high])
        even = np.exp(np.linspace(*np.log(ends), self.points)) if self.log else np.linspace(*ends, self.points)
        if self.is_whole:
            return sorted({int(value) for value in np.rint(even)})
        return [float(value) for value in np.clip(even, self.low, self.high)]

    def suggested(self, trial: optuna.Trial) -> Any:  # noqa: ANN401
        """The value of a trial, as the configuration takes it."""
        if self.choices:
            chosen = json.loads(trial.suggest_categorical(self.name, [json.dumps(choice) for choice in self.choices]))
            return tuple(chosen) if isinstance(chosen, list) else chosen
        if self.is_whole:
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)


@dataclass(frozen=True)
class Space:
    """What varies for a learner.

    Attributes:
        learner: its name.
        dimensions: the keys that vary.
    """

    learner: str
    dimensions: tuple[Dimension, ...]

    @classmethod
    def read(cls, path: Path, config: Config) -> Space:
        """Reads a file.

        Raises:
            TuneError: it cannot be read, names an unknown learner, or says of a key what cannot be meant.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise TuneError(f"{path}: {error}") from error
        learner, space = table.get("learner"), table.get("space")
        if learner not in LEARNERS or not isinstance(space, dict) or not space or set(table) != {"learner", "space"}:
            raise TuneError(f"{path}: a learner of {', '.join(LEARNERS)} and a [space] are what it has")
        dimensions = tuple(_dimension(path, name, said, learner, config) for name, said in space.items())
        return cls(learner, dimensions)

    @staticmethod
    def find(name: str) -> Path:
        """The file of a name: one of `SPACES`, unless there is a file of that name."""
        path, named = Path(name), SPACES / f"{name}.toml"
        return named if named.exists() and not path.exists() else path

    def grid(self) -> dict[str, list[Value]]:
        """The values of a grid, by name."""
        return {dimension.name: dimension.grid() for dimension in self.dimensions}

    def suggested(self, trial: optuna.Trial, config: Config) -> Config:
        """A configuration with the values of a trial.

        Raises:
            ConfigError: they do not go together.
        """
        for dimension in self.dimensions:
            section = getattr(config, dimension.section)
            changed = replace(section, **{dimension.key: dimension.suggested(trial)})
            config = replace(config, **{dimension.section: changed})
        config.check()
        return config


def _dimension(path: Path, name: str, said: Any, learner: str, config: Config) -> Dimension:  # noqa: ANN401
    """A dimension from its TOML value."""
    section, _, key = name.partition(".")
    if section not in LEARNERS[learner].sections or key not in {
        f.name for f in fields(getattr(config, section, Config))
    }:
        raise TuneError(f"{path}: {name} is no key that {learner} reads")
    if not isinstance(said, dict):
        raise TuneError(f"{path}: {name}: a table is expected")
    if set(said) == {"choices"} and isinstance(said["choices"], list) and said["choices"]:
        return Dimension(section, key, choices=tuple(said["choices"]))
    is_range = {"low", "high"} <= set(said) <= KEYS
    log, points = said.get("log", False), said.get("points", POINTS)
    if not (is_range and said["low"] < said["high"] and (not log or said["low"] > 0) and points >= 2):
        raise TuneError(f"{path}: {name}: choices, or low < high with log and points")
    is_whole = isinstance(getattr(getattr(config, section), key), int)
    return Dimension(section, key, said["low"], said["high"], log, points, is_whole)
