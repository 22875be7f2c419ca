"""The files for Prometheus and Grafana: valid, tried, and about figures that exist."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from needs import lacking

from app import facts, metrics

HERE = Path(__file__).resolve().parents[2] / "docs" / "observability"
NAMED = re.compile(r"\bautoriza_[a-z_]+")


def told() -> set[str]:
    """Every name under which a figure is told."""
    names = {fact.name + ("_total" if fact.counter else "") for fact in (*facts.FACTS, *facts._OVERALL)}
    names |= set(re.findall(r'"(autoriza_[a-z_]+)"', Path(facts.__file__).read_text(encoding="utf-8")))
    workers = HERE.parents[1] / "workers" / "figures.py"
    names |= set(re.findall(r'"(autoriza_[a-z_]+)"', workers.read_text(encoding="utf-8")))
    for family in metrics.REGISTRY.collect():
        suffixes = ("_bucket", "_count", "_sum") if family.type == "histogram" else ("_total",)
        names |= {family.name + suffix for suffix in suffixes}
    return names | {"autoriza_up"}


def test_the_dashboard_and_the_rules_ask_for_figures_that_exist():
    panels = json.loads((HERE / "grafana.json").read_text(encoding="utf-8"))["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel.get("targets", ()))
    asked += (HERE / "alerts.yml").read_text(encoding="utf-8").replace("autoriza alerts", "")
    used = set(NAMED.findall(asked))
    assert len(used) > 15
    assert used - told() == set()


def test_no_two_panels_of_the_dashboard_lie_on_each_other():
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((HERE / "grafana.json").read_text(encoding="utf-8"))["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not taken & cells, panel["title"]
        taken |= cells


@pytest.mark.parametrize(
    "told", [("test", "rules", "alerts_test.yml"), ("check", "config", "prometheus.yml")]
)
def test_prometheus_takes_the_rules_and_they_fire_when_they_should(told):
    try:
        said = subprocess.run(
            ["promtool", *told[:2], *(["--syntax-only"] if told[1] == "config" else []), told[2]],
            cwd=HERE,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        lacking("promtool (package prometheus)")
    assert said.returncode == 0, said.stdout + said.stderr
