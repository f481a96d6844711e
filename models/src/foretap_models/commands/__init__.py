"""The commands, one module each: `add` declares its arguments, `run` does the work."""

from __future__ import annotations

from types import ModuleType

from foretap_models.commands import (
    all_steps,
    card,
    data,
    distil,
    evaluate,
    hybrid,
    lake,
    peers,
    pipeline,
    prepare,
    prune,
    quantise,
    register,
    registry,
    scale,
    train,
    tune,
)

COMMANDS: tuple[ModuleType, ...] = (
    prepare,
    data,
    lake,
    tune,
    train,
    distil,
    prune,
    quantise,
    hybrid,
    evaluate,
    peers,
    register,
    registry,
    card,
    pipeline,
    all_steps,
    scale,
)
"""In the order of `--help`."""
