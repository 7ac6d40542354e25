"""Exports: records out to files, and the log of it."""
