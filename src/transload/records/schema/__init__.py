"""Changes and deletions of data types that have records, and what becomes of these records."""
