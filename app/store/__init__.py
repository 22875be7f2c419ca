"""The tables, by noun, and ``advance()``, the only writer of a document's state."""
