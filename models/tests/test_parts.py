"""The parts directory holds what the packer expects, and no one's data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models.bundle import golden, graph, parts, reference
from foretap_models.bundle.golden import ROWS
from foretap_models.bundle.parts import Arithmetic
from foretap_models.bundle.quantise import quantise
from foretap_models.data.dataset import Dataset
from foretap_models.errors import GraphError, ModelFileError, PartsError
from foretap_models.learn.model import Model


@pytest.mark.parametrize("arithmetic", list(Arithmetic))
def test_all_five_parts_are_written(arithmetic: Arithmetic, model: Model, start_weights: Path, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    parts.write(model, arithmetic, start_weights, folder)
    names = ["calibration.json", "golden.json", "manifest.json", "model.onnx", "start_weights.tsv"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert json.loads((folder / "manifest.json").read_text()) == {
        "name": "synthetic",
        "version": "1",
        "arithmetic": arithmetic.value,
        "feature_schema": synthetic.SCHEMA,
        "features": synthetic.FEATURES,
        "shortlist": 32,
        "learned_on": [synthetic.LOG],
        "seed": 3,
        "held_out_fold": model.provenance.held_out_fold,
    }
    calibration = json.loads((folder / "calibration.json").read_text())
    assert list(calibration) == ["next", "unlock", "unlock_or_resume"]
    assert all(list(of) == ["trust", "top", "slope"] for of in calibration.values())
    assert (folder / "start_weights.tsv").read_bytes() == start_weights.read_bytes()


@pytest.mark.parametrize("arithmetic", list(Arithmetic))
def test_golden_vectors_survive_json_and_are_what_onnx_runtime_says(
    arithmetic: Arithmetic, model: Model, start_weights: Path, tmp_path: Path
) -> None:
    parts.write(model, arithmetic, start_weights, tmp_path)
    vectors = json.loads((tmp_path / "golden.json").read_text())
    assert tuple(len(v["correction"]) for v in vectors) == ROWS
    assert 6 <= len(ROWS) <= 8
    assert sum(ROWS) <= 96
    content = (tmp_path / "model.onnx").read_bytes()
    for vector in vectors:
        features = np.array(vector["features"], np.float32)
        expected = np.array(vector["correction"], np.float32)
        allowed = 0.0 if arithmetic is Arithmetic.INT8 else 1e-5
        np.testing.assert_allclose(graph.run(content, features), expected, rtol=allowed, atol=allowed)


def test_a_bundle_of_the_parts_stays_below_64_kib(model: Model, start_weights: Path, tmp_path: Path) -> None:
    largest_table = 12_000
    for arithmetic in Arithmetic:
        parts.write(model, arithmetic, start_weights, tmp_path)
        golden = 4 * sum(ROWS) * (len(model.provenance.feature_names) + 1)
        assert (tmp_path / "model.onnx").stat().st_size + golden + largest_table + 1_000 < 65_536


def test_golden_rows_are_nobodys(model: Model, dataset: Dataset, start_weights: Path, tmp_path: Path) -> None:
    parts.write(model, Arithmetic.INT8, start_weights, tmp_path)
    seen = {row.tobytes() for row in dataset.features.reshape(-1, dataset.features.shape[2])}
    vectors = json.loads((tmp_path / "golden.json").read_text())
    rows = [np.array(row, np.float32) for vector in vectors for row in vector["features"]]
    assert not any(row.tobytes() in seen for row in rows)


def test_a_graph_that_says_something_else_is_refused(model: Model, start_weights: Path, tmp_path: Path) -> None:
    parts.write(model, Arithmetic.INT8, start_weights, tmp_path)
    (w, b), *others = model.layers
    other = replace(model, layers=((w * np.float32(1.001), b), *others))
    vectors = golden.golden(model.standardisation, 0, lambda x: reference.int8(quantise(model), x))
    parts.check(graph.int8(quantise(model)), Arithmetic.INT8, vectors)
    with pytest.raises(GraphError):
        parts.check(graph.int8(quantise(other)), Arithmetic.INT8, vectors)


def test_start_weights_that_are_missing_or_empty_are_refused(model: Model, tmp_path: Path) -> None:
    empty = tmp_path / "empty.tsv"
    empty.write_text("\n")
    for path in (empty, tmp_path / "missing.tsv"):
        with pytest.raises(PartsError):
            parts.write(model, Arithmetic.INT8, path, tmp_path / "parts")
    assert not (tmp_path / "parts").exists()


def test_a_model_file_comes_back_as_it_was(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    back = Model.load(tmp_path / "model.npz")
    assert (back.calibration, back.provenance) == (model.calibration, model.provenance)
    back.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "model.npz").read_bytes()
    assert set(np.load(tmp_path / "model.npz")) >= {"w0", "b0", "w1", "b1", "w2", "b2", "mean", "sd"}


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("weights")
    np.savez(tmp_path / "arrays.npz", w0=np.zeros(3))
    for name in ("text.npz", "arrays.npz", "missing.npz"):
        with pytest.raises(ModelFileError):
            Model.load(tmp_path / name)
