"""How good answers are: they are written to a file, and `foretap judge` says it. No figure is computed in Python."""
