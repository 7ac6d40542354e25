"""The parts that the application is put together from, for handlers to ask for by their type."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, FastAPI, Request

from transload.clock import Clock
from transload.db.engine import Database

Part = TypeVar("Part")


def provide(app: FastAPI, *parts: object) -> None:
    """Hand the parts to the application's handlers, each under its class and those above it."""
    found: dict[type, object] = getattr(app.state, "parts", {})
    found.update((kind, part) for part in parts for kind in type(part).__mro__[:-1])
    app.state.parts = found


def find_part(request: Request, kind: type[Part]) -> Part:
    """Give the application's part of that class."""
    found: Part = request.app.state.parts[kind]
    return found


def part(kind: type[Part]) -> Callable[[Request], Awaitable[Part]]:
    """Give the dependency that finds the application's part of that class."""

    async def find(request: Request) -> Part:
        return find_part(request, kind)

    return find


ClockPart = Annotated[Clock, Depends(part(Clock))]
DatabasePart = Annotated[Database, Depends(part(Database))]
