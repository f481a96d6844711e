use super::*;

const PHONES: u32 = 10_000;

/// A phone's secret: no two are alike.
fn secret(phone: u32) -> [u8; 32] {
    let mut secret = [0; 32];
    secret[..4].copy_from_slice(&phone.to_be_bytes());
    secret
}

fn draws(salt: u8) -> Vec<u32> {
    (0..PHONES).map(|phone| Bucket::draw(&secret(phone), &[salt; SALT_BYTES]).number()).collect()
}

fn arm(name: &str, first: u32, share: u32) -> Arm {
    Arm { name: name.to_owned(), first, share, model: None }
}

fn rollout(segments: Vec<Segment>) -> Rollout {
    Rollout { salt: [1; SALT_BYTES], segments, stop: StopRule { least_answers: 1, most_lost: 0 } }
}

/// The sum of (found - expected)^2 / expected over cells that should be alike.
fn chi_square(cells: &[u32]) -> f64 {
    let expected = f64::from(cells.iter().sum::<u32>()) / cells.len() as f64;
    cells.iter().map(|&found| (f64::from(found) - expected).powi(2) / expected).sum()
}

#[test]
fn a_fleet_is_spread_evenly_over_the_buckets() {
    for salt in 0..20 {
        let mut cells = [0; 100];
        for bucket in draws(salt) {
            cells[bucket as usize / 100] += 1;
        }
        // 99 degrees of freedom: above 161 once in 10,000 times, below 51 as rarely.
        let found = chi_square(&cells);
        assert!((51.0..161.0).contains(&found), "salt {salt}: {found}");
    }
}

#[test]
fn draws_under_different_salts_say_nothing_about_each_other() {
    for (one, other) in [(0, 1), (1, 2), (7, 200)] {
        let mut cells = [0; 100];
        for (a, b) in draws(one).into_iter().zip(draws(other)) {
            cells[(a / 1_000 * 10 + b / 1_000) as usize] += 1;
        }
        let found = chi_square(&cells);
        assert!((51.0..161.0).contains(&found), "salts {one}, {other}: {found}");
    }
}

#[test]
fn a_share_that_grows_keeps_those_who_were_in_it() {
    let within = |share| {
        let rollout = rollout(vec![Segment { name: String::new(), arms: vec![arm("new", 0, share)] }]);
        let is_in = |bucket: &u32| rollout.arm(Bucket(*bucket), &|_| false).is_some();
        draws(3).iter().map(is_in).collect::<Vec<bool>>()
    };
    let [canary, tenth, all] = [100, 1_000, 10_000].map(within);
    let count = |phones: &[bool]| phones.iter().filter(|is_in| **is_in).count();
    assert!((70..130).contains(&count(&canary)), "{}", count(&canary));
    assert!((900..1_100).contains(&count(&tenth)), "{}", count(&tenth));
    assert_eq!(count(&all), 10_000);
    assert!(canary.iter().zip(&tenth).all(|(before, then)| *then || !before));
}

#[test]
fn arms_share_a_segment_and_the_first_segment_that_fits_counts() {
    let rollout = rollout(vec![
        Segment { name: "tablets".to_owned(), arms: vec![arm("t", 0, 10_000)] },
        Segment { name: String::new(), arms: vec![arm("a", 0, 2_000), arm("b", 2_500, 2_500)] },
        Segment { name: "never".to_owned(), arms: vec![arm("n", 0, 10_000)] },
    ]);
    let of = |bucket, is_tablet: bool| {
        let found = rollout.arm(Bucket(bucket), &|name| name == "tablets" && is_tablet || name == "never");
        found.map(|arm| arm.name.as_str())
    };
    assert_eq!(
        [0, 1_999, 2_499, 2_500, 4_999, 5_000, 9_999].map(|bucket| of(bucket, false)),
        [Some("a"), Some("a"), None, Some("b"), Some("b"), None, None]
    );
    assert_eq!([of(0, true), of(9_999, true)], [Some("t"); 2]);
}
