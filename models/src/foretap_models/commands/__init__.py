"""The commands, one module each: `add` declares its arguments, `run` does the work."""

from __future__ import annotations

from types import ModuleType

from foretap_models.commands import all_steps, card, evaluate, pipeline, prepare, quantise, register, registry, train

COMMANDS: tuple[ModuleType, ...] = (prepare, train, quantise, evaluate, register, registry, card, pipeline, all_steps)
"""In the order of `--help`."""
