"""Pages of large documents: counted before they are read, in memory that all requests share."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.factories import Site, Tenant
from tests.hostile.heavy import heavy_records, heavy_tasks
from transload.accounts.model import Role

_MANY = 66
_SENTENCE = (
    "The page's items have more than 64 MiB together: ask for a smaller limit, or for some "
    "fields of them."
)


@pytest.fixture(scope="module")
def heavy(site: Site) -> Tenant:
    """An organization with 66 records and 66 tasks of nearly 1 MiB."""
    tenant = Tenant.create(site)
    heavy_records(tenant, _MANY)
    heavy_tasks(tenant, _MANY)
    return tenant


@pytest.mark.parametrize("path", ["/data", "/tasks"])
@pytest.mark.parametrize("more", [{}, {"sortBy": "updatedTime"}], ids=["in order", "sorted"])
def test_a_page_of_more_than_64_mib_is_refused(
    heavy: Tenant, path: str, more: dict[str, str]
) -> None:
    """P29."""
    answer = heavy.get(path, limit=_MANY, **more)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(_SENTENCE)
    assert heavy.get(path, limit=5, **more).status_code == 200


@pytest.mark.parametrize(("path", "named"), [("/data", "dataId,price"), ("/tasks", "flow,amount")])
def test_fields_count_what_a_page_takes(heavy: Tenant, path: str, named: str) -> None:
    """P29: whole documents of the same page are too much."""
    answer = heavy.get(path, limit=_MANY, fields=named)
    assert answer.status_code == 200
    assert len(answer.content) < 64 << 10
    items = answer.json()["data" if path == "/data" else "tasks"]["data"]
    assert len(items) == _MANY
    large = {"/data": "name", "/tasks": "outlet"}[path]
    answer = heavy.get(path, limit=_MANY, fields=large)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(_SENTENCE)


def test_pages_share_the_memory_of_a_process(heavy: Tenant) -> None:
    """P29: an organization has half of it, and is told when to come again."""

    def page(_number: int) -> httpx.Response:
        return heavy.get("/data", limit=60)

    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(page, range(8)))
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert any(answer.status_code == 200 for answer in answers)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert all(answer.headers["Retry-After"] for answer in refused)
    assert heavy.get("/data", limit=60).status_code == 200


def test_ten_thousand_records_are_a_page(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    ids = tenant.add(kind, hub, ({"dataId": str(number)} for number in range(2_500)))
    for more in ({}, {"sortBy": "dataId"}, {"filter": '[{"field":"name","operator":"isEmpty"}]'}):
        answer = tenant.get("/data", limit=10_000, sortOrder="asc", **more)
        assert answer.status_code == 200, answer.text
        assert {one["_id"] for one in answer.json()["data"]["data"]} == set(ids)
    assert tenant.get("/data", limit=10_001).status_code == 400


def test_a_field_user_costs_no_more(heavy: Tenant) -> None:
    """P29: who sees none of a hub's records is told so, whatever they weigh."""
    answer = heavy.user(Role.FIELD).get("/data", limit=1_000)
    assert answer.status_code == 200
    assert answer.json()["data"]["total"] == 0


def test_a_part_of_many_letters_is_looked_for_in_long_addresses(tenant: Tenant) -> None:
    """P29: in any case, each letter as it is."""
    for number in range(20):
        body = {"name": f"H{number}", "address": "a" * 10_000, "lat": 0, "lng": 0}
        assert tenant.post("/hub", body).status_code == 200
    body = {"name": "Échoppe", "address": f"{'a' * 9_000}%_", "lat": 0, "lng": 0}
    assert tenant.post("/hub", body).status_code == 200
    assert tenant.get("/hubs", q=f"{'A' * 253}b").json()["data"] == []
    for part in (f"{'A' * 252}%_", "CHOPP"):
        assert [one["name"] for one in tenant.get("/hubs", q=part).json()["data"]] == ["Échoppe"]
