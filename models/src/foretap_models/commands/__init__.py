"""The commands, one module each: `add` declares its arguments, `run` does the work."""

from __future__ import annotations

from types import ModuleType

from foretap_models.commands import evaluate, prepare, quantise, train, tune

COMMANDS: tuple[ModuleType, ...] = (prepare, tune, train, quantise, evaluate)
"""In the order of `--help`."""
