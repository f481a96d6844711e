"""INT8: one arithmetic wherever it runs, bit for bit, and nearly as good as float32."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import synthetic
from onnx import TensorProto

from foretap_models.bundle import graph, reference
from foretap_models.bundle.quantise import EXACT, MOST_CUT, QuantisedDense, in_line, quantise
from foretap_models.data.dataset import Dataset
from foretap_models.errors import QuantiseError
from foretap_models.judge.answers import MIXER, AnswersFile, Scores, of_mixer
from foretap_models.judge.figures import judge
from foretap_models.learn import forward
from foretap_models.learn.model import Model

ALLOWED_FP32 = ["Sub", "Div", "Clip", "MatMul", "Add", "Relu", "MatMul", "Add", "Relu", "MatMul", "Add"]


@pytest.fixture(scope="module")
def rows(dataset: Dataset) -> np.ndarray:
    """Features of 20,000 candidates, a few far outside of what was ever seen, float32 [rows, F]."""
    rows = dataset.features[:1_000][dataset.queries.is_candidate()[:1_000]][:20_000].copy()
    rows[::50] *= 100.0
    rows[7] = np.finfo(np.float32).max
    rows[8] = -np.finfo(np.float32).max
    return rows


def random_layers(seed: int, sizes: tuple[int, ...], largest: bool = False) -> list[QuantisedDense]:
    """A network of random integers; `largest` = every weight is 127 or -127."""
    rng = np.random.default_rng(seed)
    layers = []
    for at, (k, m) in enumerate(itertools.pairwise(sizes)):
        weights = rng.integers(-127, 128, (k, m), dtype=np.int8)
        wide = k if at == 0 else 1
        layers.append(
            QuantisedDense(
                offset=rng.normal(0, 1, wide).astype(np.float32) if at == 0 else np.zeros(1, np.float32),
                step=rng.uniform(0.01, 0.1, wide).astype(np.float32),
                low=-127.0 if at == 0 else 0.0,
                weights=np.where(weights >= 0, 127, -127).astype(np.int8) if largest else weights,
                bias=rng.integers(-100_000, 100_000, m, dtype=np.int32),
                scale=rng.uniform(1e-5, 1e-4, m).astype(np.float32),
            )
        )
    return layers


def by_integers(layers: list[QuantisedDense], x: np.ndarray) -> np.ndarray:
    """The definition, with the sum in int64."""
    for layer in layers:
        q = np.clip(np.rint((x - layer.offset) / layer.step), layer.low, 127).astype(np.int8)
        total = q.astype(np.int64) @ layer.weights.astype(np.int64) + layer.bias
        x = total.astype(np.float32) * layer.scale
    return x[:, 0]


def test_int8_is_onnx_runtime_bit_for_bit(model: Model, rows: np.ndarray) -> None:
    layers = quantise(model)
    ours, theirs = reference.int8(layers, rows), graph.run(graph.int8(layers), rows)
    assert ours.tobytes() == theirs.tobytes()
    assert len(np.unique(ours)) > 1_000


@pytest.mark.parametrize("largest", [False, True])
@pytest.mark.parametrize("sizes", [(74, 64, 32, 1), (256, 256, 256, 1), (1, 1, 1, 1), (7, 3, 5, 1)])
def test_the_reference_is_the_integer_definition_and_onnx_runtime(sizes: tuple[int, ...], largest: bool) -> None:
    layers = random_layers(sum(sizes), sizes, largest)
    x = np.random.default_rng(0).normal(0.0, 5.0, (500, sizes[0])).astype(np.float32)
    ours = reference.int8(layers, x)
    assert ours.tobytes() == by_integers(layers, x).tobytes()
    assert ours.tobytes() == graph.run(graph.int8(layers), x).tobytes()


def test_halves_round_to_even_in_the_reference_and_in_onnx_runtime() -> None:
    one = QuantisedDense(
        offset=np.zeros(1, np.float32),
        step=np.ones(1, np.float32),
        low=-127.0,
        weights=np.ones((1, 1), np.int8),
        bias=np.zeros(1, np.int32),
        scale=np.ones(1, np.float32),
    )
    x = np.array([[0.5], [1.5], [2.5], [-0.5], [-1.5], [126.5], [127.5], [-500.0]], np.float32)
    expected = [0.0, 2.0, 2.0, 0.0, -2.0, 126.0, 127.0, -127.0]
    assert reference.int8([one], x).tolist() == expected
    assert graph.run(graph.int8([one]), x).tolist() == expected


def test_fp32_is_onnx_runtime_within_a_hundred_thousandth(model: Model, rows: np.ndarray) -> None:
    ours, theirs = forward.fp32(model, rows), graph.run(graph.fp32(model), rows)
    np.testing.assert_allclose(theirs, ours, rtol=1e-5, atol=1e-5)


def test_int8_hits_as_often_as_fp32(model: Model, dataset: Dataset, tmp_path: Path) -> None:
    at = dataset.scored_queries(None)
    q, features, layers = dataset.queries, dataset.features[at], quantise(model)
    corrections = {"fp32": forward.fp32(model, features), "int8": reference.int8(layers, features)}
    systems = {name: Scores(q.log_mix[at] + correction) for name, correction in corrections.items()}
    with AnswersFile(tmp_path / "answers.parquet") as file:
        file.add(dataset, at, {MIXER: of_mixer(dataset, at)} | systems)
    moments = judge(tmp_path / "answers.parquet").moments.values()
    mixer, *hits = (np.mean([m.systems[name].micro.hr3 for m in moments]) for name in (MIXER, "fp32", "int8"))
    assert len(moments) == 3
    assert abs(hits[0] - hits[1]) <= 0.2
    assert min(hits) > mixer + 3.0, "the correction is worth something, so the difference could have been large"


def test_the_int8_file_is_as_the_loader_wants_it(model: Model) -> None:
    file = onnx.load_from_string(graph.int8(quantise(model)))
    assert file.ir_version == 8
    assert {(o.domain, o.version) for o in file.opset_import} == {("", 17), ("ai.foretap", 1)}
    assert [(n.domain, n.op_type) for n in file.graph.node] == [("ai.foretap", "QuantisedDense")] * 3
    assert [len(n.input) for n in file.graph.node] == [7] * 3
    (function,) = file.functions
    assert list(function.input) == ["X", "offset", "step", "low", "W", "bias", "scale"]
    ops = ["Sub", "Div", "Round", "Constant", "Clip", "Cast", "MatMulInteger", "Add", "Cast", "Mul"]
    assert [n.op_type for n in function.node] == ops
    types = {
        "X": None,
        "offset": TensorProto.FLOAT,
        "step": TensorProto.FLOAT,
        "low": TensorProto.FLOAT,
        "W": TensorProto.INT8,
        "bias": TensorProto.INT32,
        "scale": TensorProto.FLOAT,
    }
    tensors = {t.name: t for t in file.graph.initializer}
    for node, (k, m) in zip(file.graph.node, ((synthetic.FEATURES, 64), (64, 32), (32, 1)), strict=True):
        given = dict(zip(types, node.input, strict=True))
        assert [tensors[given[n]].data_type for n in list(types)[1:]] == list(types.values())[1:]
        shapes = {name: tuple(tensors[given[name]].dims) for name in ("low", "W", "bias", "scale")}
        assert shapes == {"low": (), "W": (k, m), "bias": (m,), "scale": (m,)}
        assert -128 not in np.frombuffer(tensors[given["W"]].raw_data, np.int8)
    check_ends(file)
    assert len(file.SerializeToString()) < 12_000


def test_the_fp32_file_is_as_the_loader_wants_it(model: Model) -> None:
    file = onnx.load_from_string(graph.fp32(model))
    assert [n.op_type for n in file.graph.node] == ALLOWED_FP32
    assert {(o.domain, o.version) for o in file.opset_import} == {("", 17)}
    check_ends(file)


def check_ends(file: onnx.ModelProto) -> None:
    """One input [N, F], one output [N, 1], and nothing that is not needed."""
    (given,), (made,) = file.graph.input, file.graph.output
    dims = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in (given, made)]
    assert (given.name, made.name, dims) == ("features", "correction", [["N", synthetic.FEATURES], ["N", 1]])
    assert not file.graph.value_info
    assert not file.metadata_props
    assert not file.producer_name


def test_every_weight_is_within_half_a_step_of_its_float(model: Model) -> None:
    for (weights, bias), layer in zip(model.layers, quantise(model), strict=True):
        unit = layer.scale / (5.0 / 127.0 if layer.low < 0.0 else layer.step)
        assert (np.abs(layer.weights * unit - weights) <= 0.501 * unit).all()
        assert (np.abs(layer.bias * layer.scale - bias) <= 0.501 * layer.scale).all()


def test_dead_channels_and_huge_biases_stay_exact(model: Model) -> None:
    (w, b), *others = model.layers
    w, b = w.copy(), b.copy()
    w[:, 0], b[0] = 0.0, 0.0
    w[:, 1], b[1] = 0.0, 3.0
    w[:, 2], b[2] = 1e-9, 1e6
    layers = quantise(replace(model, layers=((w, b), *others)))
    first = layers[0]
    largest = np.abs(first.bias.astype(np.int64)) + 127 * np.abs(first.weights.astype(np.int64)).sum(0)
    assert largest.max() < EXACT
    np.testing.assert_allclose((first.bias * first.scale)[:3], [0.0, 3.0, 1e6], rtol=1e-6)


def test_weights_that_are_not_finite_are_refused(model: Model) -> None:
    (w, b), *others = model.layers
    w = w.copy()
    w[3, 3] = np.inf
    with pytest.raises(QuantiseError):
        quantise(replace(model, layers=((w, b), *others)))


def lightly_changed(model: Model, seed: int, share: float) -> Model:
    """A model some of whose weights moved a little, whose inputs were standardised on other people."""
    rng = np.random.default_rng(seed)
    layers = tuple(
        ((w + np.where(rng.random(w.shape) < share, rng.normal(0, 0.02, w.shape), 0.0)).astype(np.float32), b)
        for w, b in model.layers
    )
    return replace(model, layers=layers)


def test_in_its_line_a_weight_that_did_not_change_keeps_its_byte(model: Model) -> None:
    first, again = quantise(model), quantise(in_line(model, model), model)
    for old, new in zip(first, again, strict=True):
        for field in ("offset", "step", "weights", "bias", "scale"):
            assert getattr(old, field).tobytes() == getattr(new, field).tobytes(), field
    changed = lightly_changed(model, 3, 0.05)
    in_its_line = quantise(in_line(changed, model), model)
    kept = [float((old.weights == new.weights).mean()) for old, new in zip(first, in_its_line, strict=True)]
    assert all(share > 0.9 for share in kept), kept
    assert all(old.scale.tobytes() == new.scale.tobytes() for old, new in zip(first, in_its_line, strict=True))


def test_in_its_line_a_model_of_other_people_says_nearly_the_same(model: Model, rows: np.ndarray) -> None:
    old = model.standardisation
    moved = replace(old, mean=(old.mean + 0.1 * old.sd).astype(np.float32), sd=(1.05 * old.sd).astype(np.float32))
    shift = (moved.mean.astype(np.float64) - old.mean) / old.sd
    (w, b), *others = model.layers
    same = (w * (moved.sd.astype(np.float64) / old.sd)[:, None]).astype(np.float32), (b + shift @ w).astype(np.float32)
    elsewhere = replace(model, layers=(same, *others), standardisation=moved)
    near = np.abs(rows - old.mean).max(1) < 4.0 * old.sd.max()
    ours = reference.int8(quantise(model), rows[near])
    theirs = reference.int8(quantise(in_line(elsewhere, model), model), rows[near])
    assert np.abs(ours - theirs).mean() < 0.02


def test_a_line_that_no_longer_fits_is_left(model: Model) -> None:
    louder = replace(model, layers=tuple((3.0 * w, b) for w, b in model.layers))
    with pytest.raises(QuantiseError, match="a new line begins"):
        quantise(in_line(louder, model), model)
    (w, b), *others = model.layers
    with pytest.raises(QuantiseError, match="other sizes"):
        in_line(replace(model, layers=((w[:, :-1], b[:-1]), *others)), model)
    with pytest.raises(QuantiseError, match="other features"):
        in_line(model, replace(model, provenance=replace(model.provenance, schema="0" * 64)))
    assert 0.0 < MOST_CUT < 0.1
