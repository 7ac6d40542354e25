"""A small disk of its own, which can run full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_MIB = b"\0" * (1 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A folder; `is_real` where it is a file system by itself."""

    path: Path
    is_real: bool

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no room on it for the length of the block."""
        ballast = self.path / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(_MIB):
                pass
        try:
            yield
        finally:
            ballast.unlink()


@contextmanager
def small_disk(path: Path, mebibytes: int) -> Iterator[Disk]:
    """Mount one in memory; where this user may not, give a plain folder."""
    path.mkdir(parents=True)
    is_real = _mount("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(path))
    try:
        yield Disk(path=path, is_real=is_real)
    finally:
        if is_real:
            _mount("umount", "--lazy", str(path))


def _mount(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - our own words
    except OSError:
        return False
