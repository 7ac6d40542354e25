"""Transload: import and export of data records, self-hosted."""

__version__ = "0.1.0"
