"""A data type that fits a table."""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.data_types.model import TEXT_TYPES, Field, FieldType, check_fields
from transload.data_types.proposing import Column, Proposal, propose_fields
from transload.data_types.values import canonical
from transload.formats.reading.model import Form


def _proposed(**columns: Sequence[str | None]) -> Proposal:
    return propose_fields(
        Column(title=title, texts=pl.Series(values, dtype=pl.String))
        for title, values in columns.items()
    )


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2.50", "0.5", None, "0"], FieldType.NUMBER),
        (["007", "1"], FieldType.STRING),
        (["1234567890123456", "1"], FieldType.STRING),
        (["+62", "1"], FieldType.STRING),
        (["1E5", "1"], FieldType.STRING),
        (["1,5", "1"], FieldType.STRING),
        (["TRUE", "false", " "], FieldType.BOOLEAN),
        (["2024-02-29", "2023-01-01"], FieldType.DATE),
        (["2023-02-29", "2023-01-01"], FieldType.STRING),
        (["2024-02-29", "2023-01-01 10:00:00"], FieldType.DATE_TIME),
        (["2023-01-01T10:00:00Z", "2023-01-01T10:00:00.123+07:00"], FieldType.DATE_TIME),
        (["2023-01-01 25:00:00"], FieldType.STRING),
        (["31/05/2024"], FieldType.STRING),
        (["10:30", "23:59:59"], FieldType.TIME),
        (["-6.17,106.8", "90, -180"], FieldType.COORDINATE),
        (["-6.17,186.8"], FieldType.STRING),
        (["+62 811 000 111", "+1 (555) 010-0000"], FieldType.PHONE),
        (["two\nlines"], FieldType.TEXT),
        (["x" * 300], FieldType.TEXT),
        (["", None], FieldType.STRING),
        ([], FieldType.STRING),
    ],
)
def test_a_type_is_proposed_where_all_values_fit_it(
    values: list[str | None], kind: FieldType
) -> None:
    proposal = _proposed(first=["a"] * 2 * len(values), it=[*values, *values])

    assert proposal.fields[1].type is kind
    assert proposal.reasons[1].endswith(".")


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        (["1.250", "12.500", "7"], FieldType.STRING, "1.250 would be 1.25, unless you state"),
        (["-1.250"], FieldType.STRING, "As a number, -1.250 would be -1.25, unless"),
        (["+1.250", "+12.500"], FieldType.STRING, "would lose"),
        (["1.250", "0.500"], FieldType.NUMBER, "All values are numbers"),
        (["1.250", "2.5"], FieldType.NUMBER, "All values are numbers"),
        (["1250.000"], FieldType.NUMBER, "All values are numbers"),
        (["1.250,50", "3,5", "7"], FieldType.STRING, "which sign is which"),
        (["1,250.50", "1,000"], FieldType.STRING, "which sign is which"),
        (["1,000.00", "25,000.00"], FieldType.STRING, "which sign is which"),
        (["1,000", "2,000.50", "1,5"], FieldType.STRING, "which sign is which"),
        (["1.250,50", "3.100,75"], FieldType.STRING, "which sign is which"),
        (["1\u00a0250", "12 500"], FieldType.STRING, "which sign is which"),
        (["31/05/2024", "01/06/2024"], FieldType.STRING, "choose a date, the check asks in which"),
        (["1.6.24 10:30", "2.6.24"], FieldType.STRING, "choose a date and time, the check asks"),
        (["2024/06/01"], FieldType.STRING, "in which order"),
    ],
)
def test_what_can_be_read_in_two_ways_stays_text_and_is_said_to(
    values: list[str], kind: FieldType, words: str
) -> None:
    """P35: also where the same few values stand in many rows, as options do."""
    proposal = _proposed(first=["a"] * 20 * len(values), it=values * 20)

    assert proposal.fields[1].type is kind
    assert words in proposal.reasons[1]


@pytest.mark.parametrize(
    "values", [["1,5", "many"], ["31/05/2024", "soon"], ["1/2", "10.2.3"], ["021 5551234"]]
)
def test_texts_of_which_some_are_no_number_and_no_date_are_not_said_to_be(
    values: list[str],
) -> None:
    assert _proposed(it=values * 2).reasons[0] == "Text."


def test_cells_that_are_numbers_by_themselves_can_be_read_in_one_way() -> None:
    texts, forms = ["1.125", "2.250"], [Form.NUMBER.value] * 2
    column = Column(title="Weight", texts=pl.Series(texts), forms=pl.Series(forms))
    assert propose_fields([column]).fields[0].type is FieldType.NUMBER


def test_numbers_with_decimals_are_no_key() -> None:
    proposal = _proposed(price=["1.250", "2.500"], code=["a", "b"])
    assert proposal.key == 1


def test_phones_are_known_by_the_title() -> None:
    proposal = _proposed(**{"No. HP": ["08110001", "08110001"], "Other": ["08110001", "08110002"]})

    assert proposal.fields[0].type is FieldType.PHONE


def test_few_values_are_options_the_most_frequent_first() -> None:
    proposal = _proposed(city=["Jakarta"] * 15 + ["Bandung"] * 20 + [None])

    assert proposal.fields[0].type is FieldType.OPTION
    assert proposal.fields[0].options == ("Bandung", "Jakarta")


def test_numbers_with_a_decimal_comma_are_no_coordinates() -> None:
    proposal = _proposed(price=["12,50", "7,25"], place=["-6,106", "-6.17,106.82"])

    assert [one.type for one in proposal.fields] == [FieldType.STRING, FieldType.COORDINATE]


def test_one_value_alone_is_no_choice_of_options() -> None:
    proposal = _proposed(note=["VIP"] * 25 + [None])

    assert proposal.fields[0].type is FieldType.STRING


def test_a_column_that_is_named_like_a_key_is_the_key() -> None:
    proposal = _proposed(
        **{
            "Name": ["Ayu", "Budi", "Citra"],
            "Outlet Code": ["1", "2", "3"],
            "Region": ["x", "x", "y"],
        }
    )

    assert proposal.key == 1
    assert [(field.id, field.title, field.type) for field in proposal.fields] == [
        ("name", "Name", FieldType.STRING),
        ("dataId", "Outlet Code", FieldType.STRING),
        ("region", "Region", FieldType.STRING),
    ]
    check_fields(proposal.fields)


def test_without_a_column_that_tells_rows_apart_there_is_no_key() -> None:
    columns = [
        Column(title="a", texts=pl.Series(["x", "x"])),
        Column(title="b", texts=pl.Series(["y", None])),
    ]

    assert propose_fields(columns).key is None
    chosen = propose_fields(columns, key=1)
    assert chosen.fields[1].id == "dataId"
    check_fields(chosen.fields)


def test_ids_are_of_letters_and_stand_once() -> None:
    titles = [
        "Outlet Name",
        "outlet name",
        "Größe (m²)",
        "名前",
        "",
        "_id",
        "SKU",
        "dataId",
        "hubId",
    ]

    proposal = propose_fields(
        Column(title=title, texts=pl.Series(["x", "x"], dtype=pl.String)) for title in titles
    )

    assert [field.id for field in proposal.fields] == [
        *("outletName", "outletName2", "groeM2", "column4", "column5", "id", "sku"),
        *("dataId2", "hubId2"),
    ]
    assert proposal.fields[4].title == "Column 5"


def test_cells_that_have_no_value_say_nothing_of_the_type() -> None:
    texts = pl.Series(["1", "#N/A", None], dtype=pl.String)
    forms = pl.Series([Form.NUMBER, Form.ERROR, Form.FORMULA], dtype=pl.UInt8)

    proposal = propose_fields([Column(title="a", texts=texts, forms=forms)])

    assert proposal.fields[0].type is FieldType.NUMBER


_DAY = r"(19|20|00|99)[0-9]{2}-[01][0-9]-[0-3][0-9]"
_CLOCK = r"[T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-9]{2})?"
_LIKELY = st.one_of(
    st.from_regex(r"[+-]?[0-9]{1,17}(\.[0-9]{0,3})?", fullmatch=True),
    st.from_regex(f"{_DAY}({_CLOCK})?", fullmatch=True),
    st.from_regex(r"[0-2][0-9]:[0-6][0-9]", fullmatch=True),
    st.from_regex(r"-?[0-9]{1,3}(\.[0-9])?, ?-?[0-9]{1,3}", fullmatch=True),
    st.sampled_from(["true", "False", " true", "x", "", "-0", "٣"]),
)


@given(st.lists(_LIKELY, min_size=1, max_size=4))
def test_every_cell_is_one_that_its_field_takes(values: list[str]) -> None:
    field: Field = _proposed(a=["x", "x"], phone=[*values, *values]).fields[1]

    # Raises for a value that the field does not take.
    taken = [canonical(field, value) for value in values]

    assert [one is None for one in taken] == [
        field.value_type not in TEXT_TYPES and not value.strip() for value in values
    ]


@given(st.lists(st.from_regex(r"[+-]?[0-9]{1,18}", fullmatch=True), min_size=1, max_size=3))
def test_a_number_loses_nothing(values: list[str]) -> None:
    field = _proposed(a=["x", "x"], b=[*values, *values]).fields[1]

    if field.type is FieldType.NUMBER:
        assert [str(canonical(field, value)) for value in values] == values
