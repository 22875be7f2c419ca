"""A line of the audit as somebody reads it: who, on what, and its facts; what is stored stays as it is."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import url_for

from admin.console import alert_words, formats, pauses_shown
from admin.console.door import current, of_mine
from admin.console.texts import t, word
from app import pausing
from app.store.documents import Document
from app.store.people import Audit

WITHOUT_ACCOUNT: Final = ("command line", "autoriza", "autoriza worker", "autoriza scheduler", "SRI")
"""Whoever acts without being a person of the console."""
UNSAID: Final = frozenset({"reason_en"})
_OF_ROW: Final = re.compile(r"(document|batch|bulk|export) (\d{1,18})(?: (.+))?", re.DOTALL)
_ADDRESS: Final = re.compile(r"/(documents|batches|operations|exports)/(\d{1,18})(?:/.*)?", re.DOTALL)
_FILE: Final = re.compile(r"(signed XML|unsigned XML|SRI answer) (\d+)")
_KINDS: Final = {"documents": "document", "batches": "batch", "operations": "bulk", "exports": "export"}
_MOMENTS: Final = frozenset({"until", "last_known", "from"})
_WORDS: Final = {
    "kept": "kept",
    "action": "act",
    "role": "role",
    "environment": "environment",
    "doc_type": "type",
    "state": "notice",
}
"""Facts whose value is a word of a closed set, and the group of texts that says it."""


@dataclass(frozen=True)
class Shown:
    """On what something was done, in words; ``link`` leads there when the reader may go."""

    text: str
    link: str = ""


def who(by: str) -> str:
    """A person's address as it is; what acts by itself, in words."""
    return word("who", by)


def actors() -> dict[str, str]:
    """What acts without an account, as the reader calls it."""
    return {one: who(one) for one in WITHOUT_ACCOUNT}


def numbers_of(rows: Iterable[Audit]) -> dict[int, str]:
    """Numbers of the documents that ``rows`` are about, by id, "" before there is one. Inside ``mine()``."""
    ids = {row_id for row in rows for kind, row_id, _ in (_named(str(row.target)),) if kind == "document"}
    if not ids:
        return {}
    known = Document.select(Document.id, Document.number).where(*of_mine(Document), Document.id.in_(ids))
    return {row.id: str(row.number or "") for row in known}


def on_what(row: Audit, numbers: Mapping[int, str]) -> Shown:
    """What ``row`` is about; ``numbers`` are those of the documents that are there for the reader."""
    target = str(row.target)
    kind, row_id, rest = _named(target)
    if kind == "document":
        number = numbers.get(row_id)
        said = t("trail.document", id=row_id) + (f" ({number})" if number else "")
        link = url_for("documents.details_view", row_id=row_id) if number is not None else ""
        return Shown(f"{said}: {_file(rest)}" if rest else said, link)
    if kind:
        return Shown(t(f"trail.{kind}", id=row_id) + (f" {rest}" if rest else ""), _link(row, kind, row_id))
    return Shown(_of_another_kind(row, target))


def file_of(row: Audit) -> str:
    """Which file of its document somebody took away, or the address at which they were refused."""
    return _file(_named(str(row.target))[2])


def facts(row: Audit) -> list[str]:
    """The facts of ``row``, each with its name."""
    return [
        f"{word('fact', name)}: {said}"
        for name, value in row.facts.items()
        if value not in (None, "", []) and name not in UNSAID and (said := _value(name, value))
    ]


def _named(target: str) -> tuple[str, int, str]:
    """Kind, id and further words of the row that ``target`` names, an address of the console included."""
    if found := _OF_ROW.fullmatch(target):
        return found[1], int(found[2]), found[3] or ""
    if found := _ADDRESS.fullmatch(target):
        return _KINDS[found[1]], int(found[2]), target
    return "", 0, ""


def _file(rest: str) -> str:
    if found := _FILE.fullmatch(rest):
        return t(f"trail.{found[1]}", n=found[2])
    return word("trail", rest)


def _link(row: Audit, kind: str, row_id: int) -> str:
    if row.result == "refused":  # what was asked for may never have been there
        return ""
    if kind == "batch":
        return url_for("batches.details_view", row_id=row_id)
    if kind == "bulk":
        return url_for("operations.one", bulk_id=row_id)
    theirs = current().is_admin or row.by == current().email  # of somebody else's export one sees nothing
    return url_for("exports.one", export_id=row_id) if theirs else ""


def _of_another_kind(row: Audit, target: str) -> str:
    first, _, rest = target.partition(" ")
    if first == "failure":
        stage, _, cause = rest.partition(" ")
        return t("trail.failure", what=alert_words.of_group(stage, cause))
    if first == "view":
        return t("trail.view", name=rest)
    if row.action == "alert_acknowledged":
        return t("trail.alert", id=target)
    if row.action in ("halt_placed", "halt_lifted", "reconciled") and target != "tenant":
        return t("trail.establishment", code=target)
    if row.action in ("paused", "pause_ended"):
        known = next((one for one in pausing.EVERYTHING if str(one) == target), None)
        return pauses_shown.name_of(known) if known else target
    if row.action.startswith("schedule_") or row.action == "run_now":
        return word("actor", target)
    return word("trail", target)


def _value(name: str, value: Any) -> str:
    if name in _MOMENTS:
        return _moment(str(value))
    if name in _WORDS:
        return word(_WORDS[name], str(value))
    if isinstance(value, bool):
        return t("trail.yes" if value else "trail.no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {said}" for key, said in value.items())
    return str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)


def _moment(written: str) -> str:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return written
    return formats.local(at) if at.tzinfo else written
