"""What is said of the data behind a model, by what its sources are: never more than the sources say themselves.

A lake that was simulated says so. A log is told by its SHA-256: the texts of a configuration are about the logs that it
names in `[bundle]`, and are used for these alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from foretap_models.errors import ProvenanceError
from foretap_models.operations import Bundle, Card

Kind = Literal["file", "lake", "simulated"]
"""What a data set's sources are: features files of logs, a lake of people's, a lake of simulated people."""

SIMULATED: Kind = "simulated"
"""What such a lake calls its own making in `lake.json`, too."""

UNTITLED = "mlp"
"""The name of a model of logs that the configuration does not speak of: what it is, and nothing of whose."""

NOBODY = Card(
    learned_from="simulated people (`foretap lake`), who never lived",
    licence="nobody's data: a simulator made them from a seed",
    limits="says nothing about people: it measures the pipeline, never a model, and is for nobody's phone",
)
"""What a card says of a simulated lake."""


@dataclass(frozen=True)
class Said:
    """What is said of a model's data.

    Attributes:
        name: of the model.
        card: the texts.
    """

    name: str
    card: Card


def title(bundle: Bundle, kinds: Collection[str], logs: Sequence[str]) -> str:
    """The name of a model of such data; `UNTITLED` where nobody names it.

    Args:
        bundle: of the configuration.
        kinds: of the sources.
        logs: SHA-256 of each log, 64 hex digits each.
    """
    if SIMULATED in kinds:
        return f"{SIMULATED}-{UNTITLED}"
    return bundle.name if set(logs) <= set(bundle.logs) else UNTITLED


def said(bundle: Bundle, card: Card, kinds: Collection[str], logs: Sequence[str]) -> Said:
    """What a card says of such data; arguments as of `title`, and the texts of the configuration.

    Raises:
        ProvenanceError: neither the sources nor the configuration say what the data are.
    """
    if SIMULATED in kinds:
        return Said(title(bundle, kinds, logs), NOBODY)
    unknown = ", ".join(log[:12] for log in logs if log not in bundle.logs)
    if unknown:
        raise ProvenanceError(
            f"[card] and the name {bundle.name} are about other logs than {unknown}: say what these are in a "
            "configuration with their SHA-256 (learned_on in cache.json) in `logs` of [bundle], and with a name, "
            "learned_from, licence and limits of their own"
        )
    return Said(bundle.name, card)
