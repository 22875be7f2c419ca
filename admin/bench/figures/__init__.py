"""The measurements, one subject a file."""
