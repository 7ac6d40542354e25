"""An authority of a test's own, and a certificate of this machine that it has signed."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Files in PEM: the authority's certificate, and the machine's with its key."""

    authority: Path
    certificate: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    """Make both in a folder."""
    made = Certificates(
        authority=folder / "authority.pem",
        certificate=folder / "machine.pem",
        key=folder / "machine.key",
    )
    authority_key = folder / "authority.key"
    signs = ("-addext", "keyUsage=critical,keyCertSign")  # Python 3.13 asks for that
    _request("/CN=An authority", made.authority, authority_key, *signs)
    _request(
        "/CN=localhost",
        made.certificate,
        made.key,
        *("-CA", str(made.authority), "-CAkey", str(authority_key)),
        *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
    )
    return made


def _request(subject: str, certificate: Path, key: Path, *more: str) -> None:
    command = ["openssl", "req", "-x509", *_KEY, "-subj", subject, *more]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)  # noqa: S603 - its own
