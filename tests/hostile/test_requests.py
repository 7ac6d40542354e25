"""Requests that cost more than they are worth: refused early, in a short answer, at no one else's.

The routes are those that the service itself lists, so that a new one is held to all of this.
"""

import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from tests.factories import FIELDS, PATIENCE_SECONDS, Site, Tenant, anybody
from transload.accounts.model import Role

_MAX_ANSWER_BYTES = 64 << 10
_MAX_FAULTS = 20
_MIB = 1 << 20
_UNKNOWN_ID = "0" * 24
_DEEP = 6
_ANYBODYS = frozenset(
    {
        "sign_in",
        "set_password",
        "create_token",
    }
)
"""Operations with a body that need no permission, by name: each has the smallest bound."""
_GUESTS = frozenset({"send_draft"})
"""Operations with a body for who came by a link: no user may."""


def _with_body(site: Site) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Give each endpoint that takes a body: its method, a path to it, its description."""
    for path, operations in site.http.get("/openapi.json").json()["paths"].items():
        for method, described in operations.items():
            if "requestBody" in described:
                yield method.upper(), re.sub(r"\{\w+\}", _UNKNOWN_ID, path), described


def _head_alone(site: Site, token: str, method: str, path: str) -> bytes:
    """Send a request's head, none of its body; give the start of the answer."""
    url = urlsplit(str(site.http.base_url))
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 60000000\r\n\r\n"
    )
    with socket.create_connection((url.hostname, url.port), timeout=PATIENCE_SECONDS) as stream:
        stream.sendall(head.encode())
        stream.settimeout(10)
        try:
            return stream.recv(1 << 16)
        except TimeoutError:
            return b"It waits for the body."


def test_who_may_not_is_refused_before_the_body_is_read(tenant: Tenant) -> None:
    """P29."""
    lowest = tenant.user(Role.FIELD)
    waited_for = [
        (method, path)
        for method, path, described in _with_body(tenant.site)
        if described["operationId"] not in _ANYBODYS
        and not _head_alone(tenant.site, lowest.token, method, path).startswith(b"HTTP/1.1 403 ")
    ]
    assert waited_for == []


def test_body_is_refused_over_the_bound_of_its_route(tenant: Tenant) -> None:
    """P29."""
    for method, path, described in _with_body(tenant.site):
        if "x-max-body-bytes" not in described or described["operationId"] in _GUESTS:
            continue  # goes to the disk as it comes, and has tests of its own bound
        bound = described["x-max-body-bytes"]
        if described["operationId"] in _ANYBODYS:
            assert bound <= 64 << 10, path
        answer = tenant.request(
            method,
            path.removeprefix("/api/v3"),
            content=b'{"x":"' + b" " * bound + b'"}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 413, (method, path, answer.text[:200])


def test_every_list_in_a_body_has_a_length(tenant: Tenant) -> None:
    """P29: but for the items of bulk work, which are counted, and for values of fields."""
    document = tenant.site.http.get("/openapi.json").json()
    unbounded = []
    for method, path, described in _with_body(tenant.site):
        for content in described["requestBody"]["content"].values():
            for place, schema in _lists(document, content["schema"], ()):
                if "maxItems" not in schema:
                    unbounded.append((method, path, ".".join(place)))
    allowed = re.compile(
        r"default$|optionData$|limitUser$|assignee$|^data$|^tasks$|^data\.\w+$|^tasks\.\w+$"
    )
    assert {one for one in unbounded if not allowed.search(one[2])} == set()


def test_a_list_is_counted_before_its_items_are_looked_at(tenant: Tenant) -> None:
    """P29: each item that is wrong would be a fault to keep, however many there are."""
    document = tenant.site.http.get("/openapi.json").json()
    looked_at = []
    for method, path, described in _with_body(tenant.site):
        if described["operationId"] in _GUESTS:
            continue
        for content in described["requestBody"]["content"].values():
            for place, schema in _lists(document, content["schema"], ()):
                if len(place) > 1 or "maxItems" not in schema:
                    continue
                body = {place[0]: [0] * (schema["maxItems"] + 1)}
                answer = tenant.request(method, path.removeprefix("/api/v3"), json=body)
                fault = f"The {place[0]} field must have at most {schema['maxItems']} items."
                if fault not in answer.json()["message"]:
                    looked_at.append((method, path, answer.text[:300]))
    assert looked_at == []


def _lists(
    document: Mapping[str, Any], schema: Mapping[str, Any], place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Give the lists within a schema, and where they stand."""
    if len(place) > _DEEP:
        return  # a schema that holds itself
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "array":
        yield place, schema
        yield from _lists(document, schema.get("items", {}), place)
    for choice in schema.get("anyOf", []):
        yield from _lists(document, choice, place)
    for name, part in schema.get("properties", {}).items():
        yield from _lists(document, part, (*place, name))


@pytest.mark.parametrize(
    "fields",
    [
        [0] * 1_000_000,
        [{"id": "x" * 1_000, "type": "y" * 1_000}] * 1_000,
        [{"id": "ü" * 100_000, "type": "string"}] * 15,
        [{}] * 1_000,
    ],
    ids=["too many", "wrong", "long", "empty"],
)
def test_a_refusal_names_twenty_faults_at_most(tenant: Tenant, fields: list[object]) -> None:
    """P29."""
    body = {"name": "Outlets", "fields": fields}
    kind = tenant.data_type()
    for method, path in (
        ("POST", "/data-type"),
        ("PUT", f"/data-type/{kind}"),
        ("PATCH", f"/data-type/{kind}"),
    ):
        answer = tenant.request(method, path, content=orjson.dumps(body))
        assert answer.status_code == 400, answer.text[:500]
        assert len(answer.content) <= _MAX_ANSWER_BYTES
        assert answer.json()["message"].count(". ") <= _MAX_FAULTS + 2


def test_a_refused_record_names_twenty_faults_at_most(tenant: Tenant) -> None:
    """P29."""
    fields = [*FIELDS, *({"id": f"n{number}", "type": "number"} for number in range(900))]
    kind, hub = tenant.data_type(fields), tenant.hub()
    record = {f"n{number}": "x" * 1_000 for number in range(900)}
    answer = tenant.post("/data", {"dataTypeId": kind, "hubId": hub, "dataId": "1", **record})
    assert answer.status_code == 400
    assert "There are 880 more." in answer.json()["message"]
    assert len(answer.content) <= _MAX_ANSWER_BYTES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_body_is_utf_8_or_no_json(tenant: Tenant, encoding: str) -> None:
    """P29: in another encoding no value of it would have been counted."""
    body = orjson.dumps({"data": []}).decode().encode(encoding)
    answer = tenant.request("POST", "/data/bulk", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("The request's body is not valid JSON.")


@pytest.mark.parametrize("piece", [b"download=&", b"%41", b"a=b&", b";"])
def test_a_form_has_64_kib_at_most(tenant: Tenant, piece: bytes) -> None:
    """P29."""
    answer = tenant.request(
        "POST",
        "/data/export",
        content=piece * (8 * _MIB // len(piece)),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert answer.json()["message"] == "A request's body may have 64 KiB at most."


def test_a_list_as_text_is_bounded_before_it_is_split(tenant: Tenant) -> None:
    """P29."""
    kind, hub = tenant.data_type(), tenant.hub()
    record = {"dataTypeId": kind, "hubId": hub, "dataId": "1", "limitUser": "a," * _MIB}
    answer = tenant.post("/data/bulk", {"data": [record]})
    assert answer.json()["data"][0]["message"] == (
        "limitUser must be a list of up to 1000 e-mail addresses."
    )
    answer = tenant.post("/data/export", {"download": "json", "fields": "a," * 50_000})
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("The fields parameter must have at most 10000 items.")


@pytest.mark.parametrize(
    "filling", [b" " * (40 * _MIB), b"\t\n" * (10 * _MIB), b"[" * (4 * _MIB)], ids=len
)
def test_a_long_body_of_nothing_is_answered(tenant: Tenant, filling: bytes) -> None:
    """P29."""
    answer = tenant.request("POST", "/data/bulk", content=b'{"data":[' + filling + b"]}")
    assert answer.status_code in {201, 400, 413}


def test_one_value_of_a_body_is_bounded(tenant: Tenant) -> None:
    """P29: nothing as long as this is parsed in one go."""
    answer = tenant.post("/data/bulk", {"data": [{"name": "x" * (9 * _MIB)}]})
    assert answer.status_code == 413
    assert answer.json()["message"] == "One value of a request's body may have 8 MiB at most."


def test_a_flow_has_its_components_counted_before_they_are_checked(tenant: Tenant) -> None:
    """P29: its bound holds for all pages together."""
    page = {"id": "a", "components": [{"component": "bill", "id": ""}] * 1_000}
    answer = tenant.post("/flow", {"name": "Long", "pages": [page] * 2})
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("The pages field must hold 1000 components at most.")


@pytest.mark.parametrize("hosts", ["", "Host: a\r\nHost: b\r\n"])
def test_a_request_names_one_host(site: Site, hosts: str) -> None:
    """P21."""
    url = urlsplit(str(site.http.base_url))
    with socket.create_connection((url.hostname, url.port), timeout=PATIENCE_SECONDS) as stream:
        stream.sendall(f"GET /healthz HTTP/1.1\r\n{hosts}\r\n".encode())
        answer = stream.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"A request has one Host header.")


def test_http_1_0_needs_no_host(site: Site) -> None:
    url = urlsplit(str(site.http.base_url))
    with socket.create_connection((url.hostname, url.port), timeout=PATIENCE_SECONDS) as stream:
        stream.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert stream.recv(1 << 16).startswith(b"HTTP/1.1 200 ")


def test_a_query_as_long_as_a_head_is_answered(tenant: Tenant) -> None:
    """P29: what is shortest on the wire and longest as a list."""
    answer = anybody.get(
        f"{tenant.site.http.base_url}/api/v3/data?fields={'a,' * 20_000}",
        headers={"Authorization": f"Bearer {tenant.token}"},
        timeout=PATIENCE_SECONDS,
    )
    assert answer.status_code == 400
    assert len(answer.content) <= _MAX_ANSWER_BYTES
