"""Writes and reads files of every format: columns to bytes, bytes to rows. Knows no domain."""
