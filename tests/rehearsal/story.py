"""What is rehearsed: a rolling restart and a crash under load, and two versions at work on one database."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from cast import PASSWORD, p12_of
from cryptography.fernet import Fernet
from documents_cast import invoice

from app.sri.simulator import Policy, Simulator
from rehearsal import servers as renting
from rehearsal import slug as slugs
from rehearsal.accounts import Account, of_dynos, of_servers
from rehearsal.formation import Formation, formed

RUCS = ("1790000001001", "1790000002001", "1790000003001")
METRICS_TOKEN = "rehearsal-token-of-some-length"
PATIENCE_S = 240.0
_batches = count(1)


@dataclass
class Report:
    """``facts`` is what was measured, in the order it happened; ``wrong`` is empty when nothing was."""

    facts: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """Where a rehearsal takes place."""

    home: Path
    account: Account
    slug: Path
    formation: Formation
    simulator: Simulator
    rucs: tuple[str, ...] = RUCS
    report: Report = field(default_factory=Report)
    say: Callable[[str], None] = lambda _: None

    def note(self, what: str, value: object) -> None:
        """Remember what was measured."""
        told = f"{value:.1f} s" if isinstance(value, float) else str(value)
        self.report.facts[what] = told
        self.say(f"  {what:34} {told}")

    def take_on_taxpayers(self) -> None:
        """As an operator does, from one-off dynos."""
        for ruc in self.rucs:
            p12 = self.home / f"{ruc}.p12"
            p12.write_bytes(p12_of(ruc, "ENSAYO S.A."))
            create = f"autoriza tenant create --ruc {ruc} --razon-social 'ENSAYO S.A.' --ambiente pruebas"
            add = f"autoriza certificate add --ruc {ruc} --p12 {p12} --password-env P12_PASSWORD"
            self.formation.one_off(self.slug, f'bash -ec "{create}; {add}"', P12_PASSWORD=PASSWORD)

    def hand_in(self, invoices: int, slug: Path | None = None) -> None:
        """Import so many, the taxpayers taking turns."""
        batch = next(_batches)
        for place, ruc in enumerate(self.rucs):
            folder = self.home / f"batch-{batch}-{ruc}"
            folder.mkdir()
            for number in range(place, invoices, len(self.rucs)):
                content = json.dumps(invoice() | {"referencia": f"b{batch}-{number}"})
                (folder / f"{number}.json").write_text(content)
            if files := " ".join(str(file) for file in sorted(folder.iterdir())):
                self.formation.one_off(slug or self.slug, f"autoriza document import --ruc {ruc} {files}")

    def authorized(self, share: float, of: int) -> bool:
        """Whether that part of ``of`` documents is."""
        return self.formation.counts().get("authorized", 0) >= share * of

    def finished(self, invoices: int) -> bool:
        """Whether all are authorized and have their RIDE."""
        counts = self.formation.counts()
        return counts.get("authorized", 0) == counts.get("ride", 0) == invoices

    def conclude(self, invoices: int, slug: Path) -> Report:
        """What must hold at the end, whatever happened on the way."""
        wrong = self.report.wrong
        wrong += [f"autoriza check: {sentence}" for sentence in self.formation.violations(slug)]
        wrong += [f"the SRI's witness: {violation}" for violation in self.simulator.verdict().violations]
        for name, stop in self.formation.stops:
            if stop.killed:
                wrong.append(f"{name} had to be killed after {stop.seconds:.0f} s: {', '.join(stop.killed)}")
        kept = renting.stored_rides(self.formation.config)
        if kept != invoices:
            wrong.append(f"{kept} RIDE files in the store for {invoices} invoices")
        numbers = self.formation.rows("select count(distinct (tenant_id, number)), count(*) from document")
        if numbers != [(invoices, invoices)]:
            wrong.append(f"numbers and documents: {numbers}, invoices: {invoices}")
        longest = max((stop.seconds for _, stop in self.formation.stops), default=0.0)
        self.note("longest stop after SIGTERM", longest)
        self.note("RIDE files in the store", kept)
        return self.report


@contextmanager
def staged(latency_s: float = 0.15) -> Iterator[Stage]:
    """Servers, an SRI and an empty formation; all of it is gone when the block ends."""
    account = of_dynos()
    with ExitStack() as stack:
        home = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True))
        )
        home.chmod(0o755)
        disks, slug = home / "disks", home / "slug"
        for folder in (disks, slug):
            folder.mkdir()
        disks.chmod(0o755)
        slugs.of_this_tree(slug)
        rented = stack.enter_context(renting.rented(home, of_servers()))
        simulator = stack.enter_context(Simulator(latency_s=latency_s, policy=Policy(verify_share=0.1)))
        config = rented.config | {
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "SESSION_SECRET": "only-for-rehearsals-" + "x" * 32,
            "SRI_PRUEBAS_URL": simulator.url,
            "SRI_PRODUCCION_URL": simulator.url,
            "BEHIND_TLS_PROXY": "true",
            "METRICS_TOKEN": METRICS_TOKEN,
        }
        formation = stack.enter_context(formed(rented, config, disks, account))
        yield Stage(home, account, slug, formation, simulator)


def rolling_restart(stage: Stage, invoices: int) -> Report:
    """Release, start, load; every dyno ended and begun anew meanwhile, one cut down without a word."""
    formation, slug = stage.formation, stage.slug
    stage.note("release", formation.release(slug))
    began = time.monotonic()
    for name in ("web", "worker", "scheduler"):
        formation.start(name, slug)
    formation.until(formation.ready, 60, "a ready installation")
    stage.note("ready after", time.monotonic() - began)
    stage.take_on_taxpayers()
    stage.note("taxpayers after", time.monotonic() - began)
    loaded = time.monotonic()
    stage.hand_in(invoices // 2)
    formation.until(lambda: stage.authorized(0.1, invoices), PATIENCE_S, "a tenth of the invoices")
    stage.note("a tenth authorized after", time.monotonic() - loaded)
    formation.release(slug)  # a deploy without a migration
    for name in ("worker", "scheduler", "web"):
        formation.restart(name)
    stage.hand_in(invoices - invoices // 2)
    stage.note("all restarted after", time.monotonic() - loaded)
    worker = formation.dynos["worker"]
    worker.kill()
    formation.until(lambda: worker.starts == 3, 60, "a worker after its crash")
    stage.note("all authorized with RIDE after", _finish(stage, invoices, loaded))
    crashes = {name: dyno.crashes for name, dyno in formation.dynos.items() if dyno.crashes}
    if crashes != {"worker": 1}:
        stage.report.wrong.append(f"dynos crashed that nobody killed: {crashes}")
    _look_from_outside(stage)
    for name in list(formation.dynos):
        formation.stop(name)
    return stage.conclude(invoices, slug)


def two_versions(stage: Stage, invoices: int) -> Report:
    """The new release's migrations run while the old one works; then both work; then only the new.

    In a clone without history this very tree stands in for the old version, and the report says so.
    """
    formation, new = stage.formation, stage.slug
    old = stage.home / "old"
    old.mkdir()
    if commit := slugs.before_the_newest_migration():
        slugs.of_commit(commit, old)
    else:
        stage.note("the old version", "this tree: the clone has no history")
        slugs.of_this_tree(old)
    # Heroku's postgres:// is known since this version only
    formation.config["DATABASE_URL"] = formation.config["DATABASE_URL"].replace(
        "postgres://", "postgresql://"
    )
    formation.release(old)
    for name in ("web", "worker", "scheduler"):
        formation.start(name, old)
    formation.until(lambda: formation.ask("/healthz")[0] == 200, 60, "the old console")
    stage.slug = old
    stage.take_on_taxpayers()
    began = time.monotonic()
    stage.hand_in(invoices // 3, old)
    formation.until(lambda: stage.authorized(0.1, invoices), PATIENCE_S, "a tenth of the invoices")
    stage.note("migrated under the old version", formation.release(new))
    if formation.ask("/login", **{"X-Forwarded-Proto": "https"})[0] != 200:
        stage.report.wrong.append("the old console does not answer after the migration")
    stage.hand_in(invoices // 3, old)
    for name in ("worker.2", "scheduler.2"):
        formation.start(name, new)
    stage.hand_in(invoices - 2 * (invoices // 3), new)
    formation.until(lambda: stage.authorized(0.6, invoices), PATIENCE_S, "most of the invoices")
    for name in ("worker", "scheduler", "web"):
        formation.stop(name)
    formation.start("web.2", new)
    stage.note("all authorized with RIDE after", _finish(stage, invoices, began))
    formation.until(formation.ready, 60, "the new console")
    for name in list(formation.dynos):
        formation.stop(name)
    return stage.conclude(invoices, new)


def _finish(stage: Stage, invoices: int, began: float) -> float:
    stage.formation.until(lambda: stage.finished(invoices), PATIENCE_S, f"{invoices} authorized with RIDE")
    return time.monotonic() - began


def _look_from_outside(stage: Stage) -> None:
    formation, wrong = stage.formation, stage.report.wrong
    formation.until(formation.ready, 60, "a ready installation")
    status, page = formation.ask(
        "/metrics", **{"Authorization": f"Bearer {METRICS_TOKEN}", "X-Forwarded-Proto": "https"}
    )
    if status != 200 or 'autoriza_processes{kind="scheduler"} 1.0' not in page:
        wrong.append(f"/metrics answers {status} or does not know the scheduler")
    findings = formation.one_off(stage.slug, "bash -c 'autoriza doctor --json || true'")
    told = json.loads(findings)
    wrong += [f"doctor: {one['what']}: {one['advice']}" for one in told if one["state"] == "wrong"]
    tried = formation.one_off(
        stage.slug, f"bash -c 'touch {stage.slug}/app/x 2>/dev/null && echo written || true'"
    )
    if "written" in tried:
        wrong.append("the code could be written to: nothing was proven of a read-only folder")
