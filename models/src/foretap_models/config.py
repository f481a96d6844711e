"""The hyper-parameters, read from TOML. Their reasons stand beside them in `configs/default.toml`."""

from __future__ import annotations

import fnmatch
import json
import re
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
from foretap_models.operations import Bundle, Card, Gates, Pipeline, Triggers

Section = TypeVar("Section")

DEFAULT = Path(__file__).parents[2] / "configs" / "default.toml"
"""Beside the package in the repository; elsewhere a configuration is whole."""

SPACES = DEFAULT.parent / "tune"
"""The named search spaces."""

RULES = ("z_score", "iqr", "isolation_forest")
"""The rules by which outliers are found."""

METHODS = ("fixed_width", "quantile", "k_means")
"""The ways to place the edges of bins."""


@dataclass(frozen=True)
class Quality:
    """What a data set must keep to, or it is refused. Shares are 0..=1.

    Attributes:
        most_duplicates: share of the queries that repeat an earlier one.
        most_without_target: share of the queries whose target is outside the shortlist.
        fewest_queries: a person with fewer to learn from has too few.
        most_people_with_few: share of the people who have too few.
        most_at_the_cut: share of a feature's values that lie beyond 5 standard deviations, where inputs are cut.
    """

    most_duplicates: float
    most_without_target: float
    fewest_queries: int
    most_people_with_few: float
    most_at_the_cut: float


@dataclass(frozen=True)
class Outlier:
    """A rule that takes outliers out of what is learned from.

    Attributes:
        rule: `z_score`, `iqr` or `isolation_forest`.
        over: `query`, or `person`: the mean of a person's queries, and all of them go.
        limit: standard deviations; interquartile ranges beyond the quartiles; or the share that the forest takes out.
        columns: summaries of a query, by patterns of `candidates`, `entropy`, `mass` and feature names (their means).
        scored: whether scored queries go as well.
    """

    rule: str
    over: str
    limit: float
    columns: tuple[str, ...]
    scored: bool


@dataclass(frozen=True)
class Binning:
    """Features of which only the bin is kept.

    Attributes:
        method: `fixed_width`, `quantile` or `k_means`.
        columns: patterns of feature names.
        bins: how many, at most.
    """

    method: str
    columns: tuple[str, ...]
    bins: int


LIMITED = (
    "bundle",
    "gates",
    "pipeline",
    "triggers",
    "training",
    "attention",
    "sequence",
    "lstm",
    "hour_gated",
    "online",
    "trees",
    "listwise_trees",
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
class Config:
    """All of it."""

    quality: Quality
    outlier: tuple[Outlier, ...]
    binning: tuple[Binning, ...]
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
    listwise_trees: Trees
    boosted: Boosted
    distil: Distillation
    pruning: Pruning
    hybrid: Hybrid
    tune: Tuning
    importance: tuple[Group, ...]
    bundle: Bundle
    card: Card
    gates: Gates
    pipeline: Pipeline
    triggers: Triggers

    @classmethod
    def read(cls, path: Path) -> Config:
        """Reads a file. Sections that it leaves out are those of the default, where that is beside the package.

        A section is whole: every key must be there and none besides, so that what is read is what stands in one place.
        A list of tables, `[[dropout]]`, is one section; `dropout = []` at the top is an empty one.

        Raises:
            ConfigError: it cannot be read, or a key is unknown, missing or out of range; names the file.
        """
        default = _parsed(DEFAULT) if DEFAULT.is_file() else {}
        try:
            return cls.of({**default, **_parsed(path)})
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from error.__cause__

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Config:
        """A configuration from parsed TOML.

        Raises:
            ConfigError: a key is unknown, missing or out of range.
        """
        unknown = set(table) - {field.name for field in fields(cls)}
        if unknown:
            raise ConfigError(f"there is no section {sorted(unknown)[0]}")
        config = cls(
            quality=_section(Quality, table, "quality"),
            outlier=_sections(Outlier, table, "outlier"),
            binning=_sections(Binning, table, "binning"),
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
            listwise_trees=_section(Trees, table, "listwise_trees"),
            boosted=_section(Boosted, table, "boosted"),
            distil=_section(Distillation, table, "distil"),
            pruning=_section(Pruning, table, "pruning"),
            hybrid=_section(Hybrid, table, "hybrid"),
            tune=_section(Tuning, table, "tune"),
            importance=_sections(Group, table, "importance"),
            bundle=_section(Bundle, table, "bundle"),
            card=_section(Card, table, "card"),
            gates=_section(Gates, table, "gates"),
            pipeline=_section(Pipeline, table, "pipeline"),
            triggers=_section(Triggers, table, "triggers"),
        )
        config.check()
        return config

    def changed(self, sections: Mapping[str, Any]) -> Config:
        """The configuration with other sections, as parsed TOML or JSON.

        Raises:
            ConfigError: a key is unknown, missing or out of range.
        """
        return Config.of({**tomllib.loads(self.toml()), **sections})

    def toml(self) -> str:
        """All of it as `read` takes it."""
        parts = ["\n".join(f"{field.name} = []" for field in fields(self) if getattr(self, field.name) == ())]
        for field in fields(self):
            value = getattr(self, field.name)
            heading, tables = (f"[[{field.name}]]", value) if isinstance(value, tuple) else (f"[{field.name}]", [value])
            # JSON's numbers, strings and lists are TOML's as well.
            parts += ["\n".join([heading, *(f"{k} = {json.dumps(v)}" for k, v in asdict(t).items())]) for t in tables]
        return "\n\n".join(part for part in parts if part) + "\n"

    def check(self) -> None:
        """Refuses values out of their range.

        Raises:
            ConfigError: one is.
        """
        i, q = self.inner, self.quality
        shares = (q.most_duplicates, q.most_without_target, q.most_people_with_few, q.most_at_the_cut)
        limits = {
            "quality: of shares of 0..=1": all(0.0 <= share <= 1.0 for share in shares),
            "quality.fewest_queries: 0 or more": q.fewest_queries >= 0,
            f"outlier.rule: one of {', '.join(RULES)}": all(o.rule in RULES for o in self.outlier),
            "outlier.over: query or person": all(o.over in ("query", "person") for o in self.outlier),
            "outlier.limit: above 0, and a share below 1 of isolation_forest": all(
                o.limit > 0.0 and (o.rule != "isolation_forest" or o.limit < 1.0) for o in self.outlier
            ),
            f"binning.method: one of {', '.join(METHODS)}": all(b.method in METHODS for b in self.binning),
            "binning.bins: 2..=65536": all(2 <= b.bins <= 65_536 for b in self.binning),
            "dropout.rate: 0..1": all(0.0 <= group.rate < 1.0 for group in self.dropout),
            "inner: of 2 folds or more, and of 1..=folds rounds": i.folds >= 2 and 1 <= i.rounds <= i.folds,
            "quantisation.percentile: above 50, at most 100": 50.0 < self.quantisation.percentile <= 100.0,
        }
        for name in LIMITED:
            limits |= getattr(self, name).limits(name)
        for limit, holds in limits.items():
            if not holds:
                key, _, what = limit.partition(": ")
                raise ConfigError(f"{key} must be {what}{self._but(key)}")

    def _but(self, key: str) -> str:
        """What a single key is instead."""
        section, _, name = key.partition(".")
        values = vars(getattr(self, section)) if re.fullmatch(r"\w+\.\w+", key) and section in LIMITED else {}
        return f", not {json.dumps(values[name])}" if name in values else ""


def _parsed(path: Path) -> dict[str, Any]:
    """The tables of a file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(str(error)) from error


def places(patterns: tuple[str, ...], names: tuple[str, ...], section: str = "dropout") -> list[int]:
    """The places of the names that match any of some patterns; `section` is where they stand.

    Raises:
        ConfigError: a pattern matches nothing, which would leave a feature in by a slip of the pen.
    """
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            raise ConfigError(f"{section}: no feature is named {pattern}")
    return [place for place, name in enumerate(names) if any(fnmatch.fnmatchcase(name, p) for p in patterns)]


def _sections(kind: type[Section], table: Mapping[str, Any], name: str) -> tuple[Section, ...]:
    """Dataclasses from a list of TOML tables; without one there are none."""
    groups = table.get(name, [])
    if not isinstance(groups, list):
        raise ConfigError(f"{name} is a list of tables: [[{name}]]")
    return tuple(_section(kind, {name: group}, name) for group in groups)


def _section(kind: type[Section], table: Mapping[str, Any], name: str) -> Section:
    """A dataclass of ints, floats, strings and tuples from a TOML table of the same keys."""
    values = table.get(name)
    if not isinstance(values, dict):
        raise ConfigError(f"the section [{name}] is missing")
    known = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]
    if set(values) != set(known):
        key = sorted(set(values) ^ set(known))[0]
        says = "there is no such key" if key in values else "is missing; a section has all of its keys"
        raise ConfigError(f"{name}.{key}: {says}")
    made: dict[str, Any] = {}
    for key, annotation in known.items():
        value = values[key]
        kinds = {"int": (int,), "float": (float, int), "str": (str,), "bool": (bool,)}
        wanted: tuple[type, ...] = kinds.get(annotation, (list,))
        if not isinstance(value, wanted) or isinstance(value, bool) != (annotation == "bool"):
            raise ConfigError(f"{name}.{key}: not {annotation}")
        made[key] = tuple(value) if isinstance(value, list) else float(value) if annotation == "float" else value
    return kind(**made)
