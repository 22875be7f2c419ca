"""Everything that knows the SRI exists."""
