//! What a person allows to be sent.

/// Two permissions, given or not one by one; none to begin with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consent {
    /// Level 1: a day in numbers, noisy by randomised response: how often predictions were right, how long they took.
    pub reports: bool,
    /// Level 2: what was known at some unlocks, as bins of features without a name, and which candidate was opened.
    pub samples: bool,
}

impl Consent {
    /// Nothing is sent.
    pub const NONE: Self = Self { reports: false, samples: false };

    /// Whether anything is allowed.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.reports || self.samples
    }

    /// Whether `self` takes something back that `before` allowed.
    #[must_use]
    pub const fn takes_back(self, before: Self) -> bool {
        (before.reports && !self.reports) || (before.samples && !self.samples)
    }
}
