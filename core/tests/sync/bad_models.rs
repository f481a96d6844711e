//! Bundles whose signatures and sums are right and which no phone must be left with: after each the one before answers, is
//! loaded at the next two openings, and the bad one is not tried again.

use foretap_core::Conclusion;
use foretap_core::model::{Router, Weights};
use foretap_core::sync::{Outcome, Reason};
use sha2::{Digest, Sha256};

use super::phone::{Phone, alike, for_everyone, repository, shipped_parts, strict, times};
use super::repository::Repository;
use crate::lives::Random;
use crate::members::{Made, weights};

/// A bundle's payload, field by field: numbers and contents of length-delimited fields, which all of its fields are.
#[derive(Clone)]
struct Payload {
    format: u8,
    fields: Vec<(u8, Vec<u8>)>,
}

const HEAD: usize = 7 + 1 + 32;

impl Payload {
    fn of(file: &[u8]) -> Self {
        let (mut rest, mut fields) = (&file[HEAD..], Vec::new());
        while let Some((&tag, after)) = rest.split_first() {
            assert_eq!(tag & 7, 2, "length-delimited");
            let (length, after) = varint(after);
            fields.push((tag >> 3, after[..length].to_vec()));
            rest = &after[length..];
        }
        Self { format: file[7], fields }
    }

    fn with(&self, number: u8, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let fields = self.fields.iter();
        let fields = fields.map(|(n, bytes)| (*n, if *n == number { change(bytes) } else { bytes.clone() }));
        Self { fields: fields.collect(), ..*self }.file()
    }

    fn without(&self, number: u8) -> Vec<u8> {
        let fields = self.fields.iter().filter(|(n, _)| *n != number).cloned().collect();
        Self { fields, ..*self }.file()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, content) in &self.fields {
            bytes.push(number << 3 | 2);
            let mut length = content.len();
            while length >= 128 {
                bytes.push(u8::try_from(length % 128).expect("seven bits") | 128);
                length /= 128;
            }
            bytes.push(u8::try_from(length).expect("seven bits"));
            bytes.extend(content);
        }
        bytes
    }

    fn file(&self) -> Vec<u8> {
        sealed(self.format, &self.bytes())
    }
}

fn varint(bytes: &[u8]) -> (usize, &[u8]) {
    let end = bytes.iter().position(|byte| byte & 128 == 0).expect("it ends") + 1;
    (bytes[..end].iter().rev().fold(0, |sum, byte| sum << 7 | usize::from(byte & 127)), &bytes[end..])
}

fn sealed(format: u8, payload: &[u8]) -> Vec<u8> {
    [b"FORETAP".as_slice(), &[format], &<[u8; 32]>::from(Sha256::digest(payload)), payload].concat()
}

/// One float in a message, in place of the one that stands there.
fn float_at(place: usize, value: f32) -> impl Fn(&[u8]) -> Vec<u8> {
    move |bytes| {
        let mut changed = bytes.to_vec();
        changed[place..place + 4].copy_from_slice(&value.to_le_bytes());
        changed
    }
}

fn garbage(length: usize) -> Vec<u8> {
    let mut random = Random(length as u64);
    (0..length).map(|_| u8::try_from(random.below(256)).expect("a byte")).collect()
}

/// Bundles that are refused when they are loaded, by name.
fn unusable() -> Vec<(String, Vec<u8>)> {
    const MANIFEST: u8 = 1;
    const GRAPH: u8 = 2;
    const CALIBRATION: u8 = 3;
    const START_WEIGHTS: u8 = 4;
    const GOLDEN: u8 = 5;
    const MEMBERS: u8 = 6;
    let good = alike("6.6.6");
    let payload = Payload::of(&good);
    assert_eq!(payload.file(), good, "the walk loses nothing");
    let hybrid = Payload::of(&times("6.6.6", 0.5));
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    let mut case = |name: &str, file: Vec<u8>| cases.push((name.to_owned(), file));
    case("one byte", vec![0]);
    case("the magic alone", b"FORETAP".to_vec());
    case("another magic", [b"FORETAB", &good[7..]].concat());
    case("format 0", [b"FORETAP\0", &good[8..]].concat());
    case("a format to come", [b"FORETAP\x7f", &good[8..]].concat());
    case("another sum", [&good[..8], &[1; 32], &good[HEAD..]].concat());
    case("cut in half", good[..good.len() / 2].to_vec());
    case("a byte too many", [good.as_slice(), &[0]].concat());
    case("zeros", vec![0; 262_144]);
    case("an empty payload", sealed(1, &[]));
    case("garbage for a payload", sealed(1, &garbage(30_000)));
    case("half of a payload", sealed(1, &good[HEAD..HEAD + (good.len() - HEAD) / 2]));
    case("no manifest", payload.without(MANIFEST));
    case("a manifest of garbage", payload.with(MANIFEST, |_| garbage(90)));
    case("no graph", payload.without(GRAPH));
    case("an empty graph", payload.with(GRAPH, |_| Vec::new()));
    case("a graph of garbage", payload.with(GRAPH, |_| garbage(9_000)));
    case("half a graph", payload.with(GRAPH, |graph| graph[..graph.len() / 2].to_vec()));
    case("two graphs in one", payload.with(GRAPH, |graph| graph.repeat(2)));
    for share in [10, 30, 50, 70, 90] {
        case(
            &format!("a bit of the graph at {share} %"),
            payload.with(GRAPH, |graph| {
                let mut changed = graph.to_vec();
                let place = graph.len() * share / 100;
                changed[place] ^= 64;
                changed
            }),
        );
    }
    case("no calibration", payload.without(CALIBRATION));
    case("trust that is no number", payload.with(CALIBRATION, float_at(1, f32::NAN)));
    case("trust without end", payload.with(CALIBRATION, float_at(1, f32::INFINITY)));
    case("trust of a thousand", payload.with(CALIBRATION, float_at(1, 1_000.0)));
    case("no start weights", payload.without(START_WEIGHTS));
    case("start weights that are no text", payload.with(START_WEIGHTS, |_| vec![0xFF; 300]));
    case("start weights of nothing", payload.with(START_WEIGHTS, |table| table[..40].to_vec()));
    case("no golden vectors", payload.without(GOLDEN));
    case("golden vectors of garbage", payload.with(GOLDEN, |_| garbage(400)));
    case("no members in format 2", hybrid.without(MEMBERS));
    case("members of garbage", hybrid.with(MEMBERS, |_| garbage(400)));
    case("members in pieces", hybrid.with(MEMBERS, |members| members[..members.len() / 2].to_vec()));

    let golden_off = |by: f32| {
        let mut parts = shipped_parts();
        parts.golden[0].correction[0] += by;
        parts.pack().expect("packs")
    };
    case("a golden answer that is a little off", golden_off(0.01));
    case("a golden answer that is far off", golden_off(5.0));
    let mut parts = shipped_parts();
    parts.manifest.feature_schema = [1; 32];
    case("features that this library does not compute", parts.pack().expect("packs"));
    let mut made = Made::new(3);
    let mut parts = made.parts([weights(1.0, 1.0, 0.0); 3], None);
    parts.golden[0].members.as_mut().expect("members").answer[0] += 0.5;
    case("an ensemble that answers otherwise", parts.pack().expect("packs"));
    made.trees.leaves[0] += 1.0;
    let mut parts = Made::new(3).parts([weights(1.0, 1.0, 0.0); 3], None);
    parts.members.as_mut().expect("members").trees = Some(made.trees);
    case("trees that answer otherwise", parts.pack().expect("packs"));
    let mut parts = Made::new(3).parts([weights(1.0, 0.0, 1.0); 3], None);
    parts.members.as_mut().expect("members").router =
        Some(Router { certainty: [0.0; 3], weights: [Weights::default(); 3] });
    case("a router that its golden vectors do not know", parts.pack().expect("packs"));
    cases
}

#[test]
fn forty_kinds_of_signed_but_unusable_bundles_leave_the_one_before() {
    let cases = unusable();
    assert!(cases.len() >= 40, "{}", cases.len());
    let good = alike("2.0.0");
    let mut phone = Phone::with_past(24);
    phone.runs(&repository(1, &[&good], Some(&good), strict(1_000)));
    let mut release = 1;
    for (name, bad) in &cases {
        release += 1;
        let (outcome, conclusion) = phone.runs(&repository(release, &[&good, bad], Some(bad), strict(10)));
        assert_eq!((outcome, conclusion), (Outcome::Fetched, Some(Conclusion::GivenBack(Reason::Unusable))), "{name}");
        assert_eq!(phone.version(), "2.0.0", "{name}");
        let again = phone.syncs(&repository(release, &[&good, bad], Some(bad), strict(10)));
        assert_eq!(again.0, Outcome::GivenBack, "{name}");
        for _ in 0..2 {
            phone.reopen();
            assert_eq!(phone.version(), "2.0.0", "{name}");
        }
        assert!(phone.answers(), "{name}");
    }
    println!("{} signed but bad bundles, all given back", cases.len());
}

#[test]
fn bundles_that_answer_and_answer_badly_are_given_back_by_what_they_hit() {
    let inverted = times("6.6.1", -4.0);
    let constant = times("6.6.2", 0.0);
    let noise = Made::new(5).parts([weights(0.0, 4.0, 4.0); 3], None).pack().expect("packs");
    let mut sure_of_the_last = shipped_parts();
    for calibration in &mut sure_of_the_last.calibration {
        (calibration.trust, calibration.top, calibration.slope) = (2.0, -2.0, -1.0);
    }
    let reversed = sure_of_the_last.pack().expect("packs");
    for (name, bad) in [("inverted", inverted), ("constant", constant), ("noise", noise), ("reversed", reversed)] {
        let mut phone = Phone::with_past(120);
        let shipped = phone.version();
        let (_, conclusion) = phone.runs(&repository(2, &[&bad], Some(&bad), strict(50)));
        println!("{name}: {conclusion:?}");
        assert_eq!(conclusion, Some(Conclusion::GivenBack(Reason::Rehearsal)), "{name}");
        assert_eq!(phone.version(), shipped, "{name}");
    }
}

#[test]
fn a_bundle_that_is_stored_and_no_longer_loads_is_given_back_when_the_log_is_opened() {
    // What one library loads a later one may refuse; here its golden vectors are right and its name is not.
    let good = alike("2.0.0");
    let mut phone = Phone::with_past(24);
    phone.runs(&repository(1, &[&good], Some(&good), strict(1_000)));
    phone.engine = None;
    let options = foretap_core::StoreOptions::default();
    let (mut store, _) = foretap_core::store::Store::open(&phone.path(), &Phone::key(), &options).expect("opens");
    let mut slots = store.slots().expect("reads");
    let bad = garbage(500);
    let sum = super::repository::sum(&bad);
    slots.trial.as_mut().expect("on trial").sha256 = sum;
    slots.good = Some(super::repository::sum(&good));
    store.save_sync(None, &slots, Some((&sum, &bad))).expect("stores");
    drop(store);
    phone.reopen();
    assert_eq!((phone.version(), phone.active()), ("2.0.0".to_owned(), Some(super::repository::sum(&good))));
    let given = phone.engine().sync_status().expect("reads").given_back;
    assert_eq!(given.last().map(|given| (given.sha256, given.reason)), Some((sum, Reason::Unusable)));
}

#[test]
fn a_release_that_names_a_bundle_larger_than_any_is_refused_before_it_is_fetched() {
    let huge = vec![0; 262_145];
    let release = for_everyone(2, &[&huge], Some(&huge), strict(10));
    let mut repository = Repository::of(2, &release);
    repository.add("bundle", &huge);
    let mut phone = Phone::with_past(24);
    let (outcome, fetched, _) = phone.syncs(&repository);
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    assert!(!fetched.iter().any(|path| path.starts_with("bundle")), "{fetched:?}");
}
