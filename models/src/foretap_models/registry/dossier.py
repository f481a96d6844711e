"""What is registered of how a bundle was made: enough to say where it comes from, and to write its card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from foretap_models.errors import EvidenceError
from foretap_models.registry.lineage import Lineage


@dataclass(frozen=True)
class DataSet:
    """What was learned from.

    Attributes:
        version: of the data set, `v1.0`; `None` where it has none.
        content: SHA-256 of what was learned from, 64 hex digits.
        learned_on: SHA-256 of each log, 64 hex digits each.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        features: how many.
        people: whose queries these are.
        queries: all of them.
    """

    version: str | None
    content: str
    learned_on: tuple[str, ...]
    schema: str
    features: int
    people: int
    queries: int

    @classmethod
    def read(cls, content: bytes) -> DataSet:
        """From JSON of the same keys.

        Raises:
            EvidenceError: it is no such JSON.
        """
        try:
            value = json.loads(content)
            return cls(**value | {"learned_on": tuple(value["learned_on"])})
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f"not the description of a data set: {error}") from error

    def written(self) -> bytes:
        """As JSON."""
        return _json(asdict(self))


@dataclass(frozen=True)
class Dossier:
    """How a bundle was made.

    Attributes:
        lineage: the chain of hashes.
        data: what was learned from.
        config: the hyper-parameters.
        seed: of everything random.
    """

    lineage: Lineage
    data: DataSet
    config: Mapping[str, Any]
    seed: int

    @classmethod
    def read(cls, content: bytes) -> Dossier:
        """A registered dossier.

        Raises:
            EvidenceError: it is none.
        """
        try:
            value = json.loads(content)
            data = DataSet.read(json.dumps(value["data"]).encode())
            return cls(Lineage(**value["lineage"]), data, value["config"], value["seed"])
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f"not a dossier: {error}") from error

    def written(self) -> bytes:
        """As it is registered; the same dossier gives the same bytes."""
        return _json(asdict(self))


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode("utf-8")
