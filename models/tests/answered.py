"""Answers to made-up queries, judged as those of people who have enough of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import Queries
from foretap_models.judge.answers import AnswersFile, Scores
from foretap_models.judge.figures import MomentFigures, judge

PEOPLE = 5
"""In how many people queries are divided that are nobody's."""


def asked(log_mix: np.ndarray, target: np.ndarray) -> Dataset:
    """Queries that have nothing but a shortlist and a target in it: log_mix [n, 32], target int [n]."""
    n = len(target)
    nothing = {field.name: np.zeros(n, np.int32) for field in fields(Queries)}
    candidates = np.isfinite(log_mix).sum(1)
    some = {"candidates": candidates, "target": target, "mixer_rank": target + 1, "log_mix": log_mix}
    queries = Queries(**nothing | some)
    empty = {field.name: None for field in fields(Dataset)}
    return Dataset(**empty | {"queries": queries})


def of_five_people(dataset: Dataset, at: np.ndarray, systems: Mapping[str, Scores]) -> MomentFigures:
    """What the judge says of answers to the queries `at`, as if five people had asked them in turn."""
    q = dataset.queries
    number = np.empty(len(q), np.int64)
    number[at] = np.arange(len(at))
    everyone = {"person": number % PEOPLE, "opening": number // PEOPLE, "openings": np.full(len(q), 100_000)}
    apart = replace(dataset, queries=replace(q, moment=np.zeros(len(q), np.int32), **everyone))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        with AnswersFile(path) as file:
            file.add(apart, at, systems)
        return judge(path).moments["next"]
