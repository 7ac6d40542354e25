"""What requests hold in memory: counted, shared between organizations, given back at the end."""

from types import SimpleNamespace

import pytest

from transload.errors import BusyError, UnavailableError
from transload.web.bounds import Held, Memory


def _held(memory: Memory, organization_id: str) -> Held:
    return Held(memory, {"who": SimpleNamespace(organization_id=organization_id)})


def test_one_organization_holds_half_and_leaves_the_rest_to_others() -> None:
    """P29."""
    memory = Memory(100)
    first = _held(memory, "a")
    first.add(50)
    with pytest.raises(BusyError, match="Your organization's requests hold as much memory"):
        _held(memory, "a").add(1)
    _held(memory, "b").add(50)


def test_a_process_holds_no_more_than_its_bound() -> None:
    """P29."""
    memory = Memory(100)
    for organization in ("a", "b", "c"):
        _held(memory, organization).add(30)
    with pytest.raises(UnavailableError, match="The service holds as many requests as it can"):
        _held(memory, "d").add(11)
    _held(memory, "d").add(10)


def test_what_was_held_is_given_back_whoever_the_caller_proved_to_be() -> None:
    memory = Memory(100)
    state: dict[str, object] = {}
    held = Held(memory, state)
    held.add(20)
    state["who"] = SimpleNamespace(organization_id="a")
    held.add(50)
    held.give_back()
    _held(memory, "a").add(50)
    _held(memory, "").add(50)
