"""Measurements of this project beside its peers: same records, same run, one process each."""
