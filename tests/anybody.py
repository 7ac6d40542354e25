"""Requests as anybody with a link makes them: without a token, and patient on a busy machine."""

import httpx

from tests.factories import PATIENCE_SECONDS

# Connections are not kept: a service that is begun anew has its old address.
anybody = httpx.Client(timeout=PATIENCE_SECONDS, limits=httpx.Limits(max_keepalive_connections=0))
