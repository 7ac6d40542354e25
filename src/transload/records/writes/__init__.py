"""Writing many records: what items refer to, what is to be written, the SQL that writes it."""
