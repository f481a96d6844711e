//! The systems that a replay compares: the rules, PPM, the plain mixer, and the whole of Foretap.

use foretap_core::habits::{
    Belief, EXPERTS, Evidence, Expert, Mixer, Moment, RANKS, Rule, StartWeights, Statistics, ppm3,
};

/// Something that ranks candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// A simple rule.
    Rule(Rule),
    /// Prediction by partial matching of order 3.
    Ppm3,
    /// The online mixer of 17 experts with nothing shipped.
    LogMix,
    /// Foretap's mixer alone: with its start weights, without notifications and model.
    Mixer,
    /// The model's word alone, whatever the phone trusts it.
    Model,
    /// The whole of Foretap.
    Foretap,
}

impl System {
    /// How many systems there are.
    pub const COUNT: usize = Rule::ALL.len() + 5;

    /// Every system, in the order of the tables.
    #[must_use]
    pub fn all() -> [Self; Self::COUNT] {
        std::array::from_fn(|n| match n.checked_sub(Rule::ALL.len()) {
            None => Self::Rule(Rule::ALL[n]),
            Some(0) => Self::Ppm3,
            Some(1) => Self::LogMix,
            Some(2) => Self::Mixer,
            Some(3) => Self::Model,
            Some(_) => Self::Foretap,
        })
    }

    /// Its place in [`Self::all`], and in the ranks of an answered question.
    #[must_use]
    pub const fn column(self) -> usize {
        match self {
            Self::Rule(rule) => rule as usize,
            Self::Ppm3 => Self::COUNT - 5,
            Self::LogMix => Self::COUNT - 4,
            Self::Mixer => Self::COUNT - 3,
            Self::Model => Self::COUNT - 2,
            Self::Foretap => Self::COUNT - 1,
        }
    }

    /// The word used in tables and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.name(),
            Self::Ppm3 => "ppm3",
            Self::LogMix => "logmix",
            Self::Mixer => "mixer",
            Self::Model => "model",
            Self::Foretap => "foretap",
        }
    }

    /// Whether it is one of the rules that need no learning of weights.
    #[must_use]
    pub const fn is_rule(self) -> bool {
        matches!(self, Self::Rule(_))
    }

    /// Those that have a row in the tables: without a model there is nothing to say of one.
    pub fn shown(has_model: bool) -> impl Iterator<Item = Self> {
        Self::all().into_iter().filter(move |system| has_model || *system != Self::Model)
    }

    /// A score for each candidate.
    #[must_use]
    pub fn scores(
        self,
        statistics: &Statistics<'_>,
        evidence: &Evidence,
        belief: &Belief,
        plain: &PlainMixer,
    ) -> Vec<f64> {
        match self {
            Self::Rule(rule) => rule.scores(statistics),
            Self::Ppm3 => ppm3(&evidence.log_p),
            Self::LogMix => plain.log_mix(evidence.moment, &evidence.log_p),
            Self::Mixer => belief.log_mix.clone(),
            Self::Model => belief.log_mix.iter().enumerate().map(|(n, log_p)| log_p + evidence.change(n)).collect(),
            Self::Foretap => belief.log_p.clone(),
        }
    }
}

/// The mixer as a baseline: neutral start weights and recency ranks, the 17 experts of the published sketch, its step size.
#[derive(Debug, Clone)]
pub struct PlainMixer {
    mixer: Mixer,
    /// How often the first, second, ... candidate was opened, by moment; decayed, started from a guess.
    ranks: [Vec<f64>; 3],
}

impl Default for PlainMixer {
    fn default() -> Self {
        let ranks: Vec<f64> = (1..=RANKS).map(|rank| 4.0 / (rank as f64).powf(1.5)).collect();
        Self { mixer: Mixer::new(&StartWeights::neutral(), 0.1), ranks: std::array::from_fn(|_| ranks.clone()) }
    }
}

impl PlainMixer {
    /// The candidates' log-probabilities.
    #[must_use]
    pub fn log_mix(&self, moment: Moment, log_p: &[[f64; EXPERTS]]) -> Vec<f64> {
        self.mixer.log_mix(moment, &self.known(moment, log_p))
    }

    /// Learns that `target` was opened.
    pub fn learn(&mut self, moment: Moment, log_p: &[[f64; EXPERTS]], target: usize) {
        let log_p = self.known(moment, log_p);
        let log_mix = self.mixer.log_mix(moment, &log_p);
        self.mixer.learn(moment, &log_p, &log_mix, target);
        let ranks = &mut self.ranks[moment as usize];
        ranks.iter_mut().for_each(|weight| *weight *= 0.995);
        ranks[target] += 1.0;
    }

    /// The experts as the baseline knows them: some say nothing, and the recency ranks are its own.
    fn known(&self, moment: Moment, log_p: &[[f64; EXPERTS]]) -> Vec<[f64; EXPERTS]> {
        let silent = [
            Expert::RankFrecency,
            Expert::SessionStartHourOfDayKind,
            Expert::Return,
            Expert::Soon,
            Expert::Network,
            Expert::Battery,
        ];
        let count = log_p.len();
        let ranks = &self.ranks[moment as usize][..count];
        let all: f64 = ranks.iter().sum();
        let mut known = log_p.to_vec();
        for (row, rank) in known.iter_mut().zip(ranks) {
            for expert in silent {
                row[expert as usize] = 0.0;
            }
            row[Expert::RecencyRank as usize] = (0.98 * rank / all + 0.02 / count as f64).ln();
        }
        known
    }
}
