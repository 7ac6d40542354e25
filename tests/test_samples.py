from itertools import islice

import orjson

from tests.schemas import data_type_of
from transload.data_types.model import check_fields
from transload.records.model import Accepted, accept
from transload.samples import outlet_fields, outlets


def test_the_same_seed_gives_the_same_outlets() -> None:
    assert list(outlets(50, seed=7)) == list(outlets(50, seed=7))
    assert list(outlets(50, seed=7)) != list(outlets(50, seed=8))


def test_the_first_outlets_do_not_depend_on_how_many_are_asked_for() -> None:
    assert list(outlets(10)) == list(islice(outlets(1_000), 10))


def test_no_two_outlets_have_the_same_key() -> None:
    assert len({outlet["dataId"] for outlet in outlets(1_000)}) == 1_000


def test_the_fields_make_a_sound_type() -> None:
    check_fields(outlet_fields())


def test_every_outlet_is_stored_as_it_is() -> None:
    data_type = data_type_of(*outlet_fields()[1:])
    for outlet in outlets(500):
        accepted = accept(data_type, outlet)
        assert isinstance(accepted, Accepted), accepted
        assert orjson.loads(accepted.document) == outlet
