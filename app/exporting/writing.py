"""A worker's part: the next piece of a file, written only while its requester may still have what is in it."""

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from peewee import fn

from app.access import access_of
from app.auditing import audit_each
from app.errors import Language
from app.exporting import cells, documents, keeping
from app.exporting.asking import UNDER_WAY, still_allowed
from app.exporting.cells import Layout
from app.exporting.keeping import folder_of
from app.exporting.sums import Sums
from app.kill_points import reached
from app.services import Services
from app.store.exports import Export
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope, tenant_scope
from app.work import in_seconds

log = structlog.get_logger("exports")
PATIENCE_S = 90.0
"""After so long without a word from whoever writes a piece, somebody else goes on."""
AWAY_S = 30.0
ROWS_OF_A_PIECE = 20_000
ROWS_OF_A_PAGE = 1_000
LONGEST_READING_S = 15.0
MOST_ATTEMPTS = 5
"""Attempts at one piece that may break or die before the export is given up."""
_BEGINNING: dict[str, Any] = {
    "pieces": [],
    "of_tenant": None,
    "place": None,
    "complete": False,
    "capped": False,
    "rows": 0,
    "rows_of": {},
    "amounts": {},
    "bytes": 0,
}


@dataclass(frozen=True)
class Step:
    """What one step wrote; ``more`` says that another is due at once."""

    rows: int = 0
    more: bool = False


@dataclass
class _Piece:
    """Rows read for one piece, and where reading stopped."""

    of_tenant: int
    place: int | None
    lines: list[bytes] = field(default_factory=list)
    rows_of: Counter[str] = field(default_factory=Counter)
    amounts: Sums = field(default_factory=Sums)
    complete: bool = False

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return self.rows_of.total()


def stalled() -> list[int]:
    """Exports that should go on and that nobody works on."""
    with every_tenant_scope():
        due = Export.select(Export.id).where(
            Export.stage.in_(UNDER_WAY), Export.next_step_at < in_seconds(-2)
        )
        return [int(row.id) for row in due.order_by(Export.id)]


def step(export_id: int, services: Services, *, most: int = ROWS_OF_A_PIECE) -> Step:
    """Write the next piece of at most ``most`` rows, or seal the file when all are there. Outside any scope.

    Whoever comes while another works on it does nothing; whoever comes back after their turn is over leaves no trace.
    """
    export = _take(export_id)
    if export is None:
        return Step()
    try:
        if not _may_go_on(export, services):
            return Step()
        return _seal(export, services) if export.complete else _write_piece(export, services, most)
    except OSError as error:
        log.warning("storage_away", export=export.id, error=str(error))
        _set(export, why="storage_away", attempts=export.attempts - 1, next_step_at=in_seconds(AWAY_S))
        return Step()


def _take(export_id: int) -> Export | None:
    with every_tenant_scope():
        values = {
            "stage": "writing",
            "fence": Export.fence + 1,
            "attempts": Export.attempts + 1,
            "next_step_at": in_seconds(PATIENCE_S),
            "started_at": fn.coalesce(Export.started_at, fn.now()),
        }
        due = (Export.id == export_id) & Export.stage.in_(UNDER_WAY) & (Export.next_step_at <= fn.now())
        return next(iter(Export.update(**values).where(due).returning(Export).execute()), None)


def _may_go_on(export: Export, services: Services) -> bool:
    """False when it is given up; what is no longer the requester's to see is dropped, and the file begun anew."""
    if export.attempts > MOST_ATTEMPTS:
        return _give_up(export, "broke")
    left = _left(export)
    if not left:
        return _give_up(export, "no_rights")
    if len(left) == len(export.tenant_ids):
        return True
    anew = _BEGINNING | {"tenant_ids": left, "narrowed": True}
    if not _set(export, **anew):
        return False  # somebody else goes on with it
    services.storage.forget(folder_of(export.id))
    for name, value in anew.items():
        setattr(export, name, value)
    return True


def _left(export: Export) -> list[int]:
    return still_allowed(access_of(export.person_id), export.tenant_ids)


def _give_up(export: Export, why: str) -> bool:
    log.warning("export_given_up", export=export.id, why=why)
    _set(export, stage="failed", why=why, finished_at=fn.now(), next_step_at=None)
    return False


def _write_piece(export: Export, services: Services, most: int) -> Step:
    piece = _read(export, most)
    name = f"{folder_of(export.id)}/{len(export.pieces) + 1:05d}-{export.fence}.csv"
    content = (b"" if export.pieces else cells.head(documents.COLUMNS, _layout(export))) + b"".join(
        piece.lines
    )
    services.storage.put(name, content)
    reached("before_export_row")
    kept = _keep(export, piece, name, len(content))
    if not kept:
        services.storage.forget(name)
    return Step(piece.rows, more=kept)


def _read(export: Export, most: int) -> _Piece:
    """The next rows, taxpayer by taxpayer, each page in a transaction that sees that one alone."""
    piece = _Piece(export.of_tenant or export.tenant_ids[0], export.place)
    room = min(most, export.most_rows - export.rows)
    until = time.monotonic() + LONGEST_READING_S
    while not piece.complete and piece.rows < room and time.monotonic() < until:
        if _read_of_one(export, piece, room, until):
            left = export.tenant_ids[export.tenant_ids.index(piece.of_tenant) + 1 :]
            piece.complete = not left
            piece.of_tenant, piece.place = (left[0], None) if left else (piece.of_tenant, piece.place)
    return piece


def _read_of_one(export: Export, piece: _Piece, room: int, until: float) -> bool:
    """Read rows of the taxpayer whose turn it is; whether that was all of theirs."""
    tenant = piece.of_tenant
    with tenant_scope(tenant):
        wanted, issuer = documents.wanted_of(export, tenant), Tenant.get_by_id(tenant)
    while piece.rows < room and time.monotonic() < until:
        most = min(ROWS_OF_A_PAGE, room - piece.rows)
        with tenant_scope(tenant):
            rows = documents.page(export, wanted, issuer, piece.place, most)
        if rows:
            piece.lines.append(cells.lines(documents.COLUMNS, rows, _language(export), _layout(export)))
            piece.amounts.add(rows)
            piece.rows_of[str(tenant)] += len(rows)
            piece.place = int(rows[-1].id)
        if len(rows) < most:
            return True
    return False


def _keep(export: Export, piece: _Piece, name: str, octets: int) -> bool:
    """Record a written piece; whether there is more to do."""
    rows = export.rows + piece.rows
    full = rows >= export.most_rows and not piece.complete
    return _set(
        export,
        pieces=[*export.pieces, name],
        rows=rows,
        rows_of=dict(Counter(export.rows_of) + piece.rows_of),
        amounts=piece.amounts.beside(export.amounts),
        bytes=export.bytes + octets,
        of_tenant=piece.of_tenant,
        place=piece.place,
        complete=piece.complete or full,
        capped=full,
        why=None,
        attempts=0,
        next_step_at=fn.now(),
    )


def _seal(export: Export, services: Services) -> Step:
    """Read every piece once more for the file's SHA-256, and offer it."""
    digest, octets = hashlib.sha256(), 0
    try:
        for content in keeping.content(export, services):
            digest.update(content)
            octets += len(content)
    except FileNotFoundError:
        octets = -1
    if octets != export.bytes:
        return Step(more=_give_up(export, "pieces_lost"))
    if len(_left(export)) < len(export.tenant_ids):  # taken away while it was written
        return Step(more=_set(export, next_step_at=fn.now()))
    sha256 = digest.hexdigest()
    facts = {int(one): {"rows": rows, "sha256": sha256} for one, rows in export.rows_of.items()}
    done = {"stage": "done", "sha256": sha256, "finished_at": fn.now(), "next_step_at": None, "why": None}
    days = timedelta(days=services.settings.export_days)
    with every_tenant_scope():
        if Export.update(**done, expires_at=fn.now() + days).where(_mine(export)).execute():
            audit_each(facts, by=export.by, action="export", target=f"export {export.id}", facts=facts)
    return Step()


def _language(export: Export) -> Language:
    return "en" if export.language == "en" else "es"


def _layout(export: Export) -> Layout:
    return cells.layout_of(export.layout)


def _set(export: Export, **values: Any) -> bool:
    with every_tenant_scope():
        return bool(Export.update(**values).where(_mine(export)).execute())


def _mine(export: Export) -> Any:
    return (Export.id == export.id) & (Export.fence == export.fence) & (Export.stage == "writing")
