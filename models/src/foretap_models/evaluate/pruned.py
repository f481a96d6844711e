"""What pruning saves and what it costs: weights left, bytes of the integers after zstd, points of HR@3."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from foretap_models.bundle import graph, reference
from foretap_models.bundle.quantise import quantise
from foretap_models.data.dataset import Dataset
from foretap_models.evaluate.verdict import Trial, judged_fold
from foretap_models.judge import figures
from foretap_models.judge.answers import AnswersFile, Scores
from foretap_models.learn.learn import answered
from foretap_models.learn.model import Model
from foretap_models.learn.prune import weights_left

LEVEL = 19
"""Of zstd, as deltas and bundles are packed."""


@dataclass(frozen=True)
class Row:
    """A network.

    Attributes:
        left: share of the matrices' weights that is not zero.
        bytes: of the INT8 graph.
        zstd: of the same after zstd.
        lost: points of HR@3 by moment, less than the first; nothing where nobody was held out.
    """

    left: float
    bytes: int
    zstd: int
    lost: dict[str, float]


def pruned(models: Sequence[Model], dataset: Dataset) -> list[Row]:
    """A row for each model; what is lost is lost to the first, on the fold that all of them were held from.

    Raises:
        ModelFileError: a model of other features.
        HeldOutError: the models were held out from people who were split another way.
        JudgeError: `foretap judge` is not here or refuses.
    """
    lost: list[dict[str, float]] = [{} for _ in models]
    if models[0].provenance.held_out_fold is not None:
        at = dataset.scored_queries(judged_fold(Trial(dataset, models[0])))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answers.parquet"
            with AnswersFile(path) as file:
                file.add(dataset, at, {str(n): _answers(model, dataset, at) for n, model in enumerate(models)})
            for name, moment in figures.judge(path, "0", "scored").moments.items():
                for number, of in enumerate(lost):
                    of[name] = -moment.systems[str(number)].lead["hr3"].mean
    rows = []
    for model, of in zip(models, lost, strict=True):
        content = graph.int8(quantise(model))
        packed = pa.Codec("zstd", LEVEL).compress(content, asbytes=True)
        rows.append(Row(weights_left(model), len(content), len(packed), of))
    return rows


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    moments = list(rows[0].lost)
    heads = ["weights left", "INT8 bytes", "after zstd", *(f"HR@3 lost, {name}" for name in moments)]
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---:" for _ in heads) + " |"]
    for of in rows:
        cells = [f"{100.0 * of.left:.1f} %", f"{of.bytes}", f"{of.zstd}", *(f"{of.lost[m]:+.2f}" for m in moments)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _answers(model: Model, dataset: Dataset, at: np.ndarray) -> Scores:
    """The integers' answers."""
    layers = quantise(model)
    return answered(dataset, at, reference.int8(layers, dataset.features[at]), model.calibration)
