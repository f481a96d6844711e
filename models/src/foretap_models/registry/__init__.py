"""Which models there are, where each comes from, who decided what about them, and which one phones are given."""
