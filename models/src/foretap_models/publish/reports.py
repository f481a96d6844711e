"""What phones said of a model: whether it may be given to more of them. Reports name no phone."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foretap_models.errors import ReportsError

CONCLUSIONS = ("proven", "given_back", "goes_on")
"""How a trial stands, as a phone says it."""

LEAST = 30
"""Concluded trials before a share of them says anything: with 30 the interval is 28 points wide."""

MOST_GIVEN_BACK = 20.0
"""Percent of the concluded trials, where nobody says otherwise."""

NORMAL_95 = 1.959964
"""Standard deviations to either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Tally:
    """The concluded trials of one model.

    Attributes:
        proven: where the model stayed.
        given_back: where it did not.
        reasons: how often each was named for giving it back.
    """

    proven: int
    given_back: int
    reasons: dict[str, int]

    @property
    def concluded(self) -> int:
        """All of them."""
        return self.proven + self.given_back

    def words(self) -> str:
        """How many were given back, with the 95 % interval of Wilson."""
        if not self.concluded:
            return "no trial was concluded"
        low, high = wilson(self.given_back, self.concluded)
        why = ", ".join(f"{reason} {count}" for reason, count in sorted(self.reasons.items()))
        rate = 100 * self.given_back / self.concluded
        return (
            f"{self.given_back} of {self.concluded} concluded trials were given back, {rate:.1f} % "
            f"(95 % interval {100 * low:.1f} to {100 * high:.1f} %){f': {why}' if why else ''}"
        )


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    z2 = NORMAL_95**2
    middle = (hits + z2 / 2) / (count + z2)
    half = NORMAL_95 / (count + z2) * math.sqrt(hits * (count - hits) / count + z2 / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def tally(lines: Iterable[str], model: str) -> Tally:
    """Counts the trials of a model, by its SHA-256 sum.

    Args:
        lines: JSON, a report each: release, model, conclusion, reason.
        model: 64 hex digits.

    Raises:
        ReportsError: a line is no report; it is named by its number alone.
    """
    proven, given_back, reasons = 0, 0, Counter[str]()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            report = json.loads(line)
            conclusion, of, reason = report["conclusion"], report["model"], report.get("reason")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ReportsError(f"line {number} is no report") from None
        if conclusion not in CONCLUSIONS or not isinstance(of, str):
            raise ReportsError(f"line {number} is no report: conclusion is one of {', '.join(CONCLUSIONS)}")
        if of != model:
            continue
        proven += conclusion == "proven"
        if conclusion == "given_back":
            given_back += 1
            reasons[reason if reason in REASONS else "other"] += 1
    return Tally(proven, given_back, dict(reasons))


REASONS = ("crashed", "unusable", "slow", "rehearsal", "trial")
"""Why a phone gives a model back; nothing else of a report is ever shown."""


def check(lines: Sequence[str], model: str, most_given_back: float) -> str:
    """What reports say of a model that more phones are to have, in words.

    Args:
        lines: as of `tally`.
        model: 64 hex digits.
        most_given_back: percent of the concluded trials.

    Raises:
        ReportsError: they are too few, or too many phones gave it back.
    """
    found = tally(lines, model)
    if found.concluded < LEAST:
        raise ReportsError(f"{found.words()}; {LEAST} concluded trials are needed before a rollout goes on")
    if 100 * found.given_back > most_given_back * found.concluded:
        raise ReportsError(
            f"{found.words()}; at most {most_given_back:g} % may be: "
            "`foretap-models rollback` publishes the model before it"
        )
    return found.words()
