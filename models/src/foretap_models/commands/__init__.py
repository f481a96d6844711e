"""The commands, one module each: `add` declares its arguments, `run` does the work."""

from __future__ import annotations

from types import ModuleType

from foretap_models.commands import card, evaluate, prepare, quantise, register, registry, train

COMMANDS: tuple[ModuleType, ...] = (prepare, train, quantise, evaluate, register, registry, card)
"""In the order of `--help`."""
