"""A real S3 server on this machine, started and stopped by tests."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from tests.certificates import Certificates, certificates
from tests.ports import free_ports

_KEY, _SECRET = "transload", "not-a-secret"
_BUCKET = "transload"
_START_SECONDS = 60
_SOCKETS = Path("/tmp")  # noqa: S108 - where the program has them, whatever it is told
_NAMES = (
    "s3.port",
    "s3.port.https",
    "s3.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
)


@dataclass(slots=True, kw_only=True)
class ObjectStoreServer:
    """A SeaweedFS with one bucket; it can be stopped and started with what it holds."""

    folder: Path
    shown: Certificates
    ports: Mapping[str, int]
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What programs have to know."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.ports['s3.port']}",
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": "us-east-1",
        }

    @property
    def https_url(self) -> str:
        """Where it is by https."""
        return f"https://127.0.0.1:{self.ports['s3.port.https']}"

    def url(self, prefix: str) -> str:
        """Give the URL of a part of the bucket."""
        return f"s3://{_BUCKET}/{prefix}"

    def start(self) -> None:
        """Start it and wait until it serves the bucket."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the program of the wheel
                self._command(), stdout=log, stderr=log
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._has_bucket():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text()[-2_000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it without a word, and clear away what it leaves."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for port in self.ports.values():
            for socket in _SOCKETS.glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink(missing_ok=True)

    def _command(self) -> list[str]:
        return [
            str(Path(sys.executable).with_name("weed")),
            f"-logdir={self.folder}",
            "server",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-s3.config={self.folder / 's3.json'}",
            f"-s3.cert.file={self.shown.certificate}",
            f"-s3.key.file={self.shown.key}",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=100",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            *(f"-{name}={port}" for name, port in self.ports.items()),
        ]

    def _has_bucket(self) -> bool:
        """Make the bucket, if it is missing, and tell whether it can be used."""
        bucket = f"http://127.0.0.1:{self.ports['filer.port']}/buckets/{_BUCKET}/"
        _took(bucket, None)  # which is refused where it is there already
        if not _took(f"{bucket}ready", b"ready"):
            return False
        store = S3Store(
            _BUCKET,
            endpoint=self.environment["AWS_ENDPOINT_URL"],
            access_key_id=_KEY,
            secret_access_key=_SECRET,
            region="us-east-1",
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )
        try:
            return bool(obstore.head(store, "ready")["size"])
        except (BaseError, FileNotFoundError):
            return False


def _took(url: str, content: bytes | None) -> bool:
    """Put a file, or make a folder, past the S3 interface."""
    request = Request(url, content, method="POST" if content is None else "PUT")  # noqa: S310 - our own server
    try:
        urlopen(request, timeout=2).close()  # noqa: S310 - likewise
    except HTTPError as refused:
        refused.close()  # it is the answer, and Python 3.14 warns of one that is left open
        return False
    except OSError:
        return False
    return True


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStoreServer]:
    """Run a server for the length of the block."""
    identity = {
        "name": "transload",
        "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    server = ObjectStoreServer(
        folder=folder,
        shown=certificates(folder),
        ports=dict(zip(_NAMES, free_ports(len(_NAMES)), strict=True)),
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
