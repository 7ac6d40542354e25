"""Who may call what: one table, held against every route that the service lists, role by role.

A request names things that are not there. Whoever may do it is told so, or what is wrong with it;
whoever may not is refused with 403 before anything else is looked at.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

import pytest

from tests.endpoints import endpoints
from tests.factories import FIELDS, FLOW, Site, Tenant
from transload.accounts.model import BUILT_IN_ROLES, Permission, Role

_ANYBODY = frozenset[Permission]()
_ADMINS = "admins"
_ID = "0" * 24
_P = Permission
_EXPORTERS = {_P.EXPORT_DATA, _P.EXPORT_TASK, _P.VIEW_LOG}
_IMPORTERS = {_P.IMPORT_DATA, _P.IMPORT_TASK}

Rule = frozenset[Permission] | set[Permission] | Permission | str
"""A permission; a set of which one is enough, anybody where it is empty; or admins alone."""

_TABLE: Mapping[str, Rule] = {
    "GET /session": _ANYBODY,
    "DELETE /session": _ANYBODY,
    "GET /sessions": _ANYBODY,
    "DELETE /session/*": _ANYBODY,
    "PUT /user/password": _ANYBODY,
    "GET /user": _ANYBODY,
    "GET /organization": _ANYBODY,
    "PATCH /organization": _ADMINS,
    "POST /user": _P.ADD_USER,
    "GET /users": _P.VIEW_USER,
    "GET /user/email/*": _P.VIEW_USER,
    "GET /user/*": _P.VIEW_USER,
    "PATCH /user/*": _P.EDIT_USER,
    "DELETE /user/*": _P.DELETE_USER,
    "POST /user/*/invitation": _P.ADD_USER,
    "GET /roles": _P.VIEW_ROLE,
    "GET /role/*": _P.VIEW_ROLE,
    "POST /role": _P.CREATE_ROLE,
    "PUT /role/*": _P.EDIT_ROLE,
    "DELETE /role/*": _P.DELETE_ROLE,
    "GET /tokens": _ANYBODY,
    "POST /token": _ANYBODY,
    "DELETE /token/*": _ANYBODY,
    "GET /audit": _ADMINS,
    "GET /audit/export": _ADMINS,
    "POST /audit/export": _ADMINS,
    "GET /mails": _ADMINS,
    "GET /status": _ADMINS,
    "POST /mail/*/retry": _ADMINS,
    "GET /webhooks": _P.EDIT_WEBHOOK,
    "POST /webhooks": _P.EDIT_WEBHOOK,
    "GET /webhook/*": _P.EDIT_WEBHOOK,
    "PATCH /webhook/*": _P.EDIT_WEBHOOK,
    "DELETE /webhook/*": _P.EDIT_WEBHOOK,
    "POST /webhook/*/test": _P.EDIT_WEBHOOK,
    "GET /webhook/*/deliveries": _P.EDIT_WEBHOOK,
    "POST /webhook/*/deliveries/*/retry": _P.EDIT_WEBHOOK,
    "GET /hubs": _P.VIEW_HUB,
    "GET /hub/*": _P.VIEW_HUB,
    "POST /hub": _P.ADD_HUB,
    "PUT /hub/*": _P.EDIT_HUB,
    "DELETE /hub/*": _P.DELETE_HUB,
    "GET /data-types": _P.VIEW_DATA_TYPE,
    "GET /data-type/*": _P.VIEW_DATA_TYPE,
    "POST /data-type": _P.ADD_DATA_TYPE,
    "PUT /data-type/*": _P.EDIT_DATA_TYPE,
    "PATCH /data-type/*": _P.EDIT_DATA_TYPE,
    "POST /data-type/*/misfits": _P.EDIT_DATA_TYPE,
    "DELETE /data-type/*": _P.DELETE_DATA_TYPE,
    "GET /data": _P.VIEW_DATA,
    "POST /data": _P.ADD_DATA,
    "GET /data/*": _P.VIEW_DATA,
    "PUT /data/*": _P.EDIT_DATA,
    "PATCH /data/*": _P.EDIT_DATA,
    "DELETE /data/*": _P.DELETE_DATA,
    "POST /data/bulk": _P.ADD_DATA,
    "POST /data/bulk/upsert": _P.EDIT_DATA,
    "PATCH /datas/bulk": _P.EDIT_DATA,
    "DELETE /datas/bulk": _P.DELETE_DATA,
    "GET /data/type/*/*": _P.VIEW_DATA,
    "GET /data/hub/*/type/*/*": _P.VIEW_DATA,
    "PUT /data/hub/*/type/*/*": _P.EDIT_DATA,
    "DELETE /data/hub/*/type/*/*": _P.DELETE_DATA,
    "POST /data/export": _P.EXPORT_DATA,
    "GET /flows": _P.VIEW_FLOW,
    "GET /flow/*": _P.VIEW_FLOW,
    "POST /flow": _P.ADD_FLOW,
    "PUT /flow/*": _P.EDIT_FLOW,
    "DELETE /flow/*": _P.DELETE_FLOW,
    "GET /flow/*/fields": _P.VIEW_FLOW,
    "GET /flow/*/task": _P.VIEW_FLOW,
    "GET /flow-components": _P.VIEW_FLOW,
    "GET /tasks": _P.VIEW_TASK,
    "GET /task/*": _P.VIEW_TASK,
    "POST /task": _P.ADD_TASK,
    "PUT /task/*": _P.EDIT_TASK,
    "PATCH /task/*": _P.EDIT_TASK,
    "DELETE /task/*": _P.DELETE_TASK,
    "POST /tasks/bulk": _P.ADD_TASK,
    "PUT /tasks/bulk": _P.EDIT_TASK,
    "PATCH /tasks/bulk": _P.EDIT_TASK,
    "DELETE /tasks/bulk": _P.DELETE_TASK,
    "PUT /task/*/move": _P.MOVE_TASK,
    "PUT /task/*/assign": _P.ASSIGN_TASK,
    "PUT /tasks/bulk/move": _P.MOVE_TASK,
    "PUT /tasks/bulk/assign": _P.ASSIGN_TASK,
}
_TASKS = {"tasks": [{"_id": _ID, "flow": "x", "hubId": _ID, "assignee": []}]}
_BODIES: Mapping[str, object] = {
    "POST /user": {"email": "x@x.example", "roleId": _ID},
    "POST /role": {"name": "x", "permissionList": []},
    "PUT /role/*": {"name": "x", "permissionList": []},
    "PATCH /organization": {"name": f"Renamed {secrets.token_hex(8)}"},
    "POST /webhooks": {"url": "https://hooks.invalid/", "events": ["export.ended"]},
    "POST /hub": {"name": "Mine", "address": "", "lat": 0, "lng": 0},
    "PUT /hub/*": {"name": "Mine", "address": "", "lat": 0, "lng": 0},
    "POST /data-type": {"name": "Mine", "fields": FIELDS},
    "PUT /data-type/*": {"name": "Mine", "fields": FIELDS},
    **dict.fromkeys((key for key in _TABLE if "/tasks/bulk" in key), _TASKS),
    "POST /flow": FLOW,
    "PUT /flow/*": FLOW,
}
_OTHERS = ("export", "import")
"""Where what one sees is one's own, and others' by `view/log`: held by the tests of their rooms."""


def _key(method: str, path: str) -> str:
    return f"{method} {path.removeprefix('/api/v3').replace(_ID, '*')}"


def _is_elsewhere(key: str) -> bool:
    return key in {"POST /session", "GET /session/ways"} or (
        any(word in key for word in _OTHERS)
        and key not in {"POST /data/export", "GET /audit/export", "POST /audit/export"}
    )


def test_table_names_every_route(site: Site) -> None:
    served = {_key(method, path) for method, path in endpoints(site)}
    assert {key for key in served if not _is_elsewhere(key)} == {*_TABLE}


def _roles(tenant: Tenant) -> dict[str, tuple[Tenant, Role]]:
    """Give a user of each built-in role, one who may nothing, and one who may all but admin."""
    nothing, all_but = tenant.role(), tenant.role(*Permission)
    found = {key: (tenant.user(role), role) for key, role in BUILT_IN_ROLES.items()}
    found["nothing"] = (tenant.user(nothing), nothing)
    found["everything"] = (
        tenant.user(all_but),
        Role(id=all_but.id, key=all_but.id, name=all_but.name, permissions=frozenset(Permission)),
    )
    return found


def _allows(role: Role, rule: Rule) -> bool:
    if isinstance(rule, Permission):
        return rule in role.permissions
    if isinstance(rule, str):
        return role.is_admin
    return not rule or bool(rule & role.permissions)


@pytest.mark.parametrize("who", [*BUILT_IN_ROLES, "nothing", "everything"])
def test_each_role_may_what_the_table_says_and_nothing_else(tenant: Tenant, who: str) -> None:
    user, role = _roles(tenant)[who]
    wrong: dict[str, Any] = {}
    for method, path in endpoints(tenant.site):
        key = _key(method, path)
        if _is_elsewhere(key):
            continue
        answer = user.request(
            method,
            path.removeprefix("/api/v3"),
            json=_BODIES.get(key, {}) if method != "GET" else None,
            params={"download": "json"} if "export" in key else {},
        )
        is_allowed = answer.status_code not in {401, 403} and answer.status_code < 500
        is_refused = answer.status_code == 403
        expected = _allows(role, _TABLE[key])
        if not (is_allowed if expected else is_refused):
            wrong[key] = (expected, answer.status_code, answer.text[:100])
    assert wrong == {}, json.dumps(wrong, indent=1)
