//! The apps on the simulated phone: what each is for, and what usually follows it.

use Nature::{Frugal, Heavy, Load, Quick, Slow, Stream};

/// An app, with how much it is wanted at each [`Moment`](super::schedule::Moment).
#[derive(Debug, Clone, Copy)]
pub(super) struct App {
    pub(super) name: &'static str,
    pub(super) nature: Nature,
    /// Notifications on a working day (first) and on a free day.
    pub(super) pings: [f64; 2],
    /// In the order of the moments: morning, commute, work morning, work, evening, free day, free evening, out.
    pub(super) wanted: [f64; 8],
}

/// What an app costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// Short looks.
    Quick,
    /// Minutes at a time.
    Slow,
    /// Empties the battery: avoided when it is low.
    Heavy,
    /// Empties the battery and is used on Wi-Fi only.
    Stream,
    /// Used on Wi-Fi only.
    Load,
    /// What a nearly empty phone is still used for.
    Frugal,
}

impl Nature {
    pub(super) const fn is_heavy(self) -> bool {
        matches!(self, Self::Heavy | Self::Stream)
    }

    pub(super) const fn needs_wifi(self) -> bool {
        matches!(self, Self::Stream | Self::Load)
    }
}

const fn app(name: &'static str, nature: Nature, pings: [f64; 2], wanted: [f64; 8]) -> App {
    App { name, nature, pings, wanted }
}

const NONE: [f64; 2] = [0.0, 0.0];

/// Every app. Names are what a launcher would show.
#[rustfmt::skip]
pub(super) const APPS: [App; 40] = [
    //                                                    morning commute w.mor. work evening  free  free e. out
    app("Email",            Quick,  [14.0, 2.0],   [ 6.0,  3.0, 60.0, 10.0,  2.0,  2.0,  1.0,  1.0]),
    app("Calendar",         Quick,  [ 3.0, 0.5],   [ 3.0,  1.0, 42.0,  6.0,  1.0,  1.0,  0.3,  0.5]),
    app("Slack",            Quick,  [16.0, 0.3],   [ 1.0,  2.0, 38.0, 12.0,  0.5,  0.1,  0.1,  0.1]),
    app("WhatsApp",         Quick,  [10.0, 9.0],  [ 5.0,  6.0,  2.0,  6.0,  8.0,  7.0,  4.0,  7.0]),
    app("Messages",         Quick,  [ 3.0, 4.0],   [ 2.0,  3.0,  1.0,  2.0,  3.0,  2.0,  2.0,  3.0]),
    app("Instagram",        Slow,   [ 3.0, 4.0],   [ 3.0,  5.0,  1.0,  3.0,  6.0,  6.0,  3.0,  4.0]),
    app("Reddit",           Slow,   NONE,          [ 2.0,  4.0,  0.8,  2.5,  5.0,  5.0,  3.0,  1.0]),
    app("Facebook",         Slow,   [ 2.0, 2.0],   [ 1.0,  1.0,  0.3,  1.0,  2.0,  2.0,  1.0,  0.5]),
    app("Netflix",          Stream, [ 0.3, 0.5],   [ 0.1,  0.2,  0.0,  0.2, 14.0,  3.0, 99.0,  0.1]),
    app("YouTube",          Stream, [ 1.0, 1.0],   [ 0.6,  0.5,  0.2,  1.0, 10.0,  6.0, 12.0,  0.3]),
    app("Puzzle Quest",     Heavy,  [ 1.0, 1.0],   [ 0.2,  2.0,  0.0,  0.4,  4.0,  3.0,  3.0,  0.3]),
    app("Chess",            Slow,   NONE,          [ 0.2,  2.0,  0.1,  0.8,  1.5,  1.5,  1.0,  0.3]),
    app("Podcasts",         Quick,  [ 0.5, 0.5],   [ 1.0, 12.0,  0.5,  1.0,  1.0,  1.5,  0.3,  1.0]),
    app("Music",            Quick,  NONE,          [ 2.0, 11.0,  2.0,  3.0,  3.0,  3.0,  1.5,  3.0]),
    app("Maps",             Frugal, NONE,          [ 0.5,  7.0,  0.3,  0.5,  0.5,  1.0,  0.3,  8.0]),
    app("Transit",          Quick,  [ 0.5, 0.1],   [ 1.0,  6.0,  0.2,  1.0,  0.1,  0.2,  0.1,  2.0]),
    app("News",             Slow,   [ 2.0, 2.0],   [ 5.0,  5.0,  1.0,  2.0,  2.0,  4.0,  1.0,  0.5]),
    app("Books",            Slow,   NONE,          [ 0.3,  4.0,  0.0,  0.2,  2.0,  2.0,  1.0,  0.2]),
    app("Weather",          Quick,  [ 0.3, 0.3],   [ 7.0,  0.5,  0.3,  0.5,  0.5,  4.0,  0.5,  1.5]),
    app("Clock",            Quick,  NONE,          [ 6.0,  0.0,  0.0,  0.2,  1.5,  2.0,  1.0,  0.0]),
    app("Phone",            Frugal, [ 1.5, 1.5],   [ 0.5,  1.0,  0.8,  2.0,  2.0,  2.0,  1.0,  2.5]),
    app("Camera",           Quick,  NONE,          [ 0.2,  0.5,  0.1,  0.5,  1.0,  2.5,  0.5,  6.0]),
    app("Photos",           Quick,  [ 0.2, 0.2],   [ 0.3,  0.5,  0.2,  0.5,  1.5,  2.5,  1.0,  2.5]),
    app("Chrome",           Slow,   NONE,          [ 1.5,  2.0,  1.5,  4.0,  4.0,  4.0,  2.0,  2.0]),
    app("Zoom",             Slow,   NONE,          [ 0.0,  0.0,  1.5,  4.0,  0.0,  0.0,  0.0,  0.0]),
    app("Docs",             Slow,   [ 1.0, 0.0],   [ 0.0,  0.0,  1.5,  4.0,  0.3,  0.2,  0.1,  0.0]),
    app("Notes",            Quick,  NONE,          [ 0.5,  0.5,  1.0,  2.0,  0.6,  0.8,  0.3,  0.8]),
    app("LinkedIn",         Slow,   [ 1.0, 0.3],   [ 0.3,  1.0,  0.5,  1.5,  0.5,  0.3,  0.2,  0.2]),
    app("Banking",          Quick,  [ 0.3, 0.2],   [ 0.3,  0.3,  0.3,  1.0,  1.0,  1.0,  0.2,  0.8]),
    app("Wallet",           Quick,  NONE,          [ 0.1,  1.5,  0.1,  1.0,  0.2,  0.3,  0.1,  4.0]),
    app("Shopping",         Slow,   [ 0.7, 0.7],   [ 0.2,  0.8,  0.2,  1.0,  2.0,  2.0,  0.8,  1.0]),
    app("Recipes",          Slow,   NONE,          [ 0.2,  0.1,  0.0,  0.3,  2.0,  2.5,  1.0,  0.5]),
    app("Fitness",          Quick,  [ 0.4, 0.4],   [ 1.0,  0.5,  0.2,  0.5,  1.5,  2.0,  0.3,  1.5]),
    app("Files",            Quick,  NONE,          [ 0.1,  0.1,  0.4,  1.0,  0.3,  0.3,  0.2,  0.1]),
    app("Downloads",        Load,   NONE,          [ 0.3,  0.3,  0.2,  0.6,  1.5,  1.5,  0.8,  0.2]),
    app("Settings",         Quick,  NONE,          [ 0.4,  0.4,  0.3,  0.5,  0.6,  0.6,  0.3,  0.4]),
    app("Calculator",       Quick,  NONE,          [ 0.1,  0.1,  0.3,  0.8,  0.3,  0.3,  0.1,  0.4]),
    app("Battery Saver",    Frugal, NONE,          [ 0.1,  0.1,  0.1,  0.1,  0.1,  0.1,  0.1,  0.1]),
    app("Language Lessons", Slow,   [ 1.0, 1.0],   [ 4.0, 12.0,  0.3,  1.5,  8.0,  5.0,  2.0,  0.5]),
    app("Padel League",     Quick,  [ 1.5, 2.5],   [ 1.0,  2.0,  0.3,  2.0,  4.0,  7.0,  2.0,  5.0]),
];

/// When an app comes or goes, as a share of the simulated days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Change {
    Installed(f64),
    Uninstalled(f64),
}

/// The apps that come and go during the simulation.
pub(super) const CHANGES: [(&str, Change); 3] = [
    ("Language Lessons", Change::Installed(0.35)),
    ("Padel League", Change::Installed(0.5)),
    ("Facebook", Change::Uninstalled(0.65)),
];

/// What usually follows an app, with weights.
pub(super) const FOLLOWERS: [(&str, &[(&str, f64)]); 27] = [
    ("Email", &[("Calendar", 5.0), ("Slack", 2.0), ("Docs", 1.0)]),
    ("Calendar", &[("Slack", 5.0), ("Zoom", 2.0), ("Email", 1.0)]),
    ("Slack", &[("Email", 3.0), ("Docs", 2.0), ("Calendar", 2.0)]),
    ("Zoom", &[("Docs", 2.0), ("Notes", 2.0), ("Slack", 1.0)]),
    ("Docs", &[("Slack", 2.0), ("Email", 2.0), ("Files", 1.0)]),
    ("Files", &[("Docs", 2.0), ("Email", 1.0)]),
    ("WhatsApp", &[("Instagram", 3.0), ("Photos", 1.0), ("Phone", 1.0)]),
    ("Messages", &[("WhatsApp", 2.0), ("Phone", 1.0)]),
    ("Instagram", &[("Reddit", 2.0), ("WhatsApp", 2.0)]),
    ("Reddit", &[("YouTube", 2.0), ("Chrome", 2.0), ("News", 1.0)]),
    ("Facebook", &[("Instagram", 2.0), ("WhatsApp", 1.0)]),
    ("Netflix", &[("WhatsApp", 1.0), ("Chrome", 1.0), ("YouTube", 1.0)]),
    ("YouTube", &[("Reddit", 2.0), ("Netflix", 1.0), ("WhatsApp", 1.0)]),
    ("Podcasts", &[("Maps", 2.0), ("News", 1.0), ("WhatsApp", 1.0)]),
    ("Music", &[("WhatsApp", 2.0), ("Instagram", 1.0), ("Maps", 1.0)]),
    ("Maps", &[("Music", 3.0), ("Podcasts", 3.0), ("Messages", 1.0)]),
    ("Transit", &[("Podcasts", 3.0), ("Maps", 1.0), ("Wallet", 1.0)]),
    ("News", &[("Reddit", 2.0), ("Email", 1.0)]),
    ("Weather", &[("Calendar", 2.0), ("Transit", 1.0), ("News", 2.0)]),
    ("Clock", &[("Weather", 3.0), ("News", 1.0)]),
    ("Camera", &[("Photos", 5.0), ("WhatsApp", 2.0)]),
    ("Photos", &[("WhatsApp", 3.0), ("Instagram", 2.0)]),
    ("Banking", &[("Wallet", 2.0), ("Shopping", 1.0)]),
    ("Shopping", &[("Banking", 2.0), ("Email", 1.0)]),
    ("Recipes", &[("Notes", 2.0), ("Shopping", 1.0), ("Clock", 2.0)]),
    ("Battery Saver", &[("Settings", 3.0), ("Phone", 1.0)]),
    ("Padel League", &[("Calendar", 2.0), ("WhatsApp", 3.0)]),
];

/// The place of an app in [`APPS`].
pub(super) fn place(name: &str) -> usize {
    APPS.iter().position(|app| app.name == name).expect("the tables of this file name apps of this file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_name_known_apps_once_each() {
        let mut names: Vec<_> = APPS.iter().map(|a| a.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), APPS.len());
        for (from, to) in FOLLOWERS {
            assert!(place(from) < APPS.len() && to.iter().all(|(to, _)| place(to) != place(from)));
        }
        assert!(CHANGES.iter().all(|(name, _)| place(name) < APPS.len()));
    }
}
