"""``autoriza bench`` in a tiny size, as it is called: what it prints has the shape that others read."""

import json
import subprocess
from pathlib import Path

from admin.topology import program

FIELDS = {"value", "unit", "spread", "ratio", "against", "goal", "met", "what"}
KEYS = {"pipeline.docs_per_s", "sign.ms", "db.queries_per_doc", "worker.rss_mb"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("autoriza"), "bench", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def test_it_prints_every_figure_that_was_asked_for_and_leaves_nothing_behind(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tmp_path.chmod(0o755)
    size = ("--documents", "12", "--batches", "1", "--rounds", "2")

    ended = run(*size, "--only", ",".join(sorted(KEYS)), "--json")

    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)
    assert {"cores", "rsa_2048_ms", "python", "postgresql", "valkey"} <= set(printed.pop("machine"))
    assert set(printed) == KEYS
    for key, figure in printed.items():
        assert set(figure) - {"detail"} == FIELDS, key
        assert figure["value"] > 0, key
    assert printed["pipeline.docs_per_s"]["goal"] == "≥ 60"
    assert isinstance(printed["pipeline.docs_per_s"]["met"], bool)
    assert list(tmp_path.iterdir()) == []


def test_a_figure_nobody_knows_is_refused_with_those_there_are():
    ended = run("--only", "pipeline.miles_per_hour")

    assert ended.returncode == 2
    assert "pipeline.docs_per_s" in ended.stderr


def test_a_small_sweep_is_published_whole():
    ended = run("--only", "sweep.publish_100k_s,sweep.rss_mb", "--due", "500", "--json")

    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)
    assert printed["sweep.publish_100k_s"]["detail"]["documents"] == 500
    assert printed["sweep.rss_mb"]["met"]
