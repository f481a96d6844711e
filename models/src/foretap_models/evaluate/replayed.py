"""What `foretap replay` says of the systems that learn nothing here: rules, mixers, and Foretap as a phone runs it.

Its figures stand beside those of learners only where both are of the same questions to the same people. The mixer,
which both sides know, is the proof.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foretap_models.errors import ReplayError
from foretap_models.judge.answers import MIXER
from foretap_models.judge.figures import Figures, Rates

MOMENTS = {"A": "next", "C": "unlock", "B": "unlock_or_resume"}
"""The replay's letters."""

LEARNED = ("ppm3", "logmix", MIXER, "model", "foretap")
"""Its systems that are no rules."""

TIMED = "foretap"
"""The system whose predictions the replay times."""

ROUNDING = 2e-4
"""Points: both sides write four decimals."""


@dataclass(frozen=True)
class Replayed:
    """One kind of moment.

    Attributes:
        people: who count.
        queries: of those who count, thinned.
        systems: the mean over people, by name in the order of the replay's tables.
    """

    people: int
    queries: int
    systems: dict[str, Rates]


@dataclass(frozen=True)
class Replay:
    """A replay.

    Attributes:
        log: SHA-256 of what was played back, 64 hex digits.
        moments: by name; those of which somebody has enough.
        microseconds: the median of a whole prediction; `None` where nothing was timed.
    """

    log: str
    moments: dict[str, Replayed]
    microseconds: float | None

    @classmethod
    def read(cls, path: Path) -> Replay:
        """Reads the JSON of `foretap replay`.

        Raises:
            ReplayError: it is not that.
        """
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            tasks = {moment: value["tasks"][letter] for letter, moment in MOMENTS.items()}
            moments = {moment: _moment(systems) for moment, systems in tasks.items() if systems}
            return cls(value["sha256"], moments, value["latency_us"]["total"]["p50"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReplayError(f"{path}: not what this package knows as a replay: {error!r}") from error

    def check(self, judged: Figures, learned_on: tuple[str, ...]) -> None:
        """Refuses to stand beside figures of other questions.

        Args:
            judged: of the mixer, and of others perhaps.
            learned_on: SHA-256 of each log behind them.

        Raises:
            ReplayError: another log, other people or queries, or a mixer that did otherwise.
        """
        if learned_on != (self.log,):
            raise ReplayError("the replay is of another log than the features")
        if set(self.moments) != set(judged.moments):
            raise ReplayError(f"replayed are {', '.join(self.moments)}; judged are {', '.join(judged.moments)}")
        for name, ours in self.moments.items():
            theirs = judged.moments[name]
            # Who is left out is not compared: of a person without a question of the kind only the replay knows.
            for what in ("people", "queries"):
                if getattr(ours, what) != getattr(theirs, what):
                    raise ReplayError(f"{name}: {what} {getattr(ours, what)} replayed, {getattr(theirs, what)} judged")
            found = asdict(theirs.systems[MIXER].macro)
            for rate, value in asdict(ours.systems[MIXER]).items():
                if abs(value - found[rate]) > ROUNDING:
                    raise ReplayError(
                        f"{name}: the mixer's {rate} is {value:.4f} in the replay and {found[rate]:.4f} as judged: "
                        "start weights or versions differ"
                    )

    def systems(self) -> list[str]:
        """All systems but the mixer, which is judged."""
        return [name for name in next(iter(self.moments.values())).systems if name != MIXER]

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def _moment(systems: dict[str, Any]) -> Replayed:
    """One kind of moment, from its systems."""
    of = systems[MIXER]
    rates = {name: Rates(**system["macro"]) for name, system in systems.items()}
    return Replayed(of["users"], of["queries"], rates)
