"""The text in which documents are searched: their values without all else that JSON has."""

import orjson

from transload.db.dialect import lower_case

SEPARATOR = "\n"


def search_text(document: str) -> str:
    """Give what a document's values say, in lower case, with a separator between any two.

    Texts stand as they are, numbers as JSON spells them, lists as their items; true and false say
    nothing.
    """
    said: list[str] = []
    for value in orjson.loads(document).values():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, str):
                said.append(item)
            elif item is not None and not isinstance(item, bool):
                said.append(orjson.dumps(item).decode())
    return lower_case(SEPARATOR.join(filter(None, said)))
