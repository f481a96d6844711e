"""The figures of answers, as `foretap judge` finds them: the very code that judges the library itself."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from foretap_models import foretap
from foretap_models.errors import JudgeError

Part = Literal["all", "scored", "validation", "test"]
"""A part of everyone's log: all that was answered; the last 30 %, which the protocol scores; its first half, to choose
by; its second, to judge what was chosen."""


@dataclass(frozen=True)
class Rates:
    """Percent of the queries whose target was among the first 1, 3, 4 and 5, and the mean of 100 / rank."""

    hr1: float
    hr3: float
    hr4: float
    hr5: float
    mrr: float


@dataclass(frozen=True)
class Lead:
    """A difference in points over the same people, and its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Decisions:
    """Candidates as decisions, the first k taken as positive: counts, and shares from 0 to 1."""

    tp: int
    fp: int
    fn: int
    tn: int
    accuracy: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Queries by the probability of the first suggestion: how many, its mean, and the share that was right."""

    queries: int
    probability: float
    right: float


@dataclass(frozen=True)
class Person:
    """One person's queries (before thinning) and rates, percent."""

    person: int
    queries: int
    hr1: float
    hr3: float


@dataclass(frozen=True)
class Day:
    """A day of use (from 0), its queries and its HR@3, percent."""

    day: int
    queries: int
    hr3: float


@dataclass(frozen=True)
class Stability:
    """HR@3 of the 30 days after day 14: percent, points, and points a day."""

    mean: float
    deviation: float
    slope_per_day: float


@dataclass(frozen=True)
class SystemFigures:
    """One system at one kind of moment.

    Attributes:
        macro: mean over people.
        micro: mean over queries.
        interval: of hr1 and hr3 over people, percent: (low, high).
        lead: of hr1 and hr3 over the system compared with.
        ece: of the first suggestion's probability, 0..=1; `None` without probabilities.
        reliability: the bins that are not empty.
        decisions: the first 1 and the first 3 taken as positive.
        auc: of all candidates' probabilities; `None` without them.
        moved: queries by the bucket of the target's rank (1, 2, 3, 4-5, 6-10, 11+, miss) under the system compared
            with, and then under this one.
        people: everyone who counts.
        stability: `None` where no query is of a day that counts.
        days: the days that have queries.
    """

    macro: Rates
    micro: Rates
    interval: dict[str, tuple[float, float]]
    lead: dict[str, Lead]
    ece: float | None
    reliability: tuple[Bin, ...]
    decisions: dict[int, Decisions]
    auc: float | None
    moved: tuple[tuple[int, ...], ...]
    people: tuple[Person, ...]
    stability: Stability | None
    days: tuple[Day, ...]

    @classmethod
    def of(cls, value: dict[str, Any]) -> SystemFigures:
        """Reads the JSON of a system."""
        classification = value["classification"]
        return cls(
            macro=Rates(**value["macro"]),
            micro=Rates(**value["micro"]),
            interval={rate: (low, high) for rate, (low, high) in value["interval"].items()},
            lead={rate: Lead(**lead) for rate, lead in value["lead"].items()},
            ece=value["ece"],
            reliability=tuple(Bin(**of) for of in value["reliability"]),
            decisions={k: Decisions(**classification[str(k)]) for k in (1, 3)},
            auc=classification["auc"],
            moved=tuple(map(tuple, value["moved"])),
            people=tuple(Person(**of) for of in value["people"]),
            stability=None if value["stability"] is None else Stability(**value["stability"]),
            days=tuple(Day(**of) for of in value["days"]),
        )


@dataclass(frozen=True)
class MomentFigures:
    """One kind of moment.

    Attributes:
        people: who count.
        left_out: who have too little of it.
        queries: of those who count, thinned.
        systems: by name, in the order of the file.
    """

    people: int
    left_out: int
    queries: int
    systems: dict[str, SystemFigures]


@dataclass(frozen=True)
class Figures:
    """Everything that was found.

    Attributes:
        against: the system that the others are compared with.
        part: the part of everyone's log that counted.
        moments: by name; those of which somebody has enough.
        text: the same as a table.
        json: the same, as it was written.
    """

    against: str
    part: str
    moments: dict[str, MomentFigures]
    text: str
    json: dict[str, Any]

    @classmethod
    def of(cls, value: dict[str, Any], text: str) -> Figures:
        """Reads the JSON of a judgement.

        Raises:
            JudgeError: it is not as this package knows it.
        """
        try:
            moments = {
                name: MomentFigures(
                    people=moment["people"],
                    left_out=moment["left_out"],
                    queries=moment["queries"],
                    systems={system: SystemFigures.of(found) for system, found in moment["systems"].items()},
                )
                for name, moment in value["moments"].items()
            }
            return cls(value["against"], value["part"], moments, text, value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise JudgeError(f"foretap judge is of another version than this package: {error!r}") from error


def judge(answers: Path, against: str | None = None, part: Part = "all") -> Figures:
    """Judges an answers file.

    Args:
        answers: as `AnswersFile` writes it.
        against: the system that the others are compared with; the first of the file where none is named.
        part: which part of everyone's log counts.

    Raises:
        MissingForetapError: `foretap` is not here.
        ForetapError: it refuses the answers.
        JudgeError: it is another version.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "figures.json"
        arguments = ["judge", answers, "--part", part, "--json", found]
        arguments += [] if against is None else ["--against", against]
        text = foretap.run(foretap.find(), arguments)
        return Figures.of(json.loads(found.read_text(encoding="utf-8")), text)
