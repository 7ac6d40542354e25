"""What becomes of a schedule whose run has failed, and who is told when that goes on."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts import user_store
from transload.mail.model import Kind
from transload.mail.outbox import Outbox
from transload.schedules import store
from transload.schedules.model import TELLS_AT, Schedule
from transload.webhooks import outbox
from transload.webhooks.model import Event

THING = "export schedule"


def note_failure(
    connection: Connection, mail: Outbox, schedule: Schedule, problem: str, now: datetime
) -> None:
    """Count a failure of a schedule that is locked; the third in a row is told, once.

    By mail to its maker and to the owners, and to the organization's webhooks.
    """
    failed = replace(schedule, failures=schedule.failures + 1, problem=problem)
    store.replace(connection, failed)
    if failed.failures != TELLS_AT:
        return
    told = {"id": failed.id, "name": failed.name, "failures": failed.failures}
    audit.record(
        connection,
        audit.Unnamed(failed.organization_id),
        audit.Action.UPDATE,
        thing=THING,
        thing_id=failed.id,
        now=now,
        detail=f"failed {failed.failures} times in a row: {problem}",
    )
    owners = user_store.find_owners(connection, failed.organization_id)
    people = {owner.id: owner.email for owner in owners} | {failed.user_id: failed.email}
    for user_id, email in people.items():
        mail.put(
            connection,
            Kind.SCHEDULE_FAILING,
            organization_id=failed.organization_id,
            user_id=user_id,
            email=email,
            data=told,
            now=now,
        )
    data = {
        "scheduleId": failed.id,
        "name": failed.name,
        "failures": failed.failures,
        "problem": problem,
    }
    outbox.tell(connection, failed.organization_id, Event.SCHEDULE_FAILING, data, now)
