"""The benchmark: each measurement is a file in ``figures`` and a name in ``registry``."""
