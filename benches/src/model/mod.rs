//! Ways to compute the same corrections, timed in turns.

mod members;
mod onnx_runtime;
mod own;
mod raw;

use std::path::{Path, PathBuf};
use std::time::Instant;

use foretap_core::model::Runner;
use ndarray::{Array2, ArrayView2};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

pub use members::Hybrid;
pub use onnx_runtime::OnnxRuntime;
pub use own::{Fused, Kernel};
pub use raw::{Mode, Raw};

use crate::Result;
use crate::report::Figure;
use crate::stopwatch::{Stopwatch, Times};

/// Features of a row of the test vectors.
pub const FEATURES: usize = 72;
/// Calls that a contender makes when it is its turn; one more before them is not timed.
const CALLS: usize = 4;

/// A way to compute corrections.
pub trait Contender {
    /// What it is.
    fn name(&self) -> String;

    /// Computes the correction of each row.
    ///
    /// # Errors
    /// The library's.
    fn run(&mut self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>>;

    /// How far its answers may be from the reference of the 8-bit graph: 0 is every bit.
    fn tolerance(&self) -> f32 {
        0.0
    }
}

/// A file of the core's test vectors.
#[must_use]
pub fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/vectors").join(name)
}

/// A file of raw little-endian floats among the core's test vectors.
///
/// # Errors
/// If it cannot be read.
pub fn floats(name: &str) -> Result<Vec<f32>> {
    Ok(std::fs::read(vector(name))?.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

/// The first rows of the test vectors.
///
/// # Errors
/// If they cannot be read.
pub fn features(rows: usize) -> Result<Array2<f32>> {
    let mut numbers = floats("model_features.f32")?;
    numbers.truncate(rows * FEATURES);
    Ok(Array2::from_shape_vec((rows, FEATURES), numbers)?)
}

/// Clears what the last call left in the upper halves of the processor's vectors. tract's assembly leaves it there, and
/// whoever computes with the lower halves alone (SSE) then runs up to four times as long: it would be charged to others.
fn clean_vectors() {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        #[target_feature(enable = "avx")]
        fn clean() {
            std::arch::x86_64::_mm256_zeroupper();
        }
        // SAFETY: this processor has AVX.
        unsafe { clean() }
    }
}

/// Lets every contender compute `rows` in turns, in another order each round.
///
/// # Errors
/// If one fails, or answers something else than the others.
pub fn contest(contenders: &mut [Box<dyn Contender>], rows: usize, rounds: usize) -> Result<Vec<Figure>> {
    let features = features(rows)?;
    let reference = floats("model_int8.f32")?;
    for contender in contenders.iter_mut() {
        let answers = contender.run(features.view())?;
        let is_good = |answer: &f32, reference: &f32| match contender.tolerance() {
            0.0 => answer.to_bits() == reference.to_bits(),
            tolerance => (answer - reference).abs() <= tolerance,
        };
        if answers.len() != rows
            || !answers.iter().zip(&reference).all(|(answer, reference)| is_good(answer, reference))
        {
            return Err(format!("{} answers something else", contender.name()).into());
        }
    }
    let mut times = vec![Times::new(); contenders.len()];
    let mut order: Vec<usize> = (0..contenders.len()).collect();
    let (stopwatch, mut random) = (Stopwatch::new(), ChaCha8Rng::seed_from_u64(1));
    for _ in 0..rounds {
        order.shuffle(&mut random);
        for place in &order {
            let contender = &mut contenders[*place];
            clean_vectors();
            contender.run(features.view())?;
            for _ in 0..CALLS {
                clean_vectors();
                stopwatch.time(&mut times[*place], || contender.run(features.view()))?;
            }
        }
    }
    let named = contenders.iter().zip(&times);
    Ok(named.map(|(contender, times)| Figure::of_times(&contender.name(), times)).collect())
}

/// From the bytes of the 8-bit file to the first answer, in a process that has done it before.
///
/// # Errors
/// If it does not load.
pub fn cold_start(times: usize) -> Result<Figure> {
    let (bytes, features) = (std::fs::read(vector("model_int8.onnx"))?, features(32)?);
    let (stopwatch, mut measured) = (Stopwatch::new(), Times::new());
    for _ in 0..times {
        stopwatch.time(&mut measured, || -> Result<_> { Ok(Runner::load(&bytes, FEATURES)?.run(features.view())?) })?;
    }
    Ok(Figure::of_times("file to first answer, warm process", &measured))
}

/// The first load and run of this process: time and growth of memory, in words.
///
/// # Errors
/// If it does not load, or the system does not tell how much memory a process has.
pub fn growth() -> Result<String> {
    let (bytes, features) = (std::fs::read(vector("model_int8.onnx"))?, features(32)?);
    let resident = || -> Result<[i64; 2]> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let number = |name: &str| -> Result<i64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
            Ok(line.trim_matches([':', '\t', ' ', 'k', 'B']).parse()?)
        };
        Ok([number("VmRSS")?, number("RssAnon")?])
    };
    let (before, started) = (resident()?, Instant::now());
    let runner = Runner::load(&bytes, FEATURES)?;
    let loaded = started.elapsed();
    runner.run(features.view())?;
    let (first, after) = (started.elapsed(), resident()?);
    Ok(format!(
        "load {loaded:.2?}, with the first run {first:.2?}; resident + {} KiB, of that anonymous {} KiB",
        after[0] - before[0],
        after[1] - before[1]
    ))
}
