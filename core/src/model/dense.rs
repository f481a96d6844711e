//! The graph's one operator of this house, `QuantisedDense`, as an operator of tract.

use foretap_int8::{Dense, Path};
use tract_onnx::tract_hir::internal::*;

/// The operator as the file has it: seven inputs, of which six are constants.
#[derive(Debug, Clone)]
pub(super) struct Described;

impl Expansion for Described {
    fn name(&self) -> StaticName {
        super::graph::QUANTISED_DENSE.into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 7)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].rank, 2)?;
        solver.equals(&outputs[0].rank, 2)?;
        solver.equals(&outputs[0].datum_type, f32::datum_type())?;
        solver.equals(&outputs[0].shape[0], &inputs[0].shape[0])?;
        solver.equals(&outputs[0].shape[1], &inputs[4].shape[1])
    }

    fn wire(&self, prefix: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
        let [x, constants @ ..] = inputs else { bail!("no input") };
        let constants = constants.iter().map(|outlet| Ok(model.outlet_fact(*outlet)?.konst.clone()));
        let constants = constants.collect::<TractResult<Option<Vec<_>>>>()?;
        let Some([offset, step, low, weights, bias, scale]) = constants.as_deref() else { bail!("not six constants") };
        let inputs = weights.shape().first().copied().unwrap_or_default();
        let dense = Dense::new(
            inputs,
            [numbers(offset)?, numbers(step)?],
            numbers(low)?.first().copied().unwrap_or(f32::NAN),
            numbers(weights)?,
            numbers(bias)?,
            numbers(scale)?,
        )?;
        model.wire_node(prefix, Fused { dense: dense.into(), path: Path::best() }, &[*x])
    }
}

fn numbers<T: Datum>(tensor: &Tensor) -> TractResult<&[T]> {
    tensor.try_as_plain_ram()?.as_slice()
}

/// The operator as it runs: rows in, rows out.
#[derive(Debug, Clone)]
pub(super) struct Fused {
    dense: Arc<Dense>,
    pub(super) path: Path,
}

impl PartialEq for Fused {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.dense, &other.dense) && self.path == other.path
    }
}

impl Eq for Fused {}

impl Op for Fused {
    fn name(&self) -> StaticName {
        super::graph::QUANTISED_DENSE.into()
    }

    op_as_typed_op!();
}

impl EvalOp for Fused {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let rows = numbers::<f32>(&inputs[0])?;
        let mut out = Tensor::zero::<f32>(&[rows.len() / self.dense.inputs(), self.dense.outputs()])?;
        self.dense.forward_on(self.path, rows, out.try_as_plain_ram_mut()?.as_slice_mut()?);
        Ok(tvec!(out.into_tvalue()))
    }
}

impl TypedOp for Fused {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [x] = inputs else { bail!("not one input") };
        ensure!(x.datum_type == f32::datum_type() && x.rank() == 2 && x.shape[1] == self.dense.inputs().to_dim());
        Ok(tvec!(f32::fact([x.shape[0].clone(), self.dense.outputs().to_dim()])))
    }

    as_op!();
}
