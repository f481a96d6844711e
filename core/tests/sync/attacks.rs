//! Attacks on the files of a repository, each by its name: every one is refused for the right reason, and what a phone
//! trusted before stays as it was, to the byte.

use std::collections::BTreeSet;

use super::repository::{
    CHANNEL, DAY_S, NOW_S, RELEASE, ROOT, STRANGER, TIMESTAMP, key, keys, model, phone, public, release, release_file,
    release_signers, root, root_file, root_signers, signature, signed, sum, timestamp, timestamp_file,
    timestamp_signers,
};
use ed25519_dalek::SigningKey;
use foretap_core::sync::{
    Arm, DeltaEntry, Envelope, ExpectedVersion, Release, Role, Root, Segment, SyncError, Timestamp, Trust,
};

/// What a phone is given, and why it refuses.
struct Case {
    name: String,
    /// What it trusts before.
    trust: Trust,
    role: Role,
    file: Vec<u8>,
    /// What its clock says.
    device_s: i64,
    refusal: SyncError,
}

impl Case {
    /// A file for a phone that is ready for it: a release was named by a timestamp.
    fn new(role: Role, name: &str, file: Vec<u8>, refusal: SyncError) -> Self {
        let trust = if role == Role::Release { named(&file) } else { phone() };
        Self { name: format!("{role}: {name}"), trust, role, file, device_s: NOW_S, refusal }
    }

    /// The same for another phone.
    fn to(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The same payload with other signatures.
    fn signed_by(self, by: &[SigningKey]) -> Self {
        let payload = &self.file[14 + 96 * usize::from(self.file[13])..];
        Self { file: signed(self.role, payload, by), ..self }
    }

    fn at(self, device_s: i64) -> Self {
        Self { device_s, ..self }
    }
}

/// A phone to which a timestamp named this as the release of version 4.
fn named(file: &[u8]) -> Trust {
    let mut named = timestamp(6, 4, file);
    // What is too long cannot be named, and is refused before it is read.
    named.release_bytes = named.release_bytes.clamp(1, 65_536);
    after(&[(Role::Timestamp, timestamp_file(&named))])
}

/// The phone after some right files.
fn after(files: &[(Role, Vec<u8>)]) -> Trust {
    let mut trust = phone();
    for (role, file) in files {
        take(&mut trust, *role, file, NOW_S).expect("a right file");
    }
    trust
}

/// The phone after a root that differs from the first one.
fn after_root(change: fn(&mut Root)) -> Trust {
    let mut next = root(2);
    change(&mut next);
    after(&[(Role::Root, root_file(&next))])
}

fn take(trust: &mut Trust, role: Role, file: &[u8], device_s: i64) -> Result<(), SyncError> {
    match role {
        Role::Root => trust.take_root(file),
        Role::Timestamp => trust.take_timestamp(file, device_s),
        Role::Release => trust.take_release(file, device_s),
    }
}

fn signers(role: Role) -> Vec<SigningKey> {
    match role {
        Role::Root => root_signers(),
        Role::Release => release_signers(),
        Role::Timestamp => timestamp_signers(),
    }
}

/// The payload of the next right file of a kind.
fn payload(role: Role) -> Vec<u8> {
    match role {
        Role::Root => root(2).payload(),
        Role::Release => release(4).payload(),
        Role::Timestamp => timestamp(6, 4, b"the release").payload(),
    }
}

fn field(role: Role, field: &'static str, limit: &'static str) -> SyncError {
    SyncError::Field { role, field, limit }
}

fn too_few(role: Role, valid: usize) -> SyncError {
    SyncError::Signatures { role, valid, threshold: signers(role).len() }
}

fn older(role: Role, found: u64, least: u64) -> SyncError {
    SyncError::Version { role, found, expected: ExpectedVersion::AtLeast(least) }
}

/// Faults of the frame, of signatures and of the message, for each kind of file.
fn of_every_role() -> Vec<Case> {
    let mut cases = Vec::new();
    for role in Role::ALL {
        let mut add = |name: &str, refusal: SyncError, file: Vec<u8>| {
            cases.push(Case::new(role, name, file, refusal));
        };
        let (payload, right) = (payload(role), signed(role, &payload(role), &signers(role)));
        let with = |at: usize, byte: u8| {
            let mut file = right.clone();
            file[at] = byte;
            file
        };
        // A release is compared with what the timestamp named before it is looked at, and nothing names these.
        let unnamed = |refusal| if role == Role::Release { SyncError::Mismatch { role } } else { refusal };
        add("nothing at all", unnamed(SyncError::NotSigned), Vec::new());
        add("some text", SyncError::NotSigned, b"<html>captive portal</html>".to_vec());
        add("half a name", SyncError::NotSigned, right[..6].to_vec());
        add("another name", SyncError::NotSigned, with(0, b'f'));
        add("a kind that does not exist", SyncError::NotSigned, with(11, 4));
        add("format 0", SyncError::NotSigned, with(12, 0));
        add("a later format", SyncError::NewerFormat { found: 2, supported: 1 }, with(12, 2));
        add("more signatures than there are bytes", SyncError::NotSigned, with(13, 32)[..100].to_vec());
        add("more signatures than any file has", SyncError::NotSigned, with(13, 33));
        add("a signature cut off", SyncError::NotSigned, right[..60].to_vec());
        let max = role.max_bytes();
        add("endless data", unnamed(SyncError::TooLarge { role, max }), [&right[..], &vec![0; max]].concat());
        for other in Role::ALL.into_iter().filter(|other| *other != role) {
            let file = signed(other, &payload, &signers(role));
            add(&format!("a {other}"), SyncError::WrongRole { expected: role, found: other }, file);
            let signatures: Vec<_> = signers(role).iter().map(|by| signature(other, &payload, by)).collect();
            let file = Envelope::seal(role, &payload, &signatures).expect("small enough");
            add(&format!("signed as a {other}"), too_few(role, 0), file);
        }
        let short = signers(role).len() - 1;
        add("no signature", too_few(role, 0), signed(role, &payload, &[]));
        add("a stranger's signatures", too_few(role, 0), signed(role, &payload, &[key(STRANGER, 1), key(STRANGER, 2)]));
        add("one signature too few", too_few(role, short), signed(role, &payload, &signers(role)[..short]));
        let twice: Vec<_> = std::iter::repeat_n(signers(role)[0].clone(), 1 + short).collect();
        if short > 0 {
            add("one key that signs twice", too_few(role, 1), signed(role, &payload, &twice));
        }
        let replaced = |change: &dyn Fn(&SigningKey) -> _| {
            let signatures: Vec<_> = signers(role).iter().map(change).collect();
            Envelope::seal(role, &payload, &signatures).expect("small enough")
        };
        add("signatures of zeros", too_few(role, 0), replaced(&|by| (public(by).id(), [0; 64])));
        let elsewhere = |by: &SigningKey| signature(role, b"something else", by);
        add("signatures of something else", too_few(role, 0), replaced(&elsewhere));
        let in_the_name = |by: &SigningKey| (public(by).id(), signature(role, &payload, &key(STRANGER, 1)).1);
        add("a stranger's signatures under the right names", too_few(role, 0), replaced(&in_the_name));
        let under_another = |by: &SigningKey| (public(&key(STRANGER, 1)).id(), signature(role, &payload, by).1);
        add("the right signatures under a stranger's name", too_few(role, 0), replaced(&under_another));
        add("a signature made to look another way", too_few(role, 0), replaced(&|by| malleated(role, &payload, by)));
        let mut changed = right.clone();
        *changed.last_mut().expect("not empty") ^= 1;
        add("one bit of the payload turned", too_few(role, 0), changed);
        add("a byte after the payload", too_few(role, 0), [&right[..], &[0]].concat());
        let garbled = signed(role, b"\xff\xff\xff", &signers(role));
        add("signed bytes that are no message", SyncError::Undecodable { role }, garbled);
        add("an empty message", empty(role), signed(role, b"", &signers(role)));
    }
    cases
}

/// The first thing that an empty message lacks.
fn empty(role: Role) -> SyncError {
    field(role, "version", "1 or more")
}

/// The signature with the group's order added to its scalar: lax verifiers take it.
fn malleated(role: Role, payload: &[u8], by: &SigningKey) -> (foretap_core::sync::KeyId, [u8; 64]) {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (id, mut bytes) = signature(role, payload, by);
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    (id, bytes)
}

fn of_roots() -> Vec<Case> {
    const ROLE: Role = Role::Root;
    let next = |name: &str, refusal, change: fn(&mut Root)| {
        let mut next = root(2);
        change(&mut next);
        Case::new(ROLE, name, root_file(&next), refusal)
    };
    let exactly = |found| SyncError::Version { role: ROLE, found, expected: ExpectedVersion::Exactly(2) };
    let mut renewed = root(2);
    renewed.root = keys(ROOT, &[4, 5, 6], 2);
    let signed_by = |name: &str, valid, by: &[SigningKey]| {
        Case::new(ROLE, name, signed(ROLE, &renewed.payload(), by), too_few(ROLE, valid))
    };
    let by_hand =
        |name: &str, refusal, payload: Vec<u8>| Case::new(ROLE, name, signed(ROLE, &payload, &root_signers()), refusal);
    vec![
        next("the same version again", exactly(1), |root| root.version = 1),
        next("a version left out", exactly(3), |root| root.version = 3),
        next("all versions left out", exactly(u64::MAX), |root| root.version = u64::MAX),
        next("a floor that falls", field(ROLE, "floor", "no lower than before"), |root| root.floor = 0),
        next("another product's", SyncError::WrongProduct { role: ROLE }, |root| root.product = "widget".to_owned()),
        next("a product without a name", field(ROLE, "product", NAME), |root| root.product = String::new()),
        next("a product with a path for a name", field(ROLE, "product", NAME), |root| root.product = "../x".to_owned()),
        next("a product in capitals", field(ROLE, "product", NAME), |root| root.product = "LAUNCHER".to_owned()),
        next("a product with a long name", field(ROLE, "product", NAME), |root| root.product = "a".repeat(65)),
        signed_by("new keys that the old ones did not sign for", 0, &[key(ROOT, 4), key(ROOT, 5)]),
        signed_by("new keys that did not sign themselves", 0, &[key(ROOT, 1), key(ROOT, 2)]),
        signed_by("half of the old keys and half of the new", 1, &[key(ROOT, 1), key(ROOT, 4)]),
        signed_by("the release keys", 0, &[key(RELEASE, 1), key(RELEASE, 2)]),
        by_hand("no key at all", field(ROLE, "keys", KEYS), with_keys(0, 1)),
        by_hand("more keys than any file has", field(ROLE, "keys", KEYS), with_keys(17, 1)),
        by_hand("the same key twice", field(ROLE, "keys", KEYS), of_keys(&[good(1), good(1)], 1)),
        by_hand("a weak key, which signs anything", field(ROLE, "key", KEY), of_keys(&[weak()], 1)),
        by_hand("a key that is no point", field(ROLE, "key", KEY), of_keys(&[vec![2; 32]], 1)),
        by_hand("a short key", field(ROLE, "key", KEY), of_keys(&[good(1)[..31].to_vec()], 1)),
        by_hand("a long key", field(ROLE, "key", KEY), of_keys(&[[good(1), vec![0]].concat()], 1)),
        by_hand("a threshold of none", field(ROLE, "threshold", THRESHOLD), with_keys(3, 0)),
        by_hand("a threshold above the keys", field(ROLE, "threshold", THRESHOLD), with_keys(3, 4)),
        by_hand("no keys for releases", field(ROLE, "keys", "there for each kind of file"), with_keys(3, 2)),
    ]
}

const NAME: &str = "1 to 64 of a-z, 0-9, '.', '_' and '-'";
const KEY: &str = "an Ed25519 public key that is not weak";
const THRESHOLD: &str = "1 to the number of keys";

const KEYS: &str = "1 to 16, all different";

/// The message of a root with nothing but a product, a version and root keys.
fn of_keys(root_keys: &[Vec<u8>], threshold: u8) -> Vec<u8> {
    let string = |tag: u8, bytes: &[u8]| {
        let length = bytes.len();
        let low = u8::try_from(length & 0x7f).expect("7 bits") | 0x80;
        [&[tag, low, u8::try_from(length >> 7).expect("7 bits")], bytes].concat()
    };
    let keys: Vec<u8> = root_keys.iter().flat_map(|key| string(0x0a, key)).collect();
    let keys = [&keys[..], &[0x10, threshold]].concat();
    [&string(0x0a, b"launcher")[..], &[0x10, 2], &string(0x22, &keys)].concat()
}

fn with_keys(count: u8, threshold: u8) -> Vec<u8> {
    of_keys(&(0..count).map(good).collect::<Vec<_>>(), threshold)
}

fn good(number: u8) -> Vec<u8> {
    public(&key(ROOT, number)).bytes().to_vec()
}

/// The neutral point: a signature by it is right for every message.
fn weak() -> Vec<u8> {
    [&[1][..], &[0; 31]].concat()
}

fn of_timestamps() -> Vec<Case> {
    const ROLE: Role = Role::Timestamp;
    let given = |name: &str, refusal, change: fn(&mut Timestamp)| {
        let mut given = timestamp(6, 4, b"the release");
        change(&mut given);
        Case::new(ROLE, name, timestamp_file(&given), refusal)
    };
    let bytes = field(ROLE, "release_bytes", "1 to 65,536");
    vec![
        given("an older one", older(ROLE, 4, 5), |given| given.version = 4),
        given("version 0", field(ROLE, "version", "1 or more"), |given| given.version = 0),
        given("the same version, another release", SyncError::Changed { role: ROLE }, |given| given.version = 5),
        given("an older release", older(Role::Release, 2, 3), |given| given.release_version = 2),
        given("release 0", field(ROLE, "version", "1 or more"), |given| given.release_version = 0),
        given("another file under the release's version", SyncError::Changed { role: Role::Release }, |given| {
            given.release_version = 3;
        }),
        given("expired", SyncError::Expired { role: ROLE }, |given| given.expires_s = NOW_S),
        given("expired long ago", SyncError::Expired { role: ROLE }, |given| {
            (given.issued_s, given.expires_s) = (NOW_S - 30 * DAY_S, NOW_S - 23 * DAY_S);
        }),
        given("signed after it expired", field(ROLE, "issued_s", "no later than expires_s"), |given| {
            given.issued_s = given.expires_s + 1;
        }),
        given("another product's", SyncError::WrongProduct { role: ROLE }, |given| given.product = "widget".to_owned()),
        given("a product with a slash", field(ROLE, "product", NAME), |given| given.product = "a/b".to_owned()),
        given("another channel's", SyncError::WrongChannel { role: ROLE }, |given| given.channel = "beta".to_owned()),
        given("a channel without a name", field(ROLE, "channel", NAME), |given| given.channel = String::new()),
        given("it counts for months", field(ROLE, "expires_s", "31 days after issued_s at most"), |given| {
            given.expires_s = given.issued_s + 31 * DAY_S + 1;
        }),
        given("it ends all time", field(ROLE, "issued_s", "before the root expires"), |given| {
            (given.issued_s, given.expires_s) = (root(1).expires_s, root(1).expires_s + 1);
        }),
        given("the known release under a later version", SyncError::Changed { role: Role::Release }, |given| {
            given.release_sha256 = sum(&release_file(&release(3)));
        }),
        given("a release without bytes", bytes.clone(), |given| given.release_bytes = 0),
        given("a release that is too long", bytes.clone(), |given| given.release_bytes = 65_537),
        given("a release of 4 GiB", bytes, |given| given.release_bytes = u32::MAX as usize),
        given(
            "expired by the newest signature, while the clock stands in 1970",
            SyncError::Expired { role: ROLE },
            |given| {
                (given.issued_s, given.expires_s) = (NOW_S - 9 * DAY_S, NOW_S - 2 * DAY_S);
            },
        )
        .at(0),
        given(
            "of a new key, another file under the known version",
            SyncError::Changed { role: Role::Release },
            |given| {
                given.release_version = 3;
            },
        )
        .signed_by(&[key(TIMESTAMP, 2)])
        .to(after_root(rotate_timestamp)),
        given("an older one, after a root that added a key", older(ROLE, 4, 5), |given| given.version = 4)
            .to(after_root(|root| root.timestamp = keys(TIMESTAMP, &[3, 1], 1))),
        given("an older release, after a root that added a key", older(Role::Release, 2, 3), |given| {
            (given.version, given.release_version) = (6, 2);
        })
        .to(after_root(|root| root.release = keys(RELEASE, &[4, 3, 2, 1], 2))),
        given("below the root's floor", older(Role::Release, 4, 10), |_| {}).to(after_root(|root| root.floor = 10)),
        given("by a key that was taken back", too_few(ROLE, 0), |_| {}).to(after_root(rotate_timestamp)),
        Case::new(
            ROLE,
            "by a new key, of an older release",
            signed(ROLE, &timestamp(1, 2, b"the release").payload(), &[key(TIMESTAMP, 2)]),
            older(Role::Release, 2, 3),
        )
        .to(after_root(rotate_timestamp)),
    ]
}

fn rotate_timestamp(root: &mut Root) {
    root.timestamp = keys(TIMESTAMP, &[2], 1);
}

fn rotate_release(root: &mut Root) {
    root.release = keys(RELEASE, &[4, 5], 2);
}

fn of_releases() -> Vec<Case> {
    const ROLE: Role = Role::Release;
    let given = |name: &str, refusal, change: &dyn Fn(&mut Release)| {
        let mut given = release(4);
        change(&mut given);
        Case::new(ROLE, name, release_file(&given), refusal)
    };
    let with_arms = |name: &str, refusal, arms: &[Arm]| {
        given(name, refusal, &|given| given.rollout.segments[0].arms = arms.to_vec())
    };
    let name = |what| field(ROLE, what, NAME);
    let arm = |name: &str, first, share, model| Arm { name: name.to_owned(), first, share, model };
    let stranger = arm("a", 0, 1, Some([9; 32]));
    let (mismatch, file) = (SyncError::Mismatch { role: ROLE }, release_file(&release(4)));
    let there = field(ROLE, "rollout.arms.model", "a model of the release that is not revoked");
    let overlap = field(ROLE, "rollout.arms.first", "after the buckets of the arm before");
    let shares = field(ROLE, "rollout.arms.share", "within 10,000 buckets");
    vec![
        given("not the version that was named", exactly(ROLE, 5, 4), &|given| given.version = 5),
        given("an older version under a newer name", exactly(ROLE, 2, 4), &|given| given.version = 2),
        given("version 0", field(ROLE, "version", "1 or more"), &|given| given.version = 0),
        given("another product's", SyncError::WrongProduct { role: ROLE }, &|given| {
            given.product = "widget".to_owned()
        }),
        given("another channel's", SyncError::WrongChannel { role: ROLE }, &|given| given.channel = "beta".to_owned()),
        given("a channel without a name", name("channel"), &|given| given.channel = String::new()),
        given("expired", SyncError::Expired { role: ROLE }, &|given| given.expires_s = NOW_S),
        given("signed after it expired", field(ROLE, "issued_s", "no later than expires_s"), &|given| {
            given.expires_s = given.issued_s - 1;
        }),
        given("a model without a name", name("models.name"), &|given| given.models[0].name = String::new()),
        given("a model without bytes", field(ROLE, "models.bytes", "1 to 262,144"), &|given| given.models[0].bytes = 0),
        given("a model that is too large", field(ROLE, "models.bytes", "1 to 262,144"), &|given| {
            given.models[0].bytes = 262_145;
        }),
        given("the same model twice", field(ROLE, "models", "all different"), &|given| {
            given.models.push(model("better"))
        }),
        given("too many models", field(ROLE, "models", "16 at most"), &|given| {
            given.models = (0..17).map(|number| model(&number.to_string())).collect();
        }),
        given("too many deltas", field(ROLE, "models.deltas", "16 at most"), &|given| {
            given.models[0].deltas =
                (0..17).map(|number| DeltaEntry { from: [number; 32], sha256: [1; 32], bytes: 9 }).collect();
        }),
        given("a delta as long as its bundle", field(ROLE, "deltas.bytes", "fewer than its bundle has"), &|given| {
            given.models[0].deltas = vec![DeltaEntry { from: [1; 32], sha256: [2; 32], bytes: 40_000 }];
        }),
        given("a delta without bytes", field(ROLE, "deltas.bytes", "fewer than its bundle has"), &|given| {
            given.models[0].deltas = vec![DeltaEntry { from: [1; 32], sha256: [2; 32], bytes: 0 }];
        }),
        given("too many revoked", field(ROLE, "revoked", "256 at most"), &|given| given.revoked = vec![[1; 32]; 257]),
        given("an arm with a revoked model", there.clone(), &|given| given.revoked = vec![sum(b"better")]),
        given("too many segments", field(ROLE, "rollout.segments", "16 at most"), &|given| {
            given.rollout.segments = (0..17).map(|n| Segment { name: n.to_string(), arms: Vec::new() }).collect();
        }),
        given("the same segment twice", field(ROLE, "rollout.segments", "all different"), &|given| {
            let again = given.rollout.segments[0].clone();
            given.rollout.segments.push(again);
        }),
        given("a segment in capitals", name("rollout.segments.name"), &|given| {
            given.rollout.segments[0].name = "Tablets".to_owned();
        }),
        given("too many arms", field(ROLE, "rollout.arms", "16 at most"), &|given| {
            let arm = Arm { name: "a".to_owned(), first: 0, share: 1, model: None };
            given.rollout.segments[0].arms = vec![arm; 17];
        }),
        given("an arm without a name", name("rollout.arms.name"), &|given| {
            given.rollout.segments[0].arms[0].name = String::new();
        }),
        given("a rule that judges nothing", field(ROLE, "rollout.stop.least_answers", "1 to 1,000"), &|given| {
            given.rollout.stop.least_answers = 0;
        }),
        given("a rule that waits for ever", field(ROLE, "rollout.stop.least_answers", "1 to 1,000"), &|given| {
            given.rollout.stop.least_answers = 1_001;
        }),
        given(
            "a rule that allows more than everything",
            field(ROLE, "rollout.stop.most_lost", "10,000 at most"),
            &|given| {
                given.rollout.stop.most_lost = 10_001;
            },
        ),
        with_arms("an arm with a model that is not there", there, &[stranger]),
        with_arms("more than the whole fleet", shares.clone(), &[arm("a", 0, 9_999, None), arm("b", 9_999, 2, None)]),
        with_arms("arms with a bucket in common", overlap, &[arm("a", 0, 10, None), arm("b", 9, 1, None)]),
        given("it counts for years", field(ROLE, "expires_s", "366 days after issued_s at most"), &|given| {
            given.expires_s = given.issued_s + 366 * DAY_S + 1;
        }),
        with_arms("shares that overflow", shares, &[arm("a", 0, 1, None), arm("b", u32::MAX, 1, None)]),
        Case { trust: named(b"the release"), ..given("another file than the one named", mismatch.clone(), &|_| {}) },
        Case { file: file[..file.len() - 1].to_vec(), ..given("cut short", mismatch.clone(), &|_| {}) },
        given("before any timestamp", mismatch.clone(), &|_| {})
            .to(Trust::first(&root_file(&root(1)), CHANNEL).expect("a root")),
        Case {
            file: release_file(&release(3)),
            ..given("the known one again, once its keys were taken back", too_few(ROLE, 0), &|_| {})
                .to(after_root(rotate_release))
        },
        given("by keys that were taken back", too_few(ROLE, 0), &|_| {}).to({
            let mut trust = after_root(rotate_release);
            trust.take_timestamp(&timestamp_file(&timestamp(6, 4, &file)), NOW_S).expect("a timestamp");
            trust
        }),
    ]
}

fn exactly(role: Role, found: u64, version: u64) -> SyncError {
    SyncError::Version { role, found, expected: ExpectedVersion::Exactly(version) }
}

#[test]
fn every_attack_is_refused_for_its_reason_and_leaves_nothing_behind() {
    let cases: Vec<Case> =
        [of_every_role(), of_roots(), of_timestamps(), of_releases()].into_iter().flatten().collect();
    assert!(cases.len() >= 120, "{} cases", cases.len());
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "every case has a name of its own");
    let mut wrong = Vec::new();
    for case in &cases {
        let mut trust = case.trust.clone();
        let result = take(&mut trust, case.role, &case.file, case.device_s);
        if result != Err(case.refusal.clone()) || trust != case.trust || trust.to_store() != case.trust.to_store() {
            wrong.push(format!("{}: {result:?} in place of {:?}", case.name, case.refusal));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("{} attacks, all refused", cases.len());
}

#[test]
fn the_first_root_signs_itself_and_the_last_one_must_count_still() {
    let first = |by: &[SigningKey]| Trust::first(&signed(Role::Root, &root(1).payload(), by), CHANNEL);
    assert_eq!(first(&[key(ROOT, 1), key(STRANGER, 1)]).err(), Some(too_few(Role::Root, 1)));
    let trust = first(&root_signers()).expect("a root");
    assert_eq!(trust.check_root(root(1).expires_s - 1), Ok(()));
    assert_eq!(trust.check_root(root(1).expires_s), Err(SyncError::Expired { role: Role::Root }));
}

#[test]
fn what_is_right_is_taken_in_and_comes_back_from_the_store() {
    let mut trust = phone();
    let file = release_file(&release(4));
    for (role, file) in [(Role::Root, root_file(&root(2))), (Role::Timestamp, timestamp_file(&timestamp(6, 4, &file)))]
    {
        take(&mut trust, role, &file, NOW_S).expect("a right file");
    }
    assert!(!trust.has_named_release());
    trust.take_release(&file, NOW_S).expect("a right file");
    assert!(trust.has_named_release());
    assert_eq!((trust.root().version, trust.release().map(|release| release.version)), (2, Some(4)));
    assert_eq!(trust.release(), Some(&release(4)));
    assert_eq!(trust.now_s(0), NOW_S - 3_600, "the newest signature's time");
    assert_eq!(Trust::stored(trust.to_store(), CHANNEL).as_ref(), Ok(&trust));
    // The same timestamp again is no attack: nothing was published since.
    assert_eq!(take(&mut trust, Role::Timestamp, &timestamp_file(&timestamp(6, 4, &file)), NOW_S), Ok(()));
}

#[test]
fn new_keys_end_what_a_stolen_key_ran_ahead_to() {
    let ahead = signed(Role::Timestamp, &ahead_of_time().payload(), &timestamp_signers());
    let mut trust = after(&[(Role::Timestamp, ahead)]);
    let (file, next) = (release_file(&release(4)), |file: &[u8]| timestamp(7, 4, file).payload());
    let by_old = signed(Role::Timestamp, &next(&file), &timestamp_signers());
    assert!(take(&mut trust, Role::Timestamp, &by_old, NOW_S).is_err(), "all numbers are used up");
    assert_eq!(trust.now_s(NOW_S), root(1).expires_s - 1, "and nearly all time");
    let mut rotated = root(2);
    rotate_timestamp(&mut rotated);
    trust.take_root(&root_file(&rotated)).expect("a root");
    let by_new = signed(Role::Timestamp, &next(&file), &[key(TIMESTAMP, 2)]);
    assert_eq!(take(&mut trust, Role::Timestamp, &by_new, NOW_S), Ok(()), "numbers and times begin anew");
    assert_eq!(take(&mut trust, Role::Release, &file, NOW_S), Ok(()));
}

/// All numbers and all time, used up at once.
fn ahead_of_time() -> Timestamp {
    let mut ahead = timestamp(u64::MAX, u64::MAX, b"no release");
    ahead.issued_s = root(1).expires_s - 1;
    ahead.expires_s = ahead.issued_s + DAY_S;
    ahead
}

#[test]
fn a_key_that_is_added_forgets_nothing_and_one_that_is_taken_away_what_it_signed() {
    let kept = after_root(|root| {
        root.timestamp = keys(TIMESTAMP, &[3, 1], 1);
        root.release = keys(RELEASE, &[4, 3, 2, 1], 2);
    });
    assert_eq!((kept.timestamp(), kept.release()), (phone().timestamp(), phone().release()));
    assert_eq!(kept.now_s(0), NOW_S - 3_600);
    let without = after_root(rotate_timestamp);
    assert_eq!((without.timestamp(), without.release()), (None, phone().release()));
    assert_eq!(without.now_s(0), NOW_S - DAY_S, "the release's time");
    let without = after_root(rotate_release);
    assert_eq!((without.timestamp(), without.release()), (phone().timestamp(), None));
    let below = after_root(|root| root.floor = 4);
    assert_eq!(below.release(), None, "a release below the floor is none");
}

#[test]
fn what_was_stored_is_verified_again_and_belongs_to_a_channel() {
    let trust = phone();
    let beta = Trust::stored(trust.to_store(), "beta").expect("a root");
    assert_eq!((beta.timestamp(), beta.release(), beta.now_s(0)), (None, None, 0));
    let mut mixed = trust.to_store();
    let rotated = after_root(rotate_timestamp);
    mixed.root = rotated.to_store().root;
    (mixed.signed_s, mixed.named) = (i64::MAX, u64::MAX);
    let mended = Trust::stored(mixed, CHANNEL).expect("a root");
    assert_eq!((mended.timestamp(), mended.release()), (None, trust.release()));
    assert_eq!(mended.now_s(0), NOW_S - DAY_S, "a time that nobody who counts has signed is none");
}
