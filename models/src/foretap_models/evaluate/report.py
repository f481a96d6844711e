"""The learning report, one page: how a network learned, how far its probabilities hold, for whom it is better, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from foretap_models.data.features_file import MOMENTS
from foretap_models.evaluate.importance import Worth, rounded
from foretap_models.evaluate.page import WIDE, Plane, Svg, figures, page, row, section, table
from foretap_models.judge.figures import Figures, MomentFigures, SystemFigures
from foretap_models.judge.panel import LEAST_OPENINGS, LEAST_QUERIES
from foretap_models.learn.model import Provenance

KINDS = ("A", "B", "C")
"""The classes by which moments are coloured, in the order of `MOMENTS`."""

MOST_BARS = 25
"""Features that are drawn."""

BAR = 20.0
"""The height of a bar with its space."""

FEW = 20
"""Days with fewer queries are not drawn: their rates are noise."""


def training(made: Provenance) -> str:
    """The page of a training: its curve, and what the inner split's held-out people saw."""
    return page(_title(made), _head([made]) + _curves([made]) + _inner(made))


def evaluation(
    made: Sequence[Provenance],
    found: Figures,
    system: str,
    worth: Mapping[str, Mapping[str, Worth]],
    gains: Mapping[str, float],
) -> str:
    """The page of an evaluation.

    Args:
        made: of each model that was judged.
        found: what was judged, the mixer among it.
        system: the one that the page is about.
        worth: importance by permutation, by what was shuffled (features, groups), where it was measured.
        gains: importance by gain, where trees were grown.
    """
    moments = {
        name: (kind, found.moments[name]) for name, kind in zip(MOMENTS, KINDS, strict=True) if name in found.moments
    }
    of = {name: (kind, moment, moment.systems[system]) for name, (kind, moment) in moments.items()}
    told = [
        figure
        for name, (_, _, s) in of.items()
        for figure in (
            (f"{s.macro.hr3:.1f} %", f"HR@3, {name} ({s.lead['hr3'].mean:+.1f} over {found.against})"),
            *([] if s.ece is None else [(f"{100.0 * s.ece:.1f} %", f"calibration error, {name}")]),
        )
    ]
    body = [_head(made), figures(told), _curves(made), _people(of, found.against), _reliability(of), _days(of)]
    body += [_worth(f"Permutation importance of {name}", by) for name, by in worth.items()]
    body += [_gain(gains)] if gains else []
    body += [_figures(found)]
    return page(_title(made[0]), "".join(body))


def _title(made: Provenance) -> str:
    """The name of the page."""
    return f"{made.name} {made.version}: learning report"


def _head(made: Sequence[Provenance]) -> str:
    """The heading, and what each model was learned from."""
    first = made[0]
    folds = [of.held_out_fold for of in made]
    held_out = "nobody held out" if folds == [None] else f"{_all('fold', folds)} held out"
    says = [f"{_range(of.queries for of in made)} queries of {_range(of.people for of in made)} people", held_out]
    if len(made) > 1:
        says = [f"{len(made)} models, each judged on the fold that it was held from", *says]
    says += [_all("seed", [of.seed for of in made]), f"features {first.schema[:8]}"]
    says += [f"taught by {', '.join(first.teachers)}"] if first.teachers else []
    return f'<h1>{escape(_title(first))}</h1>\n<p class="soft">{escape(", ".join(says))}</p>\n'


def _range(numbers: Iterable[int]) -> str:
    """A number, or the least and the greatest of several."""
    of = sorted(set(numbers))
    return f"{of[0]}" if len(of) == 1 else f"{of[0]} to {of[-1]}"


def _all(what: str, numbers: Sequence[int | None]) -> str:
    """Several numbers of something, each once."""
    of = list(dict.fromkeys("none" if number is None else str(number) for number in numbers))
    return f"{what} {of[0]}" if len(of) == 1 else f"{what}s {', '.join(of)}"


def _curves(made: Sequence[Provenance]) -> str:
    """The mean loss over the epochs of each training."""
    values = [value for of in made for value in of.losses]
    low, high = min(values), max(values)
    epochs = max(len(of.losses) for of in made)
    plane = Plane("Loss by epoch", (1.0, float(max(2, epochs))), (low, high), "epoch", "nats", WIDE)
    plane.grid([(v, f"{v:.3f}") for v in (low, (low + high) / 2.0, high)], [(e, f"{e}") for e in range(1, epochs + 1)])
    for of in made:
        name = "everyone" if of.held_out_fold is None else f"without fold {of.held_out_fold}"
        points = [(plane.at(epoch, value), value) for epoch, value in enumerate(of.losses, 1)]
        plane.svg.curve("A", [at for at, _ in points])
        for epoch, (at, value) in enumerate(points, 1):
            plane.svg.dot("A", at, 3.0, f"{name}, epoch {epoch}: {value:.4f} nats")
    return section("Learning curves", "Mean listwise loss of each epoch, a line for each training.", plane.svg.markup())


def _inner(made: Provenance) -> str:
    """What the inner split measured."""
    keys = list(dict.fromkeys(key for of in made.inner.values() for key in of))
    rows = [[name, *(f"{of[key]:.2f}" if key in of else "" for key in keys)] for name, of in made.inner.items() if of]
    says = "Percent, on people of the inner split who were held out, on queries that are scored in no fold."
    missing = ", ".join(name for name, of in made.inner.items() if not of)
    if missing:
        needs = f"{LEAST_QUERIES} queries of a moment to learn from and {LEAST_OPENINGS} openings"
        no_figures = f"No figures of {missing}: nobody who was held out has {needs}."
        says = f"{says} {no_figures}" if rows else no_figures
    return section("Inner split", says, table(["moment", *keys], rows) if rows else "")


def _people(of: Mapping[str, tuple[str, MomentFigures, SystemFigures]], against: str) -> str:
    """HR@3 of each person, beside that of what it is compared with."""
    charts = []
    for name, (kind, moment, system) in of.items():
        base = {person.person: person.hr3 for person in moment.systems[against].people}
        pairs = sorted((base[p.person], p.hr3, p.queries) for p in system.people)
        svg = Plane(f"HR@3 of each person, {name}", (0.0, len(pairs) + 1.0), (0.0, 100.0), "people", "HR@3")
        svg.grid([(v, f"{v} %") for v in range(0, 101, 20)], [])
        for place, (before, after, queries) in enumerate(pairs, 1):
            says = f"{before:.1f} to {after:.1f} % of {queries} queries"
            svg.svg.line("between", svg.at(place, before), svg.at(place, after))
            svg.svg.dot("rule", svg.at(place, before), 3.0, says)
            svg.svg.dot(kind, svg.at(place, after), 4.0, says)
        svg.legend([("rule", against), (kind, "model")])
        better = sum(after >= before for before, after, _ in pairs)
        says = f"{better} of {len(pairs)} people are served at least as well as by {against}."
        charts.append((f"Person by person: {name}", says, svg.svg.markup()))
    return row(charts)


def _reliability(of: Mapping[str, tuple[str, MomentFigures, SystemFigures]]) -> str:
    """How often the first suggestion was right, against the probability that it was given."""
    charts = []
    ends = [(v / 100.0, f"{v} %") for v in range(0, 101, 20)]
    for name, (kind, _, system) in of.items():
        if system.ece is None:
            continue
        plane = Plane(
            f"Reliability, {name}",
            (0.0, 1.0),
            (0.0, 1.0),
            "probability of the first suggestion",
            "share that was right",
        )
        plane.grid(ends, ends)
        plane.svg.line("ideal", plane.at(0.0, 0.0), plane.at(1.0, 1.0))
        most = max(of_bin.queries for of_bin in system.reliability)
        plane.svg.curve(kind, [plane.at(b.probability, b.right) for b in system.reliability])
        for b in system.reliability:
            says = f"said {100.0 * b.probability:.1f} %, right {100.0 * b.right:.1f} % of {b.queries} queries"
            plane.svg.dot(kind, plane.at(b.probability, b.right), 3.0 + 6.0 * (b.queries / most) ** 0.5, says)
        says = f"Calibration error {100.0 * system.ece:.2f} %; the larger a dot, the more queries."
        charts.append((f"Calibration: {name}", says, plane.svg.markup()))
    return row(charts)


def _days(of: Mapping[str, tuple[str, MomentFigures, SystemFigures]]) -> str:
    """HR@3 by day of use."""
    lines = {name: (kind, [day for day in system.days if day.queries >= FEW]) for name, (kind, _, system) in of.items()}
    lines = {name: (kind, days) for name, (kind, days) in lines.items() if days}
    if not lines:
        return ""
    first = min(day.day for _, days in lines.values() for day in days)
    last = max(day.day for _, days in lines.values() for day in days)
    plane = Plane("HR@3 by day of use", (first - 0.5, last + 0.5), (0.0, 100.0), "day of use", "HR@3", WIDE)
    ticks = [(float(day), f"{day}") for day in range(first, last + 1, max(1, (last - first) // 8))]
    plane.grid([(v, f"{v} %") for v in range(0, 101, 20)], ticks)
    for name, (kind, days) in lines.items():
        plane.svg.curve(kind, [plane.at(day.day, day.hr3) for day in days])
        for day in days:
            plane.svg.dot(
                kind, plane.at(day.day, day.hr3), 3.0, f"{name}, day {day.day}: {day.hr3:.1f} % of {day.queries}"
            )
    plane.legend([(kind, name) for name, (kind, _) in lines.items()])
    return section("Over time", "HR@3 of each day of use, all people together.", plane.svg.markup())


def _worth(title: str, by: Mapping[str, Worth]) -> str:
    """What shuffling costs, the dearest first."""
    ordered = sorted(by.items(), key=lambda of: -of[1].log_loss)[:MOST_BARS]
    bars = []
    for name, worth in ordered:
        points = ", ".join(f"{moment} {rounded(value):+.2f}" for moment, value in worth.hr3.items())
        bars.append((name, rounded(1_000.0 * worth.log_loss, 1), f"HR@3 lost: {points}"))
    says = "Thousandths of a nat of log-loss that shuffling costs people whom the model never saw; a bar says the HR@3."
    return section(title, says, _bars(title, bars, "{:.1f}"))


def _gain(gains: Mapping[str, float]) -> str:
    """The share of the gain of each feature in the trees."""
    bars = [
        (name, 100.0 * share, f"{100.0 * share:.2f} % of the gain") for name, share in list(gains.items())[:MOST_BARS]
    ]
    return section(
        "Gain of the trees", "Percent of what all splits gained.", _bars("Gain of the trees", bars, "{:.1f} %")
    )


def _bars(title: str, bars: Sequence[tuple[str, float, str]], shape: str) -> str:
    """Horizontal bars: name, value, what it says."""
    left, most = 260.0, max([value for _, value, _ in bars] + [1e-9])
    svg = Svg(WIDE, BAR * len(bars) + 8.0, title)
    for place, (name, value, says) in enumerate(bars):
        y = BAR * place + 4.0
        length = max(0.0, (WIDE - left - 80.0) * value / most)
        svg.text("end", (left - 8.0, y + 12.0), name)
        svg.bar("foretap", (left, y), (length, BAR - 6.0), f"{name}: {says}")
        svg.text("soft", (left + length + 7.0, y + 12.0), shape.format(value))
    return svg.markup()


def _figures(found: Figures) -> str:
    """The table of every system."""
    rows = []
    for name, moment in found.moments.items():
        for system, s in moment.systems.items():
            lead = s.lead["hr3"]
            over = "" if system == found.against else f"{lead.mean:+.2f} [{lead.low:+.2f}, {lead.high:+.2f}]"
            ece = "" if s.ece is None else f"{100.0 * s.ece:.2f}"
            rates = [f"{value:.2f}" for value in (s.macro.hr1, s.macro.hr3, s.macro.hr5, s.macro.mrr)]
            rows.append([f"{name}: {system}", *rates, over, ece])
    heads = ["moment: system", "HR@1", "HR@3", "HR@5", "MRR", f"HR@3 over {found.against}", "ECE"]
    people = ", ".join(f"{m.people} people and {m.queries} queries of {name}" for name, m in found.moments.items())
    return section("All figures", f"Percent, the mean over people: {people}.", table(heads, rows))
