"""Configs of exports and of imports."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."
_FORBIDDEN = "You do not have permission to perform this action"
_OURS = {"_id", "organizationId", "createdTime", "updatedTime"}
_ANSWER = keys("status code message data")
_UNKNOWN = "f" * 24


def export_config(tenant: Tenant, **changes: object) -> dict[str, Any]:
    """Give a body with keys that nobody knows, on every level."""
    return {
        "name": "North",
        "collection": "task",
        "description": "For the office",
        "flowIds": [tenant.flow()],
        "color": {"red": 1},
        "fields": [
            {"id": "title", "component": "x", "title": "Name", "source": "reservedKey"},
            {"id": "goods", "component": "bill", "title": "Goods", "masterItems": [{"name": "x"}]},
        ],
        **changes,
    }


def import_config(tenant: Tenant, **changes: object) -> dict[str, Any]:
    """Give a body with keys that nobody knows, on every level."""
    return {
        "name": "North",
        "collection": "data",
        "description": "From the office",
        "referenceType": "dataType",
        "referenceId": tenant.data_type(),
        "color": {"red": 1},
        "fields": [
            {"id": "name", "headerColumn": "Name", "width": 3},
            {"id": "goods", "sheet": "Goods", "fields": [{"id": "qty", "headerColumn": "Qty"}]},
        ],
        **changes,
    }


Body = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """The configs of a kind: how they are called, and a body of one."""

    name: str
    body: Body

    @property
    def many(self) -> str:
        return f"/{self.name}-configs"

    @property
    def one(self) -> str:
        return f"/{self.name}-config"

    @property
    def with_id(self) -> str:
        return self.one + "/{id}"

    @property
    def label(self) -> str:
        return f"{self.name.capitalize()} Config"

    def added(self, tenant: Tenant, **changes: object) -> dict[str, Any]:
        answer = tenant.post(self.one, self.body(tenant, **changes))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    def sent(self, tenant: Tenant) -> Sent:
        added = self.added(tenant, name="South")
        return Sent(ids={"id": added["_id"]}, body=self.body(tenant))

    def changed(self, changes: Mapping[str, object]) -> Send:
        return lambda tenant: Sent(
            ids={"id": self.added(tenant, name="South")["_id"]},
            body=self.body(tenant, **changes),
        )

    def sent_back(self, tenant: Tenant) -> Sent:
        """Send what was read."""
        found = self.added(tenant)
        return Sent(ids={"id": found["_id"]}, body=found)

    def by_field_user(self, tenant: Tenant) -> Sent:
        added = self.added(tenant)
        return Sent(ids={"id": added["_id"]}, body=self.body(tenant), by=tenant.user(Role.FIELD))

    def unknown(self, tenant: Tenant) -> Sent:
        return Sent(ids={"id": _UNKNOWN}, body=self.body(tenant))

    def strangers(self, tenant: Tenant) -> Sent:
        added = self.added(Tenant.create(tenant.site))
        return Sent(ids={"id": added["_id"]}, body=self.body(tenant))

    def taken(self, tenant: Tenant) -> Sent:
        self.added(tenant)
        return self.sent(tenant)

    def asked(self, tenant: Tenant) -> Sent:
        added = self.added(tenant)
        query = {"sortOrder": "asc", "limit": 1_000, "page": 1}
        return Sent(query={**query, "collection": added["collection"], "name": added["name"]})

    def asked_of_another(self, tenant: Tenant) -> Sent:
        added = self.added(tenant)
        return Sent(query={"collection": "data" if added["collection"] == "task" else "task"})


def _is_kept(found: Mapping[str, Any]) -> bool:
    fields = found["fields"]
    return (
        found.keys() >= _OURS
        and found["color"] == {"red": 1}
        and (fields[0].get("width") == 3 or fields[1]["masterItems"] == [{"name": "x"}])
    )


def _successes(kind: _Kind) -> Iterable[Case]:
    for case, send, total in (
        ("every parameter", kind.asked, 1),
        ("another collection's", kind.asked_of_another, 0),
    ):
        yield Case(
            method="GET",
            path=kind.many,
            case=case,
            status=200,
            keys=_ANSWER,
            message="Success.",
            send=send,
            holds=partial(_is_page, total),
        )
    for method, path, code, message, send in (
        ("POST", kind.one, 201, f"{kind.label} has been added successfully.", kind.sent),
        ("GET", kind.with_id, 200, "Success.", kind.sent),
        ("PUT", kind.with_id, 200, f"{kind.label} has been updated successfully.", kind.sent),
        ("PUT", kind.with_id, 200, f"{kind.label} has been updated successfully.", kind.sent_back),
        ("DELETE", kind.with_id, 200, f"{kind.label} has been deleted successfully.", kind.sent),
    ):
        yield Case(
            method=method,
            path=path,
            case="as it was read" if send == kind.sent_back else "one",
            status=code,
            keys=_ANSWER,
            message=message,
            send=send,
            holds=partial(_is_one, code),
        )


def _is_page(total: int, found: Mapping[str, Any]) -> bool:
    page = found["data"]
    return found["code"] == 200 and page["total"] == total and all(map(_is_kept, page["data"]))


def _is_one(code: int, found: Mapping[str, Any]) -> bool:
    return found["code"] == code and _is_kept(found["data"])


def _refusals(kind: _Kind) -> Iterable[Case]:
    for method, path in (("GET", kind.many), ("POST", kind.one)):
        yield unauthorized(method, path)
        yield refused(method, path, "by a field user", (403, _FORBIDDEN), kind.by_field_user)
    for query, fault in _QUERY_FAULTS:
        message = f"{_BAD_REQUEST} {fault}"
        yield refused("GET", kind.many, str(query), (400, message), partial(_asking, query))
    for method in ("GET", "PUT", "DELETE"):
        yield unauthorized(method, kind.with_id)
        for case, answer, send in (
            ("by a field user", (403, _FORBIDDEN), kind.by_field_user),
            ("unknown", (404, "Data not found"), kind.unknown),
            ("another's", (404, "Data not found"), kind.strangers),
        ):
            yield refused(method, kind.with_id, case, answer, send)
    for method, path in (("POST", kind.one), ("PUT", kind.with_id)):
        message = f"There is an {kind.label.lower()} North already."
        yield refused(method, path, "a taken name", (409, message), kind.taken)
        for case, changes, fault in _FAULTS:
            message = f"{_BAD_REQUEST} {fault}"
            yield refused(method, path, case, (400, message), kind.changed(changes))


def _asking(query: Mapping[str, object], _tenant: Tenant) -> Sent:
    return Sent(query=query)


_QUERY_FAULTS: tuple[tuple[dict[str, object], str], ...] = (
    ({"limit": 1_001}, "The limit parameter must be at most 1000."),
    ({"collection": "x"}, "The collection parameter must be 'task' or 'data'."),
    ({"sortOrder": "up"}, "The sortOrder parameter must be 'asc' or 'desc'."),
)
_FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("no name", {"name": None}, "The name field must be text."),
    ("no collection", {"collection": "x"}, "The collection field must be 'task' or 'data'."),
    ("no fields", {"fields": None}, "The fields field must be a list."),
)


def _export_fault(case: str, fault: str, **changes: object) -> Case:
    return refused(
        "POST",
        "/export-config",
        case,
        (400, f"{_BAD_REQUEST} {fault}"),
        lambda tenant: Sent(body=export_config(tenant, **changes)),
    )


def _unknown_reference(path: str, name: str, body: Body, **changes: object) -> Case:
    return refused(
        "POST",
        path,
        "an unknown reference",
        (400, f"The selected {name} is invalid."),
        lambda tenant: Sent(body=body(tenant, **changes)),
    )


_KINDS = (_Kind("export", export_config), _Kind("import", import_config))
CONFIGS = [
    *(case for kind in _KINDS for case in (*_successes(kind), *_refusals(kind))),
    _unknown_reference("/export-config", "flowId", export_config, flowIds=[_UNKNOWN]),
    _unknown_reference("/import-config", "dataTypeId", import_config, referenceId=_UNKNOWN),
    *(
        Case(
            method="POST",
            path=f"/{name}-config",
            case="of the other collection",
            status=201,
            keys=_ANSWER,
            message=f"{name.capitalize()} Config has been added successfully.",
            send=send,
            holds=partial(_is_one, 201),
        )
        for name, send in (
            (
                "export",
                lambda tenant: Sent(
                    body=export_config(
                        tenant, collection="data", flowIds=None, dataTypeIds=[tenant.data_type()]
                    )
                ),
            ),
            (
                "import",
                lambda tenant: Sent(
                    body=import_config(
                        tenant, collection="task", referenceType="flow", referenceId=tenant.flow()
                    )
                ),
            ),
        )
    ),
    _unknown_reference(
        "/export-config", "dataTypeId", export_config, collection="data", dataTypeIds=[_UNKNOWN]
    ),
    _unknown_reference(
        "/import-config",
        "flowId",
        import_config,
        collection="task",
        referenceType="flow",
        referenceId=_UNKNOWN,
    ),
    _export_fault("no flows", "The body field must name flowIds.", flowIds=None),
    *(
        _export_fault(
            f"a field without {name}",
            f"The fields.0.{name} field is required.",
            fields=[{key: "x" for key in ("id", "component", "title") if key != name}],
        )
        for name in ("id", "component", "title")
    ),
]
