"""Writes the model files that the tests of `core/src/model` and the benches read, and what they answer.

Run once, with Python 3.11, onnx 1.23.2, numpy 2.4.6 and onnxruntime 1.31.1, from the repository's root:

    python3 -m venv target/vectors && target/vectors/bin/pip install onnx==1.23.2 numpy==2.4.6 onnxruntime==1.31.1
    target/vectors/bin/python core/tests/vectors/make_models.py

The weights are random (seeded) and mean nothing. The answers are computed here, one float32 operation at a time, and
compared with those of ONNX Runtime: the 8-bit graphs must agree in every bit. Floats are stored raw, little endian.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent
WIDTHS = [72, 64, 32, 1]
ROWS = 48
SEED = 20
DOMAIN = "ai.foretap"
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]


def quantised_dense() -> onnx.FunctionProto:
    """The meaning of a QuantisedDense node in standard operators."""
    highest = helper.make_tensor("value", TensorProto.FLOAT, [], [127.0])
    nodes = [
        helper.make_node("Sub", ["X", "offset"], ["centred"]),
        helper.make_node("Div", ["centred", "step"], ["steps"]),
        helper.make_node("Round", ["steps"], ["rounded"]),
        helper.make_node("Constant", [], ["highest"], value=highest),
        helper.make_node("Clip", ["rounded", "low", "highest"], ["clipped"]),
        helper.make_node("Cast", ["clipped"], ["q"], to=TensorProto.INT8),
        helper.make_node("MatMulInteger", ["q", "W"], ["products"]),
        helper.make_node("Add", ["products", "bias"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["Y"]),
    ]
    inputs = ["X", "offset", "step", "low", "W", "bias", "scale"]
    return helper.make_function(DOMAIN, "QuantisedDense", inputs, ["Y"], nodes, [helper.make_opsetid("", 17)])


def model(nodes: list, tensors: dict, functions: list, opsets: list) -> onnx.ModelProto:
    """A file with the input and output of the contract."""
    graph = helper.make_graph(
        nodes,
        "ranker",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", WIDTHS[0]])],
        [helper.make_tensor_value_info("correction", TensorProto.FLOAT, ["N", 1])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in tensors.items()],
    )
    made = helper.make_model(graph, opset_imports=opsets, functions=functions, ir_version=8)
    made.ClearField("producer_name")
    onnx.checker.check_model(made, full_check=True)
    return made


def int8_layers(layers: list, features: np.ndarray) -> list:
    """Static quantisation, calibrated on the features."""
    x, quantised = features, []
    for place, (weights, bias) in enumerate(layers):
        if place == 0:
            offset, step = x.mean(0), np.maximum(4 * x.std(0) / 127, 1e-6)
            low = -127.0
        else:
            offset, step = np.zeros(1), np.full(1, np.abs(x).max() / 127)
            low = 0.0
        offset, step = offset.astype(np.float32), step.astype(np.float32)
        # What a step of each input is worth is part of the weight.
        worth = weights * np.broadcast_to(step, weights.shape[:1])[:, None]
        scale = np.maximum(np.abs(worth).max(0) / 127, 1e-12)
        w = np.rint(worth / scale).astype(np.int8)
        b = np.rint((bias + offset @ weights if place == 0 else bias) / scale).astype(np.int32)
        quantised.append((offset, step, np.float32(low), w, b, scale.astype(np.float32)))
        x = np.maximum(x @ weights + bias, 0)
    return quantised


def int8_answers(layers: list, features: np.ndarray) -> np.ndarray:
    """One float32 operation at a time."""
    x = features
    for offset, step, low, w, b, scale in layers:
        q = np.clip(np.rint((x - offset) / step), low, np.float32(127)).astype(np.int8)
        sums = q.astype(np.int32) @ w.astype(np.int32) + b
        assert np.abs(sums).max() < 2**24
        x = sums.astype(np.float32) * scale
    assert x.dtype == np.float32
    return x


def answer(made: onnx.ModelProto, features: np.ndarray) -> np.ndarray:
    """What ONNX Runtime answers, the same with and without its optimisations."""
    answers = []
    for level in (ort.GraphOptimizationLevel.ORT_DISABLE_ALL, ort.GraphOptimizationLevel.ORT_ENABLE_ALL):
        options = ort.SessionOptions()
        options.graph_optimization_level = level
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
        answers.append(session.run(["correction"], {"features": features})[0])
    print("  ONNX Runtime's optimisations change", int((answers[0] != answers[1]).sum()), "of", answers[0].size)
    return answers[1]


def main() -> None:
    random = np.random.default_rng(SEED)
    features = random.normal(random.normal(0, 2, WIDTHS[0]), random.uniform(0.1, 3, WIDTHS[0]), (ROWS, WIDTHS[0]))
    features = features.astype(np.float32)
    features[-1], features[-2] = 1e30, -1e30
    calibration = features[:-2]
    mean, sd = calibration.mean(0), calibration.std(0)
    layers = [
        (random.normal(0, k**-0.5, (k, m)).astype(np.float32), random.normal(0, 0.1, m).astype(np.float32))
        for k, m in zip(WIDTHS, WIDTHS[1:])
    ]
    features.astype("<f4").tofile(FOLDER / "model_features.f32")

    # FP32: standardise, clip, and plain layers.
    tensors = {"mean": mean, "sd": sd, "least": np.float32(-5), "most": np.float32(5)}
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "sd"], ["standard"]),
        helper.make_node("Clip", ["standard", "least", "most"], ["x0"]),
    ]
    x = np.clip((features - mean) / sd, np.float32(-5), np.float32(5))
    for place, (weights, bias) in enumerate(layers):
        last = place == len(layers) - 1
        tensors |= {f"weights{place}": weights, f"bias{place}": bias}
        nodes.append(helper.make_node("MatMul", [f"x{place}", f"weights{place}"], [f"product{place}"]))
        total = "correction" if last else f"sum{place}"
        nodes.append(helper.make_node("Add", [f"product{place}", f"bias{place}"], [total]))
        x = x @ weights + bias
        if not last:
            nodes.append(helper.make_node("Relu", [total], [f"x{place + 1}"]))
            x = np.maximum(x, 0)
    made = model(nodes, tensors, [], OPSETS[:1])
    print("fp32: greatest difference to ONNX Runtime", np.abs(answer(made, features) - x).max())
    (FOLDER / "model_fp32.onnx").write_bytes(made.SerializeToString())
    x.astype("<f4").tofile(FOLDER / "model_fp32.f32")

    # FP32, folded: the first layer standardises, and nothing is clipped. For the benches only.
    first, bias = layers[0]
    folded = [(first / sd[:, None], bias - (mean / sd) @ first), *layers[1:]]
    tensors, nodes = {}, []
    for place, (weights, bias) in enumerate(folded):
        source, total = ("features" if place == 0 else f"x{place}"), ("correction" if place == 2 else f"sum{place}")
        tensors |= {f"weights{place}": weights, f"bias{place}": bias}
        nodes.append(helper.make_node("MatMul", [source, f"weights{place}"], [f"product{place}"]))
        nodes.append(helper.make_node("Add", [f"product{place}", f"bias{place}"], [total]))
        if place < 2:
            nodes.append(helper.make_node("Relu", [total], [f"x{place + 1}"]))
    made = model(nodes, tensors, [], OPSETS[:1])
    print("folded: greatest difference", np.abs(answer(made, features) - x)[:-2].max())
    (FOLDER / "model_folded.onnx").write_bytes(made.SerializeToString())

    # INT8: the same, quantised; the function, and written out.
    quantised = int8_layers(folded, calibration)
    names = ["offset", "step", "low", "weights", "bias", "scale"]
    tensors, nodes, inline = {}, [], []
    for place, layer in enumerate(quantised):
        here = [f"{name}{place}" for name in names]
        tensors |= dict(zip(here, layer))
        source, target = ("features" if place == 0 else f"x{place}"), ("correction" if place == 2 else f"x{place + 1}")
        nodes.append(helper.make_node("QuantisedDense", [source, *here], [target], domain=DOMAIN))
        mapping = dict(zip(["X", *["offset", "step", "low", "W", "bias", "scale"], "Y"], [source, *here, target]))
        for node in quantised_dense().node:
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            if copy.op_type == "Constant":
                continue
            renamed = lambda name: mapping.get(name, "highest" if name == "highest" else f"{name}_{place}")
            copy.input[:] = [renamed(name) for name in node.input]
            copy.output[:] = [renamed(name) for name in node.output]
            inline.append(copy)
    expected = int8_answers(quantised, features)
    made = model(nodes, tensors, [quantised_dense()], OPSETS)
    unfused = model(inline, tensors | {"highest": np.float32(127)}, [], OPSETS[:1])
    for name, one in (("int8", made), ("unfused", unfused)):
        same = (answer(one, features).view(np.uint32) == expected.view(np.uint32)).all()
        print(f"{name}: {'every bit' if same else 'NOT every bit'} as in ONNX Runtime")
        assert same
        (FOLDER / f"model_{name}.onnx").write_bytes(one.SerializeToString())
    expected.astype("<f4").tofile(FOLDER / "model_int8.f32")
    print("int8 against fp32: greatest difference", np.abs(expected - x)[:-2].max(), "of", np.abs(x[:-2]).max())


if __name__ == "__main__":
    main()
