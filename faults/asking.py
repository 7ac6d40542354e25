"""Requests to a service that may be starting: sent until there is an answer."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE_SECONDS = 300
_MAY_PASS_LATER = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A user's way to one address of the service."""

    client: httpx.Client

    def answer(self, method: str, path: str, body: object = None, **query: object) -> Any:  # noqa: ANN401 - JSON
        """Ask until there is an answer, and give it; raises HTTPStatusError for a refusal."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.client.request(method, path, params=query, json=body)  # type: ignore[arg-type]
                answer.raise_for_status()
            except httpx.HTTPError as error:
                refused = isinstance(error, httpx.HTTPStatusError)
                if time.monotonic() > deadline or (
                    refused and answer.status_code < _MAY_PASS_LATER
                ):
                    raise
                time.sleep(0.1)
            else:
                return answer.json()

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:  # noqa: ANN401 - JSON
        """Ask so, and give the answer's data."""
        return self.answer(method, path, body, **query)["data"]
