"""What is registered of how a bundle was made: enough to say where it comes from, and to write its card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretap_models.data.dataset import Dataset
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
        kinds: of its sources; none where it was described before that was noted, and speaks by the configuration.
        least_phones: from how many phones each value came at least, where they are uploads.
    """

    version: str | None
    content: str
    learned_on: tuple[str, ...]
    schema: str
    features: int
    people: int
    queries: int
    kinds: tuple[str, ...] = ()
    least_phones: int | None = None

    @classmethod
    def of(cls, dataset: Dataset) -> DataSet:
        """Describes a training cache."""
        return cls(
            version=dataset.version,
            content=dataset.content,
            learned_on=dataset.learned_on,
            schema=dataset.schema,
            features=len(dataset.feature_names),
            people=len(np.unique(dataset.queries.person)),
            queries=len(dataset),
            kinds=dataset.kinds,
            least_phones=dataset.least_phones,
        )

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> DataSet:
        """From an object of the same keys."""
        return cls(**value | {"learned_on": tuple(value["learned_on"]), "kinds": tuple(value.get("kinds", ()))})


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
            return cls(Lineage(**value["lineage"]), DataSet.from_json(value["data"]), value["config"], value["seed"])
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f"not a dossier: {error}") from error

    def written(self) -> bytes:
        """As it is registered; the same dossier gives the same bytes."""
        return (json.dumps(asdict(self), indent=1, allow_nan=False) + "\n").encode("utf-8")
