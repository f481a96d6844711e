//! Whatever is not exactly of the format is refused.

use super::*;
use tract_onnx::pb::{AttributeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto};

const FEATURES: usize = 72;
const INT8: &[u8] = include_bytes!("../../../tests/vectors/model_int8.onnx");
const FP32: &[u8] = include_bytes!("../../../tests/vectors/model_fp32.onnx");

fn decoded(mut onnx: &[u8]) -> ModelProto {
    tract_onnx::Onnx::default().proto_model_for_read(&mut onnx).expect("an ONNX file")
}

/// What a file is answered with after a change.
fn after(onnx: &[u8], change: impl FnOnce(&mut ModelProto, &mut GraphProto)) -> Result<ModelProto, GraphError> {
    let mut model = decoded(onnx);
    let mut graph = model.graph.take().expect("a graph");
    change(&mut model, &mut graph);
    model.graph = Some(graph);
    checked(model, FEATURES)
}

fn refusal(onnx: &[u8], change: impl FnOnce(&mut ModelProto, &mut GraphProto)) -> GraphError {
    after(onnx, change).expect_err("refused")
}

fn tensor<'a>(graph: &'a mut GraphProto, name: &str) -> &'a mut TensorProto {
    graph.initializer.iter_mut().find(|tensor| tensor.name == name).expect("the tensor")
}

#[test]
fn both_graphs_are_accepted_and_only_what_tract_needs_is_left() {
    for (onnx, nodes) in [(INT8, 3), (FP32, 11)] {
        let model = read(onnx, FEATURES).expect("accepted");
        assert!(model.functions.is_empty());
        let graph = model.graph.expect("a graph");
        assert!(graph.node.len() == nodes && graph.node.iter().all(|node| node.name.is_empty()));
    }
}

#[test]
fn an_operator_that_is_not_listed_is_refused() {
    let normalise = NodeProto {
        op_type: "LayerNormalization".into(),
        input: vec!["x1".into(), "scale1".into()],
        output: vec!["normal".into()],
        ..NodeProto::default()
    };
    let inserted = refusal(INT8, |_, graph| {
        graph.node.insert(1, normalise.clone());
        graph.node[2].input[0] = "normal".into();
    });
    assert_eq!(inserted, GraphError::Operator { place: 1 });
    let foreign = refusal(INT8, |_, graph| graph.node[2].domain = "com.example".into());
    assert_eq!(foreign, GraphError::Operator { place: 2 });
    let borrowed = refusal(FP32, |_, graph| graph.node[3].domain = "ai.onnx".into());
    assert_eq!(borrowed, GraphError::Operator { place: 3 });
}

#[test]
fn too_many_operators_or_none_are_refused() {
    let chain = |count: usize| {
        after(FP32, |_, graph| {
            let relu = |place: usize| NodeProto {
                op_type: "Relu".into(),
                input: vec![format!("r{place}")],
                output: vec![format!("r{}", place + 1)],
                ..NodeProto::default()
            };
            let more = (0..count).map(relu);
            graph.node.last_mut().expect("nodes").output[0] = "r0".into();
            graph.node.extend(more);
            graph.node.last_mut().expect("nodes").output[0] = OUTPUT.into();
        })
    };
    assert!(chain(5).is_ok());
    assert_eq!(chain(6).expect_err("refused"), part("number of operators"));
    assert_eq!(refusal(FP32, |_, graph| graph.node.clear()), part("number of operators"));
}

#[test]
fn the_chain_may_not_branch_stop_or_turn_back() {
    type Change = fn(&mut ModelProto, &mut GraphProto);
    let changes: [(Change, GraphError); 8] = [
        (|_, graph| graph.node.swap(0, 1), GraphError::Operator { place: 0 }),
        (|_, graph| graph.node[2].input[0] = "x1".into(), GraphError::Operator { place: 2 }),
        (|_, graph| graph.node[1].output[0] = "x1".into(), GraphError::Operator { place: 1 }),
        (|_, graph| graph.node[1].output[0] = INPUT.into(), GraphError::Operator { place: 1 }),
        (|_, graph| graph.node[1].output.push("also".into()), GraphError::Operator { place: 1 }),
        (|_, graph| drop(graph.node[1].input.pop()), GraphError::Operator { place: 1 }),
        (|_, graph| drop(graph.node.pop()), part("end")),
        (|_, graph| graph.node[0].attribute.push(AttributeProto::default()), GraphError::Operator { place: 0 }),
    ];
    for (change, expected) in changes {
        assert_eq!(refusal(INT8, change), expected);
    }
}

#[test]
fn a_tensor_of_another_type_shape_or_content_is_refused() {
    type Change = fn(&mut TensorProto);
    let changes: [(&str, Change, usize); 13] = [
        ("weights1", |t| t.data_type = DataType::Uint8 as i32, 4),
        ("bias1", |t| t.data_type = DataType::Float as i32, 5),
        ("weights1", |t| t.dims.reverse(), 4),
        ("weights1", |t| t.dims = vec![64, 32, 1], 4),
        ("weights1", |t| t.dims = vec![64, -32], 4),
        ("scale1", |t| t.dims = vec![1], 6),
        ("low1", |t| t.dims = vec![1], 3),
        ("step1", |t| t.dims = vec![32], 2),
        ("weights1", |t| t.raw_data.truncate(9), 4),
        ("weights1", |t| t.raw_data.clear(), 4),
        ("scale1", |t| t.raw_data[..4].copy_from_slice(&f32::NAN.to_le_bytes()), 6),
        ("scale1", |t| t.float_data.push(1.0), 6),
        ("weights1", |t| t.data_location = Some(1), 4),
    ];
    for (name, change, input) in changes {
        let expected = GraphError::Tensor { place: 1, input };
        assert_eq!(refusal(INT8, |_, graph| change(tensor(graph, name))), expected, "{name}");
    }
    let external = refusal(INT8, |_, graph| {
        let location = StringStringEntryProto { key: "location".into(), value: "/etc/passwd".into() };
        tensor(graph, "weights2").external_data.push(location);
    });
    assert_eq!(external, GraphError::Tensor { place: 2, input: 4 });
    let missing = refusal(INT8, |_, graph| graph.node[2].input[5] = "nothing".into());
    assert_eq!(missing, GraphError::Tensor { place: 2, input: 5 });
}

#[test]
fn too_wide_a_layer_is_refused() {
    let wide = refusal(FP32, |_, graph| {
        let weights = tensor(graph, "weights0");
        weights.dims = vec![72, 257];
        weights.raw_data = vec![0; 72 * 257 * 4];
    });
    assert_eq!(wide, GraphError::Tensor { place: 3, input: 1 });
}

#[test]
fn other_inputs_and_outputs_are_refused() {
    for features in [0, 71, 73, 257] {
        assert_eq!(read(INT8, features).expect_err("refused"), part("input"), "{features}");
    }
    assert_eq!(refusal(INT8, |_, graph| graph.input[0].name = "x".into()), part("input"));
    assert_eq!(refusal(INT8, |_, graph| graph.input.push(graph.input[0].clone())), part("input"));
    assert_eq!(refusal(INT8, |_, graph| graph.output[0].name = "y".into()), part("output"));
    assert_eq!(refusal(INT8, |_, graph| graph.output[0].r#type = None), part("output"));
    let shape = |value: &mut ValueInfoProto, change: fn(&mut type_proto::Tensor)| {
        let of = value.r#type.as_mut().and_then(|of| of.value.as_mut()).expect("a type");
        let type_proto::Value::TensorType(tensor) = of;
        change(tensor);
    };
    let double = refusal(INT8, |_, graph| shape(&mut graph.input[0], |t| t.elem_type = DataType::Double as i32));
    assert_eq!(double, part("input"));
    let fixed = refusal(INT8, |_, graph| {
        shape(&mut graph.input[0], |t| t.shape.as_mut().expect("a shape").dim[0].value = Some(Dimension::DimValue(32)));
    });
    assert_eq!(fixed, part("input"));
}

#[test]
fn the_name_of_the_number_of_rows_does_not_reach_tract() {
    let model = after(INT8, |_, graph| {
        let of = graph.input[0].r#type.as_mut().and_then(|of| of.value.as_mut()).expect("a type");
        let type_proto::Value::TensorType(tensor) = of;
        tensor.shape.as_mut().expect("a shape").dim[0].value = Some(Dimension::DimParam("((((N/".into()));
    });
    let text = format!("{:?}", model.expect("accepted"));
    assert!(text.contains("DimParam(\"N\")") && !text.contains("((((N/"));
}

#[test]
fn everything_around_the_graph_is_checked() {
    type Change = fn(&mut ModelProto, &mut GraphProto);
    let changes: [(Change, &str); 13] = [
        (|model, _| model.ir_version = 9, "version"),
        (|model, _| model.opset_import[0].version = 18, "operator sets"),
        (|model, _| model.opset_import.push(OperatorSetIdProto::default()), "operator sets"),
        (|model, _| model.metadata_props.push(StringStringEntryProto::default()), "metadata"),
        (|model, _| model.functions.clear(), "functions"),
        (|model, _| drop(model.opset_import.pop()), "operator sets"),
        (|model, _| model.functions.push(model.functions[0].clone()), "functions"),
        (|model, _| model.functions[0].name = Some("Relu".into()), "functions"),
        (|model, _| model.functions[0].node[2].op_type = "Floor".into(), "functions"),
        (|_, graph| graph.value_info.push(graph.output[0].clone()), "value information"),
        (|_, graph| graph.initializer.push(graph.initializer[0].clone()), "names of tensors"),
        (|_, graph| graph.initializer[0].name = INPUT.into(), "names of tensors"),
        (
            |_, graph| graph.initializer.push(TensorProto { name: "idle".into(), ..TensorProto::default() }),
            "number of tensors",
        ),
    ];
    for (change, expected) in changes {
        assert_eq!(refusal(INT8, change), part(expected));
    }
    let mut empty = decoded(FP32);
    empty.graph = None;
    assert_eq!(checked(empty, FEATURES).expect_err("refused"), part("graph"));
    let long = vec![0; MAX_BYTES + 1];
    assert_eq!(read(&long, FEATURES).expect_err("refused"), GraphError::TooLong { bytes: MAX_BYTES + 1 });
    assert_eq!(read(b"no protobuf", FEATURES).expect_err("refused"), GraphError::NotOnnx);
}
