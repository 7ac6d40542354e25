"""Who is told that an import by a link waits for a decision, and what was decided of it."""

from sqlalchemy import Connection

from transload.imports.drafts.access import Drafts
from transload.imports.model import Import, Submission
from transload.mail.model import Kind
from transload.webhooks import outbox
from transload.webhooks.model import Event


def tell_waiting(connection: Connection, drafts: Drafts, one: Import, said: Submission) -> None:
    """Tell the user that made the link, by mail, and the organization's webhooks."""
    drafts.imports.mail.put(
        connection,
        Kind.IMPORT_WAITING,
        organization_id=one.organization_id,
        user_id=one.user_id,
        email=one.email,
        data={
            "id": one.id,
            "name": one.target_name,
            "link": said.link_name,
            "sender": said.name,
            "senderEmail": said.email,
            "valid": one.counts.valid,
            "invalid": one.counts.invalid,
        },
        now=drafts.now(),
    )
    _tell_webhooks(connection, drafts, Event.IMPORT_WAITING, one, said)


def tell_decided(connection: Connection, drafts: Drafts, one: Import, said: Submission) -> None:
    """Tell the sender, by mail, and the organization's webhooks.

    Nobody has checked the sender's address: the mail holds nothing that the sender wrote, and
    nothing of what was said to them, which they read where they sent the file.
    """
    drafts.imports.mail.put(
        connection,
        Kind.IMPORT_DECIDED,
        organization_id=one.organization_id,
        user_id="",
        email=said.email,
        data={"id": one.id, "name": one.target_name, "stage": said.stage.value},
        now=drafts.now(),
    )
    _tell_webhooks(connection, drafts, Event.IMPORT_DECIDED, one, said, decidedBy=said.decided_by)


def _tell_webhooks(
    connection: Connection,
    drafts: Drafts,
    event: Event,
    one: Import,
    said: Submission,
    **more: object,
) -> None:
    data = {
        "importId": one.id,
        "dataTypeId": one.target.data_type_id,
        "hubId": one.target.hub_id or None,
        "linkId": said.link_id,
        "linkName": said.link_name,
        "stage": said.stage.value,
        "name": said.name,
        "email": said.email,
        "totalRows": one.total_rows,
        "totalValid": one.counts.valid,
        "totalInvalid": one.counts.invalid,
        **more,
    }
    outbox.tell(connection, one.organization_id, event, data, drafts.now())
