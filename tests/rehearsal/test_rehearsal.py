"""The Procfile as a platform runs it, in its short form; ``make rehearse`` is the long one."""

import pytest
from needs import lacking

from rehearsal import servers
from rehearsal.story import RUCS, rolling_restart, staged, two_versions


@pytest.fixture
def stage():
    if missing := servers.missing():
        lacking(f"what a platform rents out (apt-get install {' '.join(missing)})")
    with staged() as made:
        made.rucs = RUCS[:1]
        made.formation.config["WORKER_PROCESSES"] = "1"
        yield made


@pytest.mark.timeout(600)
def test_a_deploy_a_rolling_restart_and_a_crash_lose_nothing(stage):
    assert rolling_restart(stage, 10).wrong == []


@pytest.mark.timeout(600)
def test_the_old_version_works_on_while_and_after_the_new_one_migrates(stage):
    assert two_versions(stage, 9).wrong == []
