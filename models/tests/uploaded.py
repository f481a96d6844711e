"""Made-up uploads as a receiver keeps them: samples with something to learn, and noisy reports. Nobody's data."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.data.uploads.lake import ANSWER
from foretap_models.data.uploads.samples import ROWS
from foretap_models.data.uploads.schema import GAP, Question, Schema

DAY = date(2026, 11, 30)
WEEK = 202648
TYPES = {name: pa.binary() for name in ("pseudonym", "model", "feature_schema", "opened", "other")}


@functools.cache
def schema() -> Schema:
    """What `foretap upload --schema` says."""
    return Schema.ask()


@dataclass
class Rows:
    """Columns of samples or reports, a value for each.

    Attributes:
        columns: lists by their names.
    """

    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.columns["week"])

    def set(self, name: str, at: Sequence[int] | slice, value: Any) -> Rows:  # noqa: ANN401
        """Other cells."""
        for row in range(len(self))[at] if isinstance(at, slice) else at:
            self.columns[name][row] = value
        return self

    def set_bin(self, feature: str, at: Sequence[int] | slice, value: int, names: Sequence[str] = ROWS) -> Rows:
        """Another bin of the candidates of some samples."""
        place = schema().at(feature)
        for row in range(len(self))[at] if isinstance(at, slice) else at:
            for name in names:
                bins = bytearray(self.columns[name][row])
                bins[place] = value
                self.columns[name][row] = bytes(bins)
        return self


def samples(n: int, seed: int = 1, week: int = WEEK) -> Rows:
    """Samples of eight candidates: the opened one is drawn from softmax(log_mix + truth), the other from the rest.

    The truth is what the mixer does not know: items last used a short while ago, and those of the session before.
    """
    rng, of = np.random.default_rng(seed), schema()
    bins = (rng.random((n, 8, len(of.names))) * of.bins).astype(np.uint8)
    bins[:, :, of.at(GAP) :] = bins[:, :1, of.at(GAP) :]
    since, in_session = bins[:, :, of.at("time_since_last_use_log")], bins[:, :, of.at("is_in_previous_session")]
    mix = of.at("mix_log_p")
    score = of.centres[mix, bins[:, :, mix]] + 3.0 * (since < 2) + 2.0 * in_session
    score = score + rng.gumbel(size=score.shape)
    opened = score.argmax(1)
    other = (opened + rng.integers(1, 8, n)) % 8
    pair = bins[np.arange(n)[:, None], np.stack([opened, other], axis=1)]
    # As a phone does it: the true bin, or any.
    any_bin = (rng.random(pair.shape) * of.bins).astype(np.uint8)
    said = np.where(rng.random(pair.shape) < of.truth, pair, any_bin)
    said[:, 1, of.at(GAP) :] = said[:, 0, of.at(GAP) :]
    columns: dict[str, list[Any]] = {
        "pseudonym": [bytes(row) for row in rng.integers(0, 256, (n, 16), np.uint8)],
        "week": [week] * n,
        "model": [None if bare else bytes(32) for bare in rng.random(n) < 0.5],
        "feature_schema": [bytes.fromhex(of.features)] * n,
        "moment": rng.integers(1, 3, n).tolist(),
        "part_of_day": rng.integers(0, 4, n).tolist(),
        "opened": [row.tobytes() for row in said[:, 0]],
        "other": [row.tobytes() for row in said[:, 1]],
    }
    return Rows(columns)


def noisy(question: Question, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What phones say in the place of true answers, int [n]."""
    other = rng.integers(0, len(question.answers) - 1, len(truth))
    other += other >= truth
    return np.where(rng.random(len(truth)) < question.truth_share, truth, other)


def reports(
    phones: int,
    days: int,
    shares: Mapping[str, Sequence[float]],
    seed: int = 1,
    week: int = WEEK,
    model: Any = None,  # noqa: ANN401
) -> Rows:
    """Reports of so many phones on so many days of a week, whose true answers have these shares."""
    rng, of = np.random.default_rng(seed), schema()
    n = phones * days
    names = [bytes(row) for row in rng.integers(0, 256, (phones, 16), np.uint8)]
    columns: dict[str, list[Any]] = {
        "pseudonym": [names[at // days] for at in range(n)],
        "week": [week] * n,
        "model": [model] * n,
    }
    for question in of.questions:
        count = len(question.answers)
        truth = rng.choice(count, n, p=shares.get(question.name, [1.0 / count] * count))
        columns[ANSWER + question.name] = noisy(question, truth, rng).tolist()
    return Rows(columns)


def write(lake: Path, rows: Rows, table: str = "samples", day: date = DAY, name: str = "a" * 32) -> list[Path]:
    """Writes rows as the receiver does: by shard, sorted by pseudonym."""
    made = []
    names = rows.columns["pseudonym"]
    for shard in range(16):
        of = sorted((at for at in range(len(rows)) if names[at][0] % 16 == shard), key=lambda at: names[at])
        if not of:
            continue
        path = lake / table / f"day={day}" / f"shard={shard:02}" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        # A question is called `model`, as the column of the model is: both are there.
        arrays = [pa.array([cells[at] for at in of], TYPES.get(key, pa.int32())) for key, cells in rows.columns.items()]
        made_of = pa.Table.from_arrays(arrays, [key.removeprefix(ANSWER) for key in rows.columns])
        pq.write_table(made_of, path, compression="zstd")
        made.append(path)
    return made
