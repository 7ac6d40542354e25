"""Configs as clients send and see them, whichever kind they are."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from transload.accounts.caller import caller_who_may
from transload.accounts.model import Actor, Permission
from transload.configs.model import Collection, Config
from transload.configs.run import ConfigQuery, NewConfig
from transload.web.paging import PageList, PageParameters, page_example
from transload.web.parameters import EXAMPLE_ID, Parameters, query, validated
from transload.web.times import zulu

MAX_BODY_BYTES = 8 << 20
FOUND = "Success."
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_CONFIG))]
ConfigObject = dict[str, Any]
_OF_THE_SYSTEM = {"_id", "organizationId", "createdTime", "updatedTime", "name"}
_EXAMPLE_OF_THE_SYSTEM = {
    "organizationId": EXAMPLE_ID,
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "updatedTime": "2025-01-31T10:20:30.123456Z",
}


class Kept(Parameters):
    """What a client sends: keys that it has beyond these are kept and given back."""

    model_config = ConfigDict(extra="allow")


class ConfigBody(Kept):
    """A config as a client sends it, whole. Further keys are kept and given back."""

    name: str = Field(min_length=1, max_length=255, examples=["For the office"])


class ConfigParameters(PageParameters):
    """Which configs a list shows."""

    collection: Collection | None = Field(None, description="Of this collection alone.")
    name: str | None = Field(
        None, description="The whole name, exactly.", examples=["For the office"]
    )
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="By their creation: the newest first, or last."
    )

    def to_query(self) -> ConfigQuery:
        """Give what is asked of the store."""
        return ConfigQuery(
            name=self.name,
            collection=self.collection,
            is_descending=self.sort_order == "desc",
            offset=self.offset,
            limit=self.limit,
        )


ConfigsQuery = Annotated[ConfigParameters, Depends(query(ConfigParameters))]


class ConfigsAnswer(TypedDict):
    """A page of configs, each with all that its author says of it."""

    status: Literal[True]
    code: int
    message: str
    data: PageList[ConfigObject]


class ConfigAnswer(TypedDict):
    """One config, with all that its author says of it."""

    status: Literal[True]
    code: int
    message: str
    data: ConfigObject


def new_config(model: type[ConfigBody], body: Mapping[str, Any]) -> NewConfig:
    """Give what a body says: checked by the model of its kind, kept as it was sent.

    Raises InvalidError naming what is wrong.
    """
    checked = validated(model, body, noun="field")
    kept = {name: value for name, value in body.items() if name not in _OF_THE_SYSTEM}
    return NewConfig(name=checked.name, document=kept)


def config_object(config: Config) -> ConfigObject:
    """Give a config as its answer shows it: with all that its author says of it."""
    return {
        "_id": config.id,
        "name": config.name,
        **config.document,
        "organizationId": config.organization_id,
        "updatedTime": zulu(config.updated_time),
        "createdTime": zulu(config.created_time),
    }


def one_example(sent: dict[str, Any], message: str, code: int = 200) -> dict[str, Any]:
    """Give the answer that shows a config that was sent so."""
    data = {"_id": EXAMPLE_ID, **sent, **_EXAMPLE_OF_THE_SYSTEM}
    return {"status": True, "code": code, "message": message, "data": data}


def page_example_of(sent: dict[str, Any], path: str) -> dict[str, Any]:
    """Give the answer that shows a page with this config alone."""
    one = one_example(sent, FOUND)
    return {**one, "data": page_example(path, one["data"])}
