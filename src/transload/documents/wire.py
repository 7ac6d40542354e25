"""How a filter is spelled in a request, and what a page's answer is made of."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, TypeVar

import orjson
from fastapi import Request
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from transload.documents.filters import MAX_TEXT, Condition, Filter, Operator, read_conditions
from transload.documents.pages import PageItems
from transload.web.bounds import hold
from transload.web.paging import PageParameters
from transload.web.parameters import Flag, Id, Parameters

Item = TypeVar("Item")


def items_of_page(
    request: Request, render: Callable[[Item], object], names: Sequence[str] | None
) -> PageItems[Item]:
    """Give the items, none so far, of the answer to a request for a page; `names` None: whole."""
    counted = partial(hold, request.scope)
    return PageItems(render, counted, is_narrowed=names is not None)


def _conditions(given: object) -> object:
    """Read a JSON list, which in a query is text and in a body a list."""
    try:
        return read_conditions(orjson.loads(given) if isinstance(given, str) else given)
    except orjson.JSONDecodeError as error:
        reason = "must be a JSON list of {field, operator, value}"
        raise PydanticCustomError("filter", "{reason}", {"reason": reason}) from error
    except ValueError as error:
        raise PydanticCustomError("filter", "{reason}", {"reason": str(error)}) from error


Conditions = Annotated[
    tuple[Condition, ...], BeforeValidator(_conditions), WithJsonSchema({"type": "string"})
]
"""A JSON list of `{field, operator, value}`; see `documents.filters`."""


class FilterParameters(Parameters):
    """What is looked for in documents; the same for lists and exports."""

    q: str = Field(
        "",
        max_length=MAX_TEXT,
        description="What holds this text in any of its values, case ignored.",
        examples=["toko"],
    )
    filter: Conditions = Field(
        (),
        description=(
            "Conditions that all have to hold: a JSON list of `{field, operator, value}` with the "
            f"operators {', '.join(Operator)}."
        ),
        examples=['[{"field": "name", "operator": "contains", "value": "toko"}]'],
    )

    def to_filter(self, within: Sequence[Condition] = ()) -> Filter:
        """Give what is looked for, with further conditions before it."""
        return Filter(text=self.q.strip(), conditions=(*within, *self.filter))


class CursorParameters(PageParameters):
    """Which page of a list of documents, by its number or by a cursor."""

    lazy_load: Flag = Field(
        default=False,
        alias="lazyLoad",
        description="Go from page to page by cursor: nothing is doubled or left out meanwhile.",
    )
    cursor: Id | None = Field(
        None, description="With lazyLoad: the last _id of the page before the one asked for."
    )

    @property
    def after(self) -> str | None:
        """The id after which the page begins; None: where its number says."""
        return self.cursor if self.lazy_load else None
