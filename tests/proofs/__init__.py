"""``make proofs``: promises about sizes and long times, kept or not on this machine."""
