"""Changes of types that have records, on both stores."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from time import sleep

import pytest
from sqlalchemy import Connection

from tests.factories import Tenant
from tests.formats.workbooks import read_by_calamine
from tests.records.changes import KEY, MANY, NOTE, Changing, ShortShutdown, price
from tests.records.reads import data_type_of_id, database_of
from transload.data_types.changing import Changes
from transload.data_types.model import Field, FieldType
from transload.db.engine import Database
from transload.errors import BusyError, ConflictError
from transload.jobs.model import HandoverError, Lane
from transload.records.schema import change
from transload.shutdown import Shutdown

NUMBERS = [str(n) for n in range(MANY)]


class Interrupted(Database):
    """A store where somebody does something right after each long read."""

    def __init__(self, database: Database, meanwhile: Callable[[], None]) -> None:
        super().__init__(url=database.url, reader=database.reader, writer=database.writer)
        object.__setattr__(self, "meanwhile", meanwhile)

    @contextmanager
    def long_snapshot(self) -> Iterator[Connection]:
        """Read, then let them."""
        with Database.long_snapshot(self) as connection:
            yield connection
        self.meanwhile()  # type: ignore[attr-defined]  # set past the frozen class


def test_few_records_are_rewritten_with_the_type(tenant: Tenant) -> None:
    few = Changing.of(tenant, "5", "-0.5", "")
    before = few.rows()

    changed = few.retype(FieldType.NUMBER)

    assert few.queue.jobs[Lane.LONG] == []
    assert few.shapes() == {changed.shape: 3}
    assert [record["price"] for record in few.exported()] == [5, -0.5, None]
    for old, new in zip(before, few.rows(), strict=True):
        assert new.size == len(new.document.encode()) != old.size
        kept = ("id", "data_id", "created_time", "updated_time", "created_by", "updated_by")
        assert all(getattr(new, name) == getattr(old, name) for name in kept)


@pytest.mark.parametrize("prices", [["5", "x"], [*NUMBERS, "x"]], ids=["few", "many"])
def test_a_record_that_does_not_fit_is_named_and_nothing_changes(
    tenant: Tenant, prices: list[str]
) -> None:
    some = Changing.of(tenant, *prices)
    before = data_type_of_id(tenant, some.data_type_id)
    with pytest.raises(ConflictError) as refusal:
        some.retype(FieldType.NUMBER)
    assert refusal.value.message == (
        "The field price cannot be changed so: the record with the dataId "
        f'{len(prices) - 1} has "x", and it must be a number, with a point and without separators.'
    )
    after = data_type_of_id(tenant, some.data_type_id)
    assert replace(after, shape=before.shape) == before
    assert [record["price"] for record in some.exported()] == prices
    assert some.queue.jobs[Lane.LONG] == []


def test_many_records_are_of_the_new_type_at_once_and_rewritten_behind(tenant: Tenant) -> None:
    """P18: killed halfway and started anew, the job ends where it would have ended."""
    many = Changing.of(tenant, *NUMBERS)
    opened = Field(id="opened", title="", type=FieldType.DATE, default="2025-01-01")
    fields = [KEY, opened, price(FieldType.NUMBER)]
    expected = [{"dataId": str(n), "opened": None, "price": n} for n in range(MANY)]

    changed = many.change(Changes(fields=fields))

    assert len(many.queue.jobs[Lane.LONG]) == 1
    assert many.shapes() == {1: MANY}
    assert many.exported() == expected
    with pytest.raises(HandoverError):
        many.reshape(ShortShutdown(looks=1))
    assert many.shapes() == {1: 1, changed.shape: MANY - 1}
    assert many.exported() == expected
    for _ in range(2):
        many.reshape()
        assert many.shapes() == {changed.shape: MANY}
        assert many.exported() == expected
    assert all(row.size == len(row.document) for row in many.rows())


def test_files_are_the_same_before_and_after_the_rewriting(tenant: Tenant) -> None:
    many = Changing.of(tenant, *NUMBERS)
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "other", "price": 1.5}])
    many.retype(FieldType.NUMBER)
    wanted = [
        {"dataTypeId": many.data_type_id},
        {"dataTypeId": many.data_type_id, "fields": "price,_id,hubId,createdBy"},
        {"dataTypeId": many.data_type_id, "sortBy": "note", "sortOrder": "desc"},
        {},
    ]

    def files() -> list[object]:
        return [
            (tenant.file_directly(download="json", limit=2_000, **query), _cells(tenant, query))
            for query in wanted
        ]

    before = files()
    many.reshape()
    assert files() == before


def _cells(tenant: Tenant, query: dict[str, str]) -> list[list[object]]:
    file = tenant.file_directly(download="xlsx", limit=2_000, **query)
    return read_by_calamine(file)


@pytest.mark.parametrize(
    ("kind", "prices"),
    [(FieldType.NUMBER, NUMBERS), (FieldType.OPTION, ["a"] * MANY), (FieldType.TEXT, NUMBERS)],
)
def test_records_can_be_sorted_by_a_field_that_they_still_have_otherwise(
    tenant: Tenant, kind: FieldType, prices: list[str]
) -> None:
    many = Changing.of(tenant, *prices)
    options = ("a",) if kind is FieldType.OPTION else ()
    field = replace(price(kind), options=options)
    many.change(Changes(fields=[KEY, field], deleted=frozenset({"note"})))
    for order in ("asc", "desc"):
        assert len(many.exported(sortBy="price", sortOrder=order)) == MANY


def test_numbers_that_were_text_sort_as_numbers_once_they_are_rewritten(tenant: Tenant) -> None:
    few = Changing.of(tenant, "10", "9", "", "100")
    few.retype(FieldType.NUMBER)
    assert [record["price"] for record in few.exported(sortBy="price")] == [9, 10, 100, None]


def test_text_becomes_money_only_as_it_is_spelled(tenant: Tenant) -> None:
    """P23: `0123` back from money would be `123`."""
    money = replace(price(FieldType.MONEY), format="IDR")
    Changing.of(tenant, "12.5", "-3").change(Changes(fields=[KEY, money, NOTE]))
    for spelled in ("0123", "1.50"):
        with pytest.raises(ConflictError, match=spelled):
            Changing.of(tenant, spelled).change(Changes(fields=[KEY, money, NOTE]))


def test_a_value_is_converted_once_a_change(tenant: Tenant) -> None:
    """P23: or what a record holds would depend on when it was rewritten."""
    many = Changing.of(tenant, *["TRUE"] * MANY)
    many.retype(FieldType.BOOLEAN)
    with pytest.raises(BusyError) as refusal:
        many.retype(FieldType.STRING)
    assert refusal.value.retry_after_seconds
    assert "still follow an earlier change" in refusal.value.message
    many.change(Changes(deleted=frozenset({"note"})))
    assert many.exported()[0] == {"dataId": "0", "price": True, "note": None}
    many.reshape()
    many.retype(FieldType.STRING)
    assert many.exported()[0]["price"] == "true"


def test_deleted_values_leave_the_store(tenant: Tenant) -> None:
    few, many = Changing.of(tenant, "5"), Changing.of(tenant, *NUMBERS)
    for some in (few, many):
        some.change(Changes(deleted=frozenset({"note"})))
        assert {record["note"] for record in some.exported()} == {None}
    many.reshape()
    for some in (few, many):
        assert not any("secret" in row.document for row in some.rows())
        assert [field.id for field in data_type_of_id(tenant, some.data_type_id).fields] == [
            "dataId",
            "price",
            "note",
        ]


def test_values_of_a_field_that_is_gone_are_found_no_more(tenant: Tenant) -> None:
    """P23: neither before nor after they are rewritten; those of the others are."""
    many = Changing.of(tenant, *NUMBERS)

    def found() -> list[int]:
        return [len(many.exported(q=text)) for text in ("secret", NUMBERS[-1])]

    assert found() == [MANY, 1]
    many.change(Changes(fields=[KEY, price(FieldType.STRING)]))
    assert found() == [0, 1]
    many.reshape()
    assert found() == [0, 1]


def test_a_field_that_comes_back_brings_no_values(tenant: Tenant) -> None:
    many = Changing.of(tenant, *NUMBERS)
    many.change(Changes(fields=[KEY, price(FieldType.STRING)]))
    many.change(Changes(fields=[KEY, price(FieldType.STRING), NOTE]))
    assert {record["note"] for record in many.exported()} == {None}
    many.reshape()
    assert {record["note"] for record in many.exported()} == {None}


def test_a_field_made_required_asks_it_of_new_records_alone(tenant: Tenant) -> None:
    few = Changing.of(tenant, "")
    few.change(Changes(fields=[KEY, price(FieldType.STRING), replace(NOTE, is_required=True)]))
    few.change(Changes(deleted=frozenset({"note"})))
    assert few.exported()[0]["note"] is None
    answer = tenant.post(
        "/data/bulk",
        {"data": [{"dataTypeId": few.data_type_id, "hubId": tenant.hub(), "dataId": "new"}]},
    )
    assert answer.json()["failed"] == 1


@pytest.mark.parametrize("late", ["x", "7"])
def test_what_is_written_while_others_are_looked_through_is_looked_through_too(
    tenant: Tenant, late: str
) -> None:
    many, hub = Changing.of(tenant, *NUMBERS), tenant.hub()
    seen: list[str] = []

    def meanwhile() -> None:
        seen.append("late")
        tenant.add(many.data_type_id, hub, [{"dataId": f"late {len(seen)}", "price": late}])

    database = Interrupted(database_of(tenant), meanwhile)
    if late == "x":
        with pytest.raises(ConflictError, match='the dataId late 1 has "x"'):
            many.retype(FieldType.NUMBER, database)
        assert many.exported()[-1]["price"] == "x"
    else:
        many.retype(FieldType.NUMBER, database)
        assert many.exported()[-1]["price"] == 7
    assert seen == ["late"]


def test_more_than_can_be_looked_through_at_once_is_looked_through_again(tenant: Tenant) -> None:
    many, hub = Changing.of(tenant, *NUMBERS), tenant.hub()
    seen: list[str] = []

    def meanwhile() -> None:
        seen.append("late")
        if len(seen) == 1:
            rows = [{"dataId": f"late {n}", "price": "x" * (n == MANY)} for n in range(MANY)]
            tenant.add(many.data_type_id, hub, rows)

    many.retype(FieldType.NUMBER, Interrupted(database_of(tenant), meanwhile))
    assert len(seen) == 2
    assert len(many.exported()) == 2 * MANY


def test_records_written_faster_than_they_are_looked_through_are_said_to_be(tenant: Tenant) -> None:
    many, hub = Changing.of(tenant, *NUMBERS), tenant.hub()
    seen: list[str] = []

    def meanwhile() -> None:
        seen.append("late")
        rows = [{"dataId": f"{len(seen)}.{n}", "price": "5"} for n in range(MANY)]
        tenant.add(many.data_type_id, hub, rows)

    with pytest.raises(BusyError, match="too fast"):
        many.retype(FieldType.NUMBER, Interrupted(database_of(tenant), meanwhile))
    assert many.exported()[-1]["price"] == "5"


def test_another_change_meanwhile_has_all_looked_through_again(tenant: Tenant) -> None:
    many = Changing.of(tenant, *NUMBERS)
    seen: list[str] = []

    def meanwhile() -> None:
        seen.append("changed")
        if len(seen) == 1:
            many.change(Changes(fields=[KEY, price(FieldType.TEXT), NOTE]))

    many.retype(FieldType.NUMBER, Interrupted(database_of(tenant), meanwhile))
    assert len(seen) == 2
    assert many.exported()[-1]["price"] == MANY - 1


def test_writers_and_a_change_at_once_leave_nothing_that_does_not_fit(tenant: Tenant) -> None:
    """P18, P28: each record is written by the old type before the change, or by the new after."""
    many, hub = Changing.of(tenant, *NUMBERS), tenant.hub()

    def write(name: str) -> int:
        added = 0
        for number in range(30):
            items = [
                {
                    "dataTypeId": many.data_type_id,
                    "hubId": hub,
                    "dataId": f"{name}{number}.{n}",
                    "price": "12345" if number < 10 else "007",
                }
                for n in range(5)
            ]
            added += tenant.post("/data/bulk", {"data": items}).json()["success"]
        return added

    with ThreadPoolExecutor(3) as threads:
        writers = [threads.submit(write, name) for name in "ab"]
        with suppress(ConflictError):
            many.retype(FieldType.NUMBER)
        added = sum(writer.result() for writer in writers)

    kind = data_type_of_id(tenant, many.data_type_id).fields[1].type
    prices = [record["price"] for record in many.exported()]
    assert len(prices) == MANY + added
    wanted = (int, float) if kind is FieldType.NUMBER else str
    assert all(isinstance(one, wanted) for one in prices)


def test_the_service_rewrites_many_records_by_itself(tenant: Tenant) -> None:
    many = Changing.of(tenant, *NUMBERS)
    body = {"deleteFields": ["note"]}
    answer = tenant.request("PATCH", f"/data-type/{many.data_type_id}", json=body)
    assert answer.status_code == 200, answer.text
    for _ in range(600):
        if many.shapes() == {2: MANY}:
            break
        sleep(0.05)
    assert not any("secret" in row.document for row in many.rows())


def test_a_job_about_a_type_that_is_gone_does_nothing(tenant: Tenant) -> None:
    """P18."""
    change.reshape(database_of(tenant), Shutdown(), tenant.organization_id, f"{'f' * 24}.2")
