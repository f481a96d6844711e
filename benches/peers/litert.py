"""Times LiteRT on the model's layers, from Python: the wheel exports no stable C interface.

    benches/peers/setup.sh
    target/peers/venv/bin/python benches/peers/litert.py

The graphs are written here with the schema in LiteRT's own wheel, with random weights: what they cost does not depend on
them. What a call from Python costs is measured with a graph that does nothing, and printed; take it off. ONNX Runtime is
timed in turns, called by I/O binding, so that the figures can be set beside those of the Rust bench. One thread; a call's
time is the thread's processor time.
"""

import os
import random
import sys
import time
from pathlib import Path

import flatbuffers
import numpy as np
import onnxruntime as ort
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

WIDTHS = [72, 64, 32, 1]
ROUNDS = 3000
CALLS = 4
VECTORS = Path(__file__).resolve().parents[2] / "core/tests/vectors"


class Graph:
    """A LiteRT graph that grows by one operator after the other."""

    def __init__(self) -> None:
        self.model, self.graph = schema.ModelT(), schema.SubGraphT()
        self.model.version, self.model.subgraphs = 3, [self.graph]
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []
        self.graph.tensors, self.graph.operators = [], []
        self.random = np.random.default_rng(1)

    def tensor(self, shape: list, data_type: int, value: np.ndarray | None = None, scale: list | None = None) -> int:
        """Adds a tensor; with a scale, it is quantised, symmetric."""
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.name = shape, data_type, f"t{len(self.graph.tensors)}"
        if value is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(value.tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = scale, [0] * len(scale)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, code: int, inputs: list, output: int, kind: int = 0, options: object = None) -> int:
        """Adds an operator and hands on its output."""
        known = [known.builtinCode for known in self.model.operatorCodes]
        if code not in known:
            new = schema.OperatorCodeT()
            version = 5 if code == schema.BuiltinOperator.FULLY_CONNECTED else 1
            new.builtinCode, new.deprecatedBuiltinCode, new.version = code, min(code, 127), version
            self.model.operatorCodes.append(new)
            known.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = known.index(code), inputs, [output]
        operator.builtinOptionsType, operator.builtinOptions = kind, options
        self.graph.operators.append(operator)
        return output

    def dense(self, x: int, k: int, m: int, rows: int, quantised: bool, last: bool) -> int:
        """Adds a fully connected layer."""
        options = schema.FullyConnectedOptionsT()
        options.fusedActivationFunction = 0 if last else schema.ActivationFunctionType.RELU
        weights = self.random.normal(0, k**-0.5, (m, k)).astype(np.float32)
        bias = self.random.normal(0, 0.1, m).astype(np.float32)
        if quantised:
            scale = np.abs(weights).max(1) / 127
            step = self.graph.tensors[x].quantization.scale[0]
            numbers = np.rint(weights / scale[:, None]).astype(np.int8)
            sums = np.rint(bias / scale / step).astype(np.int32)
            w = self.tensor([m, k], schema.TensorType.INT8, numbers, scale.tolist())
            b = self.tensor([m], schema.TensorType.INT32, sums, (scale * step).tolist())
            y = self.tensor([rows, m], schema.TensorType.INT8, scale=[0.03])
        else:
            w = self.tensor([m, k], schema.TensorType.FLOAT32, weights)
            b = self.tensor([m], schema.TensorType.FLOAT32, bias)
            y = self.tensor([rows, m], schema.TensorType.FLOAT32)
        kind = schema.BuiltinOptions.FullyConnectedOptions
        return self.operator(schema.BuiltinOperator.FULLY_CONNECTED, [x, w, b], y, kind, options)

    def interpreter(self, x: int, y: int) -> Interpreter:
        """Loads what has grown."""
        self.graph.inputs, self.graph.outputs = [x], [y]
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        interpreter = Interpreter(model_content=bytes(builder.Output()), num_threads=1)
        interpreter.allocate_tensors()
        return interpreter


def int8(rows: int) -> Interpreter:
    """Floats in and out, 8-bit layers; one step for all features, which is less work than one for each."""
    graph = Graph()
    x = graph.tensor([rows, WIDTHS[0]], schema.TensorType.FLOAT32)
    q = graph.tensor([rows, WIDTHS[0]], schema.TensorType.INT8, scale=[0.04])
    y = graph.operator(schema.BuiltinOperator.QUANTIZE, [x], q)
    for place, (k, m) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        y = graph.dense(y, k, m, rows, True, place == 2)
    out = graph.tensor([rows, 1], schema.TensorType.FLOAT32)
    return graph.interpreter(x, graph.operator(schema.BuiltinOperator.DEQUANTIZE, [y], out))


def fp32(rows: int) -> Interpreter:
    """Standardise, clip, and plain layers."""
    graph = Graph()
    shape, float32 = [rows, WIDTHS[0]], schema.TensorType.FLOAT32
    x = graph.tensor(shape, float32)
    y, code, kind = x, schema.BuiltinOperator, schema.BuiltinOptions
    for name, value, options in [
        ("SUB", np.full(72, 0.1), (kind.SubOptions, schema.SubOptionsT())),
        ("DIV", np.full(72, 1.5), (kind.DivOptions, schema.DivOptionsT())),
        ("MAXIMUM", np.full(1, -5.0), (kind.MaximumMinimumOptions, schema.MaximumMinimumOptionsT())),
        ("MINIMUM", np.full(1, 5.0), (kind.MaximumMinimumOptions, schema.MaximumMinimumOptionsT())),
    ]:
        constant = graph.tensor([len(value)], float32, value.astype(np.float32))
        y = graph.operator(getattr(code, name), [y, constant], graph.tensor(shape, float32), *options)
    for place, (k, m) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        y = graph.dense(y, k, m, rows, False, place == 2)
    return graph.interpreter(x, y)


def nothing(_: int) -> Interpreter:
    """One operator on one number."""
    graph = Graph()
    x = graph.tensor([1, 1], schema.TensorType.FLOAT32)
    y = graph.tensor([1, 1], schema.TensorType.FLOAT32)
    return graph.interpreter(x, graph.operator(schema.BuiltinOperator.RELU, [x], y))


def onnx_runtime(file: str, features: np.ndarray):
    """A call by I/O binding."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(str(VECTORS / file), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_cpu_input("features", features)
    binding.bind_output("correction")
    return lambda: session.run_with_iobinding(binding)


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    features = np.fromfile(VECTORS / "model_features.f32", "<f4").reshape(-1, WIDTHS[0])
    for rows in (32, 8):
        contenders = {}
        for name, make in (("INT8", int8), ("FP32", fp32), ("nothing", nothing)):
            interpreter = make(rows)
            if name != "nothing":
                interpreter.set_tensor(interpreter.get_input_details()[0]["index"], features[:rows])
            interpreter.invoke()
            assert np.isfinite(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])).all()
            contenders[f"LiteRT, {name}"] = interpreter.invoke
        contenders["ONNX Runtime, INT8"] = onnx_runtime("model_int8.onnx", features[:rows])
        contenders["ONNX Runtime, FP32"] = onnx_runtime("model_fp32.onnx", features[:rows])
        contenders["a Python call"] = lambda: None
        times = {name: [] for name in contenders}
        clock, order = time.thread_time_ns, list(contenders)
        for _ in range(ROUNDS):
            random.shuffle(order)
            for name in order:
                call = contenders[name]
                call()
                for _ in range(CALLS):
                    started = clock()
                    call()
                    times[name].append(clock() - started)
        print(f"{rows} rows, us (p50, p99)", file=sys.stdout)
        for name, measured in times.items():
            measured.sort()
            print(f"  {name:<20}{measured[len(measured) // 2] / 1e3:8.1f}{measured[len(measured) * 99 // 100] / 1e3:8.1f}")


if __name__ == "__main__":
    main()
