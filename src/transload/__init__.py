"""Transload: import and export of data records, self-hosted."""

from importlib.metadata import version

__version__ = version("transload")
