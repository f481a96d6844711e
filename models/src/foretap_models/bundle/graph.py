"""The ONNX files. The INT8 one says in itself what its one operator means, in standard operators.

The loader on the phone accepts these operators and no others, and the same model always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foretap_models.bundle.quantise import QuantisedDense
from foretap_models.errors import GraphError
from foretap_models.learn.inputs import CLIP
from foretap_models.learn.model import Model

DOMAIN = "ai.foretap"
"""The domain of `QuantisedDense`, version 1."""

OPSET = 17
"""The version of the standard operators."""

IR_VERSION = 8
"""The first version with functions."""

INPUTS = ("X", "offset", "step", "low", "W", "bias", "scale")
"""The inputs of `QuantisedDense`, in order."""


def int8(layers: Sequence[QuantisedDense]) -> bytes:
    """The INT8 graph: features float32 [N, F] -> correction float32 [N, 1], nats.

    Raises:
        GraphError: ONNX's own checker refuses it.
    """
    nodes, initialisers = [], []
    for at, layer in enumerate(layers):
        constants = {
            "offset": layer.offset,
            "step": layer.step,
            "low": np.array(layer.low, np.float32),
            "W": layer.weights,
            "bias": layer.bias,
            "scale": layer.scale,
        }
        names = [f"{name}{at}" for name in constants]
        for name, array in zip(names, constants.values(), strict=True):
            initialisers.append(numpy_helper.from_array(array, name))
        source, sink = _wire(at), _wire(at + 1, last=len(layers))
        nodes.append(helper.make_node("QuantisedDense", [source, *names], [sink], domain=DOMAIN))
    return _file(nodes, initialisers, layers[0].weights.shape[0], [_quantised_dense()])


def fp32(model: Model) -> bytes:
    """The FP32 graph, for comparison: the same input and output.

    Raises:
        GraphError: ONNX's own checker refuses it.
    """
    constants: dict[str, np.ndarray] = {
        "mean": model.standardisation.mean,
        "sd": model.standardisation.sd,
        "low": np.array(-CLIP, np.float32),
        "high": np.array(CLIP, np.float32),
    }
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "sd"], ["scaled"]),
        helper.make_node("Clip", ["scaled", "low", "high"], ["layer0"]),
    ]
    count = len(model.layers)
    for at, (weights, bias) in enumerate(model.layers):
        constants |= {f"W{at}": weights, f"bias{at}": bias}
        source, sink = f"layer{at}", _wire(at + 1, last=count)
        summed = sink if at == count - 1 else f"sum{at}"
        nodes.append(helper.make_node("MatMul", [source, f"W{at}"], [f"product{at}"]))
        nodes.append(helper.make_node("Add", [f"product{at}", f"bias{at}"], [summed]))
        if at < count - 1:
            nodes.append(helper.make_node("Relu", [summed], [sink]))
    initialisers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    return _file(nodes, initialisers, len(model.standardisation.mean), [])


def run(content: bytes, features: np.ndarray) -> np.ndarray:
    """The correction of features [rows, F] by ONNX Runtime, float32 [rows]."""
    import onnxruntime  # here, because only a check needs it and it takes a while to load

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    return session.run(["correction"], {"features": features.astype(np.float32, copy=False)})[0][:, 0]


def _wire(at: int, last: int | None = None) -> str:
    """The name of the tensor between two layers."""
    return "features" if at == 0 else "correction" if at == last else f"layer{at}"


def _quantised_dense() -> onnx.FunctionProto:
    """The meaning of `QuantisedDense`: one float32 rounding an operation, in this order."""
    nodes = [
        helper.make_node("Sub", ["X", "offset"], ["centred"]),
        helper.make_node("Div", ["centred", "step"], ["scaled"]),
        helper.make_node("Round", ["scaled"], ["rounded"]),
        helper.make_node("Constant", [], ["high"], value_float=127.0),
        helper.make_node("Clip", ["rounded", "low", "high"], ["clipped"]),
        helper.make_node("Cast", ["clipped"], ["q"], to=TensorProto.INT8),
        helper.make_node("MatMulInteger", ["q", "W"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["sum"]),
        helper.make_node("Cast", ["sum"], ["total"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["total", "scale"], ["Y"]),
    ]
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_function(DOMAIN, "QuantisedDense", list(INPUTS), ["Y"], nodes, opset)


def _file(
    nodes: list[onnx.NodeProto],
    initialisers: list[onnx.TensorProto],
    features: int,
    functions: list[onnx.FunctionProto],
) -> bytes:
    """The bytes of a checked model."""
    graph = helper.make_graph(
        nodes,
        "correction",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", features])],
        [helper.make_tensor_value_info("correction", TensorProto.FLOAT, ["N", 1])],
        initialisers,
    )
    opsets = [helper.make_opsetid("", OPSET)] + [helper.make_opsetid(DOMAIN, 1)] * bool(functions)
    model = helper.make_model(graph, functions=functions, opset_imports=opsets, ir_version=IR_VERSION)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise GraphError(f"ONNX's checker: {error}") from error
    return model.SerializeToString(deterministic=True)
