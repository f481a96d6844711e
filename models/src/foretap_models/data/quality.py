"""What a data set is like, and whether that is good enough to learn from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from foretap_models import config
from foretap_models.data.features_file import Queries
from foretap_models.errors import QualityError

CUT = 5.0
"""Standard deviations at which the network's inputs are cut."""


@dataclass(frozen=True)
class Sums:
    """Sums over candidates. Added up in the order of the partitions, they are the same bits on every engine.

    Attributes:
        rows: candidates.
        total: float64 [F], in the feature's unit.
        square: float64 [F], of the squares.
        least: float32 [F].
        most: float32 [F].
    """

    rows: int
    total: np.ndarray
    square: np.ndarray
    least: np.ndarray
    most: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray) -> Sums:
        """The sums of features, float32 [rows, F]."""
        if len(features) == 0:
            nothing = np.zeros(features.shape[1])
            bounds = np.full(features.shape[1], np.inf, np.float32)
            return cls(0, nothing, nothing, bounds, -bounds)
        wide = features.astype(np.float64)
        return cls(len(features), wide.sum(0), np.square(wide).sum(0), features.min(0), features.max(0))

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.rows + other.rows,
            self.total + other.total,
            self.square + other.square,
            np.minimum(self.least, other.least),
            np.maximum(self.most, other.most),
        )

    @property
    def mean(self) -> np.ndarray:
        """Float64 [F]."""
        return self.total / max(self.rows, 1)

    @property
    def sd(self) -> np.ndarray:
        """The standard deviation, float64 [F]."""
        return np.sqrt(np.maximum(self.square / max(self.rows, 1) - self.mean**2, 0.0))

    def beyond_the_cut(self, features: np.ndarray) -> np.ndarray:
        """How many of some features [rows, F] lie beyond the cut, int64 [F]."""
        return (np.abs(features - self.mean) > CUT * self.sd).sum(0)


@dataclass(frozen=True)
class Feature:
    """A feature's values over all candidates; every one of them is finite, or the file had been refused.

    Attributes:
        least, most, mean, sd: in the feature's unit.
        share_at_the_cut: beyond 5 standard deviations from the mean, both as the data came.
    """

    least: float
    most: float
    mean: float
    sd: float
    share_at_the_cut: float


@dataclass(frozen=True)
class Report:
    """What a data set is like.

    Attributes:
        queries, people, rows: how many.
        training, scored: queries to learn from and to judge on.
        duplicates: queries that repeat an earlier one: the same moment, opening, shortlist and answer.
        without_target: queries whose target is outside the shortlist.
        people_with_few: people with too few queries to learn from.
        features: of each feature, by its name.
    """

    queries: int
    people: int
    rows: int
    training: int
    scored: int
    duplicates: int
    without_target: int
    people_with_few: int
    features: dict[str, Feature]

    @classmethod
    def of(cls, queries: Queries, thresholds: config.Quality) -> Report:
        """Looks at the queries of a data set; `thresholds` say what counts as too few."""
        people = pl.DataFrame({"person": queries.person, "training": queries.is_training})
        people = people.group_by("person").agg(pl.col("training").sum())
        return cls(
            queries=len(queries),
            people=len(people),
            rows=int(queries.candidates.sum()),
            training=int(queries.is_training.sum()),
            scored=int(queries.is_scored.sum()),
            duplicates=len(queries) - _distinct(queries),
            without_target=int((queries.target < 0).sum()),
            people_with_few=int((people["training"] < thresholds.fewest_queries).sum()),
            features={},
        )

    def with_features(self, names: tuple[str, ...], sums: Sums, at_the_cut: np.ndarray) -> Report:
        """The report with the features as well.

        Args:
            names: F of them.
            sums: over all candidates.
            at_the_cut: int64 [F], values beyond the cut.
        """
        values = zip(sums.least, sums.most, sums.mean, sums.sd, at_the_cut / max(sums.rows, 1), strict=True)
        features = {name: Feature(*(float(v) for v in of)) for name, of in zip(names, values, strict=True)}
        return replace(self, features=features)

    def check(self, thresholds: config.Quality) -> None:
        """Refuses what is not good enough.

        Raises:
            QualityError: names every threshold that is passed, with the figure.
        """
        q, t = max(self.queries, 1), thresholds
        shares = {
            "duplicates": (self.duplicates / q, t.most_duplicates),
            "queries without their target in the shortlist": (self.without_target / q, t.most_without_target),
            f"people with fewer than {t.fewest_queries} queries to learn from": (
                self.people_with_few / max(self.people, 1),
                t.most_people_with_few,
            ),
        }
        for name, feature in self.features.items():
            shares[f"values of {name} at the cut"] = (feature.share_at_the_cut, t.most_at_the_cut)
        broken = [f"{what}: {share:.2%}, at most {most:.2%}" for what, (share, most) in shares.items() if share > most]
        if broken:
            raise QualityError("the data set is refused: " + "; ".join(broken))

    def as_json(self) -> dict[str, Any]:
        """Numbers and strings only."""
        return asdict(self)

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Report:
        """What `as_json` made."""
        return cls(**{**made, "features": {name: Feature(**of) for name, of in made["features"].items()}})


def _distinct(queries: Queries) -> int:
    """How many queries differ from each other, whoever asked."""
    key = (queries.moment, queries.opening, queries.openings, queries.target, queries.log_mix)
    table = np.concatenate([np.ascontiguousarray(c).view(np.uint8).reshape(len(queries), -1) for c in key], axis=1)
    return len(pl.Series([row.tobytes() for row in table]).unique()) if len(table) else 0
