"""From approved versions to what phones are served: keys, signed files, rollouts, and the way back."""
