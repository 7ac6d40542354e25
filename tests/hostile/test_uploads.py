"""Files that many clients send at once and do not end: they are on the disk, not in memory."""

import re
import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.factories import PATIENCE_SECONDS, Tenant
from tests.processes import Installation

_MIB = 1 << 20
_CLIENTS = 16
_FILE_MIB = 19
_MOST_MIB = 100
_PART = "/imports/" + "0" * 24 + "/file"
_FORM = "Content-Type: multipart/form-data; boundary=X"
_OF_A_FILE = b'--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


@pytest.mark.parametrize(
    ("method", "path", "header", "start"),
    [
        ("PATCH", _PART, "Upload-Offset: 0", b""),
        ("POST", "/imports", _FORM, _OF_A_FILE),
        ("POST", "/data/import", _FORM, _OF_A_FILE),
    ],
)
def test_files_that_arrive_are_not_in_memory(
    tmp_path: Path, method: str, path: str, header: str, start: bytes
) -> None:
    """P29: 120 parts of 20 MiB, sent but for their ends, held 4 GB."""
    installation = Installation(data_dir=tmp_path / "data")
    token = installation.token()
    with installation.serving() as program, ExitStack() as stack:
        before = _resident_mib(program.process.pid)
        url = urlsplit(program.url)
        head = (
            f"{method} /api/v3{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\n{header}\r\nContent-Length: {20 * _MIB}\r\n\r\n"
        )
        for _ in range(_CLIENTS):
            stream = stack.enter_context(
                socket.create_connection((url.hostname, url.port), timeout=PATIENCE_SECONDS)
            )
            stream.sendall(head.encode() + start + b"x" * (_FILE_MIB * _MIB))
        assert _resident_mib(program.process.pid) - before < _MOST_MIB


def test_the_texts_of_a_form_with_a_file_are_bounded_together(tenant: Tenant) -> None:
    """P29: 100 forms of 20 texts of 1 MiB held 2 GB."""
    texts = {f"text{number}": "x" * (_MIB // 2) for number in range(3)}
    answer = tenant.request("POST", "/imports", data=texts, files={"file": ("a.csv", b"a,b\n1,2")})
    assert answer.status_code == 400, answer.text
    assert "Its texts have more than 1 MiB together." in answer.text


def _resident_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    assert found, status
    return int(found[1]) >> 10
