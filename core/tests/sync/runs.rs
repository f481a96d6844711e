//! Whole runs, from the first fetch to the bundle.

use foretap_core::sync::{
    Absence, Arm, Delta, DeltaEntry, End, Outcome, Release, Role, Segment, Session, Start, Step, SyncError, Trust,
};

use super::repository::{
    CHANNEL, DAY_S, NOW_S, ROOT, Repository, TIMESTAMP, key, keys, model_of, phone, release, release_file,
    release_signers, root, root_file, root_signers, signed, start, sum, timestamp, timestamp_file,
};

/// What stands for bundles here: a run looks at no byte of one but its sum.
fn old() -> Vec<u8> {
    (0..20_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect()
}

fn new() -> Vec<u8> {
    old().iter().enumerate().map(|(place, byte)| byte.wrapping_add(u8::from(place % 40 == 0))).collect()
}

/// Release 4: everyone is to have `file`, for which there is a delta from `base`.
fn everyone(file: &[u8], base: Option<&[u8]>) -> (Release, Option<Vec<u8>>) {
    let mut release = release(4);
    let mut model = model_of(file);
    let delta = base.map(|base| Delta::between(base, file).expect("made"));
    if let (Some(base), Some(delta)) = (base, &delta) {
        model.deltas = vec![DeltaEntry { from: sum(base), sha256: sum(delta), bytes: delta.len() }];
    }
    let arm = Arm { name: "all".to_owned(), first: 0, share: 10_000, model: Some(model.sha256) };
    release.models = vec![model];
    release.rollout.segments = vec![Segment { name: String::new(), arms: vec![arm] }];
    (release, delta)
}

/// A repository with that release, its bundle and its delta.
fn with_delta() -> Repository {
    let (release, delta) = everyone(&new(), Some(&old()));
    let mut repository = Repository::of(6, &release);
    repository.add("bundle", &new());
    repository.add("delta", &delta.expect("there is one"));
    repository
}

fn run(repository: &Repository, session: Session) -> (Outcome, Vec<String>, End) {
    let mut session = session;
    let (outcome, fetched) = repository.serve(&mut session, 1_000);
    (outcome, fetched.iter().map(|path| path.split('/').next().unwrap_or_default().to_owned()).collect(), session.end())
}

fn of(trust: Trust, bundles: &[&[u8]]) -> Session {
    Session::new(start(trust, bundles))
}

#[test]
fn a_phone_with_the_old_bundle_fetches_the_delta_alone() {
    let (outcome, fetched, end) = run(&with_delta(), of(phone(), &[&old()]));
    assert_eq!(outcome, Outcome::Fetched);
    assert_eq!(fetched, ["root", "timestamp", "release", "delta"]);
    assert_eq!(end.fetched, Some(new()));
    assert!(!end.goes_back);
    assert_eq!(end.trust.release().map(|release| release.version), Some(4));
}

#[test]
fn a_phone_without_it_fetches_the_whole_bundle() {
    let first = Trust::first(&root_file(&root(1)), CHANNEL).expect("a root");
    let (outcome, fetched, end) = run(&with_delta(), of(first, &[b"another one"]));
    assert_eq!((outcome, end.fetched), (Outcome::Fetched, Some(new())));
    assert_eq!(fetched, ["root", "timestamp", "release", "bundle"]);
}

#[test]
fn a_delta_that_is_gone_or_wrong_gives_way_to_the_whole_bundle() {
    let whole = with_delta();
    let path = whole.files.keys().find(|path| path.starts_with("delta/")).expect("a delta").clone();
    let delta = whole.files[&path].clone();
    let mut longer = delta.clone();
    longer.push(0);
    let mut changed = delta.clone();
    changed[40] ^= 1;
    for (number, file) in [None, Some(longer), Some(changed), Some(delta[..delta.len() / 2].to_vec()), Some(Vec::new())]
        .into_iter()
        .enumerate()
    {
        let mut repository = whole.clone();
        match file {
            Some(file) => repository.files.insert(path.clone(), file),
            None => repository.files.remove(&path),
        };
        let (outcome, fetched, end) = run(&repository, of(phone(), &[&old()]));
        assert_eq!((outcome, end.fetched), (Outcome::Fetched, Some(new())));
        assert_eq!(fetched, ["root", "timestamp", "release", "delta", "bundle"], "{number}");
    }
}

#[test]
fn a_delta_that_is_signed_and_leads_elsewhere_gives_way_as_well() {
    let elsewhere = Delta::between(&old(), b"something else").expect("made");
    let (mut release, _) = everyone(&new(), None);
    release.models[0].deltas = vec![DeltaEntry { from: sum(&old()), sha256: sum(&elsewhere), bytes: elsewhere.len() }];
    let mut repository = Repository::of(6, &release);
    repository.add("bundle", &new());
    repository.add("delta", &elsewhere);
    let (outcome, fetched, end) = run(&repository, of(phone(), &[&old()]));
    assert_eq!((outcome, end.fetched), (Outcome::Fetched, Some(new())));
    assert_eq!(fetched.last().map(String::as_str), Some("bundle"));
}

#[test]
fn a_bundle_that_is_not_the_one_named_is_refused_and_what_was_verified_stays() {
    let whole = with_delta();
    let path = whole.files.keys().find(|path| path.starts_with("bundle/")).expect("a bundle").clone();
    let mut changed = new();
    changed[7] ^= 1;
    for file in [changed, new()[1..].to_vec(), [new(), vec![0]].concat()] {
        let mut repository = whole.clone();
        repository.files.insert(path.clone(), file);
        let (outcome, _, end) = run(&repository, of(phone(), &[]));
        assert_eq!((outcome, end.fetched), (Outcome::Refused(SyncError::WrongBundle), None));
        assert_eq!(end.trust.release().map(|release| release.version), Some(4), "the release is right all the same");
    }
}

#[test]
fn nothing_new_costs_two_small_fetches() {
    let (release, _) = everyone(&new(), None);
    let repository = Repository::of(6, &release);
    let (.., known) = run(&repository, of(phone(), &[&new()]));
    let (outcome, fetched, end) = run(&repository, of(known.trust.clone(), &[&new()]));
    assert_eq!((outcome, end.trust), (Outcome::UpToDate, known.trust));
    assert_eq!(fetched, ["root", "timestamp"]);
}

#[test]
fn a_known_release_that_expired_meanwhile_is_refused_though_its_timestamp_is_new() {
    let (mut release, _) = everyone(&new(), None);
    release.expires_s = NOW_S + DAY_S;
    let repository = Repository::of(6, &release);
    let (.., known) = run(&repository, of(phone(), &[&new()]));
    let later = Session::new(Start { device_s: NOW_S + 2 * DAY_S, ..start(known.trust, &[&new()]) });
    let (outcome, ..) = run(&repository, later);
    assert_eq!(outcome, Outcome::Refused(SyncError::Expired { role: Role::Release }));
}

#[test]
fn a_bundle_that_is_here_already_is_taken_without_a_fetch() {
    let (outcome, fetched, end) = run(&with_delta(), of(phone(), &[&old(), &new()]));
    assert_eq!((outcome, end.fetched), (Outcome::Fetched, Some(new())));
    assert_eq!(fetched, ["root", "timestamp", "release"]);
}

#[test]
fn what_a_library_cannot_use_or_gave_back_it_does_not_fetch() {
    let repository = with_delta();
    let other = |change: fn(&mut Start<'static>)| {
        let mut start = start(phone(), &[&old()]);
        change(&mut start);
        let (outcome, fetched, _) = run(&repository, Session::new(start));
        assert_eq!(fetched, ["root", "timestamp", "release"]);
        outcome
    };
    assert_eq!(other(|start| start.format = 0), Outcome::Unusable);
    assert_eq!(other(|start| start.feature_schema = [8; 32]), Outcome::Unusable);
    assert_eq!(other(|start| start.given_back = vec![sum(&new())]), Outcome::GivenBack);
}

#[test]
fn outside_of_every_arm_a_phone_keeps_what_it_has_unless_that_was_revoked() {
    let mut given = release(4);
    given.rollout.segments.clear();
    let ended = |release: &Release, bundles: &[&[u8]]| {
        let (outcome, _, end) = run(&Repository::of(6, release), of(phone(), bundles));
        (outcome, end.goes_back)
    };
    assert_eq!(ended(&given, &[&old()]), (Outcome::UpToDate, false));
    given.revoked = vec![sum(&old())];
    assert_eq!(ended(&given, &[&old()]), (Outcome::Withdrawn, true));
    assert_eq!(ended(&given, &[&new()]), (Outcome::UpToDate, false));
    let arm = Arm { name: "control".to_owned(), first: 0, share: 10_000, model: None };
    given.revoked.clear();
    given.rollout.segments = vec![Segment { name: String::new(), arms: vec![arm] }];
    assert_eq!(ended(&given, &[&old()]), (Outcome::Withdrawn, true));
    assert_eq!(ended(&given, &[]), (Outcome::UpToDate, false), "it has no other");
}

#[test]
fn a_revoked_bundle_goes_whatever_becomes_of_the_one_after_it() {
    let (mut release, _) = everyone(&new(), None);
    release.revoked = vec![sum(&old())];
    let mut repository = Repository::of(6, &release);
    let ended = |repository: &Repository, change: fn(&mut Start<'static>)| {
        let mut start = start(phone(), &[&old()]);
        change(&mut start);
        let (outcome, _, end) = run(repository, Session::new(start));
        assert!(end.goes_back, "{outcome:?}");
        outcome
    };
    assert_eq!(ended(&repository, |_| {}), Outcome::Unreachable);
    assert_eq!(ended(&repository, |start| start.format = 0), Outcome::Unusable);
    assert_eq!(ended(&repository, |start| start.given_back = vec![sum(&new())]), Outcome::GivenBack);
    repository.add("bundle", &new());
    assert_eq!(ended(&repository, |_| {}), Outcome::Fetched);
}

#[test]
fn a_clock_that_stands_still_revives_nothing_within_a_run_either() {
    let (mut release, _) = everyone(&new(), None);
    (release.issued_s, release.expires_s) = (NOW_S - 100 * DAY_S, NOW_S - 50 * DAY_S);
    let first = Trust::first(&root_file(&root(1)), CHANNEL).expect("a root");
    let (outcome, ..) = run(&Repository::of(6, &release), Session::new(Start { device_s: 0, ..start(first, &[]) }));
    assert_eq!(outcome, Outcome::Refused(SyncError::Expired { role: Role::Release }));
}

#[test]
fn a_run_after_new_keys_is_not_held_up_by_the_time_that_the_old_ones_signed() {
    let mut ahead = timestamp(u64::MAX, u64::MAX, b"no release");
    (ahead.issued_s, ahead.expires_s) = (root(1).expires_s - 1, root(1).expires_s + DAY_S);
    let mut trust = phone();
    trust.take_timestamp(&timestamp_file(&ahead), NOW_S).expect("rightly signed");
    let (release, _) = everyone(&new(), None);
    let mut repository = Repository::of(6, &release);
    repository.add("bundle", &new());
    let mut rotated = root(2);
    rotated.timestamp = keys(TIMESTAMP, &[2], 1);
    repository.add_root(&rotated, &root_signers());
    let named = timestamp(7, 4, &release_file(&release)).payload();
    repository.files.insert("timestamp".to_owned(), signed(Role::Timestamp, &named, &[key(TIMESTAMP, 2)]));
    assert_eq!(run(&repository, of(trust, &[&old()])).0, Outcome::Fetched);
}

#[test]
fn what_is_told_of_a_file_that_was_left_counts_for_no_other() {
    let told: [fn(&mut Session); 4] = [
        |_| {},
        Session::completed,
        |session| session.absent(Absence::Unreachable),
        |session| assert!(!session.received(b"more of it")),
    ];
    for tell in told {
        let mut repository = with_delta();
        let path = repository.files.keys().find(|path| path.starts_with("delta/")).expect("a delta").clone();
        let mut session = of(phone(), &[&old()]);
        loop {
            match session.step() {
                Step::Fetch { path: wanted, max_bytes } if wanted == path => {
                    assert!(!session.received(&vec![0; max_bytes + 1]));
                    tell(&mut session);
                    repository.files.remove(&path);
                    break;
                }
                Step::Fetch { path: wanted, .. } => match repository.files.get(&wanted) {
                    Some(file) if session.received(file) => session.completed(),
                    _ => session.absent(Absence::NotFound),
                },
                Step::Done(outcome) => panic!("{outcome:?}"),
            }
        }
        assert_eq!(repository.serve(&mut session, 500).0, Outcome::Fetched, "the whole bundle");
    }
}

#[test]
fn roots_are_taken_in_one_by_one_and_stay_when_the_rest_is_refused() {
    let mut repository = with_delta();
    let mut second = root(2);
    second.root = keys(ROOT, &[4, 5], 2);
    let both = [root_signers(), vec![key(ROOT, 4), key(ROOT, 5)]].concat();
    repository.add_root(&second, &both);
    let mut third = second.clone();
    (third.version, third.floor) = (3, 4);
    repository.add_root(&third, &[key(ROOT, 4), key(ROOT, 5)]);
    let (outcome, fetched, end) = run(&repository, of(phone(), &[&old()]));
    assert_eq!(outcome, Outcome::Fetched);
    assert_eq!(fetched, ["root", "root", "root", "timestamp", "release", "delta"]);
    assert_eq!(end.trust.root().version, 3);

    let old_timestamp = timestamp_file(&timestamp(4, 4, b"x"));
    repository.files.insert("timestamp".to_owned(), old_timestamp);
    let (outcome, _, end) = run(&repository, of(phone(), &[&old()]));
    assert!(matches!(outcome, Outcome::Refused(SyncError::Version { role: Role::Timestamp, .. })), "{outcome:?}");
    assert_eq!(end.trust.root().version, 3, "who lost a key is known though the rest is held back");
}

#[test]
fn a_run_takes_64_roots_and_the_next_one_the_rest() {
    let mut repository = with_delta();
    for version in 2..=70 {
        repository.add_root(&root(version), &root_signers());
    }
    let (outcome, fetched, end) = run(&repository, of(phone(), &[&old()]));
    assert_eq!((outcome, end.trust.root().version), (Outcome::Fetched, 65));
    assert_eq!(fetched.iter().filter(|path| *path == "root").count(), 64);
    let (_, fetched, end) = run(&repository, of(end.trust, &[&new()]));
    assert_eq!(end.trust.root().version, 70);
    assert_eq!(fetched.iter().filter(|path| *path == "root").count(), 6);
}

#[test]
fn an_expired_root_ends_the_run() {
    let mut repository = with_delta();
    let mut second = root(2);
    second.expires_s = NOW_S;
    repository.add_root(&second, &root_signers());
    let (outcome, _, end) = run(&repository, of(phone(), &[&old()]));
    assert_eq!(outcome, Outcome::Refused(SyncError::Expired { role: Role::Root }));
    assert_eq!(end.trust.root().version, 2);
}

#[test]
fn a_network_that_fails_at_any_file_is_tried_again_later() {
    let whole = with_delta();
    for missing in ["timestamp", "release", "bundle"] {
        let mut repository = whole.clone();
        repository.files.retain(|path, _| !path.starts_with(missing) && !path.starts_with("delta"));
        assert_eq!(run(&repository, of(phone(), &[&old()])).0, Outcome::Unreachable, "{missing}");
    }
    let mut session = of(phone(), &[&old()]);
    session.absent(Absence::Unreachable);
    assert_eq!(session.step(), Step::Done(Outcome::Unreachable), "whether there is a newer root is not known");
    assert!(!session.received(b"more"));
    session.completed();
    session.absent(Absence::NotFound);
    assert_eq!(session.step(), Step::Done(Outcome::Unreachable), "the end is the end");
}

#[test]
fn a_file_that_is_too_long_is_left_in_its_middle() {
    for (path, most) in [("root/2", 65_536), ("timestamp", 4_096)] {
        let mut repository = with_delta();
        repository.files.insert(path.to_owned(), vec![b'F'; 40 << 20]);
        let mut session = of(phone(), &[&old()]);
        let mut taken = 0;
        while let Step::Fetch { path: wanted, max_bytes } = session.step() {
            if wanted == path {
                assert_eq!(max_bytes, most);
                while session.received(&[b'F'; 1_000]) {
                    taken += 1_000;
                }
                break;
            }
            session.absent(Absence::NotFound);
        }
        assert!((most - 1_000..=most).contains(&taken), "{path}: {taken}");
        assert!(matches!(session.step(), Step::Done(Outcome::Refused(SyncError::TooLarge { .. }))));
    }
}

#[test]
fn however_the_bytes_come_the_end_is_the_same() {
    let ends: Vec<End> = [1, 7, 999, 100_000]
        .into_iter()
        .map(|chunk| {
            let mut session = of(phone(), &[&old()]);
            assert_eq!(with_delta().serve(&mut session, chunk).0, Outcome::Fetched);
            session.end()
        })
        .collect();
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn the_largest_release_that_may_be_fits_into_its_file() {
    let mut largest = release(4);
    let name = |n: usize| format!("{n:0>64}");
    largest.models = (0..16_u8)
        .map(|n| {
            let mut model = model_of(&[n]);
            (model.name, model.bytes) = (name(n.into()), 262_144);
            model.deltas = vec![DeltaEntry { from: [n; 32], sha256: [n; 32], bytes: 262_143 }; 16];
            model
        })
        .collect();
    largest.revoked = vec![[9; 32]; 256];
    let model = Some(largest.models[0].sha256);
    let arms = (0..16)
        .map(|n| Arm { name: name(n), first: 625 * u32::try_from(n).expect("small"), share: 625, model })
        .collect::<Vec<_>>();
    largest.rollout.segments = (0..16).map(|n| Segment { name: name(n), arms: arms.clone() }).collect();
    let by: Vec<_> = release_signers().into_iter().chain((10..40).map(|n| key(9, n))).collect();
    let file = signed(Role::Release, &largest.payload(), &by);
    assert!(file.len() <= Role::Release.max_bytes(), "{}", file.len());
    assert_eq!(Release::verify(&file, phone().root()), Ok(largest));
}
