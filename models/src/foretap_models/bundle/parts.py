"""The parts directory, from which `foretap bundle pack` makes a bundle."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from foretap_models.bundle import graph, reference
from foretap_models.bundle.golden import Golden, golden, with_questions
from foretap_models.bundle.members import Members
from foretap_models.bundle.quantise import in_line, quantise
from foretap_models.data.features_file import MOMENTS, SHORTLIST
from foretap_models.errors import GraphError, PartsError
from foretap_models.learn import forward
from foretap_models.learn.model import Model

FP32_TOLERANCE = 1e-5
"""How far ONNX Runtime may be from the FP32 reference, nats (or share, above one nat): it adds in another order. INT8
has to agree bit for bit."""


class Arithmetic(StrEnum):
    """How the network computes."""

    INT8 = "int8"
    FP32 = "fp32"


def write(
    model: Model,
    arithmetic: Arithmetic,
    start_weights: Path,
    folder: Path,
    members: Members | None = None,
    line: Model | None = None,
) -> float:
    """Writes the five parts, and the members where there are some; returns ONNX Runtime's largest difference, nats.

    The graph is checked against ONNX Runtime; members are by a phone, when it loads the bundle.

    Args:
        model: what was trained.
        arithmetic: INT8 ships, FP32 is there to compare.
        start_weights: the table of `foretap weights`.
        folder: made if it is not there.
        members: what stands beside the graph, where something does.
        line: the first model of the release line, whose scales and golden inputs INT8 keeps, so that deltas are small.

    Raises:
        QuantiseError: the weights cannot be quantised, or not in this line.
        GraphError: ONNX Runtime reads the graph differently.
        PartsError: the start weights cannot be read.
    """
    try:
        table = start_weights.read_bytes()
        is_table = bool(table.decode("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise PartsError(f"{start_weights}: {error}") from error
    if not is_table:
        raise PartsError(f"{start_weights}: an empty table of start weights")
    made = model.provenance
    seed = line.provenance.seed if line else made.seed
    if arithmetic is Arithmetic.INT8:
        layers = quantise(in_line(model, line), line) if line else quantise(model)
        content = graph.int8(layers)
        standardisation = (line or model).standardisation
        vectors = golden(standardisation, seed, lambda x: reference.int8(layers, x))
    else:
        content = graph.fp32(model)
        vectors = golden(model.standardisation, made.seed, lambda x: forward.fp32(model, x))
    difference = check(content, arithmetic, vectors)
    manifest = {
        "name": made.name,
        "version": made.version,
        "arithmetic": arithmetic.value,
        "feature_schema": made.schema,
        "features": len(made.feature_names),
        "shortlist": SHORTLIST,
        "learned_on": list(made.learned_on),
        "seed": made.seed,
        "held_out_fold": made.held_out_fold,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    (folder / "start_weights.tsv").write_bytes(table)
    _write_json(folder / "manifest.json", manifest)
    _write_json(folder / "calibration.json", dict(zip(MOMENTS, map(asdict, model.calibration), strict=True)))
    (folder / "members.json").unlink(missing_ok=True)
    if members is not None:
        members.save(folder)
        vectors = with_questions(vectors, seed)
    _write_json(folder / "golden.json", [vector.as_json(members) for vector in vectors])
    return difference


def check(content: bytes, arithmetic: Arithmetic, vectors: tuple[Golden, ...]) -> float:
    """The largest difference between ONNX Runtime and the vectors, nats.

    Raises:
        GraphError: one is more than 0 (INT8) or `FP32_TOLERANCE` (FP32).
    """
    rows = np.concatenate([vector.features for vector in vectors])
    expected = np.concatenate([vector.correction for vector in vectors])
    differences = np.abs(graph.run(content, rows) - expected)
    allowed = 0.0 if arithmetic is Arithmetic.INT8 else FP32_TOLERANCE * np.maximum(1.0, np.abs(expected))
    if not (differences <= allowed).all():
        raise GraphError(f"ONNX Runtime differs by up to {differences.max()} nats from the {arithmetic} reference")
    return float(differences.max())


def _write_json(path: Path, value: Any) -> None:  # noqa: ANN401
    """Writes JSON that has no NaN, in the order given."""
    path.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n", encoding="utf-8")
