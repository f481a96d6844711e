"""Trains, quantises and judges the small network that re-ranks Foretap's shortlist.

Data goes one way, and a package uses only those before it: engine -> data -> judge -> learn -> bundle ->
evaluate -> commands.
"""

import os

# Before JAX is imported anywhere. One thread a matrix product: sums are then added in the same order whatever the
# number of cores, so that the same seed gives the same bytes. At these sizes it costs nothing.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"

__version__ = "0.1.0"
