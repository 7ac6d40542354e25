"""An export of the service with odd values in more than 26 columns, and what its cells hold."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from tests.exports.storable import HOSTILE
from tests.factories import Tenant

_FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
    {"id": "number", "title": "Number", "type": "number"},
    {"id": "boolean", "title": "Boolean", "type": "boolean"},
    {"id": "date", "title": "Date", "type": "date"},
    {"id": "dateTime", "title": "Date time", "type": "dateTime"},
    {"id": "list", "title": "List", "type": "list"},
    {"id": "phone", "title": "Phone", "type": "phone"},
    {"id": "coordinate", "title": "Coordinate", "type": "coordinate"},
    *({"id": f"text{at}", "title": f"=Text {at}", "type": "string"} for at in range(25)),
]
_TEXTS = [HOSTILE[:25], HOSTILE[25:50]]
_RECORDS: Sequence[Mapping[str, object]] = [
    {
        "dataId": "00012345678901234567",
        "number": -0.1,
        "boolean": True,
        "date": "2025-01-31",
        "dateTime": "2025-01-31 23:59:59.007",
        "list": ["a", 1e300, True],
        "phone": "+62 812",
        "coordinate": "-6.17,106.8",
    },
    {"dataId": "=1+1", "number": 2**53, "boolean": False, "date": "1890-01-01"},
]

TITLES = [str(field["title"]) for field in _FIELDS]
IN_CELLS: Sequence[Sequence[object]] = [
    [
        *("00012345678901234567", -0.1, True, date(2025, 1, 31)),
        datetime(2025, 1, 31, 23, 59, 59, 7_000),  # noqa: DTZ001  # stored in UTC, unmarked
        *('["a",1e+300,true]', "+62 812", "-6.17,106.8", *_TEXTS[0]),
    ],
    ["=1+1", str(2**53), False, "1890-01-01", None, None, None, None, *_TEXTS[1]],
]


def wide_export(tenant: Tenant) -> bytes:
    """Export them to xlsx."""
    kind = tenant.data_type(_FIELDS)
    records = [
        {**record, **{f"text{at}": text for at, text in enumerate(texts)}}
        for record, texts in zip(_RECORDS, _TEXTS, strict=True)
    ]
    tenant.add(kind, tenant.hub(), records)
    return tenant.file_directly(download="xlsx", dataTypeId=kind, sortOrder="asc")
