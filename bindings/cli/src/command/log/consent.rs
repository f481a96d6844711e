//! `foretap log DB consent`: what may be sent.

use foretap_cli::upload;
use foretap_core::{Engine, Timestamp};

use super::{output, random};
use crate::failure::Failure;

/// What is changed.
#[derive(Debug, clap::Args)]
pub(super) struct Consent {
    /// Whether noisy reports of a day may be sent.
    #[arg(long, value_enum)]
    reports: Option<Answer>,
    /// Whether samples of unlocks may be sent: features as bins, without a name.
    #[arg(long, value_enum)]
    samples: Option<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Answer {
    Yes,
    No,
}

/// Changes what may be sent, and says it.
pub(super) fn consent(engine: &mut Engine, asked: &Consent, now: Timestamp) -> Result<(), Failure> {
    let before = engine.consent();
    let is_yes = |answer: Option<Answer>, before| answer.map_or(before, |answer| answer == Answer::Yes);
    let after = foretap_core::Consent {
        reports: is_yes(asked.reports, before.reports),
        samples: is_yes(asked.samples, before.samples),
    };
    engine.set_consent(after, now, random()?)?;
    let mut text = format!("{}\n", upload::allowed(after, "\n"));
    if after.takes_back(before) {
        text += "what waited is gone; the next `foretap upload` has all that was sent erased, of either kind\n";
    }
    output::print(&text)
}
