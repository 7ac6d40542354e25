"""Links by which people without an account send files, for approval."""
