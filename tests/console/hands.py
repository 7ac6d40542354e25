"""How a person works at a page: with a pointer, or with the keyboard alone."""

import os
import re
from dataclasses import dataclass
from typing import Protocol

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

_MOST_ROUNDS = 8
_HAS_FOCUS = "node => node === document.activeElement"
# How many stops of Tab a control seems to be away, backwards if below 0: never 0. What scrolls is a
# stop too, and is not counted: a person looks where they are, and goes on from there.
_AWAY = """node => {
    const at = document.activeElement ?? document.body;
    const isPast = (one, other) =>
        !!(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
    const isBack = at !== document.body && isPast(node, at);
    const [first, last] = isBack ? [node, at] : [at, node];
    const stops = document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]");
    const between = [...stops].filter(one => one.tabIndex >= 0 && !one.disabled &&
        (one.type !== "radio" || one.checked) && one.checkVisibility() &&
        isPast(first, one) && isPast(one, last)).length;
    return isBack ? -between - 1 : between + 1;
}"""
# Of a grid of points on the control, one is not covered by a bar or a note.
_IS_SEEN = """node => {
    const box = node.getBoundingClientRect();
    const parts = [0.1, 0.3, 0.5, 0.7, 0.9];
    return parts.some(x => parts.some(y => {
        const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
        return top && (node.contains(top) || top.contains(node) && top.matches("label"));
    }));
}"""
_CHOSEN = "node => node.selectedOptions[0]?.label ?? ''"


class Hand(Protocol):
    """One way to work at a page; each fails where a control cannot be worked so."""

    def __init__(self, page: Page) -> None: ...

    def press(self, control: Locator) -> None:
        """Press a button, follow a link, open what opens."""

    def write(self, field: Locator, text: str) -> None:
        """Write a text in the place of what a field holds."""

    def choose(self, field: Locator, label: str) -> None:
        """Choose of a list of choices the one whose label begins so."""

    def tick(self, box: Locator) -> None:
        """Tick a box, or choose one of a group."""

    def give(self, button: Locator, file: FilePayload) -> None:
        """Choose a file, in the window that a button opens."""

    def open(self, grid: Locator, row: int, column: str) -> Locator:
        """Open a cell of a grid to be edited, whose rows count from 0; give its field."""


class Pointer:
    """A mouse or a finger; texts are typed all the same."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        """Click it."""
        control.click()

    def write(self, field: Locator, text: str) -> None:
        """Click into it, and type."""
        field.click()
        field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        """Click the choice."""
        found = field.locator("option").filter(has_text=re.compile(f"^{re.escape(label)}"))
        field.select_option(found.first.get_attribute("value"))

    def tick(self, box: Locator) -> None:
        """Click it."""
        box.check()

    def give(self, button: Locator, file: FilePayload) -> None:
        """Click the button."""
        with self.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(file)

    def open(self, grid: Locator, row: int, column: str) -> Locator:
        """Click twice into the cell."""
        at = _place(grid, column)
        cell = grid.locator(f"[aria-rowindex='{row + 2}'] [aria-colindex='{at}']")
        cell.dblclick()
        return cell.get_by_role("textbox")


class Keyboard:
    """Tab and Shift Tab to a control, then Enter, Space, letters and arrows: never a click."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._keys = page.keyboard

    def reach(self, control: Locator) -> None:
        """Tab to it; fail where Tab does not come to it, or where something covers it then."""
        expect(control).to_be_enabled()
        for _ in range(_MOST_ROUNDS):
            if control.evaluate(_HAS_FOCUS):
                assert control.evaluate(_IS_SEEN), f"{control} is hidden while it has the focus"
                return
            away = control.evaluate(_AWAY)
            for _ in range(abs(away)):
                self._keys.press("Tab" if away > 0 else "Shift+Tab")
        pytest.fail(f"Tab does not come to {control}")

    def press(self, control: Locator) -> None:
        """Enter."""
        self.reach(control)
        self._keys.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        """Type over what is there."""
        self.reach(field)
        self._keys.press("Control+a")
        self._keys.type(text)

    def choose(self, field: Locator, label: str) -> None:
        """Type the label's letters."""
        self.reach(field)
        self._keys.type(label)
        assert field.evaluate(_CHOSEN).startswith(label)

    def tick(self, box: Locator) -> None:
        """Space ticks a box; arrows go through a group, of which Tab reaches the chosen one."""
        if box.get_attribute("type") == "checkbox":
            self.reach(box)
            self._keys.press("Space")
        else:
            group = box.get_attribute("name")
            self.reach(self.page.locator(f"input[name='{group}']:checked"))
            for _ in range(self.page.locator(f"input[name='{group}']").count()):
                if box.is_checked():
                    break
                self._keys.press("ArrowDown")
        expect(box).to_be_checked()

    def give(self, button: Locator, file: FilePayload) -> None:
        """Enter on the button."""
        with self.page.expect_file_chooser() as chooser:
            self.press(button)
        chooser.value.set_files(file)

    def open(self, grid: Locator, row: int, column: str) -> Locator:
        """Arrows to the cell, and F2."""
        self.reach(grid)
        steps = ["ArrowDown"] * row + ["ArrowRight"] * (_place(grid, column) - 1)
        for key in ("Control+Home", *steps, "F2"):
            self._keys.press(key)
        field = grid.get_by_role("textbox")
        expect(field).to_be_focused()
        return field


def _place(grid: Locator, column: str) -> int:
    """Give where a column stands, from 1."""
    header = grid.get_by_role("columnheader", name=column, exact=True)
    return int(header.get_attribute("aria-colindex") or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A screen, and how a person works at it."""

    is_phone: bool
    hand: type[Hand]

    def __str__(self) -> str:
        return f"{'phone' if self.is_phone else 'desk'}-{self.hand.__name__.lower()}"


DESK = Way(is_phone=False, hand=Pointer)
PHONE = Way(is_phone=True, hand=Pointer)
BY_KEYS = Way(is_phone=False, hand=Keyboard)
_FURTHER = DESK, Way(is_phone=True, hand=Keyboard)
_ARE_ALL = os.environ.get("TRANSLOAD_TEST_EVERY_WAY") == "1"
WAYS = (PHONE, BY_KEYS, *(_FURTHER if _ARE_ALL else ()))
"""The ways that each journey is gone: on both screens and by both hands; all four where asked."""
DEAR_WAYS = WAYS if _ARE_ALL else (BY_KEYS,)
"""The same for a journey that takes long."""
