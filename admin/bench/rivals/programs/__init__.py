"""One file a rival, run by its own interpreter: ``prepare(facts)`` gives what makes the PDF once."""
