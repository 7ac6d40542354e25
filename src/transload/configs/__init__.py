"""Saved columns of exports and imports."""
