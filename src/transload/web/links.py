"""Where links lead: the address under which clients reach this installation."""

from fastapi import Request

from transload.settings import Settings


def base_url(request: Request) -> str:
    """Give the start of absolute links: the setting, or else the host that the request named."""
    settings: Settings = request.app.state.parts[Settings]
    return (settings.public_url or str(request.base_url)).rstrip("/")
