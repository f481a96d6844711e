"""Starts the engine that a command was asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import StrEnum

from foretap_models.engine.engine import Engine
from foretap_models.engine.local import LocalEngine
from foretap_models.errors import EngineError


class Kind(StrEnum):
    """The engines, by the word of `--engine`."""

    LOCAL = "local"
    RAY = "ray"


def started(kind: Kind, workers: int = 1) -> AbstractContextManager[Engine]:
    """An engine of so many workers, for a `with` block, at whose end it is gone.

    Raises:
        EngineError: no workers, or Ray is not installed.
    """
    if workers < 1:
        raise EngineError("an engine has at least 1 worker")
    if kind is Kind.LOCAL:
        return LocalEngine(workers)
    try:
        from foretap_models.engine.ray import RayEngine  # seconds to import, and not everyone has it
    except ImportError as error:
        raise EngineError("--engine ray needs the package ray") from error
    return RayEngine(workers)
