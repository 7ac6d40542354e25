"""The floor: every document's bytes read from the store, nothing written.

Usage: python -m benchmarks.scan_peer STORE DATA_TYPE_ID
"""

from benchmarks.peer import documents, run


def read(store: str, data_type_id: str) -> None:
    """Read every document of the data type."""
    for _ in documents(store, data_type_id):
        pass


if __name__ == "__main__":
    run(read)
