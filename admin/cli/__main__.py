"""``python -m admin.cli``: the command line without a console script on PATH."""

from admin.cli import main

main()
