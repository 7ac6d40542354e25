"""Answers as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response


def json_response(
    body: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Give an answer with this body."""
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/json",
    )


def ignoring(names: Sequence[str]) -> dict[str, Any]:
    """Give the key of an answer that names what was passed over of a body, where anything was."""
    return {"ignoredFields": list(names)} if names else {}


def success(*, status: int = 200, message: str = "Success", **keys: object) -> Response:
    """Give the standard envelope, further keys after status and message."""
    return json_response({"status": True, "message": message, **keys}, status)
