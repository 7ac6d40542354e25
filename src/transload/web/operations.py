"""What those who run the service ask it: does it live, can it serve, what are its figures.

The OpenAPI document leaves these out: it is for those who use the API.
"""

import hmac
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from transload.errors import ForbiddenError, UnauthenticatedError
from transload.settings import Settings
from transload.telemetry.metrics import Metrics
from transload.web.auth import bearer_token
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.parts import part
from transload.web.readiness import Readiness

router = APIRouter(include_in_schema=False, route_class=error_route(explains=False))
PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_GET = ("GET", "HEAD")
_NOT_READY = 503
_OF_A_PROXY = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@router.api_route("/healthz", methods=[*_GET])
async def tell_health() -> Response:
    """Tell that the process lives."""
    return json_response({"status": "ok"})


@router.api_route("/readyz", methods=[*_GET])
async def tell_readiness(readiness: Annotated[Readiness, Depends(part(Readiness))]) -> Response:
    """Tell whether the process can serve, and what keeps it from that."""
    faults = await readiness.find_faults()
    if faults:
        return json_response({"status": "not ready", "notReady": faults}, _NOT_READY)
    return json_response({"status": "ready"})


@router.api_route("/metrics", methods=[*_GET])
def tell_metrics(
    request: Request,
    settings: Annotated[Settings, Depends(part(Settings))],
    metrics: Annotated[Metrics, Depends(part(Metrics))],
) -> Response:
    """Give the figures of this process, and of the queue that all processes share."""
    _require_operator(request, settings)
    return Response(metrics.render(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _require_operator(request: Request, settings: Settings) -> None:
    """Let in the holder of the token or, where there is none, a program on this machine."""
    if settings.metrics_token:
        given = bearer_token(request)
        if not hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
            raise UnauthenticatedError
    elif settings.public_url or not _is_of_this_machine(request):
        raise ForbiddenError("Metrics are for this machine alone unless METRICS_TOKEN is set.")


def _is_of_this_machine(request: Request) -> bool:
    """Tell whether the caller runs here, and is no proxy that speaks for somebody elsewhere."""
    if request.client is None or any(name in request.headers for name in _OF_A_PROXY):
        return False
    return ip_address(request.client.host).is_loopback
