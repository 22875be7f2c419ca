"""Other ways to make the same PDF, timed in the same run: each in an environment of its own that is thrown away."""
