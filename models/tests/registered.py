"""Bundles, evaluations and dossiers for tests of the registry: made up, but with the form of real ones."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import synthetic

from foretap_models.config import Config
from foretap_models.registry.dossier import DataSet, Dossier
from foretap_models.registry.evaluation import Evaluation
from foretap_models.registry.lineage import Lineage, bundle_id, config_hash
from foretap_models.registry.place import Place
from foretap_models.registry.registry import Registry, Signature

CONFIG = Config.of(tomllib.loads(synthetic.CONFIG))
GATES = CONFIG.gates
ADA = Signature("Ada", "it does better on people it never saw")
BEGINNING = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def clock(step: timedelta = timedelta(hours=1)) -> Callable[[], datetime]:
    """An hour later every time it is asked."""

    def hours() -> Iterator[datetime]:
        at = BEGINNING
        while True:
            yield at
            at += step

    times = hours()
    return lambda: next(times)


def opened(place: Place, **options: Any) -> AbstractContextManager[Registry]:  # noqa: ANN401
    """A registry with a clock of the tests."""
    return Registry.open(place, create=True, **{"clock": clock(), "progress": lambda _: None} | options)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def bundle(name: str) -> bytes:
    """A file with the head of a bundle."""
    payload = f"weights of {name}".encode()
    return b"FORETAP\x01" + hashlib.sha256(payload).digest() + payload


def judged(hr3: float = 57.0, ece: float | None = 0.012) -> dict[str, Any]:
    """What `foretap judge` writes, in short: three moments, the mixer and the network."""

    def system(hr3: float, ece: float | None) -> dict[str, Any]:
        rates = {"hr1": hr3 - 24.0, "hr3": hr3, "hr4": hr3 + 6.0, "hr5": hr3 + 10.0, "mrr": hr3 - 8.0}
        return {"macro": rates, "interval": {"hr3": [hr3 - 4.0, hr3 + 4.0]}, "ece": ece}

    systems = {"mixer": system(55.4, None), "mlp_int8": system(hr3, ece)}
    moment = {"people": 31, "left_out": 2, "queries": 20_123, "systems": systems}
    return {"against": "mixer", "moments": dict.fromkeys(("next", "unlock", "unlock_or_resume"), moment)}


def evaluation(of: bytes, hr3: float = 57.0, ece: float | None = 0.012) -> Evaluation:
    return Evaluation(bundle_id(of), "mlp_int8", judged(hr3, ece))


def dossier(of: bytes, queries: int = 100_000) -> Dossier:
    data = DataSet("v1.0", "da" * 32, (synthetic.LOG,), synthetic.SCHEMA, synthetic.FEATURES, 33, queries)
    lineage = Lineage("da" * 32, config_hash(CONFIG), "c0" * 32, sha256(of), bundle_id(of))
    return Dossier(lineage, data, asdict(CONFIG), seed=0)


def register(registry: Registry, version: str | None = None, hr3: float = 57.0, ece: float | None = 0.012) -> str:
    """Registers a bundle of its own for every version."""
    made = bundle(version or f"number {len(registry.records())}")
    return registry.register(made, evaluation(made, hr3, ece), dossier(made), ADA, version)


def copied(filled: Path, folder: Path) -> Place:
    """A copy of a folder with a registry, whose database names the files of the copy."""
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    with closing(sqlite3.connect(folder / "registry.db")) as database, database:
        for table, column in (
            ("experiments", "artifact_location"),
            ("runs", "artifact_uri"),
            ("model_versions", "source"),
            ("model_versions", "storage_location"),
        ):
            sql = f"UPDATE {table} SET {column} = REPLACE({column}, ?, ?)"
            database.execute(sql, (str(filled), str(folder)))
    return Place.of(f"sqlite:///{folder}/registry.db")
