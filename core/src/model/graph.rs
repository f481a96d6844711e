//! What a model file may hold. Everything is checked here, before tract builds anything: tract's loader answers some
//! mutated files with a hang.

use std::collections::BTreeMap;

use foretap_int8::{DenseError, MAX_WIDTH};
use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::{
    FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto, TypeProto, ValueInfoProto, type_proto,
};
use tract_onnx::prelude::Framework;

/// The longest accepted file, in bytes: ten times an MLP of 8-bit integers. The rest of a bundle is for other members.
const MAX_BYTES: usize = 65_536;
/// The most operators.
const MAX_NODES: usize = 16;
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
/// The domain of this house's one operator, and its version.
const DOMAIN: &str = "ai.foretap";
const DOMAIN_VERSION: i64 = 1;
const INPUT: &str = "features";
const OUTPUT: &str = "correction";
/// What the number of rows is called for tract, whatever the file calls it.
const ROWS: &str = "N";
pub(super) const QUANTISED_DENSE: &str = "QuantisedDense";
/// What [`QUANTISED_DENSE`] means, in standard operators, as the file says it for other runtimes.
const MEANING: [&str; 9] = ["Sub", "Div", "Round", "Clip", "Cast", "MatMulInteger", "Add", "Cast", "Mul"];

/// Why a model file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// A file longer than any model.
    #[error("a model file of {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Bytes that are no ONNX file.
    #[error("not an ONNX file")]
    NotOnnx,
    /// A part of the file that is missing, or not as the format of models has it.
    #[error("the model's {part} is not as the format has it")]
    Part {
        /// The part.
        part: &'static str,
    },
    /// An operator that is not in the list, or more operators than allowed.
    #[error("operator {place} is not one of the model's operators, or has other inputs, outputs or attributes")]
    Operator {
        /// Its place in the file, from 0.
        place: usize,
    },
    /// A tensor with another type, shape or content than its place asks for.
    #[error("the tensor at input {input} of operator {place} does not fit")]
    Tensor {
        /// The operator's place in the file, from 0.
        place: usize,
        /// The input's place, from 0.
        input: usize,
    },
    /// Numbers that the 8-bit layer cannot compute with.
    #[error("a quantised layer is refused: {0}")]
    Layer(DenseError),
    /// tract could not build it, though everything above was in order.
    #[error("the graph could not be built")]
    Build,
}

const fn part(part: &'static str) -> GraphError {
    GraphError::Part { part }
}

/// An operator and what stands behind its first input.
struct Operator {
    name: &'static str,
    domain: &'static str,
    operands: &'static [(DataType, Shape)],
}

/// The shape of an operand, where the row before has `width` columns.
#[derive(Clone, Copy)]
enum Shape {
    Scalar,
    /// One for each column, or one for all.
    Each,
    /// `width` rows; its columns are those of the result.
    Weights,
    /// One for each column of the result.
    Result,
}

/// The allow-list.
const OPERATORS: [Operator; 7] = {
    use DataType::{Float, Int8, Int32};
    const fn standard(name: &'static str, operands: &'static [(DataType, Shape)]) -> Operator {
        Operator { name, domain: "", operands }
    }
    [
        standard("Sub", &[(Float, Shape::Each)]),
        standard("Div", &[(Float, Shape::Each)]),
        standard("Clip", &[(Float, Shape::Scalar), (Float, Shape::Scalar)]),
        standard("MatMul", &[(Float, Shape::Weights)]),
        standard("Add", &[(Float, Shape::Each)]),
        standard("Relu", &[]),
        Operator {
            name: QUANTISED_DENSE,
            domain: DOMAIN,
            operands: &[
                (Float, Shape::Each),
                (Float, Shape::Each),
                (Float, Shape::Scalar),
                (Int8, Shape::Weights),
                (Int32, Shape::Result),
                (Float, Shape::Result),
            ],
        },
    ]
};

/// Reads a file and leaves what tract needs: one chain of listed operators from the features to the correction.
///
/// # Errors
/// If anything else is in the file, or something is missing.
pub(super) fn read(onnx: &[u8], features: usize) -> Result<ModelProto, GraphError> {
    if onnx.len() > MAX_BYTES {
        return Err(GraphError::TooLong { bytes: onnx.len() });
    }
    let mut bytes = onnx;
    let model = tract_onnx::Onnx::default().proto_model_for_read(&mut bytes).map_err(|_| GraphError::NotOnnx)?;
    checked(model, features)
}

/// Leaves of a file what tract needs.
///
/// # Errors
/// As [`read`].
fn checked(model: ModelProto, features: usize) -> Result<ModelProto, GraphError> {
    check_model(&model)?;
    let graph = model.graph.ok_or(part("graph"))?;
    check_graph(&graph, features)?;
    let nodes = graph.node.into_iter().map(|node| NodeProto { name: String::new(), doc_string: String::new(), ..node });
    let float = |columns| TypeProto { value: Some(rows_of_floats(columns)), denotation: String::new() };
    let value = |name: &str, columns| ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(float(columns)),
        doc_string: String::new(),
    };
    Ok(ModelProto {
        ir_version: IR_VERSION,
        opset_import: model.opset_import,
        graph: Some(GraphProto {
            node: nodes.collect(),
            initializer: graph.initializer,
            input: vec![value(INPUT, features)],
            output: vec![value(OUTPUT, 1)],
            ..GraphProto::default()
        }),
        ..ModelProto::default()
    })
}

/// The type of an input or output: N rows of floats.
fn rows_of_floats(columns: usize) -> type_proto::Value {
    use tract_onnx::pb::{TensorShapeProto, tensor_shape_proto};
    let dim = |value| tensor_shape_proto::Dimension { denotation: String::new(), value: Some(value) };
    let columns = i64::try_from(columns).unwrap_or(i64::MAX);
    type_proto::Value::TensorType(type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto {
            dim: vec![dim(Dimension::DimParam(ROWS.into())), dim(Dimension::DimValue(columns))],
        }),
    })
}

/// Everything around the graph.
fn check_model(model: &ModelProto) -> Result<(), GraphError> {
    let versions = model.opset_import.iter().map(|import| (import.domain.as_str(), import.version));
    let imports: BTreeMap<&str, i64> = versions.collect();
    let has_own = model.graph.iter().flat_map(|graph| &graph.node).any(|node| node.domain == DOMAIN);
    let expected = [("", OPSET), (DOMAIN, DOMAIN_VERSION)].into_iter().take(1 + usize::from(has_own));
    let is_once = imports.len() == model.opset_import.len();
    for (name, is_good) in [
        ("version", model.ir_version == IR_VERSION),
        ("operator sets", is_once && imports == expected.collect()),
        ("metadata", model.metadata_props.is_empty() && model.training_info.is_empty()),
        ("functions", model.functions.len() == usize::from(has_own) && model.functions.iter().all(is_quantised_dense)),
    ] {
        if !is_good {
            return Err(part(name));
        }
    }
    Ok(())
}

/// Whether a function is the known one. It is for other runtimes; here it is not run.
fn is_quantised_dense(function: &FunctionProto) -> bool {
    let operators = function.node.iter().map(|node| node.op_type.as_str()).filter(|name| *name != "Constant");
    function.name.as_deref() == Some(QUANTISED_DENSE)
        && function.domain.as_deref() == Some(DOMAIN)
        && function.input.len() == 7
        && function.output.len() == 1
        && function.attribute.is_empty()
        && function.node.len() <= MAX_NODES
        && operators.eq(MEANING)
}

/// The graph: its input, its output, and the chain between them.
fn check_graph(graph: &GraphProto, features: usize) -> Result<(), GraphError> {
    for (name, is_good) in [
        ("input", is_rows_of_floats(&graph.input, INPUT, features) && (1..=MAX_WIDTH).contains(&features)),
        ("output", is_rows_of_floats(&graph.output, OUTPUT, 1)),
        ("number of operators", (1..=MAX_NODES).contains(&graph.node.len())),
        ("value information", graph.value_info.is_empty() && graph.quantization_annotation.is_empty()),
        ("sparse tensors", graph.sparse_initializer.is_empty()),
    ] {
        if !is_good {
            return Err(part(name));
        }
    }
    let tensors: BTreeMap<&str, &TensorProto> =
        graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
    if tensors.len() != graph.initializer.len() || tensors.contains_key("") || tensors.contains_key(INPUT) {
        return Err(part("names of tensors"));
    }
    let (mut wire, mut width, mut used) = (INPUT, features, Vec::new());
    for (place, node) in graph.node.iter().enumerate() {
        let refused = GraphError::Operator { place };
        let operator = operator(node).ok_or(refused.clone())?;
        let (Some((first, operands)), [output]) = (node.input.split_first(), &*node.output) else {
            return Err(refused);
        };
        let is_fresh = !output.is_empty()
            && !tensors.contains_key(output.as_str())
            && output != INPUT
            && graph.node[..place].iter().all(|before| before.output[0] != *output);
        if first != wire || operands.len() != operator.operands.len() || !is_fresh {
            return Err(refused);
        }
        let mut result = width;
        for (input, (name, (data_type, shape))) in operands.iter().zip(operator.operands).enumerate() {
            let tensor = tensors.get(name.as_str()).filter(|tensor| is_plain(tensor, *data_type));
            let fitting = tensor.and_then(|tensor| fit(&tensor.dims, *shape, width, result));
            result = fitting.ok_or(GraphError::Tensor { place, input: input + 1 })?;
        }
        used.extend(operands);
        (wire, width) = (output, result);
    }
    used.sort_unstable();
    used.dedup();
    if wire != OUTPUT || width != 1 {
        return Err(part("end"));
    }
    if used.len() != tensors.len() {
        return Err(part("number of tensors"));
    }
    Ok(())
}

/// The operator of a node, if it is listed and the node says nothing more than its inputs and its output.
fn operator(node: &NodeProto) -> Option<&'static Operator> {
    let is_listed = |operator: &&Operator| operator.name == node.op_type && operator.domain == node.domain;
    OPERATORS.iter().find(is_listed).filter(|_| node.attribute.is_empty())
}

/// Whether the only value is N x `columns` floats with that name; N may be called as it likes, but is no number.
fn is_rows_of_floats(values: &[ValueInfoProto], name: &str, columns: usize) -> bool {
    let [value] = values else { return false };
    let shape = match value.r#type.as_ref().and_then(|of| of.value.as_ref()) {
        Some(type_proto::Value::TensorType(tensor)) if tensor.elem_type == DataType::Float as i32 => {
            tensor.shape.as_ref()
        }
        _ => None,
    };
    let dims: Option<Vec<_>> = shape.map(|shape| shape.dim.iter().map(|dim| dim.value.as_ref()).collect());
    let is_shape = matches!(
        dims.as_deref(),
        Some([Some(Dimension::DimParam(_)), Some(Dimension::DimValue(value))]) if usize::try_from(*value) == Ok(columns)
    );
    value.name == name && is_shape
}

/// Whether a tensor has that type, and its numbers in the file, raw, finite and as many as its shape says.
fn is_plain(tensor: &TensorProto, data_type: DataType) -> bool {
    let is_elsewhere = tensor.data_location.is_some_and(|place| place != DataLocation::Default as i32)
        || !tensor.external_data.is_empty()
        || tensor.segment.is_some();
    let other_fields = [
        tensor.float_data.len(),
        tensor.int32_data.len(),
        tensor.int64_data.len(),
        tensor.double_data.len(),
        tensor.uint64_data.len(),
        tensor.string_data.len(),
    ];
    let size = if data_type == DataType::Int8 { 1 } else { 4 };
    let count = widths(&tensor.dims).map(|dims| dims.iter().product::<usize>());
    let is_finite = || tensor.raw_data.as_chunks().0.iter().all(|bytes| f32::from_le_bytes(*bytes).is_finite());
    tensor.data_type == data_type as i32
        && !is_elsewhere
        && other_fields == [0; 6]
        && count.is_some_and(|count| tensor.raw_data.len() == count * size)
        && (data_type != DataType::Float || is_finite())
}

/// At most two dimensions of 1 to [`MAX_WIDTH`].
fn widths(dims: &[i64]) -> Option<Vec<usize>> {
    let width = |dim: &i64| usize::try_from(*dim).ok().filter(|dim| (1..=MAX_WIDTH).contains(dim));
    if dims.len() <= 2 { dims.iter().map(width).collect() } else { None }
}

/// The columns of the result, if an operand's shape fits: `width` columns come in, `result` go out so far.
fn fit(dims: &[i64], shape: Shape, width: usize, result: usize) -> Option<usize> {
    match (shape, &*widths(dims)?) {
        (Shape::Scalar, []) => Some(result),
        (Shape::Each, [each]) if *each == width || *each == 1 => Some(result),
        (Shape::Weights, [rows, columns]) if *rows == width => Some(*columns),
        (Shape::Result, [each]) if *each == result => Some(result),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
