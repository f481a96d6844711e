use proptest::prelude::*;

use super::*;
use crate::features::{FEATURES, schema_hash};
use crate::habits::Moment;
use crate::upload::sample::PartOfDay;
use crate::upload::week::UploadSecret;

fn batch(reports: usize, samples: usize) -> Batch {
    let secret = UploadSecret::new([7; 32]);
    let week = Week::parse(202_648).expect("a week");
    let token = secret.token(week);
    let report = Report { pseudonym: token.of_reports(), week, model: Some([3; 32]), answers: [1; QUESTIONS.len()] };
    let sample = |n| Sample {
        pseudonym: token.of_sample(n),
        week,
        feature_schema: schema_hash(),
        model: None,
        moment: Moment::Unlock,
        part_of_day: PartOfDay::Evening,
        opened: [0; FEATURES],
        other: [0; FEATURES],
    };
    Batch {
        id: BatchId::new(secret.batch_id(0)),
        library: "0.1.0".to_owned(),
        reports: vec![report; reports],
        samples: (0..u32::try_from(samples).expect("few")).map(sample).collect(),
    }
}

/// What a batch like this one, changed in one field, is refused for.
fn refused(change: impl FnOnce(&mut wire::Batch)) -> UploadError {
    let sealed = batch(1, 1).seal().expect("a batch");
    let mut message = wire::Batch::decode(unpack(&sealed).expect("packed").as_slice()).expect("a message");
    change(&mut message);
    let sealed = pack(&message.encode_to_vec()).expect("in memory");
    Batch::open(&sealed).expect_err("refused")
}

#[test]
fn what_was_sealed_is_read_as_it_was_and_as_the_same_bytes() {
    for (reports, samples) in [(0, 0), (1, 0), (0, 1), (7, 28)] {
        let batch = batch(reports, samples);
        let sealed = batch.seal().expect("a batch");
        assert_eq!(Batch::open(&sealed).as_ref(), Ok(&batch));
        assert_eq!(batch.seal().as_ref(), Ok(&sealed));
        assert!(sealed.len() <= MAX_BATCH_BYTES);
    }
}

#[test]
fn the_largest_batch_fits() {
    let mut largest = batch(BATCH_DAYS, MAX_SAMPLES);
    // Noise, which does not pack.
    let mut state = 1_u32;
    let counts = crate::upload::bins().map(|bins| u32::try_from(bins.count()).expect("few"));
    for sample in &mut largest.samples {
        for (n, bin) in sample.opened.iter_mut().chain(&mut sample.other).enumerate() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *bin = u8::try_from((state >> 16) % counts[n % FEATURES]).expect("a bin");
        }
    }
    let sealed = largest.seal().expect("a batch");
    println!("the largest batch: {} bytes", sealed.len());
    assert_eq!(Batch::open(&sealed), Ok(largest));
}

#[test]
fn a_flipped_bit_is_seen() {
    let sealed = batch(2, 2).seal().expect("a batch");
    for place in 0..sealed.len() {
        for bit in 0..8 {
            let mut flipped = sealed.clone();
            flipped[place] ^= 1 << bit;
            assert!(Batch::open(&flipped).is_err(), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn every_field_has_its_limits() {
    let field = |refused| match refused {
        UploadError::Field { field, .. } => field,
        other => panic!("{other}"),
    };
    assert_eq!(field(refused(|batch| batch.id.truncate(15))), "id");
    assert_eq!(field(refused(|batch| batch.library.clear())), "library");
    assert_eq!(field(refused(|batch| batch.library = "1".repeat(33))), "library");
    assert_eq!(field(refused(|batch| batch.library = "a name".to_owned())), "library");
    assert_eq!(field(refused(|batch| batch.reports = vec![batch.reports[0].clone(); 8])), "reports");
    assert_eq!(field(refused(|batch| batch.samples = vec![batch.samples[0].clone(); 29])), "samples");
    assert_eq!(field(refused(|batch| batch.reports[0].pseudonym.clear())), "a pseudonym");
    assert_eq!(field(refused(|batch| batch.reports[0].week = 202_654)), "a week");
    assert_eq!(field(refused(|batch| batch.reports[0].model = vec![0; 31])), "model");
    assert_eq!(field(refused(|batch| batch.reports[0].answers.push(0))), "answers");
    assert_eq!(field(refused(|batch| batch.reports[0].answers[0] = 5)), "answers");
    assert_eq!(field(refused(|batch| batch.samples[0].pseudonym.push(0))), "a pseudonym");
    assert_eq!(field(refused(|batch| batch.samples[0].week = 0)), "a week");
    assert_eq!(field(refused(|batch| batch.samples[0].feature_schema.clear())), "feature_schema");
    assert_eq!(field(refused(|batch| batch.samples[0].model = vec![0])), "model");
    assert_eq!(field(refused(|batch| batch.samples[0].moment = 0)), "moment");
    assert_eq!(field(refused(|batch| batch.samples[0].moment = 9)), "moment");
    assert_eq!(field(refused(|batch| batch.samples[0].part_of_day = 4)), "part_of_day");
    assert_eq!(field(refused(|batch| batch.samples[0].opened.clear())), "opened");
    assert_eq!(field(refused(|batch| batch.samples[0].opened[0] = 4)), "opened");
    assert_eq!(field(refused(|batch| batch.samples[0].opened[1] = 2)), "opened");
    assert_eq!(field(refused(|batch| batch.samples[0].other.push(0))), "other");
    assert_eq!(field(refused(|batch| batch.samples[0].other[FEATURES - 1] = 4)), "other");
}

#[test]
fn a_bomb_is_refused_within_its_cap() {
    let bomb = pack(&vec![0; 64 << 20]).expect("in memory");
    assert!(bomb.len() < MAX_BATCH_BYTES);
    assert!(matches!(Batch::open(&bomb), Err(UploadError::TooLarge { packed: false, .. } | UploadError::Damaged)));
    let long = vec![0; MAX_BATCH_BYTES + 1];
    assert_eq!(Batch::open(&long), Err(UploadError::TooLarge { max: MAX_BATCH_BYTES, packed: true }));
    let sealed = batch(1, 1).seal().expect("a batch");
    assert_eq!(Batch::open(&[sealed.clone(), sealed].concat()), Err(UploadError::Damaged));
    assert_eq!(Batch::open(b"FORETAPUP\x02"), Err(UploadError::OtherFormat { found: 2, supported: 1 }));
    assert_eq!(Batch::open(b"FORETAPU"), Err(UploadError::NotABatch));
}

#[test]
fn every_field_is_shown() {
    let text = batch(1, 1).to_string();
    let names = QUESTIONS.iter().map(|question| question.name);
    let names = names.chain(crate::features::SCHEMA.iter().map(|feature| feature.name));
    for shown in
        names.chain(["2026-W48", "evening", "another candidate", "items_log: not told", "library: 0.1.0", "model none"])
    {
        assert!(text.contains(shown), "{shown}");
    }
    let batch = batch(1, 1);
    for name in [batch.reports[0].pseudonym.to_string(), batch.samples[0].pseudonym.to_string(), batch.id.to_string()] {
        assert!(text.contains(&name));
    }
}

proptest! {
    #[test]
    fn no_bytes_are_more_than_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Batch::open(&bytes);
        let _ = Batch::open(&pack(&bytes).expect("in memory"));
    }
}
