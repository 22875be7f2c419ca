"""How a document's timeline and a run's traceback are told: each thing once, and what matters in sight."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from admin.console import trace
from admin.console.timeline import Story, tell

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def call(ident: int, second: float, outcome: str, operation: str = "query"):
    return SimpleNamespace(
        id=ident,
        version=1,
        operation=operation,
        outcome=outcome,
        http_status=200,
        messages=[],
        detail=None,
        started_at=at(second),
        finished_at=at(second + 0.2),
    )


def run(ident: int, second: float, actor: str, state: str = "succeeded", outcome: str = "done"):
    return SimpleNamespace(
        id=ident,
        actor=actor,
        state=state,
        outcome=outcome,
        started_at=at(second - 0.1),
        finished_at=at(second + 0.5),
    )


def event(second: float, name: str, to_state: str):
    return SimpleNamespace(event=name, to_state=to_state, at=at(second))


def told(story: Story, **how) -> list[str]:
    names = {
        "sri": lambda row: row.outcome,
        "state": lambda row: row.event,
        "job": lambda row: row.actor,
        "mail": lambda row: row.address,
        "person": lambda row: row.action,
        "file": lambda row: f"version {row.version}",
    }
    return [f"{one.kind} {names[one.kind](one.row)} x{one.times}" for one in tell(story, **how)]


def story(**of) -> Story:
    return Story(document=SimpleNamespace(id=1), **of)


def test_what_a_job_did_tells_of_the_job_and_what_it_led_to_comes_after_it():
    page = story(
        history=[event(0.2, "authorized", "authorized")],
        exchanges=[call(1, 0, "authorized")],
        runs=[run(7, 0, "check_authorization")],
    )
    assert told(page) == ["state authorized x1", "sri authorized x1"]
    said, moved = tell(page, oldest_first=True)
    assert (said.run.id, moved.run) == (7, None)


def test_a_job_that_failed_is_told_beside_what_it_did_and_one_that_found_nothing_stands_alone():
    page = story(
        exchanges=[call(1, 0, "unavailable")],
        runs=[
            run(7, 0, "check_authorization", "failed"),
            run(8, 60, "check_authorization", outcome="nothing to do"),
        ],
    )
    assert told(page, oldest_first=True) == [
        "sri unavailable x1",
        "job check_authorization x1",
        "job check_authorization x1",
    ]


def test_questions_answered_alike_one_after_the_other_are_one_line():
    page = story(
        exchanges=[
            call(1, 0, "received", "submit"),
            *(call(2 + n, 5 + n, "in_process") for n in range(4)),
            call(9, 60, "authorized"),
        ]
    )
    assert told(page) == ["sri authorized x1", "sri in_process x4", "sri received x1"]
    gathered = tell(page)[1]
    assert (gathered.since, [one.id for one in gathered.same]) == (at(5.2), [2, 3, 4])


def test_a_correction_is_told_once_by_the_history_and_other_acts_of_people_stand_for_themselves():
    acts = [
        SimpleNamespace(action=action, at=at(n), result="done")
        for n, action in enumerate(("correct", "download"))
    ]
    page = story(history=[event(0, "corrected", "draft")], acts=acts)
    assert told(page, oldest_first=True) == ["state corrected x1", "person download x1"]


def test_only_one_kind_is_told_when_only_that_is_asked_for():
    page = story(
        history=[event(0, "signed", "signed")],
        emissions=[SimpleNamespace(version=1, created_at=at(0))],
        deliveries=[
            SimpleNamespace(
                address="a@x.ec",
                outcome="sent",
                bounced_at=None,
                sent_at=at(9),
                created_at=at(8),
                needs_person_since=None,
            )
        ],
    )
    assert told(page, only="mail") == ["mail a@x.ec x1"]
    assert told(page, only="file") == ["file version 1 x1"]


TRACEBACK = """Traceback (most recent call last):
  File "/srv/autoriza/workers/job.py", line 10, in run
    step(claim)
    ^^^^^^^^^^^
  File "/srv/autoriza/.venv/lib/python3.11/site-packages/peewee.py", line 3322, in execute_sql
    cursor.execute(sql, params)
  File "/usr/lib/python3.11/json/decoder.py", line 5, in decode
    raise
  File "/srv/autoriza/app/issuing.py", line 20, in sign
    raise ValueError("algo raro")
ValueError: algo raro"""


def test_frames_of_libraries_are_folded_and_no_path_of_the_machine_is_left():
    first, folded, last = trace.parts(TRACEBACK)
    assert (folded.folded, folded.frames) == (True, 2)
    assert "peewee.py" in folded.text
    assert "json/decoder.py" in folded.text
    assert 'File "workers/job.py", line 10, in run' in first.text
    assert last.text.endswith("ValueError: algo raro")
    assert 'File "app/issuing.py"' in last.text
    assert not any("/srv" in part.text or "/usr" in part.text for part in (first, folded, last))


def test_a_traceback_cut_in_the_middle_of_a_frame_is_shown_as_it_is():
    assert [part.folded for part in trace.parts("    cursor.execute(sql)\nValueError: x")] == [False]
    assert trace.parts("") == []
