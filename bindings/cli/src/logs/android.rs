//! What Android's `UsageEvents.Event` types mean here, and which packages are the phone itself rather than an app.
//!
//! Types: <https://developer.android.com/reference/android/app/usage/UsageEvents.Event>.

use foretap_core::{EventKind, Item};

/// The numbers and names of the types that are used. The first name is today's, others are older ones.
const TYPES: [(u32, &[&str], Meaning); 6] = [
    (1, &["ACTIVITY_RESUMED", "MOVE_TO_FOREGROUND"], Meaning::Front),
    (2, &["ACTIVITY_PAUSED", "MOVE_TO_BACKGROUND"], Meaning::Back),
    (12, &["NOTIFICATION_INTERRUPTION"], Meaning::Notification),
    (16, &["SCREEN_NON_INTERACTIVE"], Meaning::Lock),
    (17, &["KEYGUARD_SHOWN"], Meaning::Lock),
    (18, &["KEYGUARD_HIDDEN"], Meaning::Unlock),
];

/// What a usage event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An activity came to the front.
    Front,
    /// An activity left the front.
    Back,
    /// A notification interrupted the person.
    Notification,
    /// The screen went off or the lock screen came.
    Lock,
    /// The lock screen went.
    Unlock,
}

impl Meaning {
    /// The meaning of a type's number, if the library uses it.
    pub(super) fn of_number(number: u32) -> Option<Self> {
        TYPES.iter().find(|(n, ..)| *n == number).map(|(.., meaning)| *meaning)
    }

    /// The meaning of a type's name, if the library uses it.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        TYPES.iter().find(|(_, names, _)| names.contains(&name)).map(|(.., meaning)| *meaning)
    }

    /// The event that this is for an item; `None` where the phone itself did something that is no event.
    pub(super) fn kind(self, item: Item) -> Option<EventKind> {
        let role = Role::of(item.id());
        match (self, role) {
            (Self::Lock, _) => Some(EventKind::Lock),
            (Self::Unlock, _) => Some(EventKind::Unlock),
            (Self::Front, Role::Home) => Some(EventKind::Home),
            (Self::Front, Role::App) => Some(EventKind::Launch(item)),
            (Self::Back, Role::App) => Some(EventKind::Close(item)),
            (Self::Notification, Role::App) => Some(EventKind::Notification(item)),
            (Self::Back | Self::Notification, Role::Home) | (_, Role::Dialog) => None,
        }
    }
}

/// What a package is to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    App,
    /// The home screen or the notification shade.
    Home,
    /// Something that the system puts over an app: a permission question, the installer, a keyboard.
    Dialog,
}

impl Role {
    fn of(id: &str) -> Self {
        let lower = id.to_lowercase();
        if HOME.contains(&lower.as_str()) || lower.contains("launcher") {
            Self::Home
        } else if DIALOGS.contains(&lower.as_str()) {
            Self::Dialog
        } else {
            Self::App
        }
    }
}

/// Home screens and the system's interface, by package or by the name that is shown, in lower case. Whatever has
/// "launcher" in its name is one as well.
const HOME: [&str; 17] = [
    "com.android.systemui",
    "com.huawei.intelligent",
    "com.lge.launcher2",
    "com.mi.android.globalminusscreen",
    "com.miui.home",
    "com.sec.android.app.desktoplauncher",
    "com.sonyericsson.home",
    "huawei startside",
    "interface système",
    "l'interface",
    "lawnchair",
    "one ui home",
    "quickstep",
    "samsung experience home",
    "system ui",
    "systemgrensesnitt",
    "touchwiz home",
];

/// Dialogs and keyboards, likewise.
const DIALOGS: [&str; 12] = [
    "android",
    "android system",
    "com.android.packageinstaller",
    "com.android.permissioncontroller",
    "com.google.android.inputmethod.latin",
    "com.google.android.packageinstaller",
    "com.google.android.permissioncontroller",
    "gboard",
    "package installer",
    "pakkeinstallasjon",
    "programme d'installation du kit",
    "samsung keyboard",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(meaning: Meaning, id: &str) -> Option<EventKind> {
        meaning.kind(Item::new(id).expect("valid"))
    }

    #[test]
    fn numbers_and_names_agree() {
        for (number, names, meaning) in TYPES {
            assert_eq!(Meaning::of_number(number), Some(meaning));
            assert!(names.iter().all(|name| Meaning::of_name(name) == Some(meaning)));
        }
        assert_eq!((Meaning::of_number(15), Meaning::of_name("SCREEN_INTERACTIVE")), (None, None));
    }

    #[test]
    fn launchers_are_home_and_dialogs_are_nothing() {
        for id in ["Quickstep", "com.sec.android.app.launcher", "Nova Launcher", "System UI"] {
            assert_eq!(kind(Meaning::Front, id), Some(EventKind::Home), "{id}");
            assert_eq!(kind(Meaning::Back, id), None, "{id}");
        }
        assert_eq!(kind(Meaning::Front, "com.google.android.permissioncontroller"), None);
        assert_eq!(kind(Meaning::Lock, "android"), Some(EventKind::Lock));
        assert!(matches!(kind(Meaning::Front, "Mail"), Some(EventKind::Launch(_))));
    }

    #[test]
    fn the_lists_are_in_lower_case() {
        assert!(HOME.iter().chain(&DIALOGS).all(|id| id.to_lowercase() == **id));
    }
}
