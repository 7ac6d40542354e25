"""Clients that send one request after the other, and how long the answers took."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlsplit

import orjson

from transload.client import Client

CLIENTS = 8
_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request below /api/v3, and the status that its answer must have."""

    method: str
    path: str
    body: object = None
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of a kind of request: how many a second, and latencies in milliseconds."""

    name: str
    requests_per_second: float
    p50: float
    p99: float
    slowest: float

    def row(self, wanted: str) -> str:
        """Give the figures as a row of a Markdown table, beside what is wanted of them."""
        rate = self.requests_per_second
        latencies = f"{self.p50:.1f} | {self.p99:.1f} | {self.slowest:.0f}"
        return f"| {self.name} | {rate:,.0f} | {latencies} | {wanted} |"


def load(
    name: str,
    client: Client,
    make: Callable[[random.Random], Request],
    *,
    seconds: float,
    clients: int = CLIENTS,
) -> Load:
    """Have clients send requests for as long; raise RuntimeError at an unexpected status."""
    latencies: list[list[float]] = [[] for _ in range(clients)]
    faults: list[str] = []
    end = perf_counter() + seconds

    def send_all(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - samples, not secrets
        connection = HTTPConnection(urlsplit(client.base_url).netloc)
        while perf_counter() < end and not faults:
            request = make(chance)
            body = None if request.body is None else orjson.dumps(request.body)
            started = perf_counter()
            status, text = _send(connection, client.token, request, body)
            latencies[number].append(perf_counter() - started)
            if status != request.status:
                faults.append(f"{request.method} {request.path}: {status} {text[:200]!r}")
        connection.close()

    threads = [threading.Thread(target=send_all, args=(number,)) for number in range(clients)]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    taken = sorted(latency for one in latencies for latency in one)
    return Load(
        name=name,
        requests_per_second=len(taken) / (perf_counter() - started),
        p50=_percentile(taken, 50),
        p99=_percentile(taken, 99),
        slowest=_percentile(taken, 100),
    )


def _send(
    connection: HTTPConnection, token: str, request: Request, body: bytes | None
) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(request.method, f"/api/v3{request.path}", body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def _percentile(latencies: Sequence[float], percent: int) -> float:
    return 1_000 * latencies[min(len(latencies) - 1, len(latencies) * percent // _HUNDRED)]
