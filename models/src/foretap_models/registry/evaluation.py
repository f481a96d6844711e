"""The evaluation by which a version is decided about: whose it is, what it says, and whether that is enough."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foretap_models.errors import EvidenceError
from foretap_models.judge.answers import MIXER
from foretap_models.operations import Gates

TASKS = {"A": "next", "B": "unlock_or_resume", "C": "unlock"}
"""What `foretap replay` calls the moments."""

RATES = ("hr1", "hr3", "hr5", "mrr")
"""Macro figures that are kept, percent."""


@dataclass(frozen=True)
class Figures:
    """One system in one moment.

    Attributes:
        people: who count.
        queries: that were asked.
        rates: `RATES`, mean over people, percent.
        hr3: low and high end of the interval of HR@3, percent; `None` where it was not given.
        ece: of the first suggestion's probability, a share; `None` where there is none.
    """

    people: int
    queries: int
    rates: Mapping[str, float]
    hr3: tuple[float, float] | None
    ece: float | None


@dataclass(frozen=True)
class Evaluation:
    """An evaluation of a bundle.

    Attributes:
        bundle: id of the bundle, 64 hex digits.
        system: which of the systems in `judged` the bundle is.
        judged: what `foretap judge` or `foretap replay` wrote.
    """

    bundle: str
    system: str
    judged: Mapping[str, Any]

    def written(self) -> bytes:
        """As it is registered; the same evaluation gives the same bytes."""
        value = {"bundle": self.bundle, "system": self.system, "judged": self.judged}
        return (json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n").encode("utf-8")

    def sha256(self) -> str:
        """Of what is registered, 64 hex digits."""
        return hashlib.sha256(self.written()).hexdigest()

    @classmethod
    def read(cls, content: bytes) -> Evaluation:
        """A registered evaluation.

        Raises:
            EvidenceError: it is none.
        """
        try:
            value = json.loads(content)
            return cls(value["bundle"], value["system"], value["judged"])
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f"not a registered evaluation: {error}") from error

    @classmethod
    def of(cls, content: bytes, bundle: str, system: str) -> Evaluation:
        """Takes what was judged as the evaluation of a bundle.

        Args:
            content: JSON of `foretap judge` or `foretap replay`, or an evaluation that `written` gave.
            bundle: id of the bundle, 64 hex digits.
            system: which system it is.

        Raises:
            EvidenceError: it is no such JSON, is of another bundle, or says nothing of the system.
        """
        try:
            value = json.loads(content)
        except ValueError as error:
            raise EvidenceError(f"not JSON: {error}") from error
        if isinstance(value, dict) and "judged" in value:
            found = cls.read(content)
            if found.bundle != bundle:
                raise EvidenceError(f"an evaluation of bundle {found.bundle[:12]}, not of {bundle[:12]}")
        else:
            found = cls(bundle, system, value)
        found.figures()
        return found

    def figures(self, system: str | None = None) -> dict[str, Figures]:
        """A system's figures, by moment; the bundle's by default.

        Raises:
            EvidenceError: there are none, or they are not as they should be.
        """
        system = system or self.system
        try:
            found = {
                moment: _figures(value)
                for moment, systems in _by_moment(self.judged).items()
                if (value := systems.get(system)) is not None
            }
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EvidenceError(f"what was judged cannot be read: {error!r}") from error
        if not found:
            raise EvidenceError(f"no figures of a system {system}; there are {', '.join(self.systems()) or 'none'}")
        return found

    def metrics(self) -> dict[str, float]:
        """The bundle's figures as `MOMENT.FIGURE`.

        Raises:
            EvidenceError: there are none, or they are not as they should be.
        """
        return {
            f"{moment}.{name}": value
            for moment, figures in self.figures().items()
            for name, value in (*figures.rates.items(), ("ece", figures.ece))
            if value is not None
        }

    def systems(self) -> list[str]:
        """All that were judged, in their order.

        Raises:
            EvidenceError: what was judged cannot be read.
        """
        try:
            return list(dict.fromkeys(name for systems in _by_moment(self.judged).values() for name in systems))
        except (KeyError, TypeError, AttributeError) as error:
            raise EvidenceError(f"what was judged cannot be read: {error!r}") from error


def shortcomings(candidate: Evaluation, production: Evaluation | None, gates: Gates) -> list[str]:
    """Why an evaluation is not enough, one line each; empty where it is.

    The first version has the mixer alone to be measured by, which the same evaluation judged; later ones are measured
    by the version in production as well, so that a row of small losses ends at the mixer.

    Args:
        candidate: of the version to decide about.
        production: of the version in production, where there is one.
        gates: what is asked for.

    Raises:
        EvidenceError: one of them cannot be read.
    """
    ours = candidate.figures()
    theirs = production.figures() if production else {}
    mixers = candidate.figures(MIXER) if MIXER in candidate.systems() else {}
    found = [f"{moment}: not judged, but production was" for moment in theirs if moment not in ours]
    for moment, figures in ours.items():
        if figures.ece is None:
            found.append(f"{moment}: no calibration error was measured")
        elif figures.ece > gates.ece_limit:
            found.append(f"{moment}: calibration error {figures.ece:.3f}, at most {gates.ece_limit:.3f}")
        if moment not in mixers:
            found.append(f"{moment}: the mixer was not judged beside it")
        for what, of in (("production", theirs), ("the mixer", mixers)):
            if moment not in of:
                continue
            hr3, least = figures.rates["hr3"], of[moment].rates["hr3"] - gates.hr3_margin
            if hr3 < least:
                found.append(f"{moment}: HR@3 {hr3:.2f}, {what} less the margin {least:.2f}")
    return found


def _by_moment(judged: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """From the JSON of `foretap judge` or `foretap replay`: what is said of each system, by moment.

    `replay` gives the calibration of the whole of Foretap only.
    """
    if "moments" in judged:
        return {
            moment: {
                name: {**of, "people": value["people"], "queries": value["queries"]}
                for name, of in value["systems"].items()
            }
            for moment, value in judged["moments"].items()
        }
    found = {}
    for task, systems in judged["tasks"].items():
        found[TASKS[task]] = {
            name: {
                "people": of["users"],
                "queries": of["queries"],
                "macro": of["macro"],
                "interval": {"hr3": (of["interval"]["low"], of["interval"]["high"])},
                "ece": judged["ece"][task] if name == "foretap" else None,
            }
            for name, of in systems.items()
        }
    return found


def _figures(of: Mapping[str, Any]) -> Figures:
    """A system in a moment."""
    rates = {rate: float(of["macro"][rate]) for rate in RATES}
    interval, ece = of.get("interval", {}).get("hr3"), of.get("ece")
    return Figures(
        people=int(of["people"]),
        queries=int(of["queries"]),
        rates=rates,
        hr3=(float(interval[0]), float(interval[1])) if interval else None,
        ece=None if ece is None else float(ece),
    )
