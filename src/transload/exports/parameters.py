"""The parameters that exports of every subject take."""

from typing import Literal

from pydantic import Field

from transload.exports.format_options import FormatParameters
from transload.exports.model import DEFAULT_DIRECT_LIMIT, MAX_RECORDS
from transload.web.parameters import MAX_PAGE, Flag, Id, Whole


class FileParameters(FormatParameters):
    """When a file is made, with which columns, and which part of what matches it holds."""

    background: Flag = Field(
        default=False, description="Queue the export; its end shows in GET /tasks/export-log."
    )
    export_config_id: Id | None = Field(
        None, alias="exportConfigId", description="The config whose columns the file has."
    )
    page: Whole = Field(1, ge=1, le=MAX_PAGE, description="Which `limit` rows, from 1.")
    limit: Whole | None = Field(
        None,
        ge=1,
        le=MAX_RECORDS,
        description="How many rows; default: 30, in the background 1,000,000.",
        examples=[1_000],
    )
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="Missing values come last either way."
    )

    @property
    def max_rows(self) -> int:
        """The limit, the mode's own where none is named."""
        default = MAX_RECORDS if self.background else DEFAULT_DIRECT_LIMIT
        return default if self.limit is None else self.limit

    @property
    def is_descending(self) -> bool:
        """Whether the last comes first."""
        return self.sort_order == "desc"
