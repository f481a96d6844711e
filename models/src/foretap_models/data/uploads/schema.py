"""What the numbers of uploads mean, as `foretap upload --schema` says it: there is no second table of them here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foretap_models import foretap
from foretap_models.errors import UploadsSchemaError

DAYS_A_WEEK = 7

GAP = "gap_log"
"""The first of the features that are the same for all candidates of a moment."""


@dataclass(frozen=True)
class Question:
    """A question about a day, which reports answer with noise.

    Attributes:
        name: the column of its answers.
        asks: in words.
        answers: in words, by their numbers.
        epsilon: what an answer tells at most, nats.
        truth_share: the chance that the true answer is given; every other one has the same chance.
    """

    name: str
    asks: str
    answers: tuple[str, ...]
    epsilon: float
    truth_share: float


@dataclass(frozen=True)
class Schema:
    """The meaning of rows. F features, of at most B bins each.

    Attributes:
        features: SHA-256 of the schema of the features, 64 hex digits.
        names: F names, in the order of the bytes of a row of bins.
        centres: float32 [F, B], what a value of each bin is taken to be; NaN where a feature has no such bin.
        bins: int64 [F], how many bins each feature has.
        truth: the chance that a bin is said as it is; otherwise any bin of the feature is, this one among them.
        samples_a_day: the most that a phone draws on one of its days.
        questions: of reports, in their order.
    """

    features: str
    names: tuple[str, ...]
    centres: np.ndarray
    bins: np.ndarray
    truth: float
    samples_a_day: int
    questions: tuple[Question, ...]

    @classmethod
    def ask(cls, program: Path | None = None) -> Schema:
        """Asks `foretap`.

        Raises:
            MissingForetapError: it is not here.
            ForetapError: it knows of no uploads.
            UploadsSchemaError: it says something else.
        """
        return cls.read(foretap.run(program or foretap.find(), ["upload", "--schema"]))

    @classmethod
    def read(cls, text: str) -> Schema:
        """Reads what `foretap upload --schema` prints.

        Raises:
            UploadsSchemaError: it is not that.
        """
        try:
            about = json.loads(text)
            each = [np.array(feature["centres"], np.float32) for feature in about["features"]]
            bins = np.array([len(centres) for centres in each], np.int64)
            centres = np.full((len(each), int(bins.max())), np.nan, np.float32)
            for row, of in zip(centres, each, strict=True):
                row[: len(of)] = of
            questions = tuple(
                Question(q["name"], q["asks"], tuple(q["answers"]), float(q["epsilon"]), float(q["truth_share"]))
                for q in about["questions"]
            )
            names = tuple(str(feature["name"]) for feature in about["features"])
            limits = float(about["sample_truth"]), int(about["samples_a_day"])
            return cls(str(about["feature_schema"]), names, centres, bins, *limits, questions)
        except (ValueError, KeyError, TypeError) as error:
            raise UploadsSchemaError(f"`foretap upload --schema` says something else: {error!r}") from error

    @property
    def values(self) -> np.ndarray:
        """What a bin that was said is decoded to, float32 [F, B]: on average over the noise the true bin's centre.

        The noise draws a value towards the mean of the centres, which is undone here: `mean + (centre - mean) / truth`.
        """
        mean = np.nanmean(self.centres, axis=1, keepdims=True)
        return (mean + (self.centres - mean) / self.truth).astype(np.float32)

    @property
    def samples_a_week(self) -> int:
        """The most that a phone draws in one of its weeks."""
        return DAYS_A_WEEK * self.samples_a_day

    def at(self, name: str) -> int:
        """The place of a feature.

        Raises:
            UploadsSchemaError: there is none of this name.
        """
        if name not in self.names:
            raise UploadsSchemaError(f"`foretap upload --schema` has no feature {name}")
        return self.names.index(name)
