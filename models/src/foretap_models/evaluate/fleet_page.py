"""What phones report, one page: the shares of the true answers with their intervals, and how they went by week."""

from __future__ import annotations

from html import escape

from foretap_models.evaluate.fleet import Fleet, Group, rows, withheld
from foretap_models.evaluate.page import WIDE, Plane, Svg, figures, page, section, table

TITLE = "What phones report"

LINES = ("A", "B", "C", "D", "E", "F")
"""The classes by which answers are coloured, in their order; a seventh begins again."""

BAR, LEFT = 24.0, 200.0
"""The height of a bar with its space, and where bars begin."""


def drawn(found: Fleet, days: str) -> str:
    """The page.

    Args:
        found: what is known.
        days: of which days, in words.
    """
    head = f'<h1>{escape(TITLE)}</h1>\n<p class="soft">{escape(f"Received {days}; {withheld(found)}.")}</p>\n'
    if not found.groups:
        return page(TITLE, head)
    most = found.groups[0]
    told = [(f"{most.reports:,}", "reports"), (f"{most.phones:,}", "phones in the week of the most")]
    told += [(f"{len(found.weeks)}", "weeks that are told")]
    return page(TITLE, head + figures(told) + "".join(_question(found, at) for at in range(len(found.questions))))


def _question(found: Fleet, at: int) -> str:
    """A question: bars of all reports, lines over the weeks, the table."""
    question, everything = found.questions[at], found.groups[0]
    if not everything.shares[at]:
        return ""
    says = f"{question.asks[0].upper()}{question.asks[1:]}. Each answer tells {question.epsilon:g} nats at most."
    content = _bars(everything, question.answers, at)
    weeks = [group for group in found.weeks if group.shares[at]]
    if len(weeks) > 1:
        content += _weeks(weeks, question.name, question.answers, at)
    heads = ["", "reports", "phones", *question.answers]
    return section(question.name, says, content + table(heads, rows(found.groups, at)))


def _bars(group: Group, answers: tuple[str, ...], at: int) -> str:
    """A bar for each answer, with a line for its interval."""
    shares = group.shares[at]
    most = max(0.01, *(share.high for share in shares))
    svg = Svg(WIDE, BAR * len(answers) + 8.0, f"Shares of all reports: {', '.join(answers)}")
    scale = (WIDE - LEFT - 90.0) / most
    for place, (answer, of) in enumerate(zip(answers, shares, strict=True)):
        y = BAR * place + 4.0
        says = f"{answer}: {100 * of.share:.1f} % [{100 * of.low:.1f}, {100 * of.high:.1f}]"
        svg.text("end", (LEFT - 8.0, y + 13.0), answer)
        svg.bar("foretap", (LEFT, y), (max(0.0, of.share) * scale, BAR - 6.0), says)
        middle = y + (BAR - 6.0) / 2.0
        svg.line("ideal", (LEFT + max(0.0, of.low) * scale, middle), (LEFT + max(0.0, of.high) * scale, middle))
        svg.text("soft", (LEFT + max(0.0, of.high) * scale + 7.0, y + 13.0), f"{100 * of.share:.1f} %")
    return svg.markup()


def _weeks(weeks: list[Group], name: str, answers: tuple[str, ...], at: int) -> str:
    """A line for each answer over the weeks."""
    of = [share for group in weeks for share in group.shares[at]]
    low, high = min(0.0, *(share.share for share in of)), max(0.1, *(share.share for share in of))
    plane = Plane(f"{name} by week", (0.0, len(weeks) - 1.0), (low, high), "week", "share", WIDE)
    every = max(1, len(weeks) // 8)
    ticks = [(float(place), group.name) for place, group in enumerate(weeks) if place % every == 0]
    plane.grid([(high * step / 4, f"{100 * high * step / 4:.0f} %") for step in range(5)], ticks)
    kinds = [LINES[place % len(LINES)] for place in range(len(answers))]
    for answer, kind in enumerate(kinds):
        plane.svg.curve(kind, [plane.at(place, group.shares[at][answer].share) for place, group in enumerate(weeks)])
        for place, group in enumerate(weeks):
            of_answer = group.shares[at][answer]
            says = f"{answers[answer]}, {group.name}: {100 * of_answer.share:.1f} % of {group.reports:,} reports"
            plane.svg.dot(kind, plane.at(place, of_answer.share), 3.0, says)
    plane.legend(list(zip(kinds, answers, strict=True)))
    return plane.svg.markup()
