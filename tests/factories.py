"""Arranges what tests need: a site, tenants in it, their types and records."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from transload.accounts.model import Role
from transload.accounts.run import create_organization, create_user
from transload.app import Service, running_service
from transload.clock import Clock
from transload.server import bound_socket, serving
from transload.settings import Settings

FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
    {"id": "name", "title": "Name", "type": "string"},
    {"id": "address", "title": "Address", "type": "string"},
    {"id": "price", "title": "Price", "type": "number"},
    {"id": "active", "title": "Active", "type": "boolean"},
    {"id": "opened", "title": "Opened", "type": "date"},
    {"id": "visited", "title": "Visited", "type": "dateTime"},
    {"id": "tags", "title": "Tags", "type": "list"},
]
FLOW: Mapping[str, object] = {
    "name": "Delivery",
    "pages": [
        {
            "id": "page1",
            "enabled": True,
            "components": [
                {"id": "outlet", "component": "input", "title": "Outlet", "inputType": "string"},
                {"id": "amount", "component": "input", "title": "Amount", "inputType": "number"},
                {"id": "due", "component": "input", "title": "Due", "inputType": "date"},
                {
                    "id": "state",
                    "component": "select",
                    "title": "State",
                    "options": ["good", "bad"],
                },
                {"id": "photo", "component": "photo", "title": "Photo", "costs": {"kept": [1]}},
            ],
        },
        {
            "id": "page2",
            "components": [
                {
                    "id": "goods",
                    "component": "bill",
                    "title": "Goods",
                    "masterCosts": [{"name": "Delivery"}, {"name": "Discount"}],
                },
                {"id": "boxes", "component": "list", "title": "Boxes", "visible": False},
            ],
        },
    ],
    "configurations": [{"id": "startTime", "adjustment": 30}],
    "isDefault": False,
    "orderIndex": 3,
}
PATIENCE_SECONDS = 60
_FIRST_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.1
_numbers = count(1)
_Found = TypeVar("_Found")

# A client by itself reads anew which authorities this machine trusts, which takes 20 ms.
TRUSTED = httpx.create_ssl_context()
# Sends requests as anybody with a link makes them, without a token. Its connections are not kept: a
# service that is begun anew has its old address.
anybody = httpx.Client(
    timeout=PATIENCE_SECONDS, verify=TRUSTED, limits=httpx.Limits(max_keepalive_connections=0)
)


class MovableClock(Clock):
    """The machine's clock, moved by as much as a test says, or stopped."""

    def __init__(self) -> None:
        self._shift = timedelta()
        self._stopped: datetime | None = None

    def now(self) -> datetime:
        return (self._stopped or datetime.now(UTC)) + self._shift

    def move(self, shift: timedelta) -> None:
        self._shift += shift

    def stop(self) -> None:
        self._stopped = datetime.now(UTC)

    def reset(self) -> None:
        self._shift, self._stopped = timedelta(), None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running service and where it is reached."""

    service: Service
    clock: MovableClock
    http: httpx.Client

    @classmethod
    @contextmanager
    def serving(
        cls, settings: Settings, *, is_worker: bool = True, port: int = 0
    ) -> "Iterator[Site]":
        """Serve in this process, over real HTTP; port 0: any that is free.

        Of workers there is one a process, and the site that all tests share may have it.
        """
        clock = MovableClock()
        with (
            running_service(settings, clock, is_worker=is_worker) as service,
            bound_socket("127.0.0.1", port) as listener,
            serving(service, listener) as url,
            httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, verify=TRUSTED) as http,
        ):
            yield cls(service=service, clock=clock, http=http)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An organization, seen through one of its users' tokens."""

    site: Site
    organization_id: str
    user_id: str
    email: str
    token: str

    @classmethod
    def create(cls, site: Site) -> "Tenant":
        name = f"Org {uuid4().hex}"
        organization = create_organization(site.service.accounts.database, name, site.clock.now())
        return cls._user(site, organization.id, Role.OWNER, ())

    def user(self, role: Role, hub_ids: Iterable[str] = ()) -> "Tenant":
        """Give the same organization through a new user."""
        return self._user(self.site, self.organization_id, role, hub_ids)

    @classmethod
    def _user(
        cls, site: Site, organization_id: str, role: Role, hub_ids: Iterable[str]
    ) -> "Tenant":
        accounts, now = site.service.accounts, site.clock.now()
        user = create_user(
            accounts.database,
            organization_id=organization_id,
            email=f"user{next(_numbers)}-{uuid4().hex[:8]}@example.com",
            role=role,
            hub_ids=hub_ids,
            now=now,
        )
        token = accounts.create_token(
            email=user.email, name="test", lifetime=timedelta(days=100), now=now
        )
        return cls(
            site=site,
            organization_id=organization_id,
            user_id=user.user_id,
            email=user.email,
            token=token,
        )

    def role(self, *permissions: str, **more: object) -> Role:
        """Make a role of the organization's own."""
        name = f"Role {next(_numbers)}"
        body = {"name": name, "permissionList": permissions, **more}
        answer = self.post("/role", body)
        assert answer.status_code == 201, answer.text
        role_id = str(answer.json()["data"]["_id"])
        return Role(id=role_id, key=role_id, name=name, permissions=frozenset())

    def with_token(self, token: str) -> "Tenant":
        """Give the same user, calling with another token."""
        return replace(self, token=token)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
        """Send a request below /api/v3 with the user's token."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.site.http.request(method, f"/api/v3{path}", headers=headers, **more)

    def get(self, path: str, **query: object) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", path, params=_wire(query))

    def post(self, path: str, body: object = None, **query: object) -> httpx.Response:
        """Send a POST with a JSON body, or with none."""
        return self.request("POST", path, params=_wire(query), json=body)

    def hub(self, name: str = "") -> str:
        """Create a hub; give its id."""
        body = {"name": name or f"Hub {next(_numbers)}", "address": "", "lat": -6, "lng": "106.8"}
        answer = self.post("/hub", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["_id"])

    def data_type(
        self,
        fields: Sequence[Mapping[str, object]] = FIELDS,
        *,
        name: str = "",
        common: bool = False,
        limited: bool = False,
    ) -> str:
        """Create a data type; give its id."""
        body = {
            "name": name or f"Type {next(_numbers)}",
            "fields": fields,
            "commonData": common,
            "limitUser": limited,
        }
        answer = self.post("/data-type", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data_type"]["_id"])

    def flow(self, flow: Mapping[str, object] = FLOW, *, name: str = "") -> str:
        """Create a flow; give its id."""
        answer = self.post("/flow", {**flow, "name": name or f"Flow {next(_numbers)}"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["flow"]["_id"])

    def add(
        self, data_type_id: str, hub_id: str | None, records: Iterable[Mapping[str, object]]
    ) -> list[str]:
        """Add records, 2,000 a request; give their ids."""
        items = [{"dataTypeId": data_type_id, "hubId": hub_id, **record} for record in records]
        ids: list[str] = []
        for start in range(0, len(items), 2_000):
            answer = self.post("/data/bulk", {"data": items[start : start + 2_000]})
            assert answer.status_code == 201, answer.text
            assert answer.json()["failed"] == 0, answer.json()
            ids += [item["_id"] for item in answer.json()["data"]]
        return ids

    def add_tasks(self, flow: str, hub_id: str, tasks: Iterable[Mapping[str, object]]) -> list[str]:
        """Add tasks of the flow of that name, 2,000 a request; give their ids."""
        items = [{"flow": flow, "hubId": hub_id, **task} for task in tasks]
        ids: list[str] = []
        for start in range(0, len(items), 2_000):
            answer = self.post("/tasks/bulk", {"tasks": items[start : start + 2_000]})
            assert answer.status_code == 201, answer.text
            assert answer.json()["failed"] == 0, answer.json()
            ids += [item["_id"] for item in answer.json()["tasks"]]
        return ids

    def export(self, **query: object) -> httpx.Response:
        """Ask for an export."""
        return self.post("/data/export", **query)

    def log_entry(self, export_id: str) -> dict[str, Any]:
        """Give the log's `_source` of an export."""
        hits = self.get("/tasks/export-log", limit=100).json()["data"]
        found: dict[str, Any] = next(hit["_source"] for hit in hits if hit["_id"] == export_id)
        return found

    def finished(self, export_id: str) -> dict[str, Any]:
        """Wait until a background export has ended; give its log entry."""
        return awaited(
            lambda: self.log_entry(export_id), lambda entry: entry["status"] != "Processing"
        )

    def file_directly(self, **query: object) -> bytes:
        """Export directly; give the file's bytes."""
        answer = self.export(**query)
        assert answer.status_code == 200, answer.text
        return fetch(answer.json()["data"]["link"])

    def file_in_background(self, **query: object) -> bytes:
        """Export in the background; give the file's bytes."""
        answer = self.export(background=True, **query)
        assert answer.status_code == 200, answer.text
        entry = self.finished(answer.json()["data"]["exportId"])
        assert entry["status"] == "Done", entry
        return fetch(entry["fileUrl"])


def awaited(look: Callable[[], _Found], is_it: Callable[[_Found], object] = bool) -> _Found:
    """Look until what is found is what a test waits for, ever more seldom; give it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause_seconds = _FIRST_PAUSE_SECONDS
    while not is_it(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(pause_seconds)
        pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)
    return found


def fetch(link: str) -> bytes:
    """Fetch a link without a token, as anybody could."""
    answer = anybody.get(link)
    assert answer.status_code == 200, answer.text
    return answer.content


def _wire(query: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
    }
