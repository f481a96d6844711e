//! A phone: what it would send.

use foretap_core::habits::Moment;
use foretap_core::upload::{
    Batch, BatchId, ErasureToken, PartOfDay, QUESTIONS, Report, Sample, UploadSecret, Week, bins,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A phone with a secret of its own.
pub(crate) struct Phone {
    seed: u64,
    secret: UploadSecret,
}

/// A sealed batch and its key.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
    pub(crate) batch: Batch,
}

impl Phone {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut bytes);
        Self { seed, secret: UploadSecret::new(bytes) }
    }

    pub(crate) fn token(&self) -> ErasureToken {
        self.secret.token(week())
    }

    /// The n-th batch, with so many samples of those from `first` on, and a report if there is place for it.
    pub(crate) fn batch(&self, n: u64, first: u32, samples: u32) -> Sealed {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed << 16 | n);
        let token = self.token();
        let report = Report {
            pseudonym: token.of_reports(),
            week: week(),
            model: Some([7; 32]),
            answers: QUESTIONS.map(|question| below(&mut random, question.answers.len())),
        };
        let samples = (first..first + samples).map(|n| sample(&token, n, &mut random)).collect();
        let id = BatchId::new(self.secret.batch_id(n));
        seal(Batch { id, library: "0.1.0".to_owned(), reports: vec![report], samples })
    }
}

/// Seals a batch.
pub(crate) fn seal(batch: Batch) -> Sealed {
    Sealed { key: batch.id.to_string(), body: batch.seal().expect("a batch"), batch }
}

/// 2026-W49.
pub(crate) fn week() -> Week {
    Week::of_day(20_787)
}

fn sample(token: &ErasureToken, n: u32, random: &mut ChaCha8Rng) -> Sample {
    let counts = bins().map(|bins| bins.count());
    let [opened, other] = [(); 2].map(|()| counts.map(|count| below(random, count)));
    Sample {
        pseudonym: token.of_sample(n),
        week: week(),
        feature_schema: [9; 32],
        model: n.is_multiple_of(2).then_some([7; 32]),
        moment: if n.is_multiple_of(3) { Moment::UnlockOrResume } else { Moment::Unlock },
        part_of_day: PartOfDay::ALL[usize::from(below(random, 4))],
        opened,
        other,
    }
}

/// A number below a small one.
fn below(random: &mut ChaCha8Rng, n: usize) -> u8 {
    u8::try_from(random.next_u64() % n as u64).expect("small")
}
