"""Mails to be sent, each written in the transaction that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from transload.db.ids import new_id
from transload.mail import store
from transload.mail.model import Kind, Mail, Status

_INVITED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Takes mails where a mail server `is_set_up`; where none is, nothing is kept.

    Work that took less than `after_seconds` is not worth a mail.
    """

    is_set_up: bool = False
    after_seconds: int = 60

    def put(
        self,
        connection: Connection,
        kind: Kind,
        *,
        organization_id: str,
        user_id: str,
        email: str,
        data: Mapping[str, object],
        now: datetime,
    ) -> bool:
        """Keep a mail to a user, which is sent once this commits; False if none will be.

        Nobody is invited twice within five minutes: an inbox is not to be flooded.
        """
        if not self.is_set_up:
            return False
        if kind is Kind.INVITATION and store.has_recent(
            connection, organization_id, user_id, kind, now - _INVITED_EVERY
        ):
            return False
        store.add(
            connection,
            Mail(
                id=new_id(),
                organization_id=organization_id,
                user_id=user_id,
                email=email,
                kind=kind,
                data=data,
                status=Status.WAITING,
                attempts=0,
                next_time=now,
                created_time=now,
                completed_time=None,
                error="",
            ),
        )
        return True

    def is_long(self, began: datetime, now: datetime) -> bool:
        """Tell whether somebody who began something then has likely turned to other things."""
        return now - began >= timedelta(seconds=self.after_seconds)
