//! Which policies can be asked about.

use crate::replay::System;

/// Something that decides what a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// The row that was shown.
    Logged,
    /// The best of a system's ranking.
    System(System),
}

impl Policy {
    /// The word used in tables, JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logged => "logged",
            Self::System(system) => system.name(),
        }
    }

    /// Every policy.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Logged).chain(System::all().map(Self::System))
    }
}

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("known are {}", Policy::all().map(Policy::name).collect::<Vec<_>>().join(", "))]
pub struct UnknownPolicy;

impl std::str::FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(word: &str) -> Result<Self, UnknownPolicy> {
        Self::all().find(|policy| policy.name() == word).ok_or(UnknownPolicy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_found_by_its_name() {
        assert!(Policy::all().all(|policy| policy.name().parse() == Ok(policy)));
        assert_eq!("best".parse::<Policy>(), Err(UnknownPolicy));
        assert!(UnknownPolicy.to_string().starts_with("known are logged, mfu, mru, "));
    }
}
