"""A draft, seen by the one who works at it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.factories import Tenant, awaited
from tests.unserved import UnservedQueue
from transload.accounts import store as accounts
from transload.imports import store
from transload.imports.model import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An import that waits between its steps."""

    tenant: Tenant
    id: str

    @classmethod
    def create(
        cls, tenant: Tenant, content: bytes, filename: str = "rows.csv", **fields: str
    ) -> "Draft":
        """Begin one with a file."""
        answer = tenant.request(
            "POST", "/imports", files={"file": (filename, content)}, data=fields
        )
        assert answer.status_code == 201, answer.text
        return cls(tenant=tenant, id=answer.json()["data"]["_id"])

    def call(
        self, method: str, step: str = "", body: object = None, **query: object
    ) -> httpx.Response:
        """Send a request about it."""
        path = f"/imports/{self.id}{step and '/'}{step}"
        more: dict[str, Any] = {} if body is None else {"json": body}
        params: Any = dict(query)
        return self.tenant.request(method, path, params=params, **more)

    def data(
        self, method: str = "GET", step: str = "", body: object = None, **query: object
    ) -> Any:  # noqa: ANN401 - an answer's JSON
        """Send one that succeeds; give its data."""
        answer = self.call(method, step, body, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def settled(self) -> Any:  # noqa: ANN401 - likewise
        """Wait until no step is under way; give the draft."""
        return awaited(
            self.data, lambda found: found["job"] is None or found["job"]["status"] != "running"
        )

    def checked(self) -> Any:  # noqa: ANN401 - likewise
        """Have all rows checked; give the draft."""
        self.data("POST", "check")
        found = self.settled()
        assert found["isChecked"], found
        return found

    def committed(self, **body: object) -> Any:  # noqa: ANN401 - likewise
        """Commit it; give it as it is at its end."""
        self.data("POST", "commit", dict(body))
        return self.settled()

    def begun(self, step: Step, **values: object) -> str:
        """Begin a step whose worker is the test; give the id of its job."""
        tenant = self.tenant
        imports = tenant.site.service.imports
        with imports.database.write() as connection:
            actor = accounts.find_user(connection, tenant.organization_id, tenant.user_id)
            one = store.find(connection, tenant.organization_id, self.id)
            assert actor is not None
            assert one is not None
            job = imports.new_job(actor, one, step)
            store.change(connection, one, tenant.site.clock.now(), job_id=job.id, **values)
            imports.enqueue(connection, UnservedQueue(), one, job)
        return job.id

    def rows(self, **query: object) -> list[Any]:
        """Give some of its rows."""
        found: list[Any] = self.data("GET", "rows", **query)["rows"]
        return found
