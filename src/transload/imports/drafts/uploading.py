"""Begins a draft, and takes its file at once or in parts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor
from transload.counts import counted
from transload.errors import ConflictError, InvalidError, TooLargeError
from transload.files.fetching import local_file
from transload.imports import intake, store
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.tables import read_table
from transload.imports.model import Import, Status, Submission
from transload.imports.run import Request, general_readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """What has come with the request that begins a draft: a file, or what it will be called."""

    stream: BinaryIO | None
    filename: str
    size: int


def create(
    drafts: Drafts,
    actor: Actor,
    request: Request,
    come: Come,
    admitted: Callable[[Connection], Submission | None] = lambda _: None,
) -> Import:
    """Make a draft, with its file or without; raise as `Imports.start` does.

    `admitted` says how it came by a link, in the transaction that makes it, or raises.
    """
    destination = drafts.open(actor, request.target)
    if destination is None and (request.mapping or request.config_id):
        raise InvalidError("Columns are chosen for the fields of a data type: name one first.")
    if destination is None and not request.reading.is_empty:
        raise InvalidError(
            "How numbers and days are read is said of the fields of a data type: name one first, "
            "or say it of the fields that will be proposed."
        )
    if come.size > drafts.max_bytes:
        raise TooLargeError.of_file(drafts.max_bytes)
    one = replace(
        drafts.imports.new_import(
            actor, request, come.filename, "" if destination is None else destination.name
        ),
        status=Status.UPLOADING,
        upload_size=come.size,
        asked_mapping={
            **drafts.imports.saved_mapping(actor, request),
            **(request.mapping or {}),
        }
        or None,
        readings={}
        if destination is None
        else general_readings(request.reading, destination.mappable),
    )
    with drafts.database.write() as connection:
        one = replace(one, submission=admitted(connection))
        store.add(connection, one)
        drafts.note(connection, actor, audit.Action.CREATE, one)
    if come.stream is not None:
        try:
            size = intake.keep(drafts.imports.files, one.upload_key, come.stream)
            read_table(drafts, actor, one, request.choices, request.mapping, size=size)
        except BaseException:
            drafts.imports.forget(one)
            raise
    return drafts.get(actor, one.id)


def append(
    drafts: Drafts,
    actor: Actor,
    import_id: str,
    part: BinaryIO,
    *,
    offset: int,
    size: int,
    is_complete: bool,
) -> Import:
    """Keep a part, of this size, of a file that is being sent; with its last one, read the file.

    Raises ConflictError where the part does not begin where the file ends so far.
    """
    one = drafts.own(actor, import_id)
    if one.status is not Status.UPLOADING:
        raise ConflictError("The file is there already.")
    if offset != one.uploaded_size:
        raise ConflictError(f"The file has {counted(one.uploaded_size, 'byte')} so far.")
    end = offset + size
    if end > drafts.max_bytes:
        raise TooLargeError.of_file(drafts.max_bytes)
    if size:
        intake.keep(drafts.imports.files, _part_key(one, offset), part)
        with drafts.database.write() as connection:
            now = store.lock(connection, one.organization_id, one.id)
            if now is None or now.uploaded_size != offset:
                raise ConflictError("Another part of the file has come meanwhile.")
            store.change(
                connection,
                one,
                drafts.now(),
                uploaded_size=end,
                choices=one.choices,
                upload_size=max(one.upload_size, end),
            )
    if is_complete:
        parts = _join(drafts, one, end)
        read_table(drafts, actor, one, one.choices, None, size=end)
        for key in parts:
            drafts.imports.files.remove(key)
    return drafts.get(actor, import_id)


def _join(drafts: Drafts, one: Import, size: int) -> list[str]:
    """Put the parts of a file together; give their keys.

    They are needed until the file is read: who sends the last part again has it read again.
    """
    files = drafts.imports.files
    offset, parts = 0, []
    with files.stage() as staged:
        while offset < size:
            key = _part_key(one, offset)
            with local_file(files, key) as path:
                content = path.read_bytes()
            staged.stream.write(content)
            offset += len(content)
            parts.append(key)
        files.publish(staged, one.upload_key)
    return parts


def _part_key(one: Import, offset: int) -> str:
    return f"{one.upload_key}-part-{offset}"
