"""Pages that need nothing else, as the command line's are: no scripts, nothing fetched, light or dark as the system is.

Drawings are SVG within them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDE, HALF, HEIGHT = 1_000.0, 480.0, 300.0
"""Of a drawing, in pixels at full width."""

LEFT, TOP, BOTTOM = 44.0, 28.0, 256.0
"""Where the axes lie in it."""

Ticks = Sequence[tuple[float, str]]
"""Values of an axis with their labels."""


@dataclass
class Svg:
    """A drawing whose looks come from the page's style sheet."""

    width: float
    height: float
    title: str
    parts: list[str] = field(default_factory=list)

    def line(self, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        self.parts.append(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def text(self, kind: str, at: tuple[float, float], text: str) -> None:
        """A text whose baseline begins at a point, or ends there, as the class says."""
        self.parts.append(f'<text class="{kind}" x="{at[0]:.1f}" y="{at[1]:.1f}">{escape(text)}</text>')

    def bar(self, kind: str, at: tuple[float, float], size: tuple[float, float], says: str) -> None:
        """A bar with what it says when pointed at."""
        (x, y), (width, height) = at, size
        self.parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2">'
            f"<title>{escape(says)}</title></rect>"
        )

    def dot(self, kind: str, at: tuple[float, float], radius: float, says: str) -> None:
        """A dot with what it says when pointed at."""
        self.parts.append(
            f'<circle class="dot {kind}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}">'
            f"<title>{escape(says)}</title></circle>"
        )

    def curve(self, kind: str, points: Iterable[tuple[float, float]]) -> None:
        """A line through points."""
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline class="curve {kind}" points="{line}"/>')

    def markup(self) -> str:
        """The element for the page."""
        body = "\n".join(self.parts)
        size = f"0 0 {self.width:.0f} {self.height:.0f}"
        return f'<svg viewBox="{size}" role="img" aria-label="{escape(self.title)}">{body}</svg>'


@dataclass
class Plane:
    """A drawing with two axes, and the values at their ends."""

    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    x_name: str
    y_name: str
    width: float = HALF

    def __post_init__(self) -> None:
        self.svg = Svg(self.width, HEIGHT, self.title)
        self.svg.text("soft", (0.0, 12.0), self.y_name)
        self.svg.text("soft end", (self.right, HEIGHT - 4.0), self.x_name)

    @property
    def right(self) -> float:
        """The end of the horizontal axis."""
        return self.width - 10.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The point of two values."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        return LEFT + (self.right - LEFT) * across, BOTTOM - (BOTTOM - TOP) * up

    def grid(self, rows: Ticks, columns: Ticks) -> None:
        """Horizontal lines and the labels of both axes."""
        for value, label in rows:
            _, y = self.at(self.x[0], value)
            self.svg.line("grid", (LEFT, y), (self.right, y))
            self.svg.text("soft end", (LEFT - 7.0, y + 4.0), label)
        self.svg.line("axis", (LEFT, BOTTOM), (self.right, BOTTOM))
        for value, label in columns:
            self.svg.text("soft middle", (self.at(value, self.y[0])[0], BOTTOM + 16.0), label)

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """The names of lines or dots at the upper right: class and text."""
        x = self.right
        for kind, text in reversed(entries):
            width = 6.2 * len(text)
            self.svg.text("soft end", (x, 12.0), text)
            self.svg.dot(kind, (x - width - 9.0, 8.0), 4.5, text)
            x -= width + 30.0


def page(title: str, body: str) -> str:
    """A whole page of its body's markup."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def section(title: str, says: str, content: str) -> str:
    """A card with a heading, a sentence below it, and what it is about (markup)."""
    return f'<section><h2>{escape(title)}</h2>\n<p class="soft">{escape(says)}</p>\n{content}</section>\n'


def row(charts: Sequence[tuple[str, str, str]]) -> str:
    """Charts side by side: title, sentence, drawing."""
    cards = "".join(
        f'<div class="half"><h2>{escape(title)}</h2><p class="soft">{escape(says)}</p>{chart}</div>\n'
        for title, says, chart in charts
    )
    return f'<div class="pair">{cards}</div>\n' if cards else ""


def figures(of: Sequence[tuple[str, str]]) -> str:
    """The numbers to remember, each with what it says."""
    each = "".join(f"<div><b>{escape(number)}</b><span>{escape(says)}</span></div>\n" for number, says in of)
    return f'<div class="figures">\n{each}</div>\n'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>" for cells in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>\n'


STYLE = """:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2230; --soft: #5b6577; --line: #dde1e8; --grid: #e8ebf0;
  --accent: #2563c9; --rule: #b4bcc9; --a: #2563c9; --b: #0d8f7b; --c: #c46a00;
  --d: #8a3fc2; --e: #b03060; --f: #6b7280;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1a2029; --ink: #e6eaf1; --soft: #98a3b5; --line: #2e3745; --grid: #28303c;
    --accent: #6a9ff5; --rule: #4a5567; --a: #6a9ff5; --b: #35c3ab; --c: #f0a24a;
    --d: #b98af0; --e: #f07fa8; --f: #a3adbb;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 32px 20px 64px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0; font-size: 27px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 2px; font-size: 18px; }
p { margin: 4px 0; }
.soft { color: var(--soft); font-size: 14px; }
section, .half { margin-top: 20px; padding: 18px 20px 16px; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; min-width: 0; }
.pair { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 20px; margin-top: 20px; }
@media (max-width: 480px) { .pair { grid-template-columns: 1fr; } }
.half { margin-top: 0; }
.figures { display: flex; flex-wrap: wrap; gap: 4px 36px; margin: 12px 0 4px; }
.figures div { min-width: 110px; }
.figures b { display: block; font-size: 25px; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: 13px; }
svg { display: block; width: 100%; height: auto; margin-top: 8px; }
svg text { fill: var(--ink); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
svg .soft { fill: var(--soft); font-size: 11px; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .axis { stroke: var(--line); stroke-width: 1; }
svg .ideal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; }
svg .between { stroke: var(--rule); stroke-width: 2; }
svg .foretap { fill: var(--accent); } svg .rule { fill: var(--rule); }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
svg .curve.A { stroke: var(--a); } svg .curve.B { stroke: var(--b); } svg .curve.C { stroke: var(--c); }
svg .curve.D { stroke: var(--d); } svg .curve.E { stroke: var(--e); } svg .curve.F { stroke: var(--f); }
svg .dot.A { fill: var(--a); } svg .dot.B { fill: var(--b); } svg .dot.C { fill: var(--c); }
svg .dot.D { fill: var(--d); } svg .dot.E { fill: var(--e); } svg .dot.F { fill: var(--f); }
svg .dot { stroke: var(--card); stroke-width: 1; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-top: 10px; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 9px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th { color: var(--soft); font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
"""
"""As `bindings/cli/src/page/style.css`, what is used of it here, and three more colours for answers."""
