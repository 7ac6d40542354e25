"""Every parameter of an export and of its log, and what is wrong with it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, refused
from tests.factories import Tenant, fetch
from transload.accounts.model import Role

_BAD = "Bad request - invalid parameters provided. "
_DIRECT = keys("status message total_data_be last_id last_field data")
_NO_ID = "must be an id of 24 hexadecimal digits."
_LOG = "/tasks/export-log"
_BAD_LIMIT = "Invalid limit parameter. Must be between 1 and 100."
_SYSTEM = ["_id", "dataTypeId", "hubId", "dataId"]


def _arranged(tenant: Tenant, number: int = 3) -> Mapping[str, str]:
    hub, kind = tenant.hub(), tenant.data_type()
    records = [{"dataId": f"{n:02}", "price": 100 - n if n else None} for n in range(number)]
    tenant.add(kind, hub, records)
    return {"hub": hub, "kind": kind}


def _asking(**query: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        return Sent(query={"download": "json", "dataTypeId": _arranged(tenant)["kind"], **query})

    return send


def _of(body: Mapping[str, Any], name: str) -> list[object]:
    return [record[name] for record in json.loads(fetch(body["data"]["link"]))]


def _direct(case: str, send: Send, holds: Callable[[Any], bool]) -> Case:
    return Case(
        method="POST",
        path="/data/export",
        case=case,
        status=200,
        keys=_DIRECT,
        message="Success",
        send=send,
        holds=holds,
    )


def _with(case: str, names: str, **query: object) -> Case:
    """Give the case of a direct export that has these records, in this order."""
    return _direct(case, _asking(**query), lambda body: _of(body, "dataId") == names.split())


def _refused(case: str, answer: tuple[int, str], send: Send) -> Case:
    return refused("POST", "/data/export", case, answer, send)


def _bad(name: str, value: object, fault: str) -> Case:
    message = f"{_BAD}The {name} parameter {fault}"
    return _refused(f"{name} {value}", (400, message), _asking(**{name: value}))


def _of_thirty_one(tenant: Tenant) -> Sent:
    _arranged(tenant, 31)
    return Sent(query={"download": "json"})


def _in_a_body(tenant: Tenant) -> Sent:
    ids = _arranged(tenant)
    body = {
        "download": "json",
        "dataTypeId": ids["kind"],
        "hubId": ids["hub"],
        "fields": ["price", "dataId"],
        "limit": 1,
        "page": "2",
        "sortBy": "dataId",
        "sortOrder": "asc",
    }
    return Sent(body=body)


def _in_a_form(tenant: Tenant) -> Sent:
    sent: Any = _in_a_body(tenant).body
    form = {name: str(value) for name, value in sent.items() if name != "fields"}
    return Sent(form={**form, "fields": "price,dataId", "limit": "x"}, query={"limit": 1})


def _is_second(body: Mapping[str, Any]) -> bool:
    return _of(body, "dataId") == ["01"] and body["last_field"] == "dataId"


def _of_an_unseen_hub(tenant: Tenant) -> Sent:
    hub = tenant.hub()
    return Sent(query={"download": "json", "hubId": hub}, by=tenant.user(Role.PLANNER))


def _is_of_a_file(body: Mapping[str, Any]) -> bool:
    data = body["data"]
    name = rf"/files/\d{{8}}/data_{data['organizationId']}_{data['time']}(_\d+)?\.json\?"
    return isinstance(data["time"], int) and re.search(name, data["link"]) is not None


def _after_two_exports(**query: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        kind = tenant.data_type(name="Shops")
        tenant.export(download="json", dataTypeId=kind)
        tenant.export(download="csv")
        return Sent(query=query)

    return send


def _logged(case: str, names: list[str], **query: object) -> Case:
    """Give the case of a query of the log that finds exports of these names, in this order."""

    def holds(body: Mapping[str, Any]) -> bool:
        found = [hit["_source"]["dataName"] for hit in body["data"]]
        return found == names

    return Case(
        method="GET",
        path=_LOG,
        case=case,
        status=200,
        keys=keys("status message total data params"),
        message="Success",
        send=_after_two_exports(**query),
        holds=holds,
    )


def _bad_log(name: str, value: object, message: str) -> Case:
    return Case(
        method="GET",
        path=_LOG,
        case=f"{name} {value}",
        status=400,
        keys=keys("status message data"),
        message=message,
        send=lambda _: Sent(query={name: value}),
        holds=lambda body: body["data"] == [],
    )


def _is_in_the_wires_form(body: Mapping[str, Any]) -> bool:
    [hit] = body["data"]
    source = hit["_source"]
    times = ("requestAt", "startedAt", "completedAt", "expiresAt")
    return all(
        (
            (hit["_index"], hit["_type"], hit["_score"]) == ("export", "_doc", 1),
            re.fullmatch("exp_[0-9a-f]{24}", hit["_id"]) is not None,
            (source["dataType"], source["dataName"]) == ("data", "All data types"),
            (source["status"], source["progress"], source["fileType"]) == ("Done", 100, "csv"),
            all(
                re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00", source[name])
                for name in times
            ),
            (body["params"]["from"], body["params"]["size"]) == (0, 1),
            body["params"]["sort"] == [{"requestAt": {"order": "desc"}}],
            [list(one) for one in body["params"]["query"]["bool"]["must"]]
            == [["term"], ["term"], ["range"]],
        )
    )


_ALL = "All data types"
EXPORT_PARAMETERS = [
    _direct(
        "thirty by default, and not in silence",
        _of_thirty_one,
        lambda body: (
            (body["total_data_be"], body["data"]["totalMatched"], body["data"]["truncated"])
            == (30, 31, True)
        ),
    ),
    _direct(
        "of nothing",
        lambda _: Sent(query={"download": "json"}),
        lambda body: (
            (body["total_data_be"], body["last_id"], body["last_field"]) == (0, None, "dataId")
            and body["data"]["truncated"] is False
        ),
    ),
    _direct("a link to the file", _asking(), _is_of_a_file),
    _direct(
        "of all types, with the system's fields first",
        lambda tenant: Sent(query={"download": "json"} if _arranged(tenant) else {}),
        lambda body: list(json.loads(fetch(body["data"]["link"]))[0])[:4] == _SYSTEM,
    ),
    _direct("parameters in a JSON body", _in_a_body, _is_second),
    _direct("parameters in a form, of which the query wins", _in_a_form, _is_second),
    _with("the newest first", "02 01 00"),
    _with("a page", "00", page=3, limit=1),
    _with("by numbers, missing values last", "02 01 00", sortBy="price", sortOrder="asc"),
    _with("by numbers, falling", "01 02 00", sortBy="price", sortOrder="desc"),
    _with("the most that there may be", "02 01 00", limit=1_000_000),
    _with("a list with blanks", "02 01 00", fields=" dataId ,,_id"),
    _with("a boolean in another spelling", "02 01 00", background="FALSE"),
    _bad("background", "maybe", "must be true or false."),
    _bad("fields", "dataId,colour", "names what is no field: colour."),
    _bad("hubId", "x", _NO_ID),
    _bad("dataTypeId", "x", _NO_ID),
    _bad("page", 0, "must be at least 1."),
    _bad("limit", 0, "must be at least 1."),
    _bad("limit", "all", "must be a whole number."),
    _bad("sortBy", "colour", "names what is no field: colour."),
    _bad("sortOrder", "up", "must be 'asc' or 'desc'."),
    _refused(
        "of a hub that the user does not see",
        (403, "You do not have permission to export data"),
        _of_an_unseen_hub,
    ),
    _logged("the newest first", [_ALL, "Shops"]),
    _logged("the oldest first", ["Shops", _ALL], sortOrder="asc"),
    _logged("by name", [_ALL, "Shops"], sortBy="dataName", sortOrder="asc"),
    _logged("by the time of completion", [_ALL, "Shops"], sortBy="completedAt"),
    _logged("by status", [_ALL, "Shops"], sortBy="status"),
    _logged("by kind", [_ALL, "Shops"], sortBy="dataType"),
    _logged("a page", ["Shops"], limit=1, page=2),
    _logged("of a name", ["Shops"], dataName="Shops"),
    _logged("of a kind", [_ALL, "Shops"], dataType="data"),
    *(
        _logged(f"of the kind {kind}", [], dataType=kind)
        for kind in ("task", "vehicle", "driver", "route")
    ),
    _logged("that are done", [_ALL, "Shops"], status="Done"),
    *(_logged(f"that are {status}", [], status=status) for status in ("Processing", "Failed")),
    Case(
        method="GET",
        path=_LOG,
        case="a hit in the wire's form",
        status=200,
        keys=keys("status message total data params"),
        message="Success",
        send=_after_two_exports(limit=1),
        holds=lambda body: body["total"] == 2 and _is_in_the_wires_form(body),
    ),
    *(_bad_log("limit", value, _BAD_LIMIT) for value in (0, -1, 1_000, "x")),
    _bad_log("page", 0, f"{_BAD}The page parameter must be at least 1."),
    _bad_log("sortOrder", "up", f"{_BAD}The sortOrder parameter must be 'asc' or 'desc'."),
    _bad_log(
        "sortBy",
        "email",
        f"{_BAD}The sortBy parameter must be 'requestAt', 'status', 'dataType', 'dataName'"
        " or 'completedAt'.",
    ),
    _bad_log(
        "status", "Ended", f"{_BAD}The status parameter must be 'Processing', 'Done' or 'Failed'."
    ),
    _bad_log(
        "dataType",
        "records",
        (
            f"{_BAD}The dataType parameter must be 'task', 'data', 'vehicle', 'driver', 'route',"
            " 'data_removed' or 'task_removed'."
        ),
    ),
]
