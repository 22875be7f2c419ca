"""The files for platforms and systemd start what the Procfile starts, with settings that exist."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from needs import lacking

from admin.topology import PROCFILE, program
from app.config import Settings

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
OF_THE_STORE = re.compile(r"AWS_[A-Z_]+")


def test_the_platforms_file_starts_what_the_procfile_does_and_sets_what_there_is():
    told = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
    assert set(told["formation"]) == set(PROCFILE) - {"release"}
    known = {name.upper() for name in Settings.model_fields}
    assert {name for name in told["env"] if not OF_THE_STORE.fullmatch(name)} <= known
    assert all(one["description"] for one in told["env"].values())


def test_the_guides_name_no_setting_that_does_not_exist():
    known = {name.upper() for name in Settings.model_fields}
    for guide in ("deploy-heroku.md", "deploy-linux.md", "observability/README.md"):
        text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
        set_there = set(re.findall(r"\b([A-Z][A-Z0-9_]{3,})=", text))
        assert {name for name in set_there if not OF_THE_STORE.fullmatch(name)} <= known, guide


def test_each_unit_runs_its_line_of_the_procfile():
    lines = {}
    for unit in UNITS:
        found = re.search(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            lines[unit.stem.removeprefix("autoriza-")] = shlex.split(
                found[1].replace("/opt/autoriza/.venv/bin/", "")
            )
    assert {name: lines["migrate" if name == "release" else name] for name in PROCFILE} == {
        name: shlex.split(command) for name, command in PROCFILE.items()
    }


def test_systemd_takes_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        lacking("systemd-analyze (package systemd)")
    here = str(Path(program("autoriza")).parent)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/autoriza/.venv/bin", here)
        (tmp_path / unit.name).write_text(
            text.replace("file:/opt/autoriza/docs", "file:/docs"), encoding="utf-8"
        )
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *[str(tmp_path / unit.name) for unit in UNITS]],
        capture_output=True,
        text=True,
        timeout=60,
    )
    about_ours = [line for line in said.stderr.splitlines() if "autoriza" in line]
    assert (said.returncode, about_ours) == (0, [])
