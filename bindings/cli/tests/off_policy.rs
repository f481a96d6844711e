//! Off-policy estimates against the truth, over a hundred simulated people who react to what they are shown.

use std::time::Instant;

use foretap_cli::policy::{OffPolicy, Policy, moments};
use foretap_cli::simulate::{Options, Ranked, Reaction, Simulation, react};
use foretap_core::Event;
use foretap_core::habits::StartWeights;

fn life(seed: u64, days: u32) -> Vec<Event> {
    Simulation::new(seed, Options { days, ..Options::default() }).expect("valid").collect()
}

#[test]
fn probe() {
    let policies: Vec<Policy> =
        ["logged", "mru", "mfu", "return", "rank_frecency", "foretap"].map(|n| n.parse().expect("known")).into();
    let e = |n: &str, d: f64| std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
    let (days, limit, share, seeds) =
        (e("DAYS", 40.0) as u32, e("LIMIT", 3.0) as usize, e("SHARE", 0.5), e("SEEDS", 10.0) as u64);
    let begun = Instant::now();
    let mut sums = vec![[0.0_f64; 12]; policies.len()];
    for seed in 0..seeds {
        let life = life(seed, days);
        let mut logging = Ranked::new(&StartWeights::default(), limit, share).expect("valid");
        let reacted = react(&life, &Reaction::default(), &mut logging, seed);
        let t1 = begun.elapsed();
        let read = moments(&reacted.events, &StartWeights::default(), None, &policies);
        let t2 = begun.elapsed();
        let off = OffPolicy::of_moments(&[read.clone()], &policies).expect("explored");
        if seed == 0 {
            println!(
                "{seed}: {:?} {:?} {:?} rows {} opened {} clusters {}",
                t1,
                t2,
                begun.elapsed(),
                off.explored,
                off.opened,
                off.clusters
            );
        }
        for (n, p) in off.policies.iter().enumerate() {
            let truth: f64 = read
                .iter()
                .zip(&reacted.intents)
                .filter(|(m, _)| m.shown.is_explored() == Some(true))
                .map(|(m, i)| i.reward(m.offered[n].iter().map(|o| &o.item)))
                .sum::<f64>()
                / off.explored as f64;
            let b = |x: bool| f64::from(u8::from(x));
            for (s, v) in sums[n].iter_mut().zip([
                truth,
                p.direct - truth,
                p.naive - truth,
                p.ips.value - truth,
                p.doubly_robust.value - truth,
                b(p.ips.holds(truth)),
                b(p.doubly_robust.holds(truth)),
                b(p.snips.holds(truth)),
                p.ips.width(),
                p.doubly_robust.width(),
                p.snips.width(),
                p.unsupported,
            ]) {
                *s += v;
            }
        }
    }
    println!("{:?}", begun.elapsed());
    println!("{:14} truth dm naive ips dr | cov ips dr snips | width ips dr snips | uns", "");
    for (p, s) in policies.iter().zip(&sums) {
        let m: Vec<String> = s.iter().map(|v| format!("{:.4}", v / seeds as f64)).collect();
        println!("{:14} {}", p.name(), m.join(" "));
    }
}
