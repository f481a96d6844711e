"""What is said of the data behind a model, by what its sources are: never more than the sources say themselves.

A lake that was simulated says so, and so do samples that phones sent. A log is told by its SHA-256: the texts of a
configuration are about the logs that it names in `[bundle]`, and are used for these alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from foretap_models.errors import ProvenanceError
from foretap_models.operations import Bundle, Card

Kind = Literal["file", "lake", "simulated", "uploads"]
"""What a data set's sources are: logs' features files, a lake of people's, one of simulated people, phones' samples."""

SIMULATED: Kind = "simulated"
"""What such a lake calls its own making in `lake.json`, too."""

UPLOADS: Kind = "uploads"
"""Samples that phones sent because their people allowed it."""

UNTITLED = "mlp"
"""The name of a model of logs that the configuration does not speak of: what it is, and nothing of whose."""

LEAST_PHONES = 50
"""That must have shown a value of uploads before it is learned from, where nobody says otherwise."""

NOBODY = Card(
    learned_from="simulated people (`foretap lake`), who never lived",
    licence="nobody's data: a simulator made them from a seed",
    limits="says nothing about people: it measures the pipeline, never a model, and is for nobody's phone",
)
"""What a card says of a simulated lake."""


def _of_phones(least_phones: int) -> Card:
    """What a card says of uploads."""
    lower = "" if least_phones >= LEAST_PHONES else f". Values of fewer than {LEAST_PHONES} phones were let in"
    return Card(
        learned_from="samples that phones sent because their people allowed it: noisy bins of the features of what was "
        "opened and of one other candidate, the moment and the quarter of the day, without a name of anybody or "
        f"anything; of all values only those that {least_phones} phones at least are sure to have shown",
        licence="each person's own consent to samples, which may be taken back: they are erased from the lake then, "
        "and missing from what is prepared from then on; a model that learned from them stays as it is",
        limits="unlocks alone: it learned nothing of other moments, and leaves them the mixer's order; nothing of what "
        "lasts for months; two candidates of an unlock, so that HR@1 is how often the right one of two comes first, "
        "and HR@3 and the probabilities say nothing of a phone; the people who allowed it, who are not everyone. "
        "Nobody can tell which samples are of one phone, so it may be judged on phones that it learned from" + lower,
    )


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
    if UPLOADS in kinds:
        return f"{UPLOADS}-{UNTITLED}"
    return bundle.name if set(logs) <= set(bundle.logs) else UNTITLED


def said(
    bundle: Bundle, card: Card, kinds: Collection[str], logs: Sequence[str], least_phones: int | None = None
) -> Said:
    """What a card says of such data; arguments as of `title`, and the texts of the configuration.

    Args:
        bundle: of the configuration.
        card: of the configuration.
        kinds: of the sources.
        logs: SHA-256 of each log, 64 hex digits each.
        least_phones: from which each value came at least, where they are uploads.

    Raises:
        ProvenanceError: neither the sources nor the configuration say what the data are.
    """
    if SIMULATED in kinds:
        return Said(title(bundle, kinds, logs), NOBODY)
    if UPLOADS in kinds:
        if least_phones is None:
            raise ProvenanceError("uploads that do not say how many phones each value came from: prepare them again")
        return Said(title(bundle, kinds, logs), _of_phones(least_phones))
    unknown = ", ".join(log[:12] for log in logs if log not in bundle.logs)
    if unknown:
        raise ProvenanceError(
            f"[card] and the name {bundle.name} are about other logs than {unknown}: say what these are in a "
            "configuration with their SHA-256 (learned_on in cache.json) in `logs` of [bundle], and with a name, "
            "learned_from, licence and limits of their own"
        )
    return Said(bundle.name, card)
