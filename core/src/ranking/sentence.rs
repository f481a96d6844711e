//! Reasons as plain sentences.

use crate::event::{Audio, Battery, Item, Network, PlaceLabel};

use super::reason::ReasonCode;

/// A language that reasons are said in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language of a BCP 47 tag such as `de-AT`; English where there is none of it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some(primary) if primary.eq_ignore_ascii_case("de") => Self::German,
            _ => Self::English,
        }
    }
}

impl ReasonCode {
    /// The reason as a short sentence without a full stop. `name` gives an item's name as the person knows it.
    #[must_use]
    pub fn sentence(&self, language: Language, name: &dyn Fn(&Item) -> String) -> String {
        match language {
            Language::English => english(self, name),
            Language::German => german(self, name),
        }
    }
}

/// In English, with the item's id as its name.
impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self, &Item::to_string))
    }
}

/// A time span in the largest unit of which there are two at least.
enum Ago {
    Now,
    Minutes(u64),
    Hours(u64),
    Days(u64),
}

impl Ago {
    const fn of(seconds: u64) -> Self {
        match seconds {
            0..120 => Self::Now,
            120..7_200 => Self::Minutes(seconds / 60),
            7_200..172_800 => Self::Hours(seconds / 3_600),
            _ => Self::Days(seconds / 86_400),
        }
    }
}

fn english(code: &ReasonCode, name: &dyn Fn(&Item) -> String) -> String {
    let fixed = match code {
        ReasonCode::OftenUsed { openings: 1 } => "opened once",
        ReasonCode::OftenUsed { openings } => return format!("opened {openings} times"),
        ReasonCode::RecentlyUsed { seconds } => match Ago::of(*seconds) {
            Ago::Now => "used just now",
            Ago::Minutes(n) => return format!("used {n} minutes ago"),
            Ago::Hours(n) => return format!("used {n} hours ago"),
            Ago::Days(n) => return format!("used {n} days ago"),
        },
        ReasonCode::Follows { item } => return format!("often after {}", name(item)),
        ReasonCode::AtThisHour { hour, weekday } => {
            let day = if weekday.is_weekend() { "week-ends" } else { "work days" };
            return format!("usual around {hour:02}:00 on {day}");
        }
        ReasonCode::FirstAfterUnlock => "often first after unlocking",
        ReasonCode::AtThisPlace { label } => match label {
            Some(PlaceLabel::Home) => "usual at home",
            Some(PlaceLabel::Work) => "usual at work",
            Some(PlaceLabel::Commute) => "usual on the way",
            Some(PlaceLabel::Other) | None => "usual at this place",
        },
        ReasonCode::OnThisNetwork { network: Network::Offline } => "usual when offline",
        ReasonCode::OnThisNetwork { network: Network::Wifi } => "usual on Wi-Fi",
        ReasonCode::OnThisNetwork { .. } => "usual on mobile data",
        ReasonCode::AtThisBattery { battery } => match battery {
            Battery::Charging => "usual while charging",
            Battery::High => "usual at high battery",
            Battery::Medium => "usual at medium battery",
            Battery::Low => "usual at low battery",
        },
        ReasonCode::WithThisAudio { audio } => match audio {
            Audio::Phone => "usual without headphones",
            Audio::Headphones => "usual with headphones",
            Audio::Car => "usual in the car",
            Audio::Speaker => "usual with a loudspeaker",
        },
        ReasonCode::Notifications { waiting: 1 } => "1 new notification",
        ReasonCode::Notifications { waiting } => return format!("{waiting} new notifications"),
        ReasonCode::NeverOpened => "not opened yet",
        ReasonCode::Pinned => "you pinned it",
        ReasonCode::Promoted => "you want to see it more",
        ReasonCode::Explored => "shown to try something else",
    };
    fixed.to_owned()
}

fn german(code: &ReasonCode, name: &dyn Fn(&Item) -> String) -> String {
    let fixed = match code {
        ReasonCode::OftenUsed { openings: 1 } => "einmal geöffnet",
        ReasonCode::OftenUsed { openings } => return format!("{openings}-mal geöffnet"),
        ReasonCode::RecentlyUsed { seconds } => match Ago::of(*seconds) {
            Ago::Now => "gerade benutzt",
            Ago::Minutes(n) => return format!("vor {n} Minuten benutzt"),
            Ago::Hours(n) => return format!("vor {n} Stunden benutzt"),
            Ago::Days(n) => return format!("vor {n} Tagen benutzt"),
        },
        ReasonCode::Follows { item } => return format!("oft nach {}", name(item)),
        ReasonCode::AtThisHour { hour, weekday } => {
            let day = if weekday.is_weekend() { "an freien Tagen" } else { "an Werktagen" };
            return format!("üblich gegen {hour} Uhr {day}");
        }
        ReasonCode::FirstAfterUnlock => "oft das Erste nach dem Entsperren",
        ReasonCode::AtThisPlace { label } => match label {
            Some(PlaceLabel::Home) => "üblich zu Hause",
            Some(PlaceLabel::Work) => "üblich bei der Arbeit",
            Some(PlaceLabel::Commute) => "üblich unterwegs",
            Some(PlaceLabel::Other) | None => "üblich an diesem Ort",
        },
        ReasonCode::OnThisNetwork { network: Network::Offline } => "üblich ohne Netz",
        ReasonCode::OnThisNetwork { network: Network::Wifi } => "üblich im WLAN",
        ReasonCode::OnThisNetwork { .. } => "üblich im Mobilfunknetz",
        ReasonCode::AtThisBattery { battery } => match battery {
            Battery::Charging => "üblich beim Laden",
            Battery::High => "üblich bei vollem Akku",
            Battery::Medium => "üblich bei halbem Akku",
            Battery::Low => "üblich bei schwachem Akku",
        },
        ReasonCode::WithThisAudio { audio } => match audio {
            Audio::Phone => "üblich ohne Kopfhörer",
            Audio::Headphones => "üblich mit Kopfhörern",
            Audio::Car => "üblich im Auto",
            Audio::Speaker => "üblich mit Lautsprecher",
        },
        ReasonCode::Notifications { waiting: 1 } => "1 neue Benachrichtigung",
        ReasonCode::Notifications { waiting } => return format!("{waiting} neue Benachrichtigungen"),
        ReasonCode::NeverOpened => "noch nie geöffnet",
        ReasonCode::Pinned => "von dir angeheftet",
        ReasonCode::Promoted => "von dir bevorzugt",
        ReasonCode::Explored => "zum Ausprobieren gezeigt",
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Weekday;

    #[test]
    fn spans_are_said_in_the_largest_unit_of_which_there_are_two() {
        let said = |seconds| ReasonCode::RecentlyUsed { seconds }.to_string();
        for (seconds, words) in [
            (119, "used just now"),
            (120, "used 2 minutes ago"),
            (7_199, "used 119 minutes ago"),
            (7_200, "used 2 hours ago"),
            (172_799, "used 47 hours ago"),
            (172_800, "used 2 days ago"),
        ] {
            assert_eq!(said(seconds), words);
        }
    }

    #[test]
    fn every_language_says_every_reason_in_its_own_words() {
        let item = Item::new("com.example.mail").expect("valid");
        let mut codes = vec![
            ReasonCode::OftenUsed { openings: 1 },
            ReasonCode::OftenUsed { openings: 7 },
            ReasonCode::Follows { item },
            ReasonCode::AtThisHour { hour: 9, weekday: Weekday::Monday },
            ReasonCode::AtThisHour { hour: 9, weekday: Weekday::Sunday },
            ReasonCode::FirstAfterUnlock,
            ReasonCode::AtThisPlace { label: None },
            ReasonCode::Notifications { waiting: 1 },
            ReasonCode::Notifications { waiting: 3 },
            ReasonCode::NeverOpened,
            ReasonCode::Pinned,
            ReasonCode::Promoted,
            ReasonCode::Explored,
        ];
        codes.extend([0, 200, 9_000, 900_000].map(|seconds| ReasonCode::RecentlyUsed { seconds }));
        codes.extend(PlaceLabel::ALL.map(|label| ReasonCode::AtThisPlace { label: Some(label) }));
        codes.extend(Network::ALL.map(|network| ReasonCode::OnThisNetwork { network }));
        codes.extend(Battery::ALL.map(|battery| ReasonCode::AtThisBattery { battery }));
        codes.extend(Audio::ALL.map(|audio| ReasonCode::WithThisAudio { audio }));
        for code in &codes {
            let [english, german] = Language::ALL.map(|language| code.sentence(language, &|_| "Post".to_owned()));
            assert!(!english.is_empty() && english != german, "{english}");
            assert_eq!(english.contains("Post"), matches!(code, ReasonCode::Follows { .. }));
            assert_eq!(german.contains("Post"), matches!(code, ReasonCode::Follows { .. }));
        }
        assert_eq!(codes[1].sentence(Language::of_tag("de-CH"), &Item::to_string), "7-mal geöffnet");
        assert_eq!(Language::of_tag("fr"), Language::English);
    }
}
