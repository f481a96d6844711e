//! The last day, unlock by unlock.

use foretap_core::ranking::Prediction;

use super::charts;
use crate::demo::{Demo, Unlock, judged, prepared, rates};
use crate::page;
use crate::page::svg::escaped;

/// The day at a glance, and a row for each unlock that opens to the reasons.
pub(super) fn section(demo: &Demo) -> String {
    let unlocks = demo.last_day();
    let Some(first) = unlocks.first() else { return String::new() };
    let (judged, rates) = (judged(unlocks), rates(unlocks));
    let says = format!(
        "{judged} unlocks led to another app: the first prediction in {:.0} %, among the first 3 in {:.0} %, among the first \
         5 in {:.0} %. {} only led back to the one on the screen. Of the {} rankings {} were ready before the unlock.",
        rates.hr1,
        rates.hr3,
        rates.hr5,
        unlocks.len() as u64 - judged,
        unlocks.len(),
        prepared(unlocks)
    );
    let rows: String = unlocks.iter().map(row).collect();
    let content =
        format!("<div class=\"scroll strip\">{}</div>\n{KEY}<div class=\"day\">\n{rows}</div>\n", charts::day(unlocks));
    page::section(&format!("The last day, a {}", first.at.weekday().name()), &says, &content)
}

/// The local time of an unlock.
pub(super) fn time(unlock: &Unlock) -> String {
    let ms = unlock.at.ms_of_day();
    format!("{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60)
}

fn row(unlock: &Unlock) -> String {
    let (time, place) = (time(unlock), charts::place(unlock.label));
    let network = unlock.network.map_or("network unknown", |network| network.name());
    let predictions = &unlock.ranking.predictions;
    let chips: String = (1..).zip(predictions).map(|(place, p)| chip(p, unlock.hit() == Some(place))).collect();
    let outcome = match (&unlock.opened, unlock.hit()) {
        (Some(_), Some(place)) => format!("<span class=\"outcome hit\">{}</span>", ordinal(place)),
        (Some(item), None) => format!("<span class=\"outcome miss\">{}</span>", escaped(item.id())),
        (None, _) => {
            let back = unlock
                .resumed
                .as_ref()
                .map_or_else(|| "nothing".into(), |item| format!("back to {}", escaped(item.id())));
            format!("<span class=\"outcome\">{back}</span>")
        }
    };
    let is_prepared = unlock.ranking.is_prepared;
    let (ready, when) = match is_prepared {
        true => ("<i title=\"ready before the unlock\">◆</i>", "The ranking was ready before the unlock."),
        false => ("", "The ranking was computed at the unlock."),
    };
    let hover = predictions.first().map_or_else(String::new, |p| escaped(&because(p)));
    let reasons: String = predictions.iter().map(|p| format!("<li>{}</li>", escaped(&because(p)))).collect();
    format!(
        "<details><summary title=\"{hover}\"><time>{time} {ready}</time><span class=\"where\">{place}, {network}</span>\
         <span class=\"chips\">{chips}</span>{outcome}</summary><ol>{reasons}</ol><p class=\"soft\">{when}</p></details>\n"
    )
}

fn chip(p: &Prediction, is_hit: bool) -> String {
    let (item, percent) = (escaped(p.item.id()), 100.0 * p.probability);
    let class = if is_hit { "chip hit" } else { "chip" };
    format!("<span class=\"{class}\" style=\"--p:{percent:.0}%\">{item} <b>{percent:.0}</b></span>")
}

/// A prediction with all its reasons, as `Mail, 39 %: 1 new notification; usual at work.`
fn because(p: &Prediction) -> String {
    let reasons: Vec<String> = p.reasons.iter().map(|reason| reason.code.to_string()).collect();
    format!("{}, {:.0} %: {}.", p.item, 100.0 * p.probability, reasons.join("; "))
}

fn ordinal(place: usize) -> String {
    match place {
        1 => "first".into(),
        2 => "second".into(),
        3 => "third".into(),
        _ => format!("{place}th"),
    }
}

/// What the marks of a row mean.
const KEY: &str = "<p class=\"soft key\">Each row is an unlock: the predictions with their probability in percent, the app \
    opened as <span class=\"chip hit\" style=\"--p:50%\">predicted</span> with its place or \
    <span class=\"outcome miss\">not predicted</span>; <i>◆</i> ready before the unlock. A click tells why.</p>\n";
