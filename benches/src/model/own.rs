//! Foretap's own: the core's runner, and the 8-bit kernel without tract.

use foretap_core::model::{Path, Runner};
use foretap_int8::Dense;
use ndarray::ArrayView2;
use tract_onnx::pb::TensorProto;
use tract_onnx::prelude::Framework;

use super::{Contender, FEATURES, vector};
use crate::Result;

/// The core's runner on a file.
#[derive(Debug)]
pub struct Fused {
    name: String,
    runner: Runner,
    tolerance: f32,
}

impl Fused {
    /// The 8-bit file, computed on that path.
    ///
    /// # Errors
    /// If it does not load.
    pub fn int8(path: Path) -> Result<Self> {
        let runner = Runner::load_on(&std::fs::read(vector("model_int8.onnx"))?, FEATURES, path)?;
        Ok(Self { name: format!("Foretap, INT8 fused in tract, {path:?}"), runner, tolerance: 0.0 })
    }

    /// The float file.
    ///
    /// # Errors
    /// If it does not load.
    pub fn fp32(tolerance: f32) -> Result<Self> {
        let runner = Runner::load(&std::fs::read(vector("model_fp32.onnx"))?, FEATURES)?;
        Ok(Self { name: "Foretap, FP32 in tract".to_owned(), runner, tolerance })
    }
}

impl Contender for Fused {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn run(&mut self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>> {
        Ok(self.runner.run(rows)?)
    }

    fn tolerance(&self) -> f32 {
        self.tolerance
    }
}

/// The layers one after the other, with room for the rows between them.
#[derive(Debug)]
pub struct Kernel {
    path: Path,
    layers: Vec<Dense>,
    between: [Vec<f32>; 2],
}

impl Kernel {
    /// The layers of the 8-bit file, computed on that path.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn new(path: Path) -> Result<Self> {
        let mut file = std::fs::File::open(vector("model_int8.onnx"))?;
        let graph = tract_onnx::onnx().proto_model_for_read(&mut file)?.graph.ok_or("no graph")?;
        let layer = |place: usize| -> Result<Dense> {
            let tensor = |name: &str| -> Result<&TensorProto> {
                let name = format!("{name}{place}");
                graph.initializer.iter().find(|tensor| tensor.name == name).ok_or_else(|| name.into())
            };
            let words = |name: &str| -> Result<Vec<[u8; 4]>> { Ok(tensor(name)?.raw_data.as_chunks().0.to_vec()) };
            let floats =
                |name: &str| -> Result<Vec<f32>> { Ok(words(name)?.into_iter().map(f32::from_le_bytes).collect()) };
            let weights = tensor("weights")?;
            let bias: Vec<i32> = words("bias")?.into_iter().map(i32::from_le_bytes).collect();
            let numbers: Vec<i8> = weights.raw_data.iter().map(|byte| byte.cast_signed()).collect();
            let (offset, step, scale) = (floats("offset")?, floats("step")?, floats("scale")?);
            let inputs = usize::try_from(weights.dims[0])?;
            Ok(Dense::new(inputs, [&offset, &step], floats("low")?[0], &numbers, &bias, &scale)?)
        };
        let layers = (0..graph.node.len()).map(layer).collect::<Result<_>>()?;
        Ok(Self { path, layers, between: Default::default() })
    }
}

impl Contender for Kernel {
    fn name(&self) -> String {
        format!("Foretap, INT8 kernel alone, {:?}", self.path)
    }

    fn run(&mut self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>> {
        let [from, to] = &mut self.between;
        let count = rows.nrows();
        for (place, layer) in self.layers.iter().enumerate() {
            to.resize(count * layer.outputs(), 0.0);
            let input = if place == 0 { rows.as_slice().ok_or("rows in order")? } else { &**from };
            layer.forward_on(self.path, input, to);
            std::mem::swap(from, to);
        }
        Ok(from.clone())
    }
}
