"""From features files to a Pending version in one command: steps that go on where they stopped."""
