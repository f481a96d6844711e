//! ONNX's `Clip` between two constants, handed on to tract's.

use tract_onnx::tract_hir::internal::*;
use tract_onnx::tract_hir::ops::activations;

/// The operator as the file has it: three inputs, of which two are constants.
#[derive(Debug, Clone)]
pub(super) struct Clip;

impl Expansion for Clip {
    fn name(&self) -> StaticName {
        "Clip".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 3)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].datum_type, &outputs[0].datum_type)?;
        solver.equals(&inputs[0].shape, &outputs[0].shape)
    }

    fn wire(&self, prefix: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
        let [x, least, most] = inputs else { bail!("not three inputs") };
        let limit = |outlet: &OutletId| -> TractResult<f32> {
            let constant = model.outlet_fact(*outlet)?.konst.as_ref().context("a limit that is no constant")?;
            let limit = constant.try_as_plain_ram()?.as_slice::<f32>()?.first().copied();
            limit.context("a limit without a number")
        };
        let clip = activations::Clip::new(Some(limit(least)?), Some(limit(most)?));
        clip.wire(prefix, model, &[*x])
    }
}
