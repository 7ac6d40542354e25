"""Finished files: written aside, published whole, found by key, in a folder or a bucket."""
