//! A batch in words: every field of it, decoded from the bytes that are sent.

use std::fmt;

use super::batch::{Batch, Report};
use super::bins::bins;
use super::questions::QUESTIONS;
use super::sample::Sample;
use crate::features::{Feature, SCHEMA};
use crate::habits::Moment;
use crate::privacy::Hex;

impl fmt::Display for Batch {
    /// Every field, one to a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "batch {}", self.id)?;
        writeln!(f, "  library: {}", self.library)?;
        writeln!(f, "  reports of a day: {}", self.reports.len())?;
        self.reports.iter().try_for_each(|report| fmt::Display::fmt(report, f))?;
        writeln!(f, "  samples of an unlock: {}", self.samples.len())?;
        self.samples.iter().try_for_each(|sample| fmt::Display::fmt(sample, f))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  - report {}, week {}, model {}", self.pseudonym, self.week, Model(self.model))?;
        for (question, answer) in QUESTIONS.iter().zip(self.answers) {
            let (name, word) = (question.name, question.answers[usize::from(answer)]);
            writeln!(f, "      {name}: {word} (or any other answer by chance: {:.2} nats)", question.epsilon)?;
        }
        Ok(())
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = if self.moment == Moment::Unlock { "unlock" } else { "unlock or resume" };
        writeln!(f, "  - sample {}, week {}, model {}", self.pseudonym, self.week, Model(self.model))?;
        writeln!(f, "      feature schema: {}", Hex(&self.feature_schema))?;
        writeln!(f, "      moment: {moment}, {}", self.part_of_day.name())?;
        writeln!(
            f,
            "      what was opened, and another candidate; each number is one of a few, and in six of ten cases any of them:"
        )?;
        let [opened, other] = self.features();
        for (feature, (description, bins)) in SCHEMA.iter().zip(bins()).enumerate() {
            let (name, unit) = (description.name, description.unit);
            match (bins.count(), feature >= Feature::Gap as usize) {
                (1, _) => writeln!(f, "      {name}: not told")?,
                (_, true) => writeln!(f, "      {name} ({unit}): {}", opened[feature])?,
                (_, false) => writeln!(f, "      {name} ({unit}): {}, {}", opened[feature], other[feature])?,
            }
        }
        Ok(())
    }
}

/// A bundle by the beginning of its sum.
struct Model(Option<[u8; 32]>);

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(sum) => fmt::Display::fmt(&Hex(&sum), f),
            None => f.write_str("none"),
        }
    }
}
