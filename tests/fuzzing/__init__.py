"""Every parser of what strangers write, fed with damaged, made-up and hostile input: ``python -m fuzzing``."""
