"""What runs in a rival's environment: makes the PDF as often as asked on stdin, and says when it is done."""

import json
import runpy
import sys
from pathlib import Path


def main(program: str, facts: str) -> None:
    """Answer each number on stdin, after having made that many PDFs of the file ``facts``, with their size."""
    prepare = runpy.run_path(program)["prepare"]
    make = {
        lines: prepare(each) for lines, each in json.loads(Path(facts).read_text(encoding="utf-8")).items()
    }
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for asked in sys.stdin:
        lines, times = asked.split()
        for _ in range(int(times)):
            pdf = make[lines]()
        sys.stdout.write(f"{len(pdf)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
