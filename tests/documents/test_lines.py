"""A record as a line of JSON, on both stores: stored documents and projected values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest

from tests.factories import Tenant
from tests.records.reads import (
    CREATED,
    data_type_of_id,
    database_of,
    lines_of,
    order_by,
    selected,
)
from tests.schemas import field_of
from transload.accounts.model import Role
from transload.accounts.run import create_user
from transload.data_types.model import DataType, FieldType
from transload.documents.lines import Content
from transload.documents.order import Order
from transload.records.model import EXPORTED_SYSTEM_NAMES
from transload.records.run import add_many

FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "type": "string", "primaryKey": True},
    {"id": "1", "type": "string"},
    {"id": "2nd", "type": "number"},
    {"id": "1.5", "type": "boolean"},
    {"id": "a", "type": "string"},
    {"id": "a.b", "type": "number"},
    {"id": "a-b", "type": "list"},
    {"id": "_x", "type": "text"},
]
TEXTS = (
    "",
    " both ends ",
    '"quoted" and \\ and /',
    "\x01\x08\x0c\n\r\t\x1f\x7f\x80\u2028\u2029",
    "é e\u0301 سوق 市場 🏪 \uffff",
    "\\u0000 \\n",
    "12345678901234567890",
    "null",
    "{}",
    "x" * 70_000,
)
NUMBERS = (0, -1, 0.1, -0.1, 1e300, 5e-324, 1e-7, 2**53, 1234567.891, 1e16 + 2)
ROWS: Sequence[Mapping[str, object]] = [
    *({"dataId": f"{n}", "1": text, "_x": text, "a-b": [text]} for n, text in enumerate(TEXTS)),
    *({"dataId": f"n{n}", "2nd": number, "a.b": number} for n, number in enumerate(NUMBERS)),
    {"dataId": "lists", "a-b": ["", 1, 1.5, 1e300, True, False]},
    {"dataId": "empty", "a-b": [], "1.5": False},
]
NAMES = [str(field["id"]) for field in FIELDS]
DOCUMENTS = [{name: row.get(name) for name in NAMES} for row in ROWS]
ORDERS = [CREATED, order_by("unknown")]


def encoded(documents: Sequence[Mapping[str, object]]) -> list[bytes]:
    return [orjson.dumps(document) for document in documents]


@pytest.mark.parametrize("order", ORDERS, ids=["created", "sorted"])
@pytest.mark.parametrize("is_exact", [True, False])
def test_whole_and_projected_documents_are_the_same_bytes(
    tenant: Tenant, order: Order, *, is_exact: bool
) -> None:
    """P23."""
    kind = tenant.data_type(FIELDS)
    tenant.add(kind, tenant.hub(), ROWS)
    whole = Content(names=NAMES, is_exact=is_exact)
    projected = Content(names=NAMES, is_exact=True)
    known: Sequence[DataType] = [data_type_of_id(tenant, kind)]
    for content, types in ((whole, known), (projected, ())):
        lines = lines_of(tenant, selected(tenant, kind), order, content=content, types=types)
        assert lines == encoded(DOCUMENTS)


@pytest.mark.parametrize("order", ORDERS, ids=["created", "sorted"])
def test_an_exact_line_has_the_named_values_in_their_order(tenant: Tenant, order: Order) -> None:
    kind = tenant.data_type(FIELDS)
    ids = tenant.add(kind, tenant.hub(), ROWS)
    names = ["a.b", "_id", "nobody's", "1", "a"]
    content = Content(names=names, is_exact=True)
    types = [data_type_of_id(tenant, kind)]
    lines = lines_of(tenant, selected(tenant, kind), order, content=content, types=types)
    assert lines == encoded(
        [
            {name: {"_id": one, **document}.get(name) for name in names}
            for one, document in zip(ids, DOCUMENTS, strict=True)
        ]
    )


@pytest.mark.parametrize("has_type", [True, False])
def test_system_values_stand_where_they_are_named(tenant: Tenant, *, has_type: bool) -> None:
    """P23: an author's address is JSON too, whatever is in it."""
    database = database_of(tenant)
    author = create_user(
        database,
        organization_id=tenant.organization_id,
        email=f'o"neil\\{uuid4().hex}@exämple.com',
        role=Role.OWNER,
        hub_ids=(),
        now=tenant.site.clock.now(),
    )
    kind, hub = tenant.data_type(FIELDS, common=True), tenant.hub()
    added = add_many(
        database,
        author,
        [{"dataTypeId": kind, "hubId": one, "dataId": str(one)} for one in (hub, None)],
        tenant.site.clock.now(),
    )
    names = [*EXPORTED_SYSTEM_NAMES, *NAMES]
    types = [data_type_of_id(tenant, kind)] if has_type else []
    content = Content(names=names, is_exact=True)

    lines = lines_of(tenant, selected(tenant, kind), content=content, types=types)
    found = [orjson.loads(line) for line in lines]

    assert [list(line) for line in found] == [names, names]
    for line, one, record in zip(found, (hub, None), added, strict=True):
        assert line == {
            "_id": record.record_id,
            "dataTypeId": kind,
            "hubId": one,
            "organizationId": tenant.organization_id,
            "createdBy": author.email,
            "updatedBy": author.email,
            "createdTime": line["createdTime"],
            "updatedTime": line["createdTime"],
            **dict.fromkeys(NAMES),
            "dataId": str(one),
        }


def test_a_document_of_an_older_shape_is_brought_into_the_types_shape(tenant: Tenant) -> None:
    kind = tenant.data_type(FIELDS)
    tenant.add(kind, tenant.hub(), ROWS)
    stored = data_type_of_id(tenant, kind)
    kept = [field for field in stored.fields if field.id != "a"]
    fields = (*kept, field_of(FieldType.STRING, "new"))
    newer = replace(stored, shape=stored.shape + 1, same_since=stored.shape + 1, fields=fields)
    names = [field.id for field in newer.fields]
    content = Content(names=names, is_exact=True)
    lines = lines_of(tenant, selected(tenant, kind), content=content, types=[newer])
    assert lines == encoded(
        [{name: document.get(name) for name in names} for document in DOCUMENTS]
    )


def test_values_chosen_of_documents_of_an_older_shape_are_those_of_the_types_shape(
    tenant: Tenant,
) -> None:
    kind = tenant.data_type(FIELDS)
    tenant.add(kind, tenant.hub(), ROWS)
    stored = data_type_of_id(tenant, kind)
    fields = (field_of(FieldType.STRING, "new"), *stored.fields)
    newer = replace(stored, shape=stored.shape + 1, same_since=stored.shape + 1, fields=fields)
    names = ["_x", "new", "a-b"]
    content = Content(names=names, is_exact=True)
    lines = lines_of(tenant, selected(tenant, kind), content=content, types=[newer])
    assert lines == encoded(
        [{name: document.get(name) for name in names} for document in DOCUMENTS]
    )


def test_records_of_several_types_have_null_for_the_fields_of_others(tenant: Tenant) -> None:
    hub = tenant.hub()
    other = [{"id": "dataId", "type": "string"}, {"id": "colour", "type": "string"}]
    tenant.add(tenant.data_type(FIELDS), hub, [{"dataId": "1", "a": "x"}])
    tenant.add(tenant.data_type(other), hub, [{"dataId": "2", "colour": "red"}])
    content = Content(names=["dataId", "colour", "a"], is_exact=True)
    assert lines_of(tenant, selected(tenant), content=content) == [
        b'{"dataId":"1","colour":null,"a":"x"}',
        b'{"dataId":"2","colour":"red","a":null}',
    ]


def test_a_line_that_need_not_be_exact_has_at_least_the_named_values(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(FIELDS), tenant.hub()
    ids = tenant.add(kind, hub, ROWS)
    content = Content(names=["a", "_id", "hubId"], is_exact=False)
    lines = lines_of(tenant, selected(tenant, kind), content=content)
    for line, one, document in zip(lines, ids, DOCUMENTS, strict=True):
        found = orjson.loads(line)
        assert (found["_id"], found["hubId"], found["a"]) == (one, hub, document["a"])
