//! Who made a phone, as far as its home screen tells.

use super::Groups;
use crate::logs::UserLog;

/// The maker of the phone whose home screen the log shows most often, [`Groups::OTHER`] where there is none or no maker's.
/// Of two that are shown equally often, the first by name.
#[must_use]
pub fn maker(user: &UserLog) -> &'static str {
    let shown = user.homes.iter().rev().max_by_key(|(_, count)| **count);
    shown.map_or(Groups::OTHER, |(package, _)| of_package(package))
}

/// The maker of a package, by its vendor part.
fn of_package(package: &str) -> &'static str {
    let is_of = |prefix: &str| package.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
    MAKERS.iter().find(|(prefix, _)| is_of(prefix)).map_or(Groups::OTHER, |(_, maker)| maker)
}

/// Package prefixes of the makers' own home screens. `android` is the home screen of Android itself, which makers of
/// simple phones leave as it is.
const MAKERS: [(&str, &str); 22] = [
    ("com.android", "android"),
    ("com.asus", "asus"),
    ("com.bbk", "vivo"),
    ("com.coloros", "oppo"),
    ("com.google.android", "google"),
    ("com.hihonor", "honor"),
    ("com.htc", "htc"),
    ("com.huawei", "huawei"),
    ("com.lenovo", "lenovo"),
    ("com.lge", "lg"),
    ("com.mi.android", "xiaomi"),
    ("com.miui", "xiaomi"),
    ("com.motorola", "motorola"),
    ("com.nothing", "nothing"),
    ("com.oneplus", "oneplus"),
    ("com.oppo", "oppo"),
    ("com.samsung.android", "samsung"),
    ("com.sec.android", "samsung"),
    ("com.sonyericsson", "sony"),
    ("com.sonymobile", "sony"),
    ("com.vivo", "vivo"),
    ("net.oneplus", "oneplus"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(homes: &[(&str, u64)]) -> &'static str {
        let homes = homes.iter().map(|&(package, count)| (package.into(), count)).collect();
        maker(&UserLog { user: "u".into(), events: Vec::new(), homes })
    }

    #[test]
    fn the_home_screen_shown_most_decides() {
        assert_eq!(of(&[("com.sec.android.app.twlauncher", 3), ("com.sonyericsson.home", 2)]), "samsung");
        assert_eq!(of(&[("com.sec.android.app.twlauncher", 2), ("com.sonyericsson.home", 3)]), "sony");
        assert_eq!(of(&[("com.sec.android.app.twlauncher", 2), ("com.sonyericsson.home", 2)]), "samsung");
        assert_eq!(of(&[("com.anddoes.launcher", 9), ("com.lge.launcher2", 8)]), "other", "bought by the person");
        assert_eq!(of(&[]), "other");
    }

    #[test]
    fn a_vendor_is_a_whole_part_of_the_name() {
        assert_eq!(of(&[("com.htc.launcher", 1)]), "htc");
        assert_eq!(of(&[("com.htcfan.launcher", 1)]), "other");
        assert_eq!(of(&[("com.htc", 1)]), "other");
    }
}
