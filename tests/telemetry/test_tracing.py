"""Traces: what a collector receives, and that none is waited for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.factories import anybody
from tests.processes import Installation, RunningProgram
from tests.telemetry.collector import Collector, attributes, collecting
from transload.errors import StartupError
from transload.telemetry.tracing import Untraced, open_tracing

_STOP_SECONDS = 10
_CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@contextmanager
def _traced(tmp_path: Path, url: str) -> Iterator[tuple[RunningProgram, httpx.Client]]:
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
    }
    installation = Installation(data_dir=tmp_path / "data", variables=variables)
    token = installation.token()
    with installation.serving() as program, program.client(token) as client:
        yield program, client


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traced:
    """A service and its collector, which several tests ask, each for a request of its own."""

    collector: Collector
    program: RunningProgram
    client: httpx.Client


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Traced]:
    folder = tmp_path_factory.mktemp("traced")
    with collecting() as collector, _traced(folder, collector.url) as (program, client):
        yield _Traced(collector=collector, program=program, client=client)


def test_request_is_a_span_below_that_of_its_caller(traced: _Traced) -> None:
    headers = {"traceparent": _CALLER, "X-Request-Id": "asked-so"}
    assert traced.client.get("/hub/unknown", headers=headers).status_code == 404
    span = traced.collector.awaited(lambda span: "/hub/" in span.name)
    assert traced.collector.paths == {"/v1/traces"}
    assert traced.collector.resource()["service.name"] == "transload"
    assert traced.collector.resource()["deployment.environment.name"] == "test"
    assert (span.name, span.kind) == ("GET /api/v3/hub/{hub_id}", Span.SPAN_KIND_SERVER)
    assert f"00-{span.trace_id.hex()}-{span.parent_span_id.hex()}-01" == _CALLER
    assert attributes(span.attributes) == {
        "http.request.method": "GET",
        "http.route": "/api/v3/hub/{hub_id}",
        "http.response.status_code": 404,
        "transload.request.id": "asked-so",
    }
    assert span.status.code == Status.STATUS_CODE_UNSET


def test_job_is_a_span_that_its_request_names(traced: _Traced) -> None:
    query = {"download": "json", "background": "true"}
    answer = traced.client.post("/data/export", params=query)
    export_id = answer.json()["data"]["exportId"].removeprefix("exp_")
    job = traced.collector.awaited(lambda span: span.name == "job export")
    queued = f"export-{export_id}"
    asked = traced.collector.awaited(
        lambda span: attributes(span.attributes).get("transload.queued") == queued
    )
    assert job.kind == Span.SPAN_KIND_CONSUMER
    found = attributes(job.attributes)
    assert (found["transload.job.id"], found["transload.job.outcome"]) == (export_id, "done")
    assert "/data/export" in asked.name


def test_no_span_holds_a_query_string_or_a_token(traced: _Traced) -> None:
    """P13."""
    made = traced.client.post("/data/export", params={"download": "json"}).json()
    assert anybody.get(made["data"]["link"]).status_code == 200
    assert anybody.get(f"{traced.program.url}/healthz").status_code == 200
    traced.collector.awaited(lambda span: "/files/" in span.name)
    names = {span.name for span in traced.collector.spans()}
    sent = b"".join(traced.collector.bodies)
    token = traced.client.headers["Authorization"].removeprefix("Bearer ")
    assert "GET /files/{day}/{name}" in names
    assert "GET /healthz" not in names
    for secret in (token, "signature", "download=json"):
        assert secret.encode() not in sent


def test_collector_that_never_answers_holds_up_neither_requests_nor_the_end(
    tmp_path: Path,
) -> None:
    with collecting(is_stuck=True) as collector, _traced(tmp_path, collector.url) as started:
        program, client = started
        assert client.get("/hubs").status_code == 200
        assert collector.asked.wait(_STOP_SECONDS)
        assert [client.get("/hubs").status_code for _ in range(20)] == [200] * 20
        program.process.terminate()
        assert program.process.wait(_STOP_SECONDS) == 0


def test_collector_that_is_not_there_fails_no_request(tmp_path: Path) -> None:
    with _traced(tmp_path, "http://127.0.0.1:9") as (program, client):
        assert [client.get("/hubs").status_code for _ in range(20)] == [200] * 20
        program.process.terminate()
        assert program.process.wait(_STOP_SECONDS) == 0


def test_without_an_endpoint_the_sdk_is_not_imported(tmp_path: Path) -> None:
    """The framework imports OpenTelemetry's API by itself, which does nothing without the SDK."""
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from transload.app import running_service\n"
        "from transload.settings import Settings\n"
        f"with running_service(Settings(data_dir=Path({str(tmp_path)!r}))):\n"
        "    parts = [name.split('.')[:2] for name in sys.modules]\n"
        "print(json.dumps(['.'.join(part) for part in parts if part[0] == 'opentelemetry']))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env={}, capture_output=True, text=True, check=True
    )
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert not {"opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto"} & imported


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_traces_are_made_where_they_are_asked_for_alone(environment: dict[str, str]) -> None:
    assert isinstance(open_tracing(environment, "1"), Untraced)


def test_another_protocol_is_refused_by_name() -> None:
    environment = {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
    }
    with pytest.raises(StartupError, match="must be http/protobuf, not grpc"):
        open_tracing(environment, "1")
