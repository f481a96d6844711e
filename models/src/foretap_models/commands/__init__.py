"""The commands, one module each: `add` declares its arguments, `run` does the work."""

from __future__ import annotations

from types import ModuleType

from foretap_models.commands import distil, evaluate, hybrid, peers, prepare, prune, quantise, train, tune

COMMANDS: tuple[ModuleType, ...] = (prepare, tune, train, distil, prune, quantise, hybrid, evaluate, peers)
"""In the order of `--help`."""
