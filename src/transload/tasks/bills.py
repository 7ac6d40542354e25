"""Bills whose items and costs come apart, as files have them: rows of a sheet, and columns."""

from collections.abc import Mapping, Sequence
from typing import Any

ITEMS, COSTS = "items", "costs"


def put_together(
    given: Mapping[str, Any], amounts: Mapping[str, object], before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Give a bill as it is with what is said of it; what nothing is said of stays as it was.

    `given` has `items`, `costs`, both or neither; `amounts` are costs by name, None for no such
    cost. Costs keep their order, and new ones follow.
    """
    known = before or {}
    costs: Sequence[Mapping[str, Any]] = given.get(COSTS, known.get(COSTS)) or ()
    kept = [
        {**cost, "amount": amounts.get(cost["name"], cost["amount"])}
        for cost in costs
        # Of a cost without an amount a file has nothing to show.
        if amounts.get(cost["name"], cost["amount"]) is not None or cost["amount"] is None
    ]
    names = {cost["name"] for cost in costs}
    new = [
        {"name": name, "amount": amount}
        for name, amount in amounts.items()
        if amount is not None and name not in names
    ]
    return {ITEMS: given.get(ITEMS, known.get(ITEMS)) or [], COSTS: [*kept, *new]}
