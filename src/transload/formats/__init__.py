"""Columns to bytes and bytes to rows. Knows no domain."""
