"""P7: another organization's id answers exactly like one that nobody has, on every route.

The routes are those that the service itself lists; one whose parameter is not known here fails.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.accounts.browsers import signed_in
from tests.contract.configs import export_config, import_config
from tests.contract.mails import a_mail
from tests.factories import FIELDS, FLOW, Site, Tenant, fetch
from tests.imports.sending import imported
from tests.imports.visiting import Visit
from transload.api import API

_REFERRING_TO_NOTHING = {
    "/audit/export",
    "/hub",
    "/data-type",
    "/flow",
    "/webhooks",
    "/session",
    "/user/password",
    "/role",
    "/token",
    "/organization",
}
_UNKNOWN_ID = "f" * 24
_LISTS = (
    "/hubs",
    "/data-types",
    "/tasks",
    "/flows",
    "/export-configs",
    "/import-configs",
    "/import-links",
)
_SOON = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d %H:%M:%S}"
_HUB = {"name": "Mine", "address": "", "lat": 0, "lng": 0}


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one of each thing, and the names that lead to it."""

    hub: str
    data_type: str
    type_name: str
    record: str
    data_id: str
    export: str
    import_: str
    file: str
    role: str = _UNKNOWN_ID
    flow: str = _UNKNOWN_ID
    flow_name: str = "No such flow"
    task: str = _UNKNOWN_ID
    export_config: str = _UNKNOWN_ID
    import_config: str = _UNKNOWN_ID
    webhook: str = _UNKNOWN_ID
    schedule: str = _UNKNOWN_ID
    token: str = "0" * 32
    mail: str = _UNKNOWN_ID
    session: str = _UNKNOWN_ID
    import_link: str = _UNKNOWN_ID
    user: str = _UNKNOWN_ID
    email: str = "nobody@example.com"

    def in_path(self, parameter: str, path: str) -> str:
        """Give what stands for a path's parameter."""
        day, _, name = self.file.partition("/")
        return {
            "hub_id": self.hub,
            "data_type_id": self.data_type,
            "data_type_name": self.type_name,
            "record_id": self.record,
            "data_id": self.data_id,
            "export_id": self.export,
            "import_id": self.import_,
            "link_id": self.import_link,
            "number": "1",
            "role_id": self.role,
            "flow_id": self.flow,
            "flow_name": self.flow_name,
            "task_id": self.task,
            "config_id": self.export_config if "export" in path else self.import_config,
            "session_id": self.session,
            "webhook_id": self.webhook,
            "schedule_id": self.schedule,
            "delivery_id": self.webhook,
            "token_id": self.token,
            "mail_id": self.mail,
            "user_id": self.user,
            "email": self.email,
            "day": day,
            "name": name,
        }[parameter]

    def in_query(self, parameter: str) -> str:
        """Give what stands for a query's parameter that refers to a thing."""
        return {
            "hubId": self.hub,
            "dataTypeId": self.data_type,
            "cursor": self.record,
            "roleId": self.role,
            "teamId": self.hub,
            "exportConfigId": self.export_config,
        }[parameter]

    def body(self, path: str) -> object:
        """Give a body that is right but for the things it refers to."""
        record = {"hubId": self.hub, "dataTypeId": self.data_type, "dataId": self.data_id}
        kind = path.removeprefix(API).split("/")[1]
        task = {"flow": self.flow_name, "hubId": self.hub, "_id": self.task, "assignee": []}
        if kind != "tasks" and path.endswith(("/bulk", "/bulk/upsert")):
            return {"data": [{**record, "_id": self.record}]}
        bodies: Mapping[str, object] = {
            "hub": _HUB,
            "data-type": {"name": "Mine", "fields": FIELDS},
            "data": record,
            "imports": {
                "cells": [{"row": 0, "field": "dataId", "value": "x"}],
                "field": "dataId",
                "reading": {"dayOrder": "dmy"},
                "sentence": "Not these.",
            },
            "import-links": {**record, "name": "Mine", "expiresTime": _SOON},
            "task": task,
            "tasks": {"tasks": [task], "flowId": self.flow},
            "flow": FLOW,
            "export-config": self._config(flowIds=[self.flow]),
            "import-config": self._config(referenceType="flow", referenceId=self.flow),
            "user": {"name": "Mine", "hubId": [self.hub]},
            "webhook": {"name": "Mine"},
            **dict.fromkeys(("export-schedule", "export-schedules"), self._schedule()),
            "role": {"name": "Mine", "permissionList": ["view/data"]},
        }
        assert kind in bodies, f"No body is known for {path}."
        return bodies[kind]

    def _schedule(self) -> dict[str, object]:
        return {
            "name": "Mine",
            "cron": "0 3 * * *",
            "reportType": "data",
            "export": {"download": "csv", "dataTypeId": self.data_type},
            "destination": {"kind": "webhook", "url": "https://hooks.invalid/"},
            "active": False,
        }

    def _config(self, **reference: object) -> dict[str, object]:
        return {"name": "Mine", "collection": "task", "fields": [], **reference}

    def hidden(self, text: str) -> str:
        """Give an answer's text without what names the thing."""
        for name in astuple(self):
            text = text.replace(name, "*")
        return text


_NOBODYS = Ids(
    hub=_UNKNOWN_ID,
    data_type=_UNKNOWN_ID,
    type_name="No such type",
    record=_UNKNOWN_ID,
    data_id="no-such-key",
    export=f"exp_{_UNKNOWN_ID}",
    import_=_UNKNOWN_ID,
    file="20200101/data_none_1.json",
)


@pytest.fixture
def victim(site: Site) -> Tenant:
    return Tenant.create(site)


@pytest.fixture
def theirs(victim: Tenant) -> Ids:
    hub, kind = victim.hub(), victim.data_type(name="Their secret type")
    (record,) = victim.add(kind, hub, [{"dataId": "their-key", "name": "Secret"}])
    answer = victim.export(download="json", dataTypeId=kind).json()
    link = answer["data"]["link"]
    assert b"Secret" in fetch(link)
    flow = victim.flow(name="Their secret flow")
    (task,) = victim.add_tasks("Their secret flow", hub, [{"title": "Secret"}])
    export_configs = victim.post("/export-config", export_config(victim, name="Their columns"))
    import_configs = victim.post("/import-config", import_config(victim, name="Their columns"))
    return Ids(
        hub=hub,
        data_type=kind,
        type_name="Their secret type",
        record=record,
        data_id="their-key",
        export=answer["data"]["exportId"],
        role=victim.role("view/data").id,
        mail=a_mail(victim),
        token=victim.post("/token", {}).json()["_id"],
        session=_session(victim),
        import_link=Visit.of(victim, dataTypeId=kind, hubId=hub).link_id,
        webhook=_webhook(victim),
        schedule=_schedule(victim),
        user=victim.user_id,
        email=victim.email,
        import_=imported(victim, b"Code\nx\n", dataTypeId=kind, hubId=hub).record["_id"],
        file=link.partition("/files/")[2].partition("?")[0],
        flow=flow,
        flow_name="Their secret flow",
        task=task,
        export_config=export_configs.json()["data"]["_id"],
        import_config=import_configs.json()["data"]["_id"],
    )


def test_another_organizations_id_is_like_an_unknown_one(
    site: Site, victim: Tenant, theirs: Ids, tenant: Tenant
) -> None:
    before = _everything(victim)
    references = list(_references(site.service.app.openapi()))

    seen = {str(one): one.send(tenant, theirs) for one in references}

    assert seen == {str(one): one.send(tenant, _NOBODYS) for one in references}
    refused = {place: status >= 400 for place, (status, _) in seen.items()}
    # A bulk answers item by item; a cursor is but a place in an order, whoever has it; a list of
    # users narrowed by what nobody has is empty, and so is one of imports: they outlive their type.
    answered = ("bulk", "cursor", "/users?", "import-monitoring?dataTypeId")
    assert all(refused[place] for place in seen if not any(one in place for one in answered))
    assert len(seen) >= 10
    assert _everything(victim) == before


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place of a route that takes ids: its path and body, or a parameter of its query."""

    method: str
    path: str
    in_path: tuple[str, ...] = ()
    in_query: str | None = None
    has_body: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}?{self.in_query or ''}"

    def send(self, tenant: Tenant, ids: Ids) -> tuple[int, str]:
        """Give the answer's status, and its text without the ids."""
        named = {} if self.in_query is None else {self.in_query: ids.in_query(self.in_query)}
        if self.path == f"{API}/imports":  # a form, whose texts may stand in the query
            named |= {name: ids.in_query(name) for name in ("hubId", "dataTypeId")}
        answer = tenant.site.http.request(
            self.method,
            self.path.format(**{name: ids.in_path(name, self.path) for name in self.in_path}),
            params={"download": "json", "lazyLoad": "1", **named},
            json=ids.body(self.path) if self.has_body else None,
            headers={"Authorization": f"Bearer {tenant.token}"},
        )
        return answer.status_code, ids.hidden(answer.text)


def _references(document: Mapping[str, Any]) -> Iterator[Reference]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = operation.get("parameters", [])
            in_path = tuple(one["name"] for one in parameters if one["in"] == "path")
            has_body = "requestBody" in operation
            refers = in_path or (has_body and path.removeprefix(API) not in _REFERRING_TO_NOTHING)
            if refers:
                yield Reference(method=method, path=path, in_path=in_path, has_body=has_body)
            for one in parameters:
                if one["in"] == "query" and "pattern" in one["schema"]:
                    yield Reference(method=method, path=path, in_query=one["name"])


def _webhook(user: Tenant) -> str:
    body = {"url": "https://hooks.invalid/", "events": ["import.ended"]}
    return str(user.post("/webhooks", body).json()["data"]["_id"])


def _schedule(user: Tenant) -> str:
    body = _NOBODYS.body("/export-schedule")
    assert isinstance(body, dict)
    answer = user.post("/export-schedules", {**body, "export": {"download": "csv"}})
    return str(answer.json()["data"]["_id"])


def _session(user: Tenant) -> str:
    return str(signed_in(user).send("GET", "/session").json()["data"]["session"]["_id"])


def _everything(tenant: Tenant) -> str:
    """Give all that the organization can export, and its lists."""
    records = tenant.file_directly(download="json", limit=1_000, sortOrder="asc").decode()
    lists = [tenant.get(path).json() for path in _LISTS]
    return records + json.dumps(lists)
