"""The API's shapes, one line a case, to be held against the contract."""

import re

import pytest

from tests.contract.cases import Case, body_of
from tests.contract.configs import CONFIGS
from tests.contract.conventions import CONVENTIONS
from tests.contract.data_type_fields import DATA_TYPE_FIELDS
from tests.contract.data_types import DATA_TYPES
from tests.contract.drafts import DRAFTS
from tests.contract.export_parameters import EXPORT_PARAMETERS
from tests.contract.exports import EXPORTS
from tests.contract.flows import FLOWS
from tests.contract.hubs import HUBS
from tests.contract.import_links import IMPORT_LINKS
from tests.contract.imports import IMPORTS
from tests.contract.mails import MAILS
from tests.contract.organizations import ORGANIZATIONS
from tests.contract.people import PEOPLE
from tests.contract.record_faults import RECORD_FAULTS
from tests.contract.record_lists import RECORD_LISTS
from tests.contract.records import RECORDS
from tests.contract.roles import ROLES
from tests.contract.schedules import SCHEDULES
from tests.contract.task_exports import TASK_EXPORTS
from tests.contract.tasks import TASKS
from tests.contract.users import USERS
from tests.contract.webhooks import WEBHOOKS
from tests.factories import Site, Tenant
from transload.api import API

ROUTES: list[Case] = [
    *CONFIGS,
    *DATA_TYPES,
    *DATA_TYPE_FIELDS,
    *EXPORTS,
    *EXPORT_PARAMETERS,
    *FLOWS,
    *HUBS,
    *MAILS,
    *ORGANIZATIONS,
    *PEOPLE,
    *DRAFTS,
    *IMPORTS,
    *IMPORT_LINKS,
    *RECORDS,
    *RECORD_FAULTS,
    *RECORD_LISTS,
    *ROLES,
    *SCHEDULES,
    *TASKS,
    *TASK_EXPORTS,
    *USERS,
    *WEBHOOKS,
]
CASES = [*CONVENTIONS, *ROUTES]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_answer_is_what_the_contract_says(case: Case, tenant: Tenant) -> None:
    sent = case.send(tenant)
    sender = sent.by or tenant

    answer = sender.request(case.method, case.path.format(**sent.ids), **sent.request())

    assert answer.status_code == case.status, answer.text
    assert case.headers.items() <= answer.headers.items()
    body = body_of(answer)
    if case.keys is not None:
        assert body.keys() == case.keys
        assert body.get("message") == case.message
    if case.holds is not None:
        assert case.holds(body), body


def test_every_route_of_the_api_has_a_case_that_succeeds_and_one_that_does_not(site: Site) -> None:
    served = {
        (method.upper(), _shape(path.removeprefix(API)))
        for path, operations in site.service.app.openapi()["paths"].items()
        for method in operations
        if path.startswith(API)
    }
    succeeding = {(case.method, _shape(case.path)) for case in ROUTES if case.status < 300}
    refused = {(case.method, _shape(case.path)) for case in ROUTES if case.status >= 400}
    assert served == succeeding
    assert served == refused


def _shape(path: str) -> str:
    """Give a path whose parameters have no names."""
    return re.sub(r"{\w+}", "{}", path)
