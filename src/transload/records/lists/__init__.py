"""Pages of records: which are asked for, how they are found."""
