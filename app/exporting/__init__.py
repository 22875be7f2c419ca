"""Lists as files: everything that matches, written by a worker a piece at a time, kept for some days, then removed.

waiting ──a worker──► writing ──its last piece──► done ──some days──► expired
                         └──rights taken away, or it breaks again and again──► failed

A piece is a file of its own in the storage, whole or not there at all; the row names those that count. Whoever goes on
after a worker that died writes the next piece, and only what is done is offered to anybody.
"""
