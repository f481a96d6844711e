//! Two axes: where values of a chart lie in its drawing.

use super::svg::Svg;

/// The rectangle between the axes, and the values at its ends.
pub(crate) struct Plane {
    /// The values at the left and at the right end.
    x: (f64, f64),
    /// The values at the lower and at the upper end.
    y: (f64, f64),
    /// The width of the drawing.
    width: f64,
}

impl Plane {
    /// A plane for half the page, between these values.
    pub(crate) const fn new(x: (f64, f64), y: (f64, f64)) -> Self {
        Self { x, y, width: 480.0 }
    }

    /// The same, as wide as the page.
    pub(crate) const fn wide(self) -> Self {
        Self { width: 1_000.0, ..self }
    }

    /// A drawing with the axes' names.
    pub(crate) fn drawing(&self, title: &str, x_name: &str, y_name: &str) -> Svg {
        let mut svg = Svg::new(self.width, HEIGHT, title);
        svg.text("soft", (0.0, 12.0), y_name);
        svg.text("soft end", (self.right(), HEIGHT - 4.0), x_name);
        svg
    }

    /// The point of two values.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let share = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low);
        (LEFT + (self.right() - LEFT) * share(x, self.x), BOTTOM - (BOTTOM - TOP) * share(y, self.y))
    }

    /// Horizontal grid lines at values with their labels.
    pub(crate) fn rows(&self, svg: &mut Svg, ticks: &[(f64, String)]) {
        for (value, label) in ticks {
            let (_, y) = self.at(self.x.0, *value);
            svg.line("grid", (LEFT, y), (self.right(), y));
            svg.text("soft end", (LEFT - 7.0, y + 4.0), label);
        }
    }

    /// Labels below the horizontal axis.
    pub(crate) fn columns(&self, svg: &mut Svg, ticks: &[(f64, String)]) {
        svg.line("axis", (LEFT, BOTTOM), (self.right(), BOTTOM));
        for (value, label) in ticks {
            let (x, _) = self.at(*value, self.y.0);
            svg.text("soft middle", (x, BOTTOM + 16.0), label);
        }
    }

    const fn right(&self) -> f64 {
        self.width - 10.0
    }
}

/// Names of the lines or dots, at the upper right of a plane: class and text.
pub(crate) fn legend(plane: &Plane, svg: &mut Svg, entries: &[(&str, &str)]) {
    let mut x = plane.right();
    for (class, text) in entries.iter().rev() {
        #[expect(clippy::cast_precision_loss, reason = "the length of a name")]
        let width = text.chars().count() as f64 * 6.2;
        svg.text("soft end", (x, 12.0), text);
        svg.dot(class, (x - width - 9.0, 8.0), 4.5, text);
        x -= width + 30.0;
    }
}

const LEFT: f64 = 44.0;
const HEIGHT: f64 = 300.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 256.0;
