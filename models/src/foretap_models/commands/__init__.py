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
    keys,
    lake,
    peers,
    pipeline,
    prepare,
    prune,
    publish,
    quantise,
    register,
    registry,
    repository,
    revoke,
    rollback,
    rollout,
    rotate_root,
    scale,
    sign,
    timestamp,
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
    keys,
    repository,
    publish,
    sign,
    rollout,
    rollback,
    revoke,
    rotate_root,
    timestamp,
    pipeline,
    all_steps,
    scale,
)
"""In the order of `--help`."""
