"""The wire of records."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from transload.accounts.caller import Caller
from transload.data_types.model import DataType
from transload.db.engine import Database
from transload.errors import InvalidError
from transload.records import run
from transload.records.model import Record
from transload.web.body import BulkBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.parts import part

router = APIRouter(tags=["Data"], route_class=error_route(explains=False))
DatabasePart = Annotated[Database, Depends(part(Database))]


@router.post("/data/bulk")
def add_records(actor: Caller, database: DatabasePart, body: BulkBody) -> Response:
    """Add up to 2,000 records; one item's fault never fails the others."""
    items = body.get("data")
    if not isinstance(items, list):
        raise InvalidError("The data field must be a list of records.")
    outcomes = run.add_many(database, actor, items)
    failed = sum(outcome.fault is not None for outcome in outcomes)
    return json_response(
        {
            "success": len(outcomes) - failed,
            "failed": failed,
            "data": [_wire_outcome(outcome) for outcome in outcomes],
        },
        status=201,
    )


@router.get("/data/{record_id}")
def get_record(actor: Caller, database: DatabasePart, record_id: str) -> Response:
    """Give a record."""
    return success(data=_wire(*run.get(database, actor, record_id)))


def _wire_outcome(outcome: run.Added) -> dict[str, object]:
    return {
        "status": outcome.fault is None,
        "message": outcome.fault or "Success.",
        "_id": outcome.record_id,
    }


def _wire(record: Record, data_type: DataType) -> dict[str, object]:
    return {
        "_id": record.id,
        "dataTypeId": record.data_type_id,
        "hubId": record.hub_id,
        "organizationId": data_type.organization_id,
        "limitUser": [],
        "data_type": {"_id": data_type.id, "name": data_type.name},
        "createdBy": record.created_by,
        "updatedBy": record.updated_by,
        "createdTime": record.created_time,
        "updatedTime": record.updated_time,
        **record.values,
    }
