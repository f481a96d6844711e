"""The protocol's figures."""
