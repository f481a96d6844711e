"""Models judged on people they never saw, in tables and pictures."""
