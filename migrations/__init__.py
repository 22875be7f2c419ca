"""Numbered, forward-safe changes of the database; each may run before the code that needs it."""
