//! The formats of logs, and how to tell them apart.

use super::{dumpsys, lsapp, plain, table, ubiqlog, usage_events};

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The plain CSV: `user,at_ms,utc_offset_min,kind,item,place,network,battery,charging`.
    Plain,
    /// UbiqLog as prepared: tab separated `user start end app kind place city wifi`.
    Ubiqlog,
    /// Raw Android `UsageEvents` as CSV: `epoch_ms,app,type,`.
    UsageEvents,
    /// The text of `adb shell dumpsys usagestats`.
    Dumpsys,
    /// LSApp: `user_id session_id timestamp app_name event_type`.
    Lsapp,
    /// The JSON export of ActivityWatch.
    ActivityWatch,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Plain, Self::Ubiqlog, Self::UsageEvents, Self::Dumpsys, Self::Lsapp, Self::ActivityWatch];

    /// The word for it on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Ubiqlog => "ubiqlog",
            Self::UsageEvents => "usage_events",
            Self::Dumpsys => "dumpsys",
            Self::Lsapp => "lsapp",
            Self::ActivityWatch => "activitywatch",
        }
    }

    /// Every format's name, for messages.
    #[must_use]
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// The format of a text: by its first line, or, of a dump, by any line that is an event.
    pub(super) fn detect(text: &str) -> Option<Self> {
        let (_, first) = table::lines(text).next()?;
        match first.trim() {
            line if ubiqlog::is_header(line) => Some(Self::Ubiqlog),
            line if plain::is_header(line) => Some(Self::Plain),
            line if usage_events::is_row(line) => Some(Self::UsageEvents),
            line if line.starts_with('{') => Some(Self::ActivityWatch),
            line if lsapp::is_first(line) => Some(Self::Lsapp),
            _ => table::lines(text).any(|(_, line)| dumpsys::is_event(line)).then_some(Self::Dumpsys),
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Format {
    type Err = UnknownNameError;

    fn from_str(name: &str) -> Result<Self, UnknownNameError> {
        Self::ALL.into_iter().find(|f| f.name() == name).ok_or(UnknownNameError)
    }
}

/// A word that names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no known format; known are {}", Format::names())]
pub struct UnknownNameError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert_eq!("elf".parse::<Format>(), Err(UnknownNameError));
    }
}
