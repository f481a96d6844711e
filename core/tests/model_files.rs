//! Whole model files: what they answer, and that no damaged one does harm.

use foretap_core::model::{GraphError, Path, RunError, Runner};
use ndarray::{Array2, ArrayView2, Axis};

const FEATURES: usize = 72;
const INT8: &[u8] = include_bytes!("vectors/model_int8.onnx");
const FP32: &[u8] = include_bytes!("vectors/model_fp32.onnx");

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn features() -> Array2<f32> {
    let numbers = floats(include_bytes!("vectors/model_features.f32"));
    Array2::from_shape_vec((numbers.len() / FEATURES, FEATURES), numbers).expect("whole rows")
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn the_8_bit_graph_answers_with_the_bits_of_the_reference_on_every_path() {
    let (features, expected) = (features(), floats(include_bytes!("vectors/model_int8.f32")));
    for path in Path::available() {
        let runner = Runner::load_on(INT8, FEATURES, path).expect("a good file");
        assert_eq!(bits(&runner.run(features.view()).expect("it runs")), bits(&expected), "{path:?}");
    }
}

#[test]
fn the_float_graph_answers_as_the_reference() {
    let expected = floats(include_bytes!("vectors/model_fp32.f32"));
    let runner = Runner::load(FP32, FEATURES).expect("a good file");
    let answers = runner.run(features().view()).expect("it runs");
    assert_eq!(answers.len(), expected.len());
    for (answer, expected) in answers.iter().zip(&expected) {
        assert!((answer - expected).abs() <= 1e-4, "{answer} for {expected}");
    }
}

#[test]
fn a_row_is_answered_the_same_alone_and_among_others() {
    let features = features();
    let runner = Runner::load(INT8, FEATURES).expect("a good file");
    let all = runner.run(features.view()).expect("it runs");
    for (row, expected) in features.axis_iter(Axis(0)).zip(&all) {
        assert_eq!(bits(&runner.run(row.insert_axis(Axis(0))).expect("it runs")), bits(&[*expected]));
    }
    for count in 0..=40 {
        let some = runner.run(features.slice_axis(Axis(0), (0..count).into())).expect("it runs");
        assert_eq!(bits(&some), bits(&all[..count]));
    }
}

#[test]
fn rows_that_are_not_contiguous_are_read_in_order() {
    let features = features();
    let columns_first = features.t().as_standard_layout().into_owned();
    let runner = Runner::load(INT8, FEATURES).expect("a good file");
    let (one, other) = (runner.run(features.view()), runner.run(columns_first.t()));
    assert!(one.is_ok() && one == other);
}

#[test]
fn rows_of_another_width_are_refused() {
    let runner = Runner::load(INT8, FEATURES).expect("a good file");
    let rows = Array2::zeros((3, FEATURES + 1));
    assert_eq!(runner.run(rows.view()), Err(RunError::Width { given: FEATURES + 1, expected: FEATURES }));
    assert_eq!(runner.features(), FEATURES);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the host may rank on several threads")]
fn a_runner_is_shared_between_threads() {
    let (runner, features) = (Runner::load(INT8, FEATURES).expect("a good file"), features());
    let expected = runner.run(features.view());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(runner.run(features.view()), expected)));
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn neither_loading_nor_running_starts_a_thread() {
    // In a process of its own, so that the test harness's threads do not count.
    const CHILD: &str = "FORETAP_TEST_THREADS";
    #[expect(clippy::disallowed_methods, reason = "how the child knows that it is one")]
    if std::env::var_os(CHILD).is_some() {
        let threads = || std::fs::read_dir("/proc/self/task").expect("Linux shows its threads").count();
        let before = threads();
        for onnx in [INT8, FP32] {
            let runner = Runner::load(onnx, FEATURES).expect("a good file");
            for rows in [1, 32, 4_096] {
                runner.run(Array2::zeros((rows, FEATURES)).view()).expect("it runs");
            }
        }
        assert_eq!(threads(), before);
        return;
    }
    let this = std::env::current_exe().expect("a path");
    #[expect(clippy::disallowed_types, reason = "the child")]
    let mut child = std::process::Command::new(this);
    let name = "neither_loading_nor_running_starts_a_thread";
    let output = child.args([name, "--exact", "--test-threads=1"]).env(CHILD, "1").output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn numbers_that_a_layer_cannot_compute_with_are_refused() {
    // The first step of the first layer: its name stands before its bytes, which have a tag and two bytes of length.
    let name = INT8.windows(7).position(|window| window == b"\x42\x05step0").expect("the tensor");
    let data = name + 7 + 3;
    let mut bytes = INT8.to_vec();
    bytes[data..data + 4].copy_from_slice(&(-1.0_f32).to_le_bytes());
    let refused = Runner::load(&bytes, FEATURES).expect_err("refused");
    assert!(matches!(refused, GraphError::Layer(_)), "{refused}");
}

#[test]
fn every_truncated_file_is_refused() {
    for onnx in [INT8, FP32] {
        for length in 0..onnx.len() {
            assert!(Runner::load(&onnx[..length], FEATURES).is_err(), "{length} bytes");
        }
    }
}

/// Loads what may be damaged, and runs it if it loads.
fn survives(onnx: &[u8], rows: ArrayView2<'_, f32>) -> bool {
    Runner::load(onnx, FEATURES).is_ok_and(|runner| runner.run(rows).is_ok())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a loader that hangs is what is looked for")]
fn two_thousand_damaged_files_neither_panic_nor_hang() {
    let features = features();
    let mut state = 9_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).expect("small")).expect("small")
    };
    let (mut loaded, mut slowest) = (0, std::time::Duration::ZERO);
    for round in 0..2_000 {
        let mut bytes = if round % 2 == 0 { INT8 } else { FP32 }.to_vec();
        // Most of a file is weights; half of the damage is done to the rest, at either end or around a name.
        let structure: Vec<usize> =
            bytes.windows(2).enumerate().filter(|(_, pair)| pair[0] == 0x0a).map(|(at, _)| at).collect();
        for _ in 0..=random(4) {
            let at = if random(2) == 0 {
                random(bytes.len())
            } else {
                (structure[random(structure.len())] + random(8)).min(bytes.len() - 1)
            };
            match random(3) {
                0 => bytes[at] ^= 1 << random(8),
                1 => bytes[at] = u8::try_from(random(256)).expect("a byte"),
                _ => drop(bytes.remove(at)),
            }
        }
        let started = std::time::Instant::now();
        loaded += usize::from(survives(&bytes, features.view()));
        slowest = slowest.max(started.elapsed());
    }
    println!("{loaded} of 2000 damaged files still load; the slowest took {slowest:?}");
    assert!(slowest.as_secs() < 5, "{slowest:?}");
    assert!((20..1_900).contains(&loaded), "{loaded} loaded: the damage tests nothing");
}
