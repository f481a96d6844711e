//! Rankings and decisions as text.

use std::fmt::Write;
use std::time::Instant;

use foretap_cli::date;
use foretap_core::ranking::Language;
use foretap_core::{Control, Decision, Engine, Item, Moment, Request, SnoozeEnd, Timestamp, Token};

use super::output;
use crate::failure::Failure;

/// What is asked.
#[derive(Debug, clap::Args)]
pub(super) struct Predict {
    /// Which kind of moment.
    #[arg(long, value_name = "MOMENT", default_value = "unlock", value_parser = ["next", "unlock", "unlock_or_resume"])]
    moment: String,
    /// How many predictions.
    #[arg(long, value_name = "N", default_value_t = 4)]
    limit: usize,
    /// The surface that shows them.
    #[arg(long, value_name = "NAME", default_value = "main")]
    surface: String,
    /// The language of the reasons, as a tag: en or de.
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
}

/// Prints a ranking with its reasons.
pub(super) fn predict(engine: &Engine, asked: &Predict, now: Timestamp) -> Result<(), Failure> {
    let moment = Moment::ALL.into_iter().find(|moment| moment.name() == asked.moment);
    let request = Request::at(moment.expect("clap checked the word"), now)
        .on_surface(Token::new(&asked.surface)?)
        .limited_to(asked.limit)?;
    let begun = Instant::now();
    let ranking = engine.predict(&request, &|| u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX));
    let language = Language::of_tag(&asked.language);
    let mut text = String::new();
    for (slot, prediction) in ranking.predictions.iter().enumerate() {
        let reasons = prediction.reasons.iter().map(|reason| reason.code.sentence(language, &Item::to_string));
        let _ = writeln!(
            text,
            "{} {:>5.1} %  {}\n           {}",
            slot + 1,
            100.0 * prediction.probability,
            prediction.item,
            reasons.collect::<Vec<_>>().join("; ")
        );
    }
    if ranking.predictions.is_empty() {
        text += "nothing to offer: the log is empty, or decisions hide everything\n";
    }
    let by = ranking.model.unwrap_or_else(|| ranking.answered_by.name().to_owned());
    let _ = writeln!(text, "answered by {by} in {} us", ranking.stages.total_ns() / 1_000);
    output::print(&text)
}

/// Prints the decisions in force.
pub(super) fn decisions(engine: &Engine, now: Timestamp) -> Result<(), Failure> {
    let decisions = engine.decisions(now);
    if decisions.is_empty() {
        return output::print("nothing is decided\n");
    }
    let line = |decision: &&Decision| {
        let day = civil(decision.at);
        format!("{:>4}  {day}  {}\n", decision.id.number(), words(&decision.control))
    };
    output::print(&decisions.iter().map(line).collect::<String>())
}

/// A decision in the words of `decide`.
pub(super) fn words(control: &Control) -> String {
    match control {
        Control::Exclude(item) => format!("exclude {item}"),
        Control::NeverLearn(item) => format!("never-learn {item}"),
        Control::Promote(item) => format!("promote {item}"),
        Control::Snooze { item, until: SnoozeEnd::At(end) } => format!("snooze {item} until {}", civil(*end)),
        Control::Snooze { item, until: SnoozeEnd::Frequent } => {
            format!("snooze {item} until it is opened three times within a week")
        }
        Control::Pin { item, position } => format!("pin {item} to slot {}", u16::from(*position) + 1),
        Control::HalfLife { item, days } => {
            let whose = item.as_ref().map_or_else(|| "everything".to_owned(), Item::to_string);
            format!("half-life of {whose}: {days} days")
        }
        Control::PauseLearning { until } => {
            let end = until.map_or_else(|| "it is undone".to_owned(), civil);
            format!("pause until {end}")
        }
        Control::HideProfile(profile) => format!("hide-profile {profile}"),
        Control::Sealed { is_never_learn, .. } => {
            let kind = if *is_never_learn { "never-learn" } else { "exclude" };
            format!("{kind} an item that an import brought and that was not seen here yet")
        }
        _ => control.name().to_owned(),
    }
}

/// A local day and minute, as `2026-01-05 08:30`.
fn civil(at: Timestamp) -> String {
    let minute = at.ms_of_day() / 60_000;
    format!("{} {:02}:{:02}", date::of_day(at.day()), minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_and_leap_years_count() {
        let at = |ms, offset| civil(Timestamp::new(ms, offset).expect("valid"));
        assert_eq!(at(0, 0), "1970-01-01 00:00");
        assert_eq!(at(1_709_164_799_999, 0), "2024-02-28 23:59");
        assert_eq!(at(1_709_164_799_999, 1), "2024-02-29 00:00");
        assert_eq!(at(1_709_251_200_000, 0), "2024-03-01 00:00");
    }
}
