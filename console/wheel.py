"""Brings the built console into wheels; hatchling calls it."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

import build


class ConsoleHook(BuildHookInterface[Any]):
    """Builds the console with the Node.js of this machine, unless that has been done."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before a wheel is put together; an editable install is served from the sources."""
        del build_data
        if version == "editable" or build.is_built():
            return
        node = build.find_node()
        if node is None:
            raise build.BuildError(
                "A wheel needs the web console. Build it first with `python console/build.py`, "
                "which brings its own Node.js."
            )
        build.build(node)
