"""The commands, one module each: `add` declares its arguments, `run` does the work."""

from __future__ import annotations

from types import ModuleType

from foretap_models.commands import data, evaluate, lake, prepare, quantise, scale, train

COMMANDS: tuple[ModuleType, ...] = (prepare, data, lake, train, quantise, evaluate, scale)
"""In the order of `--help`."""
