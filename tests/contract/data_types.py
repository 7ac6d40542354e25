"""Data types."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.cases import Case, Sent, keys, refused
from tests.factories import Tenant
from transload.accounts.model import Role

_TYPE = keys(
    "_id name fields commonData limitUser provider providerConfig organizationId"
    " createdBy updatedBy createdTime updatedTime"
)
_FIELD = keys(
    "id title type format description default optionData required primaryKey show visible"
)
_PAGE = keys(
    "current_page data first_page_url from last_page last_page_url links next_page_url path"
    " per_page prev_page_url to total"
)
_ONE = keys("status message data_type")
_BAD_REQUEST = "Bad request - invalid parameters provided."
_FORBIDDEN = "You do not have permission to perform this action"
_UNKNOWN = "f" * 24
_FIELDS: list[dict[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string"},
    {"id": "price", "type": "number"},
]
_BODY: dict[str, object] = {"name": "Outlets", "fields": _FIELDS}
_EXTERNAL = {
    **_BODY,
    "provider": "external-api",
    "providerConfig": {"url": "https://example.com/outlets", "key": "secret"},
}
_ONE_PATH = "/data-type/{id}"
_CHANGING = (("PUT", _ONE_PATH), ("PATCH", _ONE_PATH))
_WRITING = (("POST", "/data-type"), *_CHANGING)
_ALL = (("GET", "/data-types"), ("GET", _ONE_PATH), *_WRITING, ("DELETE", _ONE_PATH))


def _sent(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.data_type(_FIELDS, name="Shops")}, body=_BODY)


def _to_unknown(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": _UNKNOWN}, body=_BODY)


def _to_malformed(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": "shops"}, body=_BODY)


def _to_strangers(tenant: Tenant) -> Sent:
    return Sent(ids={"id": Tenant.create(tenant.site).data_type()}, body=_BODY)


def _by_planner(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.data_type()}, body=_BODY, by=tenant.user(Role.PLANNER))


def _without_token(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.data_type()}, body=_BODY, by=tenant.with_token("none"))


def _with_taken_name(tenant: Tenant) -> Sent:
    tenant.data_type(name="Outlets")
    return _sent(tenant)


def _with_records(tenant: Tenant) -> Sent:
    sent = _sent(tenant)
    tenant.add(sent.ids["id"], tenant.hub(), [{"dataId": "A1"}, {"dataId": "A2", "price": 5}])
    return sent


def _dry(tenant: Tenant) -> Sent:
    return Sent(ids=_with_records(tenant).ids, query={"dryRun": "TRUE"})


def _sending(**changes: object) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        return Sent(ids=_sent(tenant).ids, body={**_BODY, **changes})

    return send


def _sending_only(**changes: object) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        return Sent(ids=_sent(tenant).ids, body=changes)

    return send


def _external(config: object) -> Callable[[Tenant], Sent]:
    return lambda _: Sent(body={**_EXTERNAL, "providerConfig": config})


def _misfit(tenant: Tenant) -> Sent:
    sent = _with_records(tenant)
    return Sent(
        ids=sent.ids, body={**_BODY, "fields": [_FIELDS[0], {"id": "price", "type": "date"}]}
    )


def _asking(**query: object) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        tenant.data_type(_FIELDS, name="Shops")
        tenant.data_type(_FIELDS, name="Outlets")
        tenant.post("/data-type", {**_EXTERNAL, "name": "Elsewhere"})
        return Sent(query=query)

    return send


def _is_type(found: Mapping[str, Any], **values: object) -> bool:
    return (
        found.keys() == _TYPE
        and all(field.keys() == _FIELD for field in found["fields"])
        and values.items() <= found.items()
    )


def _is_page(body: Mapping[str, Any], *names: str) -> bool:
    page = body["data_types"]
    return (
        page.keys() == _PAGE
        and page["total"] == len(names)
        and [found["name"] for found in page["data"]] == list(names)
        and all(map(_is_type, page["data"]))
    )


def _bad(method: str, path: str, case: str, fault: str, send: Callable[[Tenant], Sent]) -> Case:
    return refused(method, path, case, (400, f"{_BAD_REQUEST} {fault}"), send)


_SUCCESSES = [
    Case(
        method="GET",
        path="/data-types",
        case="the internal ones, oldest first",
        status=200,
        keys=keys("status message data_types"),
        message="Success",
        send=_asking(),
        holds=lambda body: _is_page(body, "Shops", "Outlets"),
    ),
    Case(
        method="GET",
        path="/data-types",
        case="those of several providers",
        status=200,
        keys=keys("status message data_types"),
        message="Success",
        send=_asking(provider="internal, external-api"),
        holds=lambda body: _is_page(body, "Shops", "Outlets", "Elsewhere"),
    ),
    Case(
        method="GET",
        path="/data-types",
        case="chosen keys of a page",
        status=200,
        keys=keys("status message data_types"),
        message="Success",
        send=_asking(fields="provider,name", page=2, limit=1),
        holds=lambda body: (
            [list(one.items())[1:] for one in body["data_types"]["data"]]
            == [[("provider", "internal"), ("name", "Outlets")]]
            and "_id" in body["data_types"]["data"][0]
            and body["data_types"]["total"] == 2
            and body["data_types"]["prev_page_url"].endswith("limit=1&page=1")
        ),
    ),
    Case(
        method="GET",
        path="/data-types",
        case="none",
        status=200,
        keys=keys("status message data_types"),
        message="Success",
        holds=lambda body: _is_page(body) and body["data_types"]["from"] is None,
    ),
    Case(
        method="GET",
        path=_ONE_PATH,
        case="one",
        status=200,
        keys=_ONE,
        message="Success",
        send=_sent,
        holds=lambda body: _is_type(
            body["data_type"],
            name="Shops",
            commonData=False,
            limitUser=False,
            provider="internal",
            providerConfig=None,
        ),
    ),
    Case(
        method="POST",
        path="/data-type",
        case="created",
        status=201,
        keys=_ONE,
        message="Success",
        send=lambda _: Sent(body={**_BODY, "limitUser": True, "commonData": "true"}),
        holds=lambda body: _is_type(
            body["data_type"], name="Outlets", limitUser=True, commonData=True
        ),
    ),
    Case(
        method="POST",
        path="/data-type",
        case="with the other names of type and required",
        status=201,
        keys=_ONE,
        message="Success",
        send=lambda _: Sent(
            body={
                "name": "Outlets",
                "fields": [{"id": "dataId", "inputType": "string", "isRequired": True}],
            }
        ),
        holds=lambda body: (
            {"type": "string", "required": True, "primaryKey": True}.items()
            <= body["data_type"]["fields"][0].items()
        ),
    ),
    Case(
        method="POST",
        path="/data-type",
        case="of an external provider, without its key",
        status=201,
        keys=_ONE,
        message="Success",
        send=lambda _: Sent(body=_EXTERNAL),
        holds=lambda body: _is_type(
            body["data_type"],
            provider="external-api",
            providerConfig={"url": "https://example.com/outlets"},
        ),
    ),
    *(
        Case(
            method=method,
            path=_ONE_PATH,
            case="the type as it is now",
            status=200,
            keys=_ONE,
            message="Success",
            send=_sending(limitUser=True, commonData=False, provider="internal"),
            holds=lambda body: _is_type(body["data_type"], name="Outlets", limitUser=True),
        )
        for method in ("PUT", "PATCH")
    ),
    Case(
        method="PATCH",
        path=_ONE_PATH,
        case="one key alone",
        status=200,
        keys=_ONE,
        message="Success",
        send=_sending_only(limitUser=True),
        holds=lambda body: (
            _is_type(body["data_type"], name="Shops", limitUser=True)
            and len(body["data_type"]["fields"]) == 2
        ),
    ),
    Case(
        method="DELETE",
        path=_ONE_PATH,
        case="the type as it was, without a message",
        status=200,
        keys=keys("status data_type"),
        send=_with_records,
        holds=lambda body: body["status"] is True and _is_type(body["data_type"], name="Shops"),
    ),
    Case(
        method="DELETE",
        path=_ONE_PATH,
        case="a dry run",
        status=200,
        keys=keys("status data_type dryRun records"),
        send=_dry,
        holds=lambda body: (body["dryRun"], body["records"]) == (True, 2),
    ),
]
_UNAUTHORIZED = [
    refused(method, path, "without a token", (401, "Unauthorized"), _without_token)
    for method, path in _ALL
]
_NOT_ALLOWED = [
    refused(method, path, "without permission", (403, _FORBIDDEN), _by_planner)
    for method, path in (*_WRITING, ("DELETE", _ONE_PATH))
]
_NOT_FOUND = [
    refused(method, _ONE_PATH, case, (404, "Data not found"), send)
    for method in ("GET", "PUT", "PATCH", "DELETE")
    for case, send in (
        ("unknown", _to_unknown),
        ("no id", _to_malformed),
        ("another organization's", _to_strangers),
    )
]
_MISFIT = (
    "The field price cannot be changed so: the record with the dataId A2 has 5,"
    " and it must be a date, YYYY-MM-DD."
)
_TAKEN_NAME = (409, "There is a data type Outlets already.")
_TAKEN = [
    refused(
        method,
        path,
        "a taken name",
        (409, "There is a data type Outlets already."),
        _with_taken_name,
    )
    for method, path in _WRITING
]
_BAD_QUERIES = [
    *(
        _bad("GET", "/data-types", case, fault, _asking(**{case: value}))
        for case, value, fault in (
            ("limit", 0, "The limit parameter must be at least 1."),
            ("limit", 1_001, "The limit parameter must be at most 1000."),
            ("page", 0, "The page parameter must be at least 1."),
            ("fields", "name,size,x", "The fields parameter names what is no field: size, x."),
            (
                "provider",
                "internal,ftp",
                "The provider parameter names what is no provider: ftp.",
            ),
        )
    ),
    _bad(
        "DELETE",
        _ONE_PATH,
        "dryRun",
        "The dryRun parameter must be true or false.",
        lambda tenant: Sent(ids=_sent(tenant).ids, query={"dryRun": "maybe"}),
    ),
]
_BAD_BODIES = [
    _bad(method, path, case, fault, send)
    for method, path in _WRITING
    for case, send, fault in (
        ("an empty name", _sending(name=""), "The name field must not be empty."),
        ("a blank name", _sending(name=" "), "The name must not be blank."),
        ("a name that is no text", _sending(name=1), "The name field must be text."),
        (
            "no key",
            _sending(fields=_FIELDS[1:]),
            "Exactly one field is the primary key, and its id is dataId.",
        ),
        (
            "a limit that is no boolean",
            _sending(limitUser="maybe"),
            "The limitUser field must be true or false.",
        ),
        (
            "an unknown provider",
            _sending(provider="ftp"),
            "The provider field must be 'internal' or 'external-api'.",
        ),
        (
            "a source of an internal type",
            _sending(providerConfig={"url": "https://example.com"}),
            "The providerConfig field is for the provider external-api alone.",
        ),
        (
            "a source without an address",
            _sending(providerConfig={"key": "x"}),
            "The providerConfig.url field is required.",
        ),
    )
]
_BAD_CHANGES = [
    _bad(method, path, case, fault, send)
    for method, path in _CHANGING
    for case, send, fault in (
        (
            "commonData",
            _sending(commonData=True),
            "The commonData field is fixed when a type is created.",
        ),
        (
            "provider",
            _sending(provider="external-api"),
            "The provider field is fixed when a type is created.",
        ),
        (
            "deleteFields of no field",
            _sending(deleteFields=["price", "x"]),
            "The deleteFields field names what is no field: x.",
        ),
        (
            "deleteFields of the key",
            _sending(deleteFields=["dataId"]),
            "The values of dataId cannot be deleted.",
        ),
    )
]
_BAD_SOURCES = [
    _bad(
        "POST",
        "/data-type",
        case,
        fault,
        _external(config),
    )
    for case, config, fault in (
        (
            "external without a source",
            None,
            "The providerConfig field is required for the provider external-api.",
        ),
        *(
            (
                f"the address {url}",
                {"url": url},
                "The providerConfig.url field must be an address of http or https.",
            )
            for url in ("", "example.com", "ftp://example.com", "https://", "http://[")
        ),
    )
]

DATA_TYPES = [
    *_SUCCESSES,
    *_UNAUTHORIZED,
    *_NOT_ALLOWED,
    *_NOT_FOUND,
    *_TAKEN,
    *_BAD_QUERIES,
    *_BAD_BODIES,
    *_BAD_CHANGES,
    *_BAD_SOURCES,
    *(
        _bad("PUT", _ONE_PATH, f"without {name}", f"The {name} field is required.", send)
        for name, send in (
            ("name", _sending_only(fields=_FIELDS)),
            ("fields", _sending_only(name="Outlets")),
        )
    ),
    *(
        refused(
            method,
            _ONE_PATH,
            "a field that records do not fit",
            (
                409,
                _MISFIT,
            ),
            _misfit,
        )
        for method in ("PUT", "PATCH")
    ),
    Case(
        method="POST",
        path=f"{_ONE_PATH}/misfits",
        case="what records do not fit",
        status=200,
        keys=keys("status message data"),
        message="Success",
        send=_misfit,
        holds=lambda body: (
            body["data"]["total"] == 1
            and [one.keys() for one in body["data"]["misfits"]]
            == [keys("_id dataId field value message")]
        ),
    ),
    refused(
        "POST", f"{_ONE_PATH}/misfits", "of an unknown type", (404, "Data not found"), _to_unknown
    ),
]
