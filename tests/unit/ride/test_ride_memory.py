"""A worker that makes RIDEs all day holds no more in the evening: a small part of what the benchmark does."""

import subprocess
import sys

from needs import ROOT


def test_hundreds_of_rides_leave_nothing_behind():
    program = "from admin.bench.figures.ride import tell_growth; tell_growth(400, warm=200)"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=240
    )
    warm, after = map(float, said.stdout.split())
    assert 0 < after < warm * 1.05
