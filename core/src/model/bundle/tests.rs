//! What is packed is read again, and nothing else is.

use proptest::prelude::*;

use super::super::parts::sealed;
use super::super::{Arithmetic, BundleParts};
use super::*;

const HEADER_BYTES: usize = 40;

fn parts() -> BundleParts {
    let golden = |rows: usize| Golden {
        rows,
        features: (0..rows * 5).map(|n| n as f32 / 7.0 - 1.0).collect(),
        correction: (0..rows).map(|n| n as f32 / -3.0).collect(),
        members: None,
    };
    BundleParts {
        manifest: Manifest {
            name: "ubiqlog-mlp".to_owned(),
            version: "1".to_owned(),
            arithmetic: Arithmetic::Int8,
            feature_schema: std::array::from_fn(|n| u8::try_from(n).expect("below 32")),
            features: 5,
            shortlist: 32,
            learned_on: vec![[7; 32], [8; 32]],
            seed: 3,
            held_out_fold: None,
        },
        onnx: b"not looked into".to_vec(),
        calibration: [
            Calibration { trust: 0.5, top: -1.0, slope: 0.25 },
            Calibration::NEUTRAL,
            Calibration { trust: 2.0, top: 2.0, slope: -1.0 },
        ],
        start_weights: format!("# a comment\n{}", StartWeights::neutral()),
        golden: vec![golden(1), golden(32)],
        members: None,
    }
}

/// The parts' message, and what it is packed and read as after a change that [`BundleParts`] may not allow.
fn changed(change: impl FnOnce(&mut wire::Bundle)) -> Result<Bundle, BundleError> {
    let bytes = parts().pack().expect("valid");
    let mut message = wire::Bundle::decode(&bytes[HEADER_BYTES..]).expect("packed");
    change(&mut message);
    Bundle::parse(&sealed(WITHOUT_MEMBERS, &message.encode_to_vec()))
}

fn in_manifest(change: impl FnOnce(&mut wire::Manifest)) -> Result<Bundle, BundleError> {
    changed(|bundle| change(bundle.manifest.as_mut().expect("packed")))
}

#[test]
fn what_is_packed_is_what_is_read() {
    let parts = parts();
    let bytes = parts.pack().expect("valid");
    let bundle = Bundle::parse(&bytes).expect("packed");
    assert_eq!(bundle.manifest(), &parts.manifest);
    assert_eq!(bundle.onnx(), parts.onnx);
    assert_eq!(bundle.calibration(), &parts.calibration);
    assert_eq!(bundle.start_weights(), &StartWeights::neutral());
    assert_eq!(bundle.golden(), parts.golden);
    assert_eq!(bundle.id(), bytes[8..HEADER_BYTES]);
    assert_eq!(bundle.bytes_len(), bytes.len());
    let of_parts: usize = bundle.part_bytes().iter().map(|(_, bytes)| bytes).sum();
    assert!(of_parts < bytes.len() && of_parts + 80 > bytes.len(), "{:?}", bundle.part_bytes());
    assert_eq!(&bytes[..8], b"FORETAP\x01");
}

#[test]
fn the_same_parts_give_the_same_bytes_and_others_another_id() {
    let bytes = parts().pack().expect("valid");
    assert_eq!(parts().pack(), Ok(bytes.clone()));
    let other = in_manifest(|manifest| manifest.seed += 1).expect("valid");
    assert_ne!(other.id(), Bundle::parse(&bytes).expect("packed").id());
}

#[test]
fn a_flipped_bit_or_a_missing_end_is_damage() {
    let bytes = parts().pack().expect("valid");
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let found = Bundle::parse(&flipped).expect_err("changed");
            match at {
                0..7 => assert_eq!(found, BundleError::NotABundle),
                7 if flipped[7] == 0 => assert_eq!(found, BundleError::NotABundle),
                7 => assert_eq!(found, BundleError::NewerFormat { found: flipped[7], supported: FORMAT }),
                _ => assert_eq!(found, BundleError::Damaged, "byte {at}, bit {bit}"),
            }
            // Every bit of the header; one in each byte after it, or this takes long.
            if at >= HEADER_BYTES {
                break;
            }
        }
        let cut = Bundle::parse(&bytes[..at]).expect_err("cut off");
        assert_eq!(cut, if at < 8 { BundleError::NotABundle } else { BundleError::Damaged }, "{at} bytes");
    }
}

#[test]
fn the_largest_bundle_is_read_and_one_byte_more_is_refused_unread() {
    let of_size = |bytes: usize| {
        let rest = parts().pack().expect("valid").len();
        let mut parts = parts();
        // The length of the graph takes two bytes more than it did.
        parts.onnx = vec![1; bytes - rest + parts.onnx.len() - 2];
        parts.pack()
    };
    assert_eq!(of_size(MAX_BUNDLE_BYTES).expect("fits").len(), MAX_BUNDLE_BYTES);
    let larger = BundleError::TooLarge { bytes: MAX_BUNDLE_BYTES + 1, max: MAX_BUNDLE_BYTES };
    assert_eq!(of_size(MAX_BUNDLE_BYTES + 1), Err(larger.clone()));
    assert_eq!(Bundle::parse(&vec![0; MAX_BUNDLE_BYTES + 1]), Err(larger));
}

#[test]
fn every_limit_of_the_manifest_has_two_sides() {
    let field = |found: Result<Bundle, BundleError>| match found.expect_err("outside") {
        BundleError::Field { field, .. } => field,
        other => panic!("{other:?}"),
    };
    for good in [1, 64].map(|length| "x".repeat(length)).into_iter().chain([" a~".to_owned()]) {
        assert!(in_manifest(|m| (m.name, m.version) = (good.clone(), good.clone())).is_ok(), "{good}");
    }
    for bad in ["", &"x".repeat(65), "a\n", "\u{7f}", "caf\u{e9}"] {
        assert_eq!(field(in_manifest(|m| m.name = bad.to_owned())), "manifest.name");
        assert_eq!(field(in_manifest(|m| m.version = bad.to_owned())), "manifest.version");
    }
    assert!(in_manifest(|m| m.arithmetic = wire::FP32).is_ok_and(|b| b.manifest().arithmetic == Arithmetic::Fp32));
    for bad in [0, 3, -1, i32::MAX] {
        assert_eq!(field(in_manifest(|m| m.arithmetic = bad)), "manifest.arithmetic");
    }
    for bad in [0, 31, 33] {
        assert_eq!(field(in_manifest(|m| m.feature_schema = vec![0; bad])), "manifest.feature_schema");
        assert_eq!(field(in_manifest(|m| m.learned_on = vec![vec![0; bad]])), "manifest.learned_on");
    }
    for good in [0, 16] {
        assert!(in_manifest(|m| m.learned_on = vec![vec![0; 32]; good]).is_ok());
    }
    assert_eq!(field(in_manifest(|m| m.learned_on = vec![vec![0; 32]; 17])), "manifest.learned_on");
    for bad in [0, 257, u32::MAX] {
        assert_eq!(field(in_manifest(|m| m.features = bad)), "manifest.features");
    }
    for good in [32, 64] {
        assert!(in_manifest(|m| m.shortlist = good).is_ok());
    }
    for bad in [0, 65, u32::MAX] {
        assert_eq!(field(in_manifest(|m| m.shortlist = bad)), "manifest.shortlist");
    }
    for good in [None, Some(0), Some(63)] {
        assert!(in_manifest(|m| m.held_out_fold = good).is_ok_and(|b| b.manifest().held_out_fold == good));
    }
    assert_eq!(field(in_manifest(|m| m.held_out_fold = Some(64))), "manifest.held_out_fold");
    assert_eq!(field(changed(|b| b.manifest = None)), "manifest");
    assert_eq!(field(changed(|b| b.onnx.clear())), "graph");
}

#[test]
fn every_limit_of_a_calibration_has_two_sides() {
    let of = |moment: usize, value: usize, number: f32| {
        changed(|bundle| {
            let calibration = &mut bundle.calibration[moment];
            *[&mut calibration.trust, &mut calibration.top, &mut calibration.slope][value] = number;
        })
    };
    for (value, name, (low, high)) in
        [(0, "trust", (0.0, 2.0)), (1, "top", (-2.0, 2.0)), (2, "slope", (-1.0_f32, 1.0_f32))]
    {
        for moment in crate::Moment::ALL {
            let at = moment as usize;
            assert!(of(at, value, low).is_ok() && of(at, value, high).is_ok());
            for bad in [low - 0.001, high + 0.001, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let says = of(at, value, bad).expect_err("outside").to_string();
                assert!(says.contains(&format!("calibration.{}.{name} must be", moment.name())), "{says}");
            }
        }
    }
    for bad in [0, 2, 4] {
        let found = changed(|bundle| bundle.calibration.resize(bad, wire::Calibration::default()));
        assert!(matches!(found, Err(BundleError::Field { field: "calibration", .. })));
    }
}

#[test]
fn every_limit_of_golden_vectors_has_two_sides() {
    let rows = |rows: &[u32]| {
        let golden = |&rows: &u32| wire::Golden {
            rows,
            features: vec![0.5; 5 * rows as usize],
            correction: vec![0.0; rows as usize],
            members: None,
        };
        changed(|bundle| bundle.golden = rows.iter().map(golden).collect())
    };
    for good in [&[1][..], &[32], &[32; 4], &[8; 16]] {
        assert!(rows(good).is_ok(), "{good:?}");
    }
    for bad in [&[][..], &[1; 17]] {
        assert!(matches!(rows(bad), Err(BundleError::Field { field: "golden", .. })));
    }
    for (bad, at) in [(&[1, 0][..], 1), (&[33], 0), (&[32, 32, 32, 32, 1], 4)] {
        assert!(matches!(rows(bad), Err(BundleError::Golden { vector, .. }) if vector == at), "{bad:?}");
    }
    let second = |change: fn(&mut wire::Golden)| changed(|bundle| change(&mut bundle.golden[1]));
    for bad in [
        second(|golden| golden.rows -= 1),
        second(|golden| golden.rows = u32::MAX),
        second(|golden| golden.features.truncate(159)),
        second(|golden| golden.features.push(0.0)),
        second(|golden| golden.correction.truncate(31)),
        second(|golden| golden.correction.push(0.0)),
        second(|golden| golden.features[159] = f32::NAN),
        second(|golden| golden.correction[31] = f32::INFINITY),
    ] {
        assert!(matches!(bad, Err(BundleError::Golden { vector: 1, .. })), "{bad:?}");
    }
}

#[test]
fn start_weights_that_cannot_be_read_are_named_with_their_line() {
    let of = |table: &[u8]| changed(|bundle| bundle.start_weights = table.to_vec()).expect_err("bad");
    assert!(matches!(of(b"# a comment\nnext\ttotal\tmuch\n"), BundleError::StartWeights { line: 2, .. }));
    assert!(matches!(of(b""), BundleError::StartWeights { .. }));
    assert!(matches!(of(&[0xff]), BundleError::StartWeights { reason: "the table is not UTF-8", .. }));
}

#[test]
fn what_a_later_writer_adds_is_skipped() {
    let bytes = parts().pack().expect("valid");
    // Field 15 as text, and field 4,000 as a number.
    let added = [b"\x7a\x05later".as_slice(), b"\x80\xfa\x01\x01"].concat();
    let bundle = Bundle::parse(&sealed(WITHOUT_MEMBERS, &[&bytes[HEADER_BYTES..], &added].concat())).expect("newer");
    assert_eq!(bundle.manifest(), &parts().manifest);
}

#[test]
fn a_payload_that_is_no_message_is_refused_by_name() {
    for payload in [&b"\x0a"[..], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x08\x01", b"\x0b\x0b\x0b"] {
        let found = Bundle::parse(&sealed(WITHOUT_MEMBERS, payload));
        assert!(matches!(found, Err(BundleError::Undecodable { .. })), "{found:?}");
    }
    assert!(matches!(Bundle::parse(&sealed(WITHOUT_MEMBERS, b"")), Err(BundleError::Field { field: "manifest", .. })));
}

#[test]
fn nothing_that_could_not_be_read_is_packed() {
    let mut parts = parts();
    parts.manifest.features = usize::MAX;
    assert!(matches!(parts.pack(), Err(BundleError::Field { field: "manifest.features", .. })));
}

#[test]
fn a_wrong_schema_is_shown_in_short() {
    let says = BundleError::WrongSchema { found: [0xc4; 32], expected: [0x0a; 32] }.to_string();
    assert_eq!(says, "the bundle's model reads features c4c4c4c4..., this library has 0a0a0a0a...");
}

/// A stream of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).expect("below `sides`")
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("below 256")
    }
}

/// One or two changes: a bit or a byte mostly; else a cut, or a run of bytes doubled, removed or made up.
fn mutated(payload: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    for _ in 0..=dice.below(2) {
        if bytes.is_empty() {
            break;
        }
        // The table of start weights is most of the payload, and the least of the decoder: mostly look elsewhere.
        let near = if dice.below(4) == 0 { bytes.len() } else { bytes.len().min(200) };
        let at = if dice.below(2) == 0 { dice.below(near) } else { bytes.len() - 1 - dice.below(near) };
        let to = (at + 1 + dice.below(12)).min(bytes.len());
        match dice.below(16) {
            0..8 => bytes[at] ^= 1 << dice.below(8),
            8..12 => bytes[at] = dice.byte(),
            12 => bytes.truncate(at),
            13 => {
                let run = bytes[at..to].to_vec();
                bytes.splice(at..at, run);
            }
            14 => {
                bytes.drain(at..to);
            }
            _ => bytes[at..to].iter_mut().for_each(|byte| *byte = dice.byte()),
        }
    }
    bytes
}

#[test]
fn five_thousand_forged_payloads_are_read_or_refused_by_name() {
    let bytes = parts().pack().expect("valid");
    let mut dice = Dice(1);
    let mut counts = std::collections::BTreeMap::<_, u32>::new();
    for _ in 0..5_000 {
        let payload = mutated(&bytes[HEADER_BYTES..], &mut dice);
        let outcome = match Bundle::parse(&sealed(WITHOUT_MEMBERS, &payload)) {
            Ok(bundle) => {
                let features = bundle.manifest().features;
                assert!(bundle.golden().iter().all(|golden| golden.features.len() == golden.rows * features));
                "read"
            }
            Err(BundleError::Undecodable { .. }) => "undecodable",
            Err(BundleError::Field { .. }) => "field",
            Err(BundleError::StartWeights { .. }) => "start weights",
            Err(BundleError::Golden { .. }) => "golden",
            Err(other) => panic!("{other:?}"),
        };
        *counts.entry(outcome).or_default() += 1;
    }
    println!("{counts:?}");
    assert!(counts.len() == 5 && counts.values().all(|&count| count >= 5), "{counts:?}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_behind_a_fitting_sum_never_panic(payload in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Bundle::parse(&sealed(WITHOUT_MEMBERS, &payload)).is_err());
        prop_assert!(Bundle::parse(&payload).is_err());
    }

    #[test]
    fn any_parts_within_the_limits_are_read_as_they_were_packed(
        (name, version, seed) in ("[ -~]{1,64}", "[ -~]{1,64}", any::<u64>()),
        (features, shortlist) in (1..=40_usize, 1..=64_usize),
        learned_on in prop::collection::vec(any::<[u8; 32]>(), 0..=16),
        rows in prop::collection::vec(1..=8_usize, 1..=16),
        onnx in prop::collection::vec(any::<u8>(), 1..2_000),
        values in prop::collection::vec(-1e30_f32..1e30, 1..50),
        (trust, top, slope) in (0.0_f32..=2.0, -2.0_f32..=2.0, -1.0_f32..=1.0),
    ) {
        let mut values = values.into_iter().cycle();
        let golden = rows.into_iter().map(|rows| {
            let rows = rows.min(shortlist);
            let mut next = |count| values.by_ref().take(count).collect::<Vec<_>>();
            Golden { rows, features: next(rows * features), correction: next(rows), members: None }
        });
        let golden = golden.collect();
        let feature_schema = [5; 32];
        let manifest =
            Manifest { name, version, arithmetic: Arithmetic::Fp32, feature_schema, features, shortlist, learned_on, seed, held_out_fold: Some(2) };
        let calibration = [Calibration { trust, top, slope }; 3];
        let parts = BundleParts { manifest, onnx, calibration, golden, ..parts() };
        let bundle = Bundle::parse(&parts.pack().expect("within the limits")).expect("packed");
        prop_assert_eq!(bundle.manifest(), &parts.manifest);
        prop_assert_eq!(bundle.onnx(), &parts.onnx);
        prop_assert_eq!(bundle.calibration(), &parts.calibration);
        prop_assert_eq!(bundle.golden(), &parts.golden);
    }
}
