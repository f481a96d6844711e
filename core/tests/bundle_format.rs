//! A bundle of a released format is read by every later version, and the same parts give its bytes.
//! `FORETAP_REWRITE_VECTORS=1` writes the file of the newest format anew; after a release that is never right: a new format
//! gets a new file.

use std::path::PathBuf;

use foretap_core::StartWeights;
use foretap_core::habits::{Calibration, Moment, Past};
use foretap_core::model::{
    Arithmetic, Bundle, BundleParts, FORMAT, Golden, Manifest, Members, MembersGolden, Router, Sequence, Trees, Weights,
};

fn kept(format: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/format-{format}.bundle"))
}

/// Every field of a format set, and nothing in it at its default. The table is not the core's to calculate here: powers
/// differ by platform in their last bit.
fn parts(format: u8, start_weights: String) -> BundleParts {
    let calibration = |n: f32| Calibration { trust: n / 2.0, top: -n / 4.0, slope: n / 8.0 };
    let has_members = format > 1;
    let golden = |rows: usize, features: &[f32], correction: &[f32]| Golden {
        rows,
        features: features.to_vec(),
        correction: correction.to_vec(),
        members: has_members.then(|| members_golden(rows)),
    };
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
            golden(1, &[0.1, f32::MIN_POSITIVE], &[-0.5]),
            golden(2, &[1e30, -2.5, 3.0, 4.0], &[0.25, f32::MAX]),
        ],
        members: has_members.then(members),
    }
}

fn members() -> Members {
    let weights = |n: f32| Weights { mlp: n / 8.0, trees: -n / 4.0, sequence: n };
    let float = |n: usize| n as f32 / 1_024.0 + 0.5;
    let mut sequence =
        Sequence { width: 2, heads: 2, layers: 2, hidden: 3, weights: vec![], scales: vec![], floats: vec![] };
    let [weights_of, scales, floats] = sequence.lengths().expect("small");
    sequence.weights = (0..weights_of).map(|n| i8::try_from(n % 255).unwrap_or(-100)).collect();
    sequence.scales = (0..scales).map(float).collect();
    sequence.floats = (0..floats).map(|n| -float(n)).collect();
    Members {
        weights: [1.0, 2.0, 3.0].map(weights),
        trees: Some(Trees {
            nodes: vec![2, 1],
            columns: vec![1, 2, 1],
            thresholds: vec![0.5, -1e30, f32::MIN_POSITIVE],
            left: vec![2, 3, 1],
            right: vec![1, 4, 2],
            leaves: vec![0.25, -1_000.0, 1_000.0, 1e-30, -0.75],
        }),
        sequence: Some(sequence),
        router: Some(Router { certainty: [0.5, 1.5, 1_000.0], weights: [4.0, 0.5, 0.25].map(weights) }),
    }
}

fn members_golden(rows: usize) -> MembersGolden {
    let mut bytes = [0; 96];
    bytes[90..].copy_from_slice(&[1, 2, 3, 64, 15, 23 + 32 + 64]);
    let float = |n: usize| n as f32 - 0.125;
    MembersGolden {
        moment: Moment::UnlockOrResume,
        log_mix: (0..rows).map(|n| -float(n + 1)).collect(),
        recency: (0..rows).map(|n| 63 - n).collect(),
        past: Past::of_bytes(bytes, 14, 22 + 32).expect("a past"),
        trees: (0..rows).map(float).collect(),
        sequence: (0..rows).map(|n| 2.0 * float(n)).collect(),
        answer: (0..rows).map(|n| 3.0 * float(n)).collect(),
    }
}

/// The start weights as they are in the kept bundles, which are older than two of the experts.
fn table(weights: &StartWeights) -> String {
    let is_kept = |row: &&str| !row.contains("\treturn\t") && !row.contains("\tsoon\t");
    weights.to_string().lines().filter(is_kept).flat_map(|row| [row, "\n"]).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_kept_bundles_read_and_their_parts_give_the_same_bytes() {
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        let parts = parts(FORMAT, table(&StartWeights::neutral()));
        std::fs::write(kept(FORMAT), parts.pack().expect("valid")).expect("writable");
    }
    for format in 1..=FORMAT {
        let bytes = std::fs::read(kept(format)).expect("kept with the sources");
        let bundle = Bundle::parse(&bytes).expect("of a released format");
        let parts = parts(format, table(bundle.start_weights()));
        assert_eq!(parts.pack(), Ok(bytes), "the same parts give the same bytes");
        assert_eq!(bundle.format(), format);
        assert_eq!(bundle.manifest(), &parts.manifest);
        assert_eq!(bundle.onnx(), parts.onnx);
        assert_eq!(bundle.calibration(), &parts.calibration);
        assert_eq!(bundle.golden(), parts.golden);
        assert_eq!(bundle.members(), parts.members.as_ref());
    }
}
