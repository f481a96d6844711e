//! The model at work: rows of features in, corrections out.

use std::fmt;

use foretap_int8::{DenseError, Path};
use ndarray::ArrayView2;
use tract_onnx::model::OnnxOpRegister;
use tract_onnx::pb::ModelProto;
use tract_onnx::tract_hir::internal::*;
use tract_onnx::tract_hir::ops;

use super::clip::Clip;
use super::dense::{Described, Fused};
use super::graph::{self, GraphError};

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Rows of another width than the model has.
    #[error("rows of {given} features; the model has {expected}")]
    Width {
        /// The width of the rows.
        given: usize,
        /// The model's.
        expected: usize,
    },
    /// tract refused to run what it had built.
    #[error("the graph did not run")]
    Graph,
}

/// A checked and built model. It keeps nothing between runs: a state of tract's costs half a microsecond to make, and one
/// that is kept would need a lock. The number of rows stays open, because padding a short shortlist costs more.
pub struct Runner {
    plan: Arc<TypedSimplePlan>,
    features: usize,
}

impl Runner {
    /// Checks an ONNX file and builds it for rows of that many features.
    ///
    /// # Errors
    /// If the file is not exactly of the format of models.
    pub fn load(onnx: &[u8], features: usize) -> Result<Self, GraphError> {
        Self::load_on(onnx, features, Path::best())
    }

    /// Loads as [`Runner::load`] does and computes quantised layers on a path of choice. The result is the same on each;
    /// this is for tests and benches.
    ///
    /// # Errors
    /// As [`Runner::load`].
    pub fn load_on(onnx: &[u8], features: usize, path: Path) -> Result<Self, GraphError> {
        let plan = build(&graph::read(onnx, features)?, path).map_err(|error| {
            error.root_cause().downcast_ref().map_or(GraphError::Build, |error: &DenseError| GraphError::Layer(*error))
        })?;
        Ok(Self { plan, features })
    }

    /// Returns the number of features in a row.
    #[must_use]
    pub fn features(&self) -> usize {
        self.features
    }

    /// Checks that rows have the model's width.
    pub(super) fn check(&self, rows: ArrayView2<'_, f32>) -> Result<(), RunError> {
        let (given, expected) = (rows.ncols(), self.features);
        if given == expected { Ok(()) } else { Err(RunError::Width { given, expected }) }
    }

    /// Computes the correction of each row, in nats.
    ///
    /// # Errors
    /// If the rows have another width than the model.
    pub fn run(&self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>, RunError> {
        self.check(rows)?;
        let (count, given) = rows.dim();
        if count == 0 {
            return Ok(Vec::new());
        }
        let corrections = || -> TractResult<Vec<f32>> {
            let rows = Tensor::from_shape(&[count, given], rows.as_standard_layout().as_slice().unwrap_or_default())?;
            let out = self.plan.run(tvec!(rows.into_tvalue()))?;
            Ok(out[0].try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
        };
        let corrections = corrections();
        // Where tract multiplied floats, all that follows would be slow.
        Path::clear_upper();
        corrections.ok().filter(|corrections| corrections.len() == count).ok_or(RunError::Graph)
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("features", &self.features).finish_non_exhaustive()
    }
}

/// Builds what was checked.
fn build(checked: &ModelProto, path: Path) -> TractResult<Arc<TypedSimplePlan>> {
    let loader = tract_onnx::Onnx { op_register: operators(), ..tract_onnx::Onnx::default() };
    let mut model = loader.model_for_proto_model(checked)?.into_typed()?;
    for node in &mut model.nodes {
        if let Some(layer) = node.op_as_mut::<Fused>() {
            layer.path = path;
        }
    }
    SimplePlan::new(model.into_optimized()?)
}

/// tract's operators of the allow-list and the one of this house. What is not named here is not even linked.
fn operators() -> OnnxOpRegister {
    let mut register = OnnxOpRegister::default();
    register.insert(graph::QUANTISED_DENSE, |_, _| Ok((expand(Described), vec![])));
    register.insert("Sub", |_, _| Ok((ops::math::Sub.into_hir(), vec![])));
    register.insert("Div", |_, _| Ok((ops::math::Div.into_hir(), vec![])));
    register.insert("Add", |_, _| Ok((ops::math::Add.into_hir(), vec![])));
    register.insert("MatMul", |_, _| Ok((expand(ops::matmul::MatMulInference::default()), vec![])));
    register.insert("Relu", |_, _| Ok((expand(ops::activations::Clip::new(Some(0.0), None)), vec![])));
    register.insert("Clip", |_, _| Ok((expand(Clip), vec![])));
    register
}
