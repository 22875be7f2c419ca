"""Everything that can go wrong, made to go wrong on purpose: real servers, real processes, a second witness."""
