"""Removes an organization for good: its files, and all that the store holds of it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from transload.accounts import organizations
from transload.accounts.model import Organization
from transload.db.engine import Database
from transload.exports import store as exports
from transload.exports.model import export_of
from transload.files.model import Files
from transload.imports import store as imports
from transload.imports.retention import import_of

_PART = 100


def remove_organization(
    database: Database, files: Files, organization: Organization, now: datetime
) -> None:
    """Remove an organization with its users, records, files and audit trail.

    Nobody of it is let in from the start on. A file that is being written at this moment goes with
    the daily work of the service.
    """
    organizations.disable(database, organization, now)
    for key in _file_keys(database, files, organization.id):
        files.remove(key)
    organizations.remove_rows(database, organization, now)


def _file_keys(database: Database, files: Files, organization_id: str) -> Iterator[str]:
    """Give the keys of the organization's files; those of all others are gone through too."""
    left = files.iterate()
    while part := list(islice(left, _PART)):
        of_exports = {key: found for key in part if (found := export_of(key))}
        of_imports = {key: found for key in part if (found := import_of(key))}
        with database.read() as connection:
            owners = {
                **{
                    one.id: one.organization_id
                    for one in exports.find_all(connection, of_exports.values())
                },
                **{
                    one.id: one.organization_id
                    for one in imports.find_all(connection, list(of_imports.values()))
                },
            }
        for key, found in {**of_exports, **of_imports}.items():
            if owners.get(found) == organization_id:
                yield key
