"""What formats say of themselves."""

from transload.formats.registry import ASKED_FOR, Format


def test_every_format_is_described() -> None:
    assert all(each.described.media_type == each.media_type for each in Format)


def test_clients_ask_for_every_format_but_what_stands_for_another() -> None:
    assert set(ASKED_FOR) == set(Format) - {Format.ZIP}


def test_only_json_comes_in_parts() -> None:
    assert {each for each in Format if each.in_parts is not each} == {Format.JSON}
    assert Format.JSON.in_parts is Format.ZIP


def test_only_workbooks_hold_many_tables() -> None:
    assert [each for each in Format if each.described.holds_many_tables] == [
        Format.XLSX,
        Format.ODS,
    ]
