"""The hyper-parameters, read from TOML. Their reasons stand beside them in `configs/default.toml`."""

from __future__ import annotations

import fnmatch
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from foretap_models.errors import ConfigError
from foretap_models.hyperparameters import (
    Boosted,
    Distillation,
    Hybrid,
    Online,
    Pruning,
    Recurrent,
    Training,
    Transformer,
    Trees,
    Tuning,
)

Section = TypeVar("Section")

LIMITED = (
    "training",
    "attention",
    "sequence",
    "lstm",
    "hour_gated",
    "online",
    "trees",
    "boosted",
    "distil",
    "pruning",
    "hybrid",
    "tune",
)
"""The sections that say themselves in which limits they make sense."""


@dataclass(frozen=True)
class Dropout:
    """Features that are left out together, of a whole query, so that no signal is indispensable.

    Attributes:
        rate: the share of queries that lose the group.
        columns: patterns of feature names (`*` and `?`).
    """

    rate: float
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Features whose importance is measured together.

    Attributes:
        name: of the group.
        columns: patterns of feature names (`*` and `?`).
    """

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Inner:
    """The inner split of the people learned from, for calibration and for choosing hyper-parameters.

    Attributes:
        folds: parts of the people.
        rounds: how many of them are held out in turn; each costs a training.
    """

    folds: int
    rounds: int


@dataclass(frozen=True)
class Quantisation:
    """How the network becomes integers.

    Attributes:
        percentile: of the hidden activations, at which they are cut.
    """

    percentile: float


@dataclass(frozen=True)
class Bundle:
    """What the bundle is called."""

    name: str
    version: str


@dataclass(frozen=True)
class Config:
    """All of it."""

    training: Training
    dropout: tuple[Dropout, ...]
    inner: Inner
    quantisation: Quantisation
    attention: Transformer
    sequence: Transformer
    lstm: Recurrent
    hour_gated: Transformer
    online: Online
    trees: Trees
    boosted: Boosted
    distil: Distillation
    pruning: Pruning
    hybrid: Hybrid
    tune: Tuning
    importance: tuple[Group, ...]
    bundle: Bundle

    @classmethod
    def read(cls, path: Path) -> Config:
        """Reads a file; every key must be there and none besides.

        Raises:
            ConfigError: it cannot be read, or a key is unknown, missing or out of range.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: {error}") from error
        return cls.of(table)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Config:
        """A configuration from parsed TOML.

        Raises:
            ConfigError: a key is unknown, missing or out of range.
        """
        unknown = set(table) - {field.name for field in fields(cls)}
        if unknown:
            raise ConfigError(f"unknown section {sorted(unknown)[0]}")
        config = cls(
            training=_section(Training, table, "training"),
            dropout=_sections(Dropout, table, "dropout"),
            inner=_section(Inner, table, "inner"),
            quantisation=_section(Quantisation, table, "quantisation"),
            attention=_section(Transformer, table, "attention"),
            sequence=_section(Transformer, table, "sequence"),
            lstm=_section(Recurrent, table, "lstm"),
            hour_gated=_section(Transformer, table, "hour_gated"),
            online=_section(Online, table, "online"),
            trees=_section(Trees, table, "trees"),
            boosted=_section(Boosted, table, "boosted"),
            distil=_section(Distillation, table, "distil"),
            pruning=_section(Pruning, table, "pruning"),
            hybrid=_section(Hybrid, table, "hybrid"),
            tune=_section(Tuning, table, "tune"),
            importance=_sections(Group, table, "importance"),
            bundle=_section(Bundle, table, "bundle"),
        )
        config.check()
        return config

    def toml(self) -> str:
        """All of it as `read` takes it."""
        parts = []
        for field in fields(self):
            value = getattr(self, field.name)
            heading, tables = (f"[[{field.name}]]", value) if isinstance(value, tuple) else (f"[{field.name}]", [value])
            # JSON's numbers, strings and lists are TOML's as well.
            parts += ["\n".join([heading, *(f"{k} = {json.dumps(v)}" for k, v in asdict(t).items())]) for t in tables]
        return "\n\n".join(parts) + "\n"

    def check(self) -> None:
        """Refuses values out of their range.

        Raises:
            ConfigError: one is.
        """
        i = self.inner
        limits = {
            "dropout.rate: 0..1": all(0.0 <= group.rate < 1.0 for group in self.dropout),
            "inner: 2 folds or more, 1..=folds rounds": i.folds >= 2 and 1 <= i.rounds <= i.folds,
            "quantisation.percentile: above 50, at most 100": 50.0 < self.quantisation.percentile <= 100.0,
        }
        for name in LIMITED:
            limits |= getattr(self, name).limits(name)
        for limit, holds in limits.items():
            if not holds:
                raise ConfigError(limit)


def places(patterns: tuple[str, ...], names: tuple[str, ...]) -> list[int]:
    """The places of the names that match any of some patterns.

    Raises:
        ConfigError: a pattern matches nothing, which would leave a feature in by a slip of the pen.
    """
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            raise ConfigError(f"dropout: no feature is named {pattern}")
    return [place for place, name in enumerate(names) if any(fnmatch.fnmatchcase(name, p) for p in patterns)]


def _sections(kind: type[Section], table: Mapping[str, Any], name: str) -> tuple[Section, ...]:
    """Dataclasses from a list of TOML tables, which may not be there."""
    of = table.get(name, [])
    if not isinstance(of, list):
        raise ConfigError(f"{name} is a list of tables: [[{name}]]")
    return tuple(_section(kind, {name: each}, name) for each in of)


def _section(kind: type[Section], table: Mapping[str, Any], name: str) -> Section:
    """A dataclass of ints, floats, strings and tuples from a TOML table of the same keys."""
    values = table.get(name)
    if not isinstance(values, dict):
        raise ConfigError(f"no section {name}")
    known = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]
    if set(values) != set(known):
        key = sorted(set(values) ^ set(known))[0]
        raise ConfigError(f"{name}.{key}: {'unknown' if key in values else 'missing'}")
    made: dict[str, Any] = {}
    for key, annotation in known.items():
        value = values[key]
        wanted: tuple[type, ...] = {"int": (int,), "float": (float, int), "str": (str,)}.get(annotation, (list,))
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ConfigError(f"{name}.{key}: not {annotation}")
        made[key] = tuple(value) if isinstance(value, list) else float(value) if annotation == "float" else value
    return kind(**made)
