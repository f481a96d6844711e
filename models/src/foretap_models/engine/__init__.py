"""Where work runs: pure functions mapped over tasks, on this machine or on Ray."""
