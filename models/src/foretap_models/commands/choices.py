"""What arguments may be, by name: what the names stand for takes seconds to load, which `--help` need not wait for.

A test holds them to it.
"""

from __future__ import annotations

LEARNERS = (
    *("mlp", "lightgbm", "listwise_trees", "xgboost", "attention", "sequence", "sequence_alone", "lstm", "hour_gated"),
    "online_linear",
)
"""The keys of `learn.learners.LEARNERS`."""

STUDENT = "student"
"""As `learn.distil.STUDENT`."""

MEMBERS = ("trees", "sequence")
"""The keys of `bundle.hybrid.BESIDE`."""

ARITHMETICS = ("int8", "fp32")
"""Of `bundle.parts.Arithmetic`."""

SAMPLERS = ("grid", "random", "tpe")
"""Of `learn.tune.Sampler`."""

OBJECTIVES = ("log_loss", "hr3")
"""The keys of `learn.tune.OBJECTIVES`."""
