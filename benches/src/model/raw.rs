//! tract as it is, with all its operators, a fixed number of rows, and the state kept from call to call.

use ndarray::ArrayView2;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{SimplePlan, SimpleState};

use super::{Contender, FEATURES, vector};
use crate::Result;

/// How tract runs a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For any number of rows; the plan makes a state for each call.
    Symbolic,
    /// For any number of rows; the state is kept.
    SymbolicKept,
    /// For that number of rows; the state is kept.
    FixedKept,
}

/// A file of standard operators in tract.
#[derive(Debug)]
pub struct Raw {
    name: String,
    plan: Arc<TypedSimplePlan>,
    state: Option<TypedSimpleState>,
    tolerance: f32,
}

impl Raw {
    /// Loads a file of the test vectors for that number of rows.
    ///
    /// # Errors
    /// tract's.
    pub fn load(name: &str, file: &str, rows: usize, mode: Mode, tolerance: f32) -> Result<Self> {
        let mut model = tract_onnx::onnx().model_for_path(vector(file))?;
        if mode == Mode::FixedKept {
            model = model.with_input_fact(0, f32::fact([rows, FEATURES]).into())?;
            let output = model.output_fact(0)?.clone();
            model = model.with_output_fact(0, output.without_value())?;
        }
        let plan = SimplePlan::new(model.into_typed()?.into_decluttered()?.into_optimized()?)?;
        let state = if mode == Mode::Symbolic { None } else { Some(SimpleState::new(&plan)?) };
        Ok(Self { name: format!("tract, {name}, {mode:?}"), plan, state, tolerance })
    }
}

impl Contender for Raw {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn run(&mut self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>> {
        let (count, width) = rows.dim();
        let input = Tensor::from_shape(&[count, width], rows.as_slice().ok_or("rows in order")?)?;
        let input = tvec!(input.into_tvalue());
        let out = match &mut self.state {
            Some(state) => state.run(input)?,
            None => self.plan.run(input)?,
        };
        Ok(out[0].try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }

    fn tolerance(&self) -> f32 {
        self.tolerance
    }
}
