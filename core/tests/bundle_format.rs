//! A bundle of a released format is read by every later version, and the same parts give its bytes.
//! `FORETAP_REWRITE_VECTORS=1` writes the kept file anew; after a release that is never right: a new format gets a new file.

use std::path::PathBuf;

use foretap_core::StartWeights;
use foretap_core::habits::Calibration;
use foretap_core::model::{Arithmetic, Bundle, BundleParts, Golden, Manifest};

fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/format-1.bundle")
}

/// Every field set, and nothing in it at its default. The table is not the core's to calculate here: powers differ by
/// platform in their last bit.
fn parts(start_weights: String) -> BundleParts {
    let calibration = |n: f32| Calibration { trust: n / 2.0, top: -n / 4.0, slope: n / 8.0 };
    BundleParts {
        manifest: Manifest {
            name: "kept".to_owned(),
            version: "1.0".to_owned(),
            arithmetic: Arithmetic::Fp32,
            feature_schema: [0xfe; 32],
            features: 2,
            shortlist: 3,
            learned_on: vec![[1; 32], [2; 32]],
            seed: u64::MAX,
            held_out_fold: None,
        },
        onnx: b"a graph".to_vec(),
        calibration: [1.0, 2.0, 3.0].map(calibration),
        start_weights,
        golden: vec![
            Golden { rows: 1, features: vec![0.1, f32::MIN_POSITIVE], correction: vec![-0.5] },
            Golden { rows: 2, features: vec![1e30, -2.5, 3.0, 4.0], correction: vec![0.25, f32::MAX] },
        ],
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_kept_bundle_reads_and_its_parts_give_the_same_bytes() {
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        std::fs::write(kept(), parts(StartWeights::neutral().to_string()).pack().expect("valid")).expect("writable");
    }
    let bytes = std::fs::read(kept()).expect("kept with the sources");
    let bundle = Bundle::parse(&bytes).expect("of a released format");
    let parts = parts(bundle.start_weights().to_string());
    assert_eq!(parts.pack(), Ok(bytes), "the same parts give the same bytes");
    assert_eq!(bundle.manifest(), &parts.manifest);
    assert_eq!(bundle.onnx(), parts.onnx);
    assert_eq!(bundle.calibration(), &parts.calibration);
    assert_eq!(bundle.golden(), parts.golden);
}
