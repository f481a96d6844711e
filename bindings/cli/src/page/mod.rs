//! Pages that need nothing else: no scripts, nothing fetched, light or dark as the reader's system is.

pub(crate) mod latency;
pub(crate) mod plane;
pub(crate) mod rates;
pub(crate) mod svg;

use svg::escaped;

/// A whole page of its body's markup; `style` follows what every page has.
pub(crate) fn page(title: &str, style: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escaped(title)
    )
}

/// A card with a heading, a sentence below it, and what it is about. `title` and `says` are markup.
pub(crate) fn section(title: &str, says: &str, content: &str) -> String {
    format!("<section><h2>{title}</h2>\n<p class=\"soft\">{says}</p>\n{content}</section>\n")
}

/// Two charts side by side: title, sentence, drawing. Those that are not there leave their place to the other.
pub(crate) fn pair(charts: [(&str, String, Option<String>); 2]) -> String {
    let there = charts.into_iter().filter_map(|(title, says, chart)| Some((title, says, chart?)));
    let cards: String = there
        .map(|(title, says, chart)| {
            format!("<div class=\"half\"><h2>{title}</h2><p class=\"soft\">{says}</p>{chart}</div>\n")
        })
        .collect();
    if cards.is_empty() { cards } else { format!("<div class=\"pair\">{cards}</div>\n") }
}

/// The numbers to remember, each with what it says.
pub(crate) fn figures(figures: &[(String, String)]) -> String {
    let figure = |(number, says): &(String, String)| format!("<div><b>{number}</b><span>{says}</span></div>\n");
    format!("<div class=\"figures\">\n{}</div>\n", figures.iter().map(figure).collect::<String>())
}

const STYLE: &str = include_str!("style.css");
