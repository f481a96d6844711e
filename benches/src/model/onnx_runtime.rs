//! ONNX Runtime, the shared library that `ORT_DYLIB_PATH` names: one thread, all optimisations.

use ndarray::ArrayView2;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

use super::{Contender, vector};
use crate::Result;

/// A session on a file of the test vectors.
#[derive(Debug)]
pub struct OnnxRuntime {
    name: String,
    session: Session,
    tolerance: f32,
}

impl OnnxRuntime {
    /// Loads a file.
    ///
    /// # Errors
    /// ONNX Runtime's.
    pub fn load(name: &str, file: &str, tolerance: f32) -> Result<Self> {
        let session = Session::builder()?
            .with_optimization_level(GraphOptimizationLevel::Level3)?
            .with_intra_threads(1)?
            .with_inter_threads(1)?
            .commit_from_file(vector(file))?;
        Ok(Self { name: format!("ONNX Runtime, {name}"), session, tolerance })
    }
}

impl Contender for OnnxRuntime {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn run(&mut self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>> {
        let (count, width) = rows.dim();
        let input = TensorRef::from_array_view(([count, width], rows.as_slice().ok_or("rows in order")?))?;
        let out = self.session.run(ort::inputs!["features" => input])?;
        Ok(out["correction"].try_extract_tensor::<f32>()?.1.to_vec())
    }

    fn tolerance(&self) -> f32 {
        self.tolerance
    }
}
