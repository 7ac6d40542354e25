"""What is wrong with the rows of a draft, and the readings that would mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transload.accounts.model import Actor
from transload.data_types.model import Field
from transload.imports import row_store
from transload.imports.chunks import merged_problems
from transload.imports.drafts.access import Drafts
from transload.imports.readings import Reading, meaning, mends, offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reading that would mend cells of a problem: how many, and what one of them would be."""

    reading: Reading
    mends: int
    example: str
    becomes: str


def find_problems(
    drafts: Drafts, actor: Actor, import_id: str
) -> list[tuple[dict[str, Any], list[Offer]]]:
    """Give what is wrong, grouped by field and kind, each with the readings that would mend."""
    one = drafts.seen_rows(actor, import_id)
    with drafts.database.read() as connection:
        groups = merged_problems([f.problems for f in row_store.find_summaries(connection, one)])
        fields = {field.id: field for field in drafts.fields(connection, actor, one)}
    return [(group, _offers(fields.get(group["field"]), group["values"])) for group in groups]


def _offers(field: Field | None, values: Mapping[str, int]) -> list[Offer]:
    """Give the readings that would mend some of these values, those that mend most first."""
    if field is None:
        return []
    found = []
    for reading in offers(field, list(values)):
        mended = [text for text in values if mends(field, reading, text)]
        if mended:
            found.append(
                Offer(
                    reading=reading,
                    mends=sum(values[text] for text in mended),
                    example=mended[0],
                    becomes=meaning(field, reading, mended[0]),
                )
            )
    return sorted(found, key=lambda offer: -offer.mends)
