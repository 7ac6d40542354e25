"""What people do and see of an import, whichever way its rows are shown."""

from playwright.sync_api import FilePayload, Page

from tests.console.conftest import Visitor


def payload(content: bytes, name: str = "outlets.csv") -> FilePayload:
    """Give a file to be chosen."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def mend(visitor: Visitor, row: int, price: str) -> None:
    """Write the price of one of the rows shown: on its card, or where there is none in the grid."""
    grid = visitor.page.get_by_role("grid")
    card = visitor.page.get_by_label("Price", exact=True)
    grid.or_(card).first.wait_for()
    field = visitor.hand.open(grid, row, "Price") if grid.is_visible() else card.nth(row)
    visitor.hand.write(field, price)
    visitor.page.keyboard.press("Enter")


def counts(page: Page) -> dict[str, str]:
    """Give how many rows the check, or the receipt, counts of each kind."""
    said = page.get_by_role("group", name="Which rows").get_by_role("button").all_inner_texts()
    return {what: count for count, _, what in (one.partition("\n") for one in said)}
