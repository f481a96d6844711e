"""A step of the pipeline: what it reads, and what it does."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from foretap_models.config import Config
from foretap_models.data.versions import Store, Version
from foretap_models.progress import Progress
from foretap_models.registry import lineage
from foretap_models.registry.place import Place
from foretap_models.registry.registry import Signature

PACKAGES = ("engine", "data", "judge", "learn", "bundle", "evaluate", "registry", "pipeline", "publish")
"""A package uses only those before it, so a step's code is that of its package and of those before."""


FEATURES, WEIGHTS, FORETAP, SPACE = "features", "start_weights", "foretap", "space"
"""Names of files from outside; the last says which hyper-parameters are searched."""

SHIPPED = "mlp"
"""The learner that ships."""


def fold_features(fold: int) -> str:
    """The name of a fold's own features, whose start weights its people had no part in."""
    return f"features_{fold}"


@dataclass(frozen=True)
class DataVersion:
    """The version of the data set that is learned from.

    Attributes:
        store: where it lies.
        version: its number; by default the newest one, or the next where the features are others.
        is_there: whether it was recorded before and is taken as it is, the request's features being its parts; it is
            recorded from them otherwise.
    """

    store: Store
    version: Version | None
    is_there: bool


@dataclass(frozen=True)
class Request:
    """What the pipeline is asked for.

    Attributes:
        config: the hyper-parameters.
        files: by name, what steps read from outside.
        seed: of everything random.
        place: of the registry.
        version: its name there; `None` for the next one.
        signature: whose doing it is.
        data: which version the data are; `None` where they are none.
    """

    config: Config
    files: Mapping[str, tuple[Path, ...]]
    seed: int
    place: Place
    version: str | None
    signature: Signature
    data: DataVersion | None = None

    def settings(self) -> dict[str, Any]:
        """By name, what steps depend on besides files: a section of the configuration, or a part of the request."""
        place = {"uri": self.place.uri, "audit": str(self.place.audit), "model": self.place.model}
        of = self.data
        data = {"store": str(of.store.folder), "version": str(of.version) if of.version else None} if of else None
        return {**asdict(self.config), "seed": self.seed, "registry": place, "version": self.version, "data": data}


@dataclass(frozen=True)
class Job:
    """What a step is given to do its work.

    Attributes:
        out: an empty folder for its results.
        kept: a folder, made by whoever needs it, that outlives an attempt: what was interrupted goes on from there.
        results: the folder of each step that it comes after.
        request: of which it reads only the files and settings that it declares.
        now: the clock.
        progress: shown now and then.
    """

    out: Path
    kept: Path
    results: Mapping[str, Path]
    request: Request
    now: Callable[[], datetime]
    progress: Progress


@dataclass(frozen=True)
class Step:
    """A step.

    Attributes:
        name: of its own.
        work: reads a job and fills its `out`.
        package: the last of `PACKAGES` that it uses.
        after: the steps whose results it reads.
        files: names of the request's files that it reads.
        settings: names of the request's settings that it reads.
    """

    name: str
    work: Callable[[Job], None]
    package: str
    after: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def code(self) -> str:
        """SHA-256 of the packages that it may use, 64 hex digits."""
        return lineage.code_hash(PACKAGES[: PACKAGES.index(self.package) + 1])

    def key(self, request: Request, results: Mapping[str, str], sums: Callable[[Path], str]) -> str:
        """SHA-256 of all that its results depend on, 64 hex digits.

        Args:
            request: what is asked for.
            results: SHA-256 of the results of each step that it comes after.
            sums: SHA-256 of a file.
        """
        settings = request.settings()
        value = {
            "name": self.name,
            "code": self.code(),
            "work": _source(self.work),
            "after": {name: results[name] for name in self.after},
            "files": {name: [sums(path) for path in request.files[name]] for name in self.files},
            "settings": {name: settings[name] for name in self.settings},
        }
        return lineage.text_hash(json.dumps(value, sort_keys=True, allow_nan=False))


def _source(work: Callable[[Job], None]) -> str:
    """The text of a step's function, and what is bound to it."""
    if isinstance(work, partial):
        return f"{inspect.getsource(work.func)} {work.args} {sorted(work.keywords.items())}"
    return inspect.getsource(work)
