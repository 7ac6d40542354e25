"""Exports by the clock: what is exported when, and to whom the files are handed over."""
