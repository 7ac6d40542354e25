"""Imports: files to records, checked row by row, mended, committed, taken back."""
