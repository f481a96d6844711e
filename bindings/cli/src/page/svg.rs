//! A drawing: SVG elements whose looks come from the page's style sheet.

use std::fmt::Write;

/// A drawing of a fixed size, in pixels at full width.
pub(crate) struct Svg {
    width: f64,
    height: f64,
    title: String,
    body: String,
}

impl Svg {
    /// An empty drawing; the title is for those who cannot see it.
    pub(crate) fn new(width: f64, height: f64, title: &str) -> Self {
        Self { width, height, title: escaped(title), body: String::new() }
    }

    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.push(format_args!(r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#));
    }

    /// A text whose baseline begins (or ends, or is centred, as the class says) at a point.
    pub(crate) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let text = escaped(text);
        self.push(format_args!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#));
    }

    /// A bar with what it says when pointed at.
    pub(crate) fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), says: &str) {
        let says = escaped(says);
        self.push(format_args!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="2"><title>{says}</title></rect>"#
        ));
    }

    /// A dot with what it says when pointed at.
    pub(crate) fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64, says: &str) {
        let says = escaped(says);
        self.push(format_args!(
            r#"<circle class="dot {class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"><title>{says}</title></circle>"#
        ));
    }

    /// A line through points.
    pub(crate) fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        self.push(format_args!(r#"<polyline class="curve {class}" points="{points}"/>"#));
    }

    /// The element for the page.
    pub(crate) fn finish(self) -> String {
        let Self { width, height, title, body } = self;
        format!(r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{body}</svg>"#)
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).expect("writing to a string does not fail");
        self.body.push('\n');
    }
}

/// A text as HTML shows it.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_log_says_cannot_become_markup() {
        assert_eq!(super::escaped(r#"<b>"a" & b"#), "&lt;b&gt;&quot;a&quot; &amp; b");
    }
}
