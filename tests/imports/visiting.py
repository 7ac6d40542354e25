"""An import link, and those who come by it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.factories import Tenant
from tests.imports.drafting import Draft

ROWS = b"Code,Name,Price\n1,A,5\n2,B,x\n"


def link_body(tenant: Tenant, **more: object) -> dict[str, object]:
    """Give a link to be, of a type and a hub that are made for it."""
    if not more.keys() & {"dataTypeId", "hubId"}:
        more |= {"dataTypeId": tenant.data_type(), "hubId": tenant.hub()}
    expires = tenant.site.clock.now() + timedelta(days=7)
    return {"name": "Suppliers", "expiresTime": expires.isoformat(sep=" "), **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A link, and whoever holds it."""

    link_id: str
    holder: Tenant

    @classmethod
    def of(cls, maker: Tenant, **more: object) -> "Visit":
        """Make a link, and have somebody come by it."""
        answer = maker.post("/import-links", link_body(maker, **more))
        assert answer.status_code == 201, answer.text
        made: Any = answer.json()["data"]
        return cls(link_id=made["_id"], holder=maker.with_token(made["secret"]))

    def begun(self, content: bytes = ROWS) -> Draft:
        """Begin an import; give it as its sender has it."""
        files = {"file": ("rows.csv", content)}
        answer = self.holder.request("POST", "/imports", files=files)
        assert answer.status_code == 201, answer.text
        data = answer.json()["data"]
        return Draft(tenant=self.holder.with_token(data["secret"]), id=data["_id"])

    def sent(self, content: bytes = ROWS) -> Draft:
        """Begin one, have it checked, and send it."""
        draft = self.begun(content)
        draft.checked()
        draft.data("POST", "send", {"name": "Mei Tan", "email": "Mei@supplier.example"})
        return draft
